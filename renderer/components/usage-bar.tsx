import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCircleDot,
  IconInfinity,
  IconUserOff,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { formatPercent } from '../format.ts'
import { componentsText, STATUS_WORDS } from '../text/components.ts'
import styles from './usage-bar.module.css'
import type { UsageStatus } from './usage-status.ts'

const ICONS = {
  unlimited: IconInfinity,
  good: IconCircleCheck,
  moderate: IconCircleDot,
  warning: IconAlertTriangle,
  critical: IconAlertOctagon,
  blocked: IconBan,
  inactive: IconUserOff,
} as const satisfies Record<UsageStatus, unknown>

/** Pixels; as high as the small text beside it. */
const ICON_SIZE = 15

/** A status as icon, word and colour together, because colour alone does not reach everybody. */
export function StatusWord({ status }: { readonly status: UsageStatus }): ReactNode {
  const Icon = ICONS[status]
  return (
    <span className={styles.word} data-status={status}>
      <Icon size={ICON_SIZE} aria-hidden className={styles.icon} />
      {STATUS_WORDS[status]}
    </span>
  )
}

/** What `UsageBar` takes. */
export interface UsageBarProps {
  readonly status: UsageStatus
  /** Percent of the limit; over 100 fills the bar. Null is no limit and draws no bar. */
  readonly percent: number | null
  /** Which limit it is, in a word or two: `day`. */
  readonly limit?: string
}

/** How much of a limit is used: icon, word, which limit, percent and a bar. */
export function UsageBar({ status, percent, limit }: UsageBarProps): ReactNode {
  const amount = percent === null ? componentsText.usage.noLimit : formatPercent(percent)
  const shown = percent === null || limit === undefined ? amount : `${limit} ${amount}`
  return (
    <div className={styles.bar} data-status={status}>
      <div className={styles.line}>
        <StatusWord status={status} />
        {status === 'unlimited' && percent === null ? null : <span className={styles.amount}>{shown}</span>}
      </div>
      {percent === null ? null : <Track percent={percent} />}
    </div>
  )
}

/** Only for the eye: the words above it say the same. */
function Track({ percent }: { readonly percent: number }): ReactNode {
  return (
    <div className={styles.track} aria-hidden>
      <div className={styles.fill} style={{ width: `${Math.min(100, Math.max(0, percent))}%` }} />
    </div>
  )
}

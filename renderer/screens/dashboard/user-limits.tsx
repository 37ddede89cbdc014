import type { ReactNode } from 'react'
import { Panel } from '../../components/panel.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { StatusWord, UsageBar } from '../../components/usage-bar.tsx'
import { statusOfPercent } from '../../components/usage-status.ts'
import { useNow } from '../../components/use-now.ts'
import {
  formatCount,
  formatInstant,
  formatMoney,
  formatMoneyExact,
  formatTokens,
  formatUntil,
} from '../../format.ts'
import { LIMIT_NAMES } from '../../text/components.ts'
import { dashboardText } from '../../text/dashboard.ts'
import styles from './dashboard.module.css'
import type { UserSummary } from './use-dashboard.ts'

type Limit = UserSummary['limits'][number]

const text = dashboardText.limits

/** The limits in force for a user: used, limit, reserved, when it starts again, and which rule set it. */
export function UserLimits({
  summary,
  zone,
}: {
  readonly summary: UserSummary
  readonly zone: string
}): ReactNode {
  const now = useNow()
  return (
    <Panel title={text.title} unit={text.unit}>
      <p className={styles.statusSentence}>
        <StatusWord status={summary.status} /> <span>{summary.status_reason}</span>
      </p>
      <ul className={styles.limits}>
        {summary.limits.map((limit) => (
          <li key={limit.policy} className={styles.limit}>
            <div className={styles.limitName}>{LIMIT_NAMES[limit.policy]}</div>
            <UsageBar status={statusOfPercent(limit.percent)} percent={limit.percent} />
            <div className={styles.limitUsed} title={usedExactly(limit)}>
              {limit.limit === null
                ? text.usedWithoutLimit(amount(limit, limit.used))
                : text.used(amount(limit, limit.used), amount(limit, limit.limit))}
            </div>
            {limit.reserved > 0 ? (
              <div className={styles.limitNote}>{text.reserved(amount(limit, limit.reserved))}</div>
            ) : null}
            <div className={styles.limitNote} title={formatInstant(limit.resets_at, zone)}>
              {text.resets(formatUntil(Date.parse(limit.resets_at), now))}
            </div>
            <div className={styles.limitNote}>
              <PlainText text={text.source(limit.source)} />
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** What a limit counts, short. */
function amount({ policy }: Limit, value: number): string {
  if (policy === 'cost_per_month_usd') return formatMoney(value)
  return policy.includes('tokens') ? formatTokens(value) : formatCount(value)
}

function usedExactly(limit: Limit): string {
  const exact = limit.policy === 'cost_per_month_usd' ? formatMoneyExact : formatCount
  const unit = unitOf(limit)
  const used = limit.limit === null ? exact(limit.used) : `${exact(limit.used)} / ${exact(limit.limit)}`
  return unit === '' ? used : `${used} ${unit}`
}

function unitOf({ policy }: Limit): string {
  if (policy === 'cost_per_month_usd') return ''
  if (policy === 'config_changes_per_hour') return text.changes
  return policy.includes('tokens') ? text.tokens : text.prompts
}

import type { ReactNode } from 'react'
import styles from './panel.module.css'

/** What `Notice` takes. */
export interface NoticeProps {
  readonly icon: ReactNode
  readonly title: string
  /** Why it is so, and what to do next. */
  readonly children?: ReactNode
  /** The buttons that lead on. */
  readonly actions?: ReactNode
  /** `good`: nothing to see because all is well. `none` (default): nothing there yet. */
  readonly kind?: 'good' | 'none'
  /** True draws the frame of a panel around it, where it is not in one. */
  readonly isFramed?: boolean
}

/** Stands where figures would be when there are none: good news, zero, or no data yet with the way to get some. */
export function Notice({
  icon,
  title,
  children,
  actions,
  kind = 'none',
  isFramed = false,
}: NoticeProps): ReactNode {
  return (
    <div className={styles.notice} data-kind={kind} data-framed={isFramed}>
      <span className={styles.noticeIcon} aria-hidden>
        {icon}
      </span>
      <p className={styles.noticeTitle}>{title}</p>
      {children === undefined ? null : <div className={styles.noticeText}>{children}</div>}
      {actions === undefined ? null : <div className={styles.noticeActions}>{actions}</div>}
    </div>
  )
}

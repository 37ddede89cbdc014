import { Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './stat-card.module.css'

/** What `StatCard` takes. */
export interface StatCardProps {
  readonly label: string
  /** The figure, short enough to be read at a glance. */
  readonly value: string
  /** The figure without rounding, with its unit; shown on hover and said to screen readers. */
  readonly exact: string
  /** Unit and period: `tokens, November 2026`. */
  readonly unit: string
  /** A second line that puts the figure into proportion: `12 failed of 480`. */
  readonly secondary?: ReactNode
}

/** One figure with what is needed to understand it: its unit, its period, its exact value and its proportion. */
export function StatCard({ label, value, exact, unit, secondary }: StatCardProps): ReactNode {
  return (
    <article className={styles.card} aria-label={label}>
      <div className={styles.label}>{label}</div>
      <Tooltip label={exact} openDelay={200} position="top-start">
        <div className={styles.value}>
          <span aria-hidden={exact !== value}>{value}</span>
          {exact === value ? null : <span className={styles.hidden}>{exact}</span>}
        </div>
      </Tooltip>
      <div className={styles.unit}>{unit}</div>
      {secondary === undefined ? null : <div className={styles.secondary}>{secondary}</div>}
    </article>
  )
}

/** What `StatCards` takes. */
export interface StatCardsProps {
  /** Cards in a row where there is room; fewer where there is not. */
  readonly columns: 3 | 4 | 5
  readonly children: ReactNode
}

/** Cards side by side. */
export function StatCards({ columns, children }: StatCardsProps): ReactNode {
  return (
    <div className={styles.room}>
      <div className={styles.cards} data-columns={columns}>
        {children}
      </div>
    </div>
  )
}

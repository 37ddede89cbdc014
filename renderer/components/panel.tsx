import { type ReactNode, useId } from 'react'
import { FaultBoundary } from './fault-boundary.tsx'
import styles from './panel.module.css'
import { QueryStates } from './query-states.tsx'
import type { SettledQuery } from './settled-query.ts'

interface PanelFrame {
  readonly title: string
  /** Unit and period of the figures: `tokens, November 2026 UTC`. */
  readonly unit?: string
  /** Switches and buttons of the panel, at the right of its title. */
  readonly actions?: ReactNode
}

/** What `Panel` takes. */
export interface PanelProps extends PanelFrame {
  readonly children: ReactNode
}

/** A framed part of a screen with a heading. A fault inside it stays inside it. */
export function Panel({ title, unit, actions, children }: PanelProps): ReactNode {
  const heading = useId()
  return (
    <section className={styles.panel} aria-labelledby={heading}>
      <header className={styles.header}>
        <div className={styles.heading}>
          <h2 id={heading} className={styles.title}>
            {title}
          </h2>
          {unit === undefined ? null : <span className={styles.unit}>{unit}</span>}
        </div>
        {actions}
      </header>
      <FaultBoundary>{children}</FaultBoundary>
    </section>
  )
}

/** What `QueryPanel` takes. */
export interface QueryPanelProps<Data> extends PanelFrame {
  readonly query: SettledQuery<Data>
  readonly skeleton: ReactNode
  readonly children: (data: Data) => ReactNode
}

/** A panel with a query of its own: each of its states looks different, and a failure leaves the page alone. */
export function QueryPanel<Data>({ query, skeleton, children, ...frame }: QueryPanelProps<Data>): ReactNode {
  return (
    <Panel {...frame}>
      <QueryStates query={query} skeleton={skeleton}>
        {children}
      </QueryStates>
    </Panel>
  )
}

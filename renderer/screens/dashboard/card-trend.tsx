import type { ReactNode } from 'react'
import { formatPercent, formatPeriodShort } from '../../format.ts'
import { dashboardText } from '../../text/dashboard.ts'
import styles from './dashboard.module.css'

const text = dashboardText.trend

/** The drawing's own units; it is stretched to the room there is. */
const WIDTH = 100
const HEIGHT = 22

/** What `CardTrend` takes. */
export interface CardTrendProps {
  /** The figure by day or month, oldest first. */
  readonly values: readonly number[]
  readonly now: number
  /** The same figure in the same part of the month before; null where there is no such time. */
  readonly before: number | null
  /** `YYYY-MM` of that month. */
  readonly beforePeriod: string | null
}

/** How a figure came about, drawn small, and how it compares with the same part of the month before, in words. */
export function CardTrend({ values, now, before, beforePeriod }: CardTrendProps): ReactNode {
  const comparison =
    before === null || beforePeriod === null ? null : compared(now, before, formatPeriodShort(beforePeriod))
  if (comparison === null && values.length < 2) return null
  return (
    <div className={styles.trend}>
      {values.length < 2 ? null : <Sparkline values={values} />}
      {comparison === null ? null : <div className={styles.delta}>{comparison}</div>}
    </div>
  )
}

function compared(now: number, before: number, month: string): string {
  if (before === 0) return now === 0 ? text.same(month) : text.noneBefore(month)
  const percent = ((now - before) / before) * 100
  if (Math.abs(percent) < 0.05) return text.same(month)
  return percent > 0 ? text.more(formatPercent(percent), month) : text.less(formatPercent(-percent), month)
}

function Sparkline({ values }: { readonly values: readonly number[] }): ReactNode {
  const highest = Math.max(...values, Number.MIN_VALUE)
  const step = WIDTH / (values.length - 1)
  const points = values.map((value, at) => `${at * step},${HEIGHT - 1 - (value / highest) * (HEIGHT - 2)}`)
  return (
    // The chart below says the same in figures, so that this is only for the eye.
    <svg className={styles.spark} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
      <polyline points={points.join(' ')} vectorEffect="non-scaling-stroke" />
    </svg>
  )
}

import { SegmentedControl } from '@mantine/core'
import type { ReactNode } from 'react'
import { formatCount } from '../format.ts'
import { componentsText } from '../text/components.ts'
import { type BarLine, type BarPoint, type BarSeries, barTotals } from './bars.ts'
import { BarsPanel } from './bars-panel.tsx'

/** What the bars count. */
export type TimeMetric = 'turns' | 'tokens'

/** What happened within one step of the time axis. */
export interface TimePoint extends BarPoint {
  readonly turns: number
  /** Absent where failures are not known for such a step; then turns are one layer. */
  readonly failedTurns?: number
  readonly inputTokens: number
  readonly outputTokens: number
}

/** What `TimeBars` takes. */
export interface TimeBarsProps {
  readonly title: string
  /** Range and zone: `last 24 hours, UTC`. */
  readonly range: string
  /** Heading of the time column in the table: `Hour`. */
  readonly stepName: string
  readonly points: readonly TimePoint[]
  readonly metric: TimeMetric
  readonly onMetric: (metric: TimeMetric) => void
  /** A limit of turns a step, drawn while turns are shown. */
  readonly line?: BarLine | undefined
}

/** Turns or tokens over time, as stacked bars or as the table of the very same figures. */
export function TimeBars({
  title,
  range,
  stepName,
  points,
  metric,
  onMetric,
  line,
}: TimeBarsProps): ReactNode {
  const series = seriesOf(points, metric)
  return (
    <BarsPanel
      title={title}
      unit={`${metric}, ${range}`}
      stepName={stepName}
      points={points}
      series={series}
      format={metric === 'turns' ? formatTurns : formatExactTokens}
      summary={summaryOf(title, points, series, metric)}
      line={metric === 'turns' ? line : undefined}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={componentsText.chart.metric}
          value={metric}
          onChange={onMetric}
          data={[
            { value: 'turns', label: componentsText.chart.turns },
            { value: 'tokens', label: componentsText.chart.tokens },
          ]}
        />
      }
    />
  )
}

function seriesOf(points: readonly TimePoint[], metric: TimeMetric): readonly BarSeries[] {
  const text = componentsText.chart
  if (metric === 'tokens') {
    return [
      { label: text.tokensIn, color: 'input', values: points.map((point) => point.inputTokens) },
      { label: text.tokensOut, color: 'output', values: points.map((point) => point.outputTokens) },
    ]
  }
  if (points.every((point) => point.failedTurns === undefined)) {
    return [{ label: text.turns, color: 'success', values: points.map((point) => point.turns) }]
  }
  return [
    {
      label: text.succeeded,
      color: 'success',
      values: points.map((point) => point.turns - (point.failedTurns ?? 0)),
    },
    { label: text.failed, color: 'failed', values: points.map((point) => point.failedTurns ?? 0) },
  ]
}

function summaryOf(
  title: string,
  points: readonly TimePoint[],
  series: readonly BarSeries[],
  metric: TimeMetric,
): string {
  const totals = barTotals({ points, series })
  const sum = totals.reduce((total, value) => total + value, 0)
  const peak = Math.max(0, ...totals)
  const peakPoint = points[totals.indexOf(peak)]
  if (sum === 0 || peakPoint === undefined) return componentsText.chart.summaryZero(title)
  return componentsText.chart.summary(title, formatCount(sum), metric, formatCount(peak), peakPoint.fullLabel)
}

function formatTurns(turns: number): string {
  return formatCount(turns)
}

function formatExactTokens(tokens: number): string {
  return `${formatCount(tokens)} tokens`
}

import { ActionIcon, Group, SegmentedControl, Tooltip } from '@mantine/core'
import { IconChartBar, IconTable } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { formatCount } from '../format.ts'
import { componentsText } from '../text/components.ts'
import { type BarPoint, type BarSeries, barTotals } from './bars.ts'
import { Delayed } from './delayed.tsx'
import { Panel } from './panel.tsx'
import styles from './time-bars.module.css'

const BarsCanvas = lazy(() => import('./bars-canvas.tsx').then((loaded) => ({ default: loaded.BarsCanvas })))

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
}

/** Turns or tokens over time, as stacked bars or as the table of the very same figures. */
export function TimeBars({ title, range, stepName, points, metric, onMetric }: TimeBarsProps): ReactNode {
  const [isTable, setIsTable] = useState(false)
  const text = componentsText.chart
  const series = seriesOf(points, metric)
  const summary = summaryOf(title, points, series, metric)
  return (
    <Panel
      title={title}
      unit={`${metric}, ${range}`}
      actions={
        <Group gap={6} wrap="nowrap">
          <SegmentedControl
            size="xs"
            aria-label={text.metric}
            value={metric}
            onChange={onMetric}
            data={[
              { value: 'turns', label: text.turns },
              { value: 'tokens', label: text.tokens },
            ]}
          />
          <TableSwitch isTable={isTable} onToggle={() => setIsTable(!isTable)} />
        </Group>
      }
    >
      <Legend series={series} />
      {isTable ? (
        <BarsTable
          caption={`${title}, ${metric}, ${range}`}
          stepName={stepName}
          points={points}
          series={series}
        />
      ) : (
        <div className={styles.chart}>
          <Suspense fallback={<Delayed>{text.loading}</Delayed>}>
            <BarsCanvas
              points={points}
              series={series}
              format={metric === 'turns' ? formatTurns : formatExactTokens}
              summary={summary}
            />
          </Suspense>
        </div>
      )}
    </Panel>
  )
}

function TableSwitch({
  isTable,
  onToggle,
}: {
  readonly isTable: boolean
  readonly onToggle: () => void
}): ReactNode {
  const label = isTable ? componentsText.chart.showChart : componentsText.chart.showTable
  const Icon = isTable ? IconChartBar : IconTable
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size={28} aria-label={label} onClick={onToggle}>
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

function Legend({ series }: { readonly series: readonly BarSeries[] }): ReactNode {
  return (
    <div className={styles.legend}>
      {series.map((each) => (
        <span key={each.label} className={styles.legendItem}>
          <span className={styles.swatch} data-color={each.color} aria-hidden />
          {each.label} <b>{formatCount(each.values.reduce((sum, value) => sum + value, 0))}</b>
        </span>
      ))}
    </div>
  )
}

interface BarsTableProps {
  readonly caption: string
  readonly stepName: string
  readonly points: readonly TimePoint[]
  readonly series: readonly BarSeries[]
}

function BarsTable({ caption, stepName, points, series }: BarsTableProps): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (axe: scrollable-region-focusable)
    <section className={styles.tableScroller} tabIndex={0} aria-label={caption}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{stepName}</th>
            {series.map((each) => (
              <th key={each.label} scope="col">
                {each.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map((point, at) => (
            <tr key={point.fullLabel}>
              <th scope="row">{point.fullLabel}</th>
              {series.map((each) => (
                <td key={each.label}>{formatCount(each.values[at] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
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

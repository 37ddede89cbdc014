import { ActionIcon, Button, Group, Tooltip } from '@mantine/core'
import { IconChartBar, IconTable, IconZoomReset } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react'
import { useShortcut } from '../app/shortcuts.tsx'
import { formatCount } from '../format.ts'
import { componentsText } from '../text/components.ts'
import { type BarLine, type BarPoint, type BarSeries, lineWithin } from './bars.ts'
import { ChartExport } from './chart-export.tsx'
import { Delayed } from './delayed.tsx'
import { Panel } from './panel.tsx'
import styles from './time-bars.module.css'

const BarsCanvas = lazy(() => import('./bars-canvas.tsx').then((loaded) => ({ default: loaded.BarsCanvas })))

const text = componentsText.chart

/** What `BarsPanel` takes. */
export interface BarsPanelProps {
  readonly title: string
  /** Unit, range and zone: `turns, last 24 hours, UTC`. */
  readonly unit: string
  /** Heading of the time column in the table: `Hour`. */
  readonly stepName: string
  readonly points: readonly BarPoint[]
  readonly series: readonly BarSeries[]
  /** The exact value with its unit. */
  readonly format: (value: number) => string
  /** The chart in a sentence, for those who do not see it. */
  readonly summary: string
  /** A height that bars should not pass. */
  readonly line?: BarLine | undefined
  /** Switches in front of those every chart has. */
  readonly actions?: ReactNode
}

/** Both ends of what is shown, by the names of their points: those stay the same when figures renew themselves. */
interface Zoom {
  readonly from: string
  readonly to: string
}

/**
 * Stacked bars with what every chart of Weir has: the very same figures as a table, the same to take along as a picture
 * or a file, and dragging over a part of it to look closer.
 */
export function BarsPanel(props: BarsPanelProps): ReactNode {
  const { title, unit, stepName, format } = props
  const [isTable, setIsTable] = useState(false)
  const [zoom, setZoom] = useState<Zoom | null>(null)
  const frame = useRef<HTMLDivElement>(null)
  const { points, series, isZoomed } = zoomed(props, zoom)
  const line = lineWithin(props.line, { points, series })
  const reset = (): void => setZoom(null)
  useShortcut('0', reset, text.zoomOut, { enabled: isZoomed })
  const zoomTo = (from: number, to: number): void => {
    const [first, last] = [points[from], points[to]]
    if (first !== undefined && last !== undefined) setZoom({ from: first.fullLabel, to: last.fullLabel })
  }
  return (
    <Panel
      title={title}
      unit={unit}
      actions={
        <Group gap={6} wrap="nowrap" className={styles.actions ?? ''}>
          {isZoomed ? (
            <Button
              size="compact-xs"
              variant="light"
              leftSection={<IconZoomReset size={14} aria-hidden />}
              onClick={reset}
            >
              {text.zoomOut}
            </Button>
          ) : null}
          {props.actions}
          <TableSwitch isTable={isTable} onToggle={() => setIsTable(!isTable)} />
          <ChartExport
            title={title}
            unit={unit}
            stepName={stepName}
            points={points}
            series={series}
            canvas={isTable ? null : () => frame.current?.querySelector('canvas') ?? null}
          />
        </Group>
      }
    >
      <Legend series={series} line={line} />
      {isTable ? (
        <BarsTable caption={`${title}, ${unit}`} stepName={stepName} points={points} series={series} />
      ) : (
        <div className={styles.chart} ref={frame}>
          <Suspense fallback={<Delayed>{text.loading}</Delayed>}>
            <BarsCanvas
              points={points}
              series={series}
              format={format}
              summary={props.summary}
              line={line}
              onZoom={zoomTo}
            />
          </Suspense>
        </div>
      )}
    </Panel>
  )
}

/** The part that is looked at; everything while its ends are not among the points (any more). */
function zoomed({ points, series }: BarsPanelProps, zoom: Zoom | null) {
  const from = zoom === null ? -1 : points.findIndex(({ fullLabel }) => fullLabel === zoom.from)
  const to = zoom === null ? -1 : points.findIndex(({ fullLabel }) => fullLabel === zoom.to)
  if (from === -1 || to === -1) return { points, series, isZoomed: false }
  return {
    points: points.slice(from, to + 1),
    series: series.map((each) => ({ ...each, values: each.values.slice(from, to + 1) })),
    isZoomed: true,
  }
}

function TableSwitch({
  isTable,
  onToggle,
}: {
  readonly isTable: boolean
  readonly onToggle: () => void
}): ReactNode {
  const label = isTable ? text.showChart : text.showTable
  const Icon = isTable ? IconChartBar : IconTable
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size={28} aria-label={label} onClick={onToggle}>
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

function Legend({
  series,
  line,
}: {
  readonly series: readonly BarSeries[]
  readonly line: BarLine | undefined
}): ReactNode {
  return (
    <div className={styles.legend}>
      {series.map((each) => (
        <span key={each.label} className={styles.legendItem}>
          <span className={styles.swatch} data-color={each.color} aria-hidden />
          {each.label} <b>{formatCount(each.values.reduce((sum, value) => sum + value, 0))}</b>
        </span>
      ))}
      {line === undefined ? null : (
        <span className={styles.legendItem}>
          <span className={styles.lineSwatch} aria-hidden />
          {line.label} <b>{formatCount(line.value)}</b>
        </span>
      )}
    </div>
  )
}

interface BarsTableProps {
  readonly caption: string
  readonly stepName: string
  readonly points: readonly BarPoint[]
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

import { useComputedColorScheme, useMantineTheme } from '@mantine/core'
import {
  BarElement,
  CategoryScale,
  Chart,
  type ChartData,
  type ChartOptions,
  LinearScale,
  type Plugin,
  Tooltip,
} from 'chart.js'
import { type ReactNode, useMemo, useRef } from 'react'
import { Bar } from 'react-chartjs-2'
import { CANVAS_COLORS } from '../app/theme.ts'
import { formatTokens } from '../format.ts'
import { BAR_COLORS, type BarLine, type BarsProps } from './bars.ts'
import styles from './time-bars.module.css'
import { useDragRange } from './use-drag-range.ts'

// Only what bars need: the rest of Chart.js stays out of the bundle. `Bar` registers its own controller.
Chart.register(CategoryScale, LinearScale, BarElement, Tooltip)

/** Room above the line, so that it is not the edge of the chart. */
const LINE_ROOM = 1.06

/** Stacked bars on a canvas. Loaded on demand, because Chart.js is a third of the page's script. */
export function BarsCanvas({ points, series, format, summary, line, onZoom }: BarsProps): ReactNode {
  const scheme = useComputedColorScheme('light')
  // A canvas does not inherit the font of the page either.
  const { fontFamily: family } = useMantineTheme()
  const chart = useRef<Chart<'bar'>>(null)
  const drag = useDragRange((from, to) => {
    const scale = chart.current?.scales['x']
    if (scale === undefined) return
    const place = (x: number): number =>
      Math.min(points.length - 1, Math.max(0, scale.getValueForPixel(x) ?? 0))
    onZoom?.(place(from), place(to))
  })
  const data = useMemo(
    (): ChartData<'bar'> => ({
      labels: points.map((point) => point.label),
      datasets: series.map((each) => ({
        label: each.label,
        data: [...each.values],
        backgroundColor: BAR_COLORS[scheme][each.color],
        borderRadius: 2,
        maxBarThickness: 34,
        // What is not zero stays visible beside bars a thousand times as high.
        minBarLength: 0,
      })),
    }),
    [points, series, scheme],
  )
  const options = useMemo(
    (): ChartOptions<'bar'> => ({
      // Figures that renew themselves every few seconds must not dance.
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: 'index', intersect: false },
      plugins: {
        tooltip: {
          titleFont: { family },
          bodyFont: { family },
          callbacks: {
            title: (items) => points[items[0]?.dataIndex ?? -1]?.fullLabel ?? '',
            label: (item) => `${item.dataset.label ?? ''}: ${format(Number(item.raw))}`,
          },
        },
      },
      scales: {
        x: {
          stacked: true,
          grid: { display: false },
          border: { color: CANVAS_COLORS[scheme].line },
          ticks: {
            color: CANVAS_COLORS[scheme].text,
            maxRotation: 0,
            autoSkipPadding: 12,
            font: { family, size: 11 },
          },
        },
        y: {
          stacked: true,
          beginAtZero: true,
          suggestedMax: line === undefined ? 1 : line.value * LINE_ROOM,
          grid: { color: CANVAS_COLORS[scheme].line },
          border: { display: false },
          ticks: {
            color: CANVAS_COLORS[scheme].text,
            precision: 0,
            maxTicksLimit: 5,
            font: { family, size: 11 },
            callback: (value) => formatTokens(Number(value)),
          },
        },
      },
    }),
    [points, format, scheme, family, line],
  )
  const plugins = useMemo(() => [limitLine(line, CANVAS_COLORS[scheme].limit)], [line, scheme])
  return (
    <div className={styles.canvas} {...drag.handlers}>
      {/* The plugin is part of how the chart is made, so that another line is another chart. */}
      <Bar
        key={`${scheme} ${line?.value ?? ''}`}
        ref={chart}
        data={data}
        options={options}
        plugins={plugins}
        role="img"
        aria-label={summary}
      />
      {drag.range === null ? null : (
        <div
          className={styles.drag}
          style={{ left: drag.range.from, width: drag.range.to - drag.range.from }}
          aria-hidden
        />
      )}
    </div>
  )
}

function limitLine(line: BarLine | undefined, color: string): Plugin<'bar'> {
  return {
    id: 'limit-line',
    afterDatasetsDraw: ({ ctx: pen, chartArea, scales }) => {
      const scale = scales['y']
      if (line === undefined || scale === undefined) return
      const height = scale.getPixelForValue(line.value)
      pen.save()
      pen.strokeStyle = color
      pen.lineWidth = 1.5
      pen.setLineDash([6, 4])
      pen.beginPath()
      pen.moveTo(chartArea.left, height)
      pen.lineTo(chartArea.right, height)
      pen.stroke()
      pen.restore()
    },
  }
}

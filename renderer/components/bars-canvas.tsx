import { useComputedColorScheme, useMantineTheme } from '@mantine/core'
import {
  BarElement,
  CategoryScale,
  Chart,
  type ChartData,
  type ChartOptions,
  LinearScale,
  Tooltip,
} from 'chart.js'
import { type ReactNode, useMemo } from 'react'
import { Bar } from 'react-chartjs-2'
import { formatTokens } from '../format.ts'
import { BAR_COLORS, type BarsProps } from './bars.ts'

// Only what bars need: the rest of Chart.js stays out of the bundle. `Bar` registers its own controller.
Chart.register(CategoryScale, LinearScale, BarElement, Tooltip)

/** Colours of what is not a bar. A canvas does not follow the style sheet, so that they stand here. */
const INK = {
  light: { text: '#5f707b', line: '#ecf1f3' },
  dark: { text: '#93a3ae', line: '#283641' },
} as const

/** Stacked bars on a canvas. Loaded on demand, because Chart.js is a third of the page's script. */
export function BarsCanvas({ points, series, format, summary }: BarsProps): ReactNode {
  const scheme = useComputedColorScheme('light')
  // A canvas does not inherit the font of the page either.
  const { fontFamily: family } = useMantineTheme()
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
          border: { color: INK[scheme].line },
          ticks: { color: INK[scheme].text, maxRotation: 0, autoSkipPadding: 12, font: { family, size: 11 } },
        },
        y: {
          stacked: true,
          beginAtZero: true,
          suggestedMax: 1,
          grid: { color: INK[scheme].line },
          border: { display: false },
          ticks: {
            color: INK[scheme].text,
            precision: 0,
            maxTicksLimit: 5,
            font: { family, size: 11 },
            callback: (value) => formatTokens(Number(value)),
          },
        },
      },
    }),
    [points, format, scheme, family],
  )
  return <Bar data={data} options={options} role="img" aria-label={summary} />
}

/** What a group of bars is; each has a colour in both themes. */
export type BarColor = 'input' | 'output' | 'success' | 'failed'

/** Colours of bars: 3 to 1 or more against the panel, and told apart by brightness too, not by hue alone. */
export const BAR_COLORS = {
  light: { input: '#0f6a7d', output: '#6db6c3', success: '#0f6a7d', failed: '#d9480f' },
  dark: { input: '#6db6c3', output: '#1b7d91', success: '#459fb0', failed: '#ff922b' },
} as const satisfies Record<'light' | 'dark', Record<BarColor, string>>

/** One place on the time axis. */
export interface BarPoint {
  /** As short as the axis needs it: `14`. */
  readonly label: string
  /** Whole, for tooltip and table: `2026-11-03 14:00 UTC`. */
  readonly fullLabel: string
}

/** One layer of the stacked bars; as many values as there are points. */
export interface BarSeries {
  readonly label: string
  readonly color: BarColor
  readonly values: readonly number[]
}

/** A height that bars should not pass. */
export interface BarLine {
  readonly label: string
  readonly value: number
}

/** Bars to be drawn. */
export interface BarsProps {
  readonly points: readonly BarPoint[]
  readonly series: readonly BarSeries[]
  /** The exact value with its unit. */
  readonly format: (value: number) => string
  /** The chart in a sentence, for those who do not see it. */
  readonly summary: string
  /** What `lineWithin` left of it. */
  readonly line?: BarLine | undefined
  /** Called with the first and the last point that were dragged over. */
  readonly onZoom?: (from: number, to: number) => void
}

/** The sum of all layers at each point. */
export function barTotals({ points, series }: Pick<BarsProps, 'points' | 'series'>): readonly number[] {
  return points.map((_, at) => series.reduce((sum, each) => sum + (each.values[at] ?? 0), 0))
}

/** A line further above the highest bar than this would press all bars flat. */
const LINE_TIMES_MAX = 4

/** The line where it is not too far above the bars; undefined where it would not be drawn, and so must not be named. */
export function lineWithin(
  line: BarLine | undefined,
  bars: Pick<BarsProps, 'points' | 'series'>,
): BarLine | undefined {
  if (line === undefined) return undefined
  return line.value <= Math.max(0, ...barTotals(bars)) * LINE_TIMES_MAX ? line : undefined
}

import type { ReactNode } from 'react'
import type { z } from 'zod'
import type { systemSummary } from '../../shared/contract/consumption-shapes.ts'
import { formatInstant, formatPeriod, formatTimeOfDay } from '../format.ts'
import { componentsText } from '../text/components.ts'
import { TimeBars, type TimeMetric, type TimePoint } from './time-bars.tsx'

type Summary = z.output<typeof systemSummary>

interface ChartSwitch {
  /** Billing time zone, in which hours and days are told. */
  readonly zone: string
  readonly metric: TimeMetric
  readonly onMetric: (metric: TimeMetric) => void
}

/** What `VelocityChart` takes. */
export interface VelocityChartProps extends ChartSwitch {
  readonly hours: Summary['velocity_data']
  /** Prompts an hour of the user whose chart it is; null or absent when there is no such limit. */
  readonly limit?: number | null
}

/** How fast turns came in over the last 24 hours, hours without any included. */
export function VelocityChart({ hours, zone, limit = null, ...chart }: VelocityChartProps): ReactNode {
  const points = hours.map(
    (hour): TimePoint => ({
      label: formatTimeOfDay(hour.hour_started_at, zone),
      fullLabel: formatInstant(hour.hour_started_at, zone),
      turns: hour.turns,
      failedTurns: hour.failed_turns,
      inputTokens: hour.input_tokens,
      outputTokens: hour.output_tokens,
    }),
  )
  return (
    <TimeBars
      title="Velocity"
      range={`last 24 hours, ${zone}`}
      stepName="Hour"
      points={points}
      line={limit === null ? undefined : { label: componentsText.chart.hourLimit, value: limit }}
      {...chart}
    />
  )
}

/** What `ActivityChart` takes. */
export interface ActivityChartProps extends ChartSwitch {
  readonly activity: Summary['activity']
  /** `YYYY-MM` or `all`. */
  readonly range: string
}

/** Turns and tokens of the chosen range, by day or by month. */
export function ActivityChart({ activity, range, zone, ...chart }: ActivityChartProps): ReactNode {
  const points = activity.points.map(
    (point): TimePoint => ({
      // A day is `2026-11-03`: its axis needs the 3 only, the month is in the heading.
      label: activity.bucket === 'month' ? point.label : String(Number(point.label.slice(8))),
      fullLabel: activity.bucket === 'month' ? formatPeriod(point.label) : point.label,
      turns: point.turns,
      inputTokens: point.input_tokens,
      outputTokens: point.output_tokens,
    }),
  )
  const step = activity.bucket === 'month' ? 'month' : 'day'
  return (
    <TimeBars
      title={`Activity by ${step}`}
      range={`${formatPeriod(range)}, ${zone}`}
      stepName={step === 'month' ? 'Month' : 'Day'}
      points={points}
      {...chart}
    />
  )
}

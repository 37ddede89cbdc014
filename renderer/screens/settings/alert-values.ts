import type { OperationOutput } from '../../../shared/contract/index.ts'

/** What the form of the alert settings holds, and what it comes to. Pure. */

type AlertSettings = OperationOutput<'alerts.settings'>
type QuietHours = NonNullable<AlertSettings['quiet_hours']>

/** As many as a user's row can mark. */
export const THRESHOLDS_MAX = 3
/** Offered when quiet hours are switched on: a night. */
export const NIGHT: QuietHours = { from_minute: 22 * 60, until_minute: 7 * 60 }

const MINUTES_AN_HOUR = 60

/** Fields for the thresholds; one that is not set is empty. */
export function thresholdFields(percents: readonly number[]): readonly (number | '')[] {
  return Array.from({ length: THRESHOLDS_MAX }, (_, at) => percents[at] ?? '')
}

/** The thresholds of the fields, ascending and each once, whatever order they were typed in. */
export function thresholdsOf(fields: readonly (number | '')[]): number[] {
  const percents = fields.filter((field) => field !== '')
  return [...new Set(percents)].sort((one, other) => one - other)
}

/** A minute of the day as a time field has it: `07:05`. */
export function timeOf(minute: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(minute / MINUTES_AN_HOUR))}:${two(minute % MINUTES_AN_HOUR)}`
}

/** The minute of the day a time field says; undefined while it is not filled in. */
export function minuteOf(time: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)/.exec(time) ?? []
  return hours === undefined ? undefined : Number(hours) * MINUTES_AN_HOUR + Number(minutes)
}

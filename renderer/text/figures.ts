import {
  formatAgo,
  formatCount,
  formatDuration,
  formatInstant,
  formatNoun,
  formatTimeOfDay,
} from '../format.ts'

/** Figures as parts of a sentence: `format.ts` with what sentences need on top. */

/** The operator's own clock: when something was or will be; what is counted goes by the billing zone instead. */
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone

/** A count with its noun: `1 file`, `2 files`. `many` where an s does not do. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return formatNoun(value, one, many)
}

/** A size on disk, in the units disks are sold in (1 kB = 1 000 B): `12.4 MB`. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const
  let rest = value
  let at = 0
  while (rest >= 1000 && at < units.length - 1) {
    rest /= 1000
    at += 1
  }
  const shown = rest < 100 && at > 0 ? String(Math.round(rest * 10) / 10) : formatCount(rest)
  return `${shown} ${units[at] ?? 'B'}`
}

/** A stretch of time in its two largest units. Input in seconds; a part of a second counts as one. */
export function span(seconds: number): string {
  return formatDuration(Math.ceil(Math.max(0, seconds)) * 1000)
}

/** Date and time of an ISO instant on the operator's own clock, with its zone. */
export function dateTime(iso: string): string {
  return formatInstant(iso, HERE)
}

/** Time of day of an instant in milliseconds on the operator's own clock. */
export function time(at: number): string {
  return formatTimeOfDay(new Date(at).toISOString(), HERE)
}

/** How long ago an ISO instant was, by a clock that reads `now` (milliseconds). */
export function ago(iso: string, now: number): string {
  return formatAgo(Date.parse(iso), now)
}

import { DAY_MS, type EpochMs, HOUR_MS } from './units.ts'

/**
 * Calendar windows (hour, day, month) in the billing time zone, as pure functions of (zone, instant)
 * with half-open UTC bounds. Nothing here knows what time it is now.
 */

/** A half-open interval of UTC instants: `startsAt` belongs to it, `endsAt` does not. */
export interface TimeWindow {
  readonly startsAt: EpochMs
  readonly endsAt: EpochMs
}

/** A billing period: the calendar month `YYYY-MM` in the billing time zone. */
export type Period = string

interface LocalTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

// Making a formatter costs about 50 microseconds and using one about 1: they are kept, one a zone.
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formatters.set(zone, formatter)
  }
  return formatter
}

/** Whether the runtime knows the IANA time zone name. */
export function isTimeZone(zone: string): boolean {
  try {
    formatterOf(zone)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

function localTime(zone: string, at: EpochMs): LocalTime {
  if (zone === 'UTC') {
    const date = new Date(at)
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
    }
  }
  const field = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 }
  for (const part of formatterOf(zone).formatToParts(at)) {
    if (part.type in field) field[part.type as keyof typeof field] = Number(part.value)
  }
  return field
}

/** The zone's offset from UTC at an instant, in milliseconds; zones have offsets of whole seconds. */
function offsetMs(zone: string, at: EpochMs): number {
  const local = localTime(zone, at)
  const wall = Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute, local.second)
  return wall - Math.floor(at / 1000) * 1000
}

/**
 * The first instant at which the zone's calendar reads the given date or later. Where midnight does not
 * exist (Cairo in April) that is the end of the gap; where it happens twice (the Azores in October), the first.
 */
function startOfLocalDate(zone: string, year: number, month: number, day: number): EpochMs {
  const wall = Date.UTC(year, month - 1, day)
  if (zone === 'UTC') return wall
  // Every offset in force around that date is a candidate; offsets change at most twice within two days.
  const offsets = new Set(
    [-DAY_MS, -DAY_MS / 2, 0, DAY_MS / 2, DAY_MS].map((step) => offsetMs(zone, wall + step)),
  )
  const exact = [...offsets].map((offset) => wall - offset).filter((at) => isLocalMidnight(zone, at, wall))
  if (exact.length > 0) return Math.min(...exact)
  return endOfGap(zone, wall, offsets)
}

function isLocalMidnight(zone: string, at: EpochMs, wall: number): boolean {
  return at + offsetMs(zone, at) === wall
}

/** Midnight was skipped: the day starts where the clock jumped, found by halving to the millisecond. */
function endOfGap(zone: string, wall: number, offsets: ReadonlySet<number>): EpochMs {
  let before = wall - Math.max(...offsets) - HOUR_MS
  let after = wall - Math.min(...offsets) + HOUR_MS
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (middle + offsetMs(zone, middle) >= wall) after = middle
    else before = middle
  }
  return after
}

/** The calendar day that holds the instant; 23 to 25 hours long where the clock changes. */
export function dayWindow(zone: string, at: EpochMs): TimeWindow {
  const { year, month, day } = localTime(zone, at)
  const next = new Date(Date.UTC(year, month - 1, day + 1))
  return {
    startsAt: startOfLocalDate(zone, year, month, day),
    endsAt: startOfLocalDate(zone, next.getUTCFullYear(), next.getUTCMonth() + 1, next.getUTCDate()),
  }
}

/**
 * The clock hour that holds the instant: from the last instant at which the zone's minute hand stood at
 * twelve. An hour that the calendar repeats is two windows; a clock change inside an hour cuts it in two.
 */
export function hourWindow(zone: string, at: EpochMs): TimeWindow {
  const offset = zone === 'UTC' ? 0 : offsetMs(zone, at)
  const startsAt = Math.floor((at + offset) / HOUR_MS) * HOUR_MS - offset
  const endsAt = startsAt + HOUR_MS
  if (zone === 'UTC') return { startsAt, endsAt }
  return {
    startsAt: offsetMs(zone, startsAt) === offset ? startsAt : clockChange(zone, startsAt, at),
    endsAt: offsetMs(zone, endsAt - 1) === offset ? endsAt : clockChange(zone, at, endsAt - 1),
  }
}

/** The first instant after `from`, at most `until`, at which the offset is no longer that of `from`. */
function clockChange(zone: string, from: EpochMs, until: EpochMs): EpochMs {
  const offset = offsetMs(zone, from)
  let before = from
  let after = until
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (offsetMs(zone, middle) === offset) before = middle
    else after = middle
  }
  return after
}

/** The date the zone's calendar shows at an instant: `2026-11-24`. */
export function dateOf(zone: string, at: EpochMs): string {
  const { year, month, day } = localTime(zone, at)
  return `${periodKey(year, month)}-${String(day).padStart(2, '0')}`
}

/** The calendar month that holds the instant. */
export function periodOf(zone: string, at: EpochMs): Period {
  const { year, month } = localTime(zone, at)
  return periodKey(year, month)
}

/** The bounds of a period; `period` is `YYYY-MM`. */
export function periodWindow(zone: string, period: Period): TimeWindow {
  const year = Number(period.slice(0, 4))
  const month = Number(period.slice(5, 7))
  const next = month === 12 ? { year: year + 1, month: 1 } : { year, month: month + 1 }
  return {
    startsAt: startOfLocalDate(zone, year, month, 1),
    endsAt: startOfLocalDate(zone, next.year, next.month, 1),
  }
}

/** The bounds of the calendar month that holds the instant. */
export function monthWindow(zone: string, at: EpochMs): TimeWindow {
  return periodWindow(zone, periodOf(zone, at))
}

/** The period `months` later (or earlier, when negative). */
export function addPeriods(period: Period, months: number): Period {
  const index = Number(period.slice(0, 4)) * 12 + Number(period.slice(5, 7)) - 1 + months
  return periodKey(Math.floor(index / 12), (index % 12) + 1)
}

function periodKey(year: number, month: number): Period {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`
}

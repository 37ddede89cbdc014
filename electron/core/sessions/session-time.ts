import { type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/units.ts'

// Date, then optionally time, fraction and zone: what Python's isoformat() and JavaScript's toISOString() write.
const ISO_TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$/

/** Instants the ledger can hold: a year inside 1900 to 9999, so that a period in any time zone is within its bounds. */
const EARLIEST_AT = Date.UTC(1901, 0, 1)
const LATEST_AT = Date.UTC(9999, 11, 30)

/** Whether the ledger has a period for the instant. */
export function isBookableTime(at: EpochMs): boolean {
  return at >= EARLIEST_AT && at <= LATEST_AT
}

/**
 * A time of a session file in UTC milliseconds, finer parts cut off. A time without zone is UTC, a date alone
 * is its midnight. Anything else, also a date that no calendar has, is `null`: missing.
 */
export function parseSessionTime(value: unknown): EpochMs | null {
  if (typeof value !== 'string') return null
  const parts = ISO_TIME.exec(value)
  if (parts === null) return null
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0))
  if (year === undefined || month === undefined || day === undefined) return null
  if (hour === undefined || minute === undefined || second === undefined) return null
  if (hour > 23 || minute > 59 || second > 59) return null
  const midnight = Date.UTC(year, month - 1, day)
  // Date.UTC rolls the 31st of June over to July, and counts the years 0 to 99 from 1900: neither is what the file says.
  const date = new Date(midnight)
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
    return null
  const offset = zoneOffsetMs(parts[8])
  if (offset === null) return null
  const millisecond = Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3))
  const at = midnight + hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS + millisecond - offset
  return isBookableTime(at) ? at : null
}

/** What to take off a local time with this zone to get UTC; no zone is UTC. */
function zoneOffsetMs(zone: string | undefined): number | null {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(3).replace(':', ''))
  if (hours > 23 || minutes > 59) return null
  return (zone[0] === '-' ? -1 : 1) * (hours * HOUR_MS + minutes * MINUTE_MS)
}

import { DAY_MS, HOUR_MS, MICRO_USD_PER_USD, MINUTE_MS, SECOND_MS } from '../shared/units.ts'

/**
 * Figures as people read them. Pure: what time it is comes in as an argument. Every function takes any finite
 * number, and none shows something as nothing: a cost that is not zero never reads "$0.00".
 */

/** Stands for what is not known or was not measured. */
export const NOT_KNOWN = '–'

// A figure must not break over two lines, so that groups and units are held by spaces that do not break.
const NO_BREAK_SPACE = '\u00a0'

const groups = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** A whole number with its groups: `1 204`. */
export function formatCount(count: number): string {
  return groups.format(Math.round(count)).replaceAll(',', NO_BREAK_SPACE).replace(/^-0$/, '0')
}

const COMPACT_STEPS = [
  { size: 1e3, suffix: 'K' },
  { size: 1e6, suffix: 'M' },
  { size: 1e9, suffix: 'B' },
  { size: 1e12, suffix: 'T' },
] as const

// Up to here every digit is read at a glance; above it, three digits say more than seven.
const EXACT_BELOW = 10_000

/** A count of tokens in at most four digits: `9 999`, `12.3K`, `1.2M`. The exact value is `formatCount`. */
export function formatTokens(tokens: number): string {
  if (Math.abs(Math.round(tokens)) < EXACT_BELOW) return formatCount(tokens)
  return compact(tokens)
}

function compact(value: number): string {
  const magnitude = Math.abs(value)
  for (const step of COMPACT_STEPS) {
    const shown = threeDigits(magnitude / step.size)
    // 999 950 is 1 000K after rounding, which is 1M: it belongs to the next step.
    if (shown >= 1000 && step.suffix !== 'T') continue
    const digits = shown >= 1000 ? formatCount(shown) : String(shown)
    return `${value < 0 ? '-' : ''}${digits}${step.suffix}`
  }
  return formatCount(value)
}

function threeDigits(value: number): number {
  if (value >= 100) return Math.round(value)
  return value >= 10 ? Math.round(value * 10) / 10 : Math.round(value * 100) / 100
}

// From here cents say nothing any more and the figure gets too wide for a card.
const MONEY_COMPACT_FROM_USD = 1_000_000

/**
 * Dollars for reading: cents from one dollar on, two digits that say something below it (`$0.0042`), compact from
 * a million on. What is not zero is never shown as zero; the exact amount is `formatMoneyExact`.
 */
export function formatMoney(usd: number): string {
  const sign = usd < 0 ? '-' : ''
  const amount = Math.abs(usd)
  if (amount === 0) return '$0.00'
  if (amount < 0.5 / MICRO_USD_PER_USD) return `${sign}<$0.000001`
  if (amount >= MONEY_COMPACT_FROM_USD) return `${sign}$${compact(amount)}`
  if (amount >= 0.995) return `${sign}$${withDecimals(amount, 2)}`
  const decimals = Math.min(6, Math.max(2, 1 - Math.floor(Math.log10(amount))))
  return `${sign}$${trimZeros(amount.toFixed(decimals))}`
}

/** Dollars to the micro-dollar, which is as fine as Weir counts: `$12.345678`. */
export function formatMoneyExact(usd: number): string {
  const amount = Math.abs(usd)
  return `${usd < 0 ? '-' : ''}$${trimZeros(withDecimals(amount, 6))}`
}

function withDecimals(amount: number, decimals: number): string {
  const [whole = '0', fraction = ''] = amount.toFixed(decimals).split('.')
  return `${groups.format(BigInt(whole)).replaceAll(',', NO_BREAK_SPACE)}.${fraction}`
}

/** Cuts zeros at the end, but leaves cents: `0.420000` is `0.42`, `3.000000` is `3.00`. */
function trimZeros(decimal: string): string {
  return decimal.replace(/(\.\d\d\d*?)0+$/, '$1')
}

/**
 * A percentage with at most one decimal. Rounds towards what matters: something is never `0%`, and what is below
 * 100 never reads `100%`, because at 100 a user is blocked. Null is a limit that does not exist.
 */
export function formatPercent(percent: number | null): string {
  if (percent === null) return NOT_KNOWN
  if (percent !== 0 && Math.abs(percent) < 0.1) return percent < 0 ? '>-0.1%' : '<0.1%'
  const rounded = Math.round(percent * 10) / 10
  if (percent < 100 && rounded >= 100) return '99.9%'
  if (Math.abs(rounded) >= 1000) return `${formatTokens(Math.round(rounded))}%`
  return `${rounded}%`
}

/** A length of time in its two largest units: `850 ms`, `12 s`, `4 min 5 s`, `3 h 12 min`, `2 d 4 h`. */
export function formatDuration(durationMs: number): string {
  const length = Math.max(0, Math.round(durationMs))
  if (length < SECOND_MS) return `${length}${NO_BREAK_SPACE}ms`
  if (length < MINUTE_MS) return `${Math.floor(length / SECOND_MS)}${NO_BREAK_SPACE}s`
  if (length < HOUR_MS) return twoUnits(length, MINUTE_MS, 'min', SECOND_MS, 's')
  if (length < DAY_MS) return twoUnits(length, HOUR_MS, 'h', MINUTE_MS, 'min')
  return twoUnits(length, DAY_MS, 'd', HOUR_MS, 'h')
}

function twoUnits(
  length: number,
  large: number,
  largeName: string,
  small: number,
  smallName: string,
): string {
  const wholes = `${formatCount(Math.floor(length / large))}${NO_BREAK_SPACE}${largeName}`
  const rest = Math.floor((length % large) / small)
  return rest === 0 ? wholes : `${wholes}${NO_BREAK_SPACE}${rest}${NO_BREAK_SPACE}${smallName}`
}

/** How long ago an instant was, in one unit: `just now`, `12 s ago`, `3 h ago`. Clocks differ: the future is `just now`. */
export function formatAgo(at: number, now: number): string {
  const age = now - at
  // Below this the word changes while it is read.
  if (age < 5 * SECOND_MS) return 'just now'
  return `${oneUnit(age)} ago`
}

/** How long until an instant, in its two largest units: `in 24 min`; `now` when it has come. */
export function formatUntil(at: number, now: number): string {
  const wait = at - now
  if (wait <= 0) return 'now'
  if (wait < MINUTE_MS) return 'in less than a minute'
  // Seconds would tick without telling anybody anything.
  return `in ${formatDuration(wait < HOUR_MS ? wait - (wait % MINUTE_MS) : wait)}`
}

function oneUnit(length: number): string {
  if (length < MINUTE_MS) return `${Math.floor(length / SECOND_MS)}${NO_BREAK_SPACE}s`
  if (length < HOUR_MS) return `${Math.floor(length / MINUTE_MS)}${NO_BREAK_SPACE}min`
  if (length < DAY_MS) return `${Math.floor(length / HOUR_MS)}${NO_BREAK_SPACE}h`
  return `${formatCount(Math.floor(length / DAY_MS))}${NO_BREAK_SPACE}d`
}

const zonedFormatters = new Map<string, Intl.DateTimeFormat>()

function zonedParts(iso: string, zone: string): Readonly<Record<string, string>> | null {
  const at = Date.parse(iso)
  if (Number.isNaN(at)) return null
  let formatter = zonedFormatters.get(zone)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
    zonedFormatters.set(zone, formatter)
  }
  return Object.fromEntries(formatter.formatToParts(at).map((part) => [part.type, part.value]))
}

/** An instant in a zone, with the zone said: `2026-11-03 14:05 UTC`. Text that is no instant comes back as it is. */
export function formatInstant(iso: string, zone: string): string {
  const parts = zonedParts(iso, zone)
  if (parts === null) return iso
  return `${parts['year']}-${parts['month']}-${parts['day']} ${parts['hour']}:${parts['minute']} ${zone}`
}

/** The time of day of an instant in a zone: `14:05`. */
export function formatTimeOfDay(iso: string, zone: string): string {
  const parts = zonedParts(iso, zone)
  return parts === null ? iso : `${parts['hour']}:${parts['minute']}`
}

/** The date of an instant in a zone: `2026-11-03`. */
export function formatDate(iso: string, zone: string): string {
  const parts = zonedParts(iso, zone)
  return parts === null ? iso : `${parts['year']}-${parts['month']}-${parts['day']}`
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

/** A period as a heading: `2026-11` is `November 2026`; `all` is `all time`. */
export function formatPeriod(period: string): string {
  if (period === 'all') return 'all time'
  const month = MONTHS[Number(period.slice(5, 7)) - 1]
  return month === undefined ? period : `${month} ${period.slice(0, 4)}`
}

/** A period where space is short: `Nov 2026`; `all` is `all time`. */
export function formatPeriodShort(period: string): string {
  return formatPeriod(period).replace(/^([A-Z][a-z]{2})[a-z]* /, `$1${NO_BREAK_SPACE}`)
}

/**
 * The beginning of a text that may be very long, on one line, cut between characters as people see them and marked
 * with an ellipsis. `lengthMax` counts characters.
 */
export function clipText(text: string, lengthMax: number): string {
  // Ten thousand characters need not be segmented to show eighty: no character is longer than this many code units.
  const head = text
    .slice(0, (lengthMax + 1) * 16)
    .replace(/\s+/g, ' ')
    .trim()
  if (head.length <= lengthMax && head.length >= text.trim().length) return head
  const characters = [...segmenter.segment(head)].slice(0, lengthMax + 1).map((piece) => piece.segment)
  if (characters.length <= lengthMax) return head
  return `${characters.slice(0, lengthMax).join('').trimEnd()}…`
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** `1 user`, `2 users`: the count with its noun. */
export function formatNoun(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

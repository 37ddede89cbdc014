/** Figures as words of a sentence. Everything is shown in one language, so that a screen never mixes two notations. */
const LANGUAGE = 'en-US'

const whole = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 0 })
const oneDecimal = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 1 })
const clock = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' })
const timeOfDay = new Intl.DateTimeFormat(LANGUAGE, { timeStyle: 'short', hourCycle: 'h23' })
const money = new Intl.NumberFormat(LANGUAGE, {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 2,
  // Micro-dollars are the smallest thing Weir counts; fewer decimals would show a small cost as nothing.
  maximumFractionDigits: 6,
})

/** A whole number with separators. */
export function count(value: number): string {
  return whole.format(value)
}

/** A count with its noun: `1 file`, `2 files`. `many` where an s does not do. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** A size on disk, in the units disks are sold in (1 kB = 1000 B). */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const
  let rest = value
  let at = 0
  while (rest >= 1000 && at < units.length - 1) {
    rest /= 1000
    at += 1
  }
  return `${oneDecimal.format(rest)} ${units[at] ?? 'B'}`
}

/** Dollars with as many decimals as it takes, at most six. */
export function usd(value: number): string {
  return money.format(value)
}

/** A percentage that may have a decimal; 100 only when it is really 100. */
export function percent(value: number): string {
  return value < 100 && value > 99.9 ? '99.9 %' : `${oneDecimal.format(value)} %`
}

/** A stretch of time in its two largest units: `4 s`, `2 min 5 s`, `3 h 10 min`, `2 d 4 h`. Input in seconds. */
export function span(seconds: number): string {
  const total = Math.max(0, Math.round(seconds))
  if (total < 60) return `${total} s`
  const minutes = Math.floor(total / 60)
  if (minutes < 60) return withRest(minutes, 'min', total % 60, 's')
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return withRest(hours, 'h', minutes % 60, 'min')
  return withRest(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function withRest(value: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${value} ${unit}` : `${value} ${unit} ${rest} ${restUnit}`
}

/** Date and time of an ISO instant on the operator's own clock. */
export function dateTime(iso: string): string {
  return clock.format(new Date(iso))
}

/** Time of day of an instant in milliseconds on the operator's own clock. */
export function time(at: number): string {
  return timeOfDay.format(at)
}

/** How long ago an ISO instant was, by a clock that reads `now` (milliseconds). */
export function ago(iso: string, now: number): string {
  const seconds = (now - Date.parse(iso)) / 1000
  return seconds < 10 ? 'just now' : `${span(roundedAge(seconds))} ago`
}

/** An age needs no seconds after a minute and no minutes after a day. */
function roundedAge(seconds: number): number {
  if (seconds < 60) return seconds
  return seconds < 86_400 ? seconds - (seconds % 60) : seconds - (seconds % 3600)
}

import type { Selectable } from 'kysely'
import type { EpochMs } from '../../../shared/units.ts'
import type { TotalColumns, UserConsumptionTable } from '../database/schema.ts'
import type { Windows } from './windows.ts'

/**
 * What a user has used, as one row, and what changes it. Pure: every function takes a row and answers a new one;
 * the store reads it before and writes it after, in one transaction.
 */
export type Usage = Readonly<Selectable<UserConsumptionTable>>

/** Sums over turns, as the ledger, the roll-ups, the counters and the archive all have them. */
export type Totals = Readonly<Selectable<TotalColumns>>

export const NO_TOTALS: Totals = {
  input_tokens: 0,
  output_tokens: 0,
  cached_input_tokens: 0,
  outside_input_tokens: 0,
  outside_output_tokens: 0,
  successful_turns: 0,
  failed_turns: 0,
  partial_turns: 0,
  rag_guided_turns: 0,
  rag_output_tokens_saved: 0,
  rag_output_tokens_lost: 0,
  rag_cost_saved_micro_usd: 0,
  cost_micro_usd: 0,
  fallback_priced_turns: 0,
}

export const TOTAL_NAMES = Object.keys(NO_TOTALS) as readonly (keyof Totals)[]

/** The members of `from` that are totals, each added to that of `to`. */
export function addTotals(to: Totals, from: Totals): Totals {
  const sum = { ...NO_TOTALS }
  for (const name of TOTAL_NAMES) sum[name] = to[name] + from[name]
  return sum
}

/**
 * `alert_marks`: how many thresholds of each limit have been alerted in its running window, two bits a limit, in the
 * order of `LIMIT_NAMES`: hour, day, three of the month, configuration changes of the hour.
 */
const MARK_BITS = 2
const MARK_MASK = 0b11
const HOUR_MARKS = 0b11_00_00_00_00_11
const DAY_MARKS = 0b11_00
const MONTH_MARKS = 0b11_11_11_00_00

/** How many thresholds of the limit at that place have been alerted. */
export function levelIn(usage: Pick<Usage, 'alert_marks'>, place: number): number {
  return (usage.alert_marks >> (place * MARK_BITS)) & MARK_MASK
}

/** The row with that many thresholds of the limit at that place alerted. */
export function withLevel(usage: Usage, place: number, level: number): Usage {
  const others = usage.alert_marks & ~(MARK_MASK << (place * MARK_BITS))
  return { ...usage, alert_marks: others | (level << (place * MARK_BITS)) }
}

/** A row for a user who has used nothing. */
export function unused(userKey: number, windows: Windows): Usage {
  return {
    user_key: userKey,
    period: windows.period,
    ...NO_TOTALS,
    sessions: 0,
    champion_cases_created: 0,
    collections_subscribed: 0,
    reserved_input_tokens: 0,
    reserved_output_tokens: 0,
    next_reservation_expires_at: null,
    day_started_at: windows.day.startsAt,
    day_input_tokens: 0,
    day_output_tokens: 0,
    day_cost_micro_usd: 0,
    day_requests: 0,
    hour_started_at: windows.hour.startsAt,
    hour_requests: 0,
    hour_config_changes: 0,
    blocked_requests: 0,
    would_have_blocked_requests: 0,
    bypassed_requests: 0,
    peak_requests_per_hour: 0,
    peak_requests_per_day: 0,
    first_usage_at: null,
    last_usage_at: null,
    last_updated_at: windows.now,
    last_reconciled_at: null,
    last_drift_ratio: null,
    alert_marks: 0,
  }
}

/**
 * Starts the hour and the day again where a later one has begun. A clock set back changes nothing: the windows
 * of the row stay, so that nobody gets an allowance twice.
 */
export function withWindows(usage: Usage, windows: Windows): Usage {
  const isNewHour = windows.hour.startsAt > usage.hour_started_at
  const isNewDay = windows.day.startsAt > usage.day_started_at
  if (!isNewHour && !isNewDay) return usage
  return {
    ...usage,
    alert_marks: usage.alert_marks & ~((isNewHour ? HOUR_MARKS : 0) | (isNewDay ? DAY_MARKS : 0)),
    ...(isNewHour && { hour_started_at: windows.hour.startsAt, hour_requests: 0, hour_config_changes: 0 }),
    ...(isNewDay && {
      day_started_at: windows.day.startsAt,
      day_requests: 0,
      day_input_tokens: 0,
      day_output_tokens: 0,
      day_cost_micro_usd: 0,
    }),
  }
}

/** Whether a later period than the row's has begun. */
export function isPeriodOver(usage: Pick<Usage, 'period'>, windows: Windows): boolean {
  return windows.period > usage.period
}

/** The row of the next period: totals start at what the ledger already holds for it (normally nothing). */
export function inNewPeriod(
  usage: Usage,
  windows: Windows,
  held: Totals & { readonly sessions: number },
): Usage {
  const current = withWindows(usage, windows)
  return {
    ...current,
    ...held,
    alert_marks: current.alert_marks & ~MONTH_MARKS,
    period: windows.period,
    champion_cases_created: 0,
    collections_subscribed: 0,
    blocked_requests: 0,
    would_have_blocked_requests: 0,
    bypassed_requests: 0,
    peak_requests_per_hour: 0,
    peak_requests_per_day: 0,
  }
}

/** Whether anything happened in the row's period that the archive must keep. */
export function hasActivity(usage: Usage): boolean {
  return (
    TOTAL_NAMES.some((name) => usage[name] !== 0) ||
    usage.sessions + usage.champion_cases_created + usage.collections_subscribed > 0 ||
    usage.blocked_requests +
      usage.would_have_blocked_requests +
      usage.bypassed_requests +
      usage.peak_requests_per_hour >
      0
  )
}

/** Counts one admitted request and reserves its tokens until `expiresAt`. */
export function withRequest(
  usage: Usage,
  reserved: { readonly inputTokens: number; readonly outputTokens: number; readonly expiresAt: EpochMs },
): Usage {
  const hourRequests = usage.hour_requests + 1
  const dayRequests = usage.day_requests + 1
  return {
    ...usage,
    hour_requests: hourRequests,
    day_requests: dayRequests,
    peak_requests_per_hour: Math.max(usage.peak_requests_per_hour, hourRequests),
    peak_requests_per_day: Math.max(usage.peak_requests_per_day, dayRequests),
    reserved_input_tokens: usage.reserved_input_tokens + reserved.inputTokens,
    reserved_output_tokens: usage.reserved_output_tokens + reserved.outputTokens,
    next_reservation_expires_at: Math.min(
      usage.next_reservation_expires_at ?? Number.MAX_SAFE_INTEGER,
      reserved.expiresAt,
    ),
  }
}

/** Gives reserved tokens back: the turn was recorded, or never came. */
export function withoutReservation(usage: Usage, inputTokens: number, outputTokens: number): Usage {
  return {
    ...usage,
    reserved_input_tokens: usage.reserved_input_tokens - inputTokens,
    reserved_output_tokens: usage.reserved_output_tokens - outputTokens,
  }
}

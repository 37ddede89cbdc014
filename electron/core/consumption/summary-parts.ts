import type { OperationOutput } from '../../../shared/contract/index.ts'
import {
  addPeriods,
  dateOf,
  dayWindow,
  hourWindow,
  periodWindow,
  type TimeWindow,
} from '../../../shared/time-window.ts'
import { type EpochMs, HOUR_MS, microUsdToUsd, percentOf, toIso } from '../../../shared/units.ts'
import type { Totals } from './usage.ts'
import { periodBefore, periodNumber, periodText } from './windows.ts'

/** The parts both summaries are made of. Pure. */

type Summary = OperationOutput<'consumption.systemSummary'>
type VelocityPoint = Summary['velocity_data'][number]
type Activity = Summary['activity']
type ModelShare = Summary['model_distribution'][number]

/** What a summary speaks of: one month, or everything. */
export type Range = { readonly kind: 'period'; readonly period: number } | { readonly kind: 'all' }

/** `current` (which is the given period), `previous` (the one before it), `all` or `YYYY-MM` as a range. */
export function rangeOf(text: string, current: number): Range {
  if (text === 'all') return { kind: 'all' }
  if (text === 'current') return { kind: 'period', period: current }
  return { kind: 'period', period: text === 'previous' ? periodBefore(current) : periodNumber(text) }
}

export function rangeText(range: Range): string {
  return range.kind === 'all' ? 'all' : periodText(range.period)
}

/** A row of an hourly roll-up. */
export interface HourRow {
  readonly hour_started_at: EpochMs
  readonly turns: number
  readonly failed_turns: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cost_micro_usd: number
}

// What the velocity chart shows.
const VELOCITY_HOURS = 24

/** The last 24 clock hours up to now, oldest first. */
export function velocityWindows(zone: string, now: EpochMs): readonly TimeWindow[] {
  const windows = [hourWindow(zone, now)]
  while (windows.length < VELOCITY_HOURS) windows.unshift(hourWindow(zone, (windows[0]?.startsAt ?? now) - 1))
  return windows
}

/** Turns per hour with zeros where nothing happened. */
export function velocityOf(windows: readonly TimeWindow[], rows: readonly HourRow[]): VelocityPoint[] {
  return windows.map((window) => {
    const sum = sumWithin(rows, window)
    return {
      hour_started_at: toIso(window.startsAt),
      turns: sum.turns,
      failed_turns: sum.failed_turns,
      input_tokens: sum.input_tokens,
      output_tokens: sum.output_tokens,
      total_tokens: sum.input_tokens + sum.output_tokens,
      cost_usd: microUsdToUsd(sum.cost_micro_usd),
    }
  })
}

/** The hours of a roll-up that begin within a window, added up. */
export function sumWithin(rows: readonly HourRow[], window: TimeWindow): Omit<HourRow, 'hour_started_at'> {
  const sum = { turns: 0, failed_turns: 0, input_tokens: 0, output_tokens: 0, cost_micro_usd: 0 }
  for (const row of rows) {
    if (row.hour_started_at < window.startsAt || row.hour_started_at >= window.endsAt) continue
    sum.turns += row.turns
    sum.failed_turns += row.failed_turns
    sum.input_tokens += row.input_tokens
    sum.output_tokens += row.output_tokens
    sum.cost_micro_usd += row.cost_micro_usd
  }
  return sum
}

/** Hours added up, as they stand on the wire. */
export function sumOfHours(rows: readonly HourRow[]) {
  const { cost_micro_usd, ...sum } = sumWithin(rows, EVER)
  return { ...sum, cost_usd: microUsdToUsd(cost_micro_usd) }
}

const EVER: TimeWindow = { startsAt: Number.NEGATIVE_INFINITY, endsAt: Number.POSITIVE_INFINITY }

/** A month by day, days to come left out, empty days included. */
export function activityByDay(
  zone: string,
  period: number,
  now: EpochMs,
  rows: readonly HourRow[],
): Activity {
  const month = periodWindow(zone, periodText(period))
  const points: Activity['points'] = []
  for (let at = month.startsAt; at < Math.min(month.endsAt, now + 1); ) {
    const day = dayWindow(zone, at)
    const sum = sumWithin(rows, day)
    // Noon is on that day in every zone's calendar.
    points.push(activityPoint(day.startsAt, dateOf(zone, day.startsAt + 12 * HOUR_MS), sum))
    at = day.endsAt
  }
  return { bucket: 'day', points }
}

/** A month of a roll-up. */
export interface MonthRow {
  readonly period: number
  readonly turns: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cost_micro_usd: number
}

/** Every month from the first with turns to the last, empty months included. */
export function activityByMonth(zone: string, rows: readonly MonthRow[]): Activity {
  const byPeriod = new Map(rows.map((row) => [periodText(row.period), row]))
  const names = [...byPeriod.keys()].sort()
  const points: Activity['points'] = []
  const last = names.at(-1)
  for (
    let name = names[0];
    name !== undefined && last !== undefined && name <= last;
    name = addPeriods(name, 1)
  ) {
    const row = byPeriod.get(name) ?? { turns: 0, input_tokens: 0, output_tokens: 0, cost_micro_usd: 0 }
    points.push(activityPoint(periodWindow(zone, name).startsAt, name, row))
  }
  return { bucket: 'month', points }
}

function activityPoint(
  startsAt: EpochMs,
  label: string,
  sum: {
    readonly turns: number
    readonly input_tokens: number
    readonly output_tokens: number
    readonly cost_micro_usd: number
  },
): Activity['points'][number] {
  return {
    starts_at: toIso(startsAt),
    label,
    turns: sum.turns,
    input_tokens: sum.input_tokens,
    output_tokens: sum.output_tokens,
    cost_usd: microUsdToUsd(sum.cost_micro_usd),
  }
}

/** A model with what it was used for. */
export interface ModelRow {
  readonly provider: string
  readonly model: string
  readonly turns: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cost_micro_usd: number
}

/** The models, most used first. */
export function modelShares(rows: readonly ModelRow[]): ModelShare[] {
  const turns = rows.reduce((sum, row) => sum + row.turns, 0)
  return rows
    .map((row) => ({
      provider: row.provider,
      model: row.model,
      turns: row.turns,
      input_tokens: row.input_tokens,
      output_tokens: row.output_tokens,
      total_tokens: row.input_tokens + row.output_tokens,
      cost_usd: microUsdToUsd(row.cost_micro_usd),
      percent_of_turns: percentOf(row.turns, turns),
    }))
    .sort((a, b) => b.turns - a.turns || b.total_tokens - a.total_tokens || (a.model < b.model ? -1 : 1))
}

export type TotalsWithSessions = Totals & { readonly sessions: number }

/** Totals and rates as they stand on the wire. */
export function totalsOnWire(totals: TotalsWithSessions) {
  const turns = totals.successful_turns + totals.failed_turns + totals.partial_turns
  return {
    total_input_tokens: totals.input_tokens,
    total_output_tokens: totals.output_tokens,
    total_tokens: totals.input_tokens + totals.output_tokens,
    cached_input_tokens: totals.cached_input_tokens,
    outside_turns_input_tokens: totals.outside_input_tokens,
    outside_turns_output_tokens: totals.outside_output_tokens,
    successful_turns: totals.successful_turns,
    failed_turns: totals.failed_turns,
    partial_turns: totals.partial_turns,
    total_turns: turns,
    success_rate_percent: percentOf(totals.successful_turns, turns),
    rag_guided_turns: totals.rag_guided_turns,
    rag_activation_rate_percent: percentOf(totals.rag_guided_turns, turns),
    rag_output_tokens_saved: totals.rag_output_tokens_saved,
    rag_output_tokens_lost: totals.rag_output_tokens_lost,
    rag_cost_saved_usd: microUsdToUsd(totals.rag_cost_saved_micro_usd),
    estimated_cost_usd: microUsdToUsd(totals.cost_micro_usd),
    fallback_priced_turns: totals.fallback_priced_turns,
    total_sessions: totals.sessions,
  }
}

import type { UpdateResult } from 'kysely'
import { hourWindow } from '../../../shared/time-window.ts'
import type { Writer } from '../database/database.ts'
import { assert } from '../kernel/weir-error.ts'
import type { TurnRow } from './ledger-store.ts'
import { ALL_PERIODS } from './roll-up-store.ts'
import { totalsOf, turnCount } from './turn-effect.ts'
import { addTotals, type Totals, type Usage } from './usage.ts'
import type { Windows } from './windows.ts'

/**
 * Tells the sums that a turn they know has grown. They are updated, not upserted: their rows are there, and a turn
 * that is no longer priced by fallback takes one away, which an insert's checks would refuse.
 */

/** What a turn's growth changes in every sum of totals; only `fallback_priced_turns` may go down. */
export function growthOf(before: TurnRow, after: TurnRow): Totals {
  const had = totalsOf(before)
  const has = totalsOf(after)
  return Object.fromEntries(
    Object.entries(has).map(([name, value]) => [name, value - had[name as keyof Totals]]),
  ) as unknown as Totals
}

/** The counters after a turn has grown: the month's when the turn is of it, today's when it happened today. */
export function withGrowth(usage: Usage, turn: TurnRow, growth: Totals, windows: Windows): Usage {
  const isToday =
    turn.occurred_at >= usage.day_started_at &&
    turn.occurred_at < Math.max(windows.day.endsAt, usage.day_started_at)
  return {
    ...usage,
    ...(turn.period === usage.period && addTotals(usage, growth)),
    ...(isToday && {
      day_input_tokens: usage.day_input_tokens + growth.input_tokens,
      day_output_tokens: usage.day_output_tokens + growth.output_tokens,
      day_cost_micro_usd: usage.day_cost_micro_usd + growth.cost_micro_usd,
    }),
  }
}

/** Adds the difference between two states of one turn to every roll-up, in the transaction that writes the turn. */
export async function rollUpGrowth(
  trx: Writer,
  before: TurnRow,
  after: TurnRow,
  zone: string,
): Promise<void> {
  const growth = growthOf(before, after)
  await growHours(trx, before, growth, zone)
  await growPeriods(trx, before, growth)
  await growSession(trx, after, growth)
}

async function growHours(trx: Writer, turn: TurnRow, growth: Totals, zone: string): Promise<void> {
  const { input_tokens, output_tokens, cost_micro_usd } = growth
  const { user_key } = turn
  const hour = hourWindow(zone, turn.occurred_at).startsAt
  const hours = await trx
    .updateTable('user_hours')
    .set((eb) => ({
      input_tokens: eb('input_tokens', '+', input_tokens),
      output_tokens: eb('output_tokens', '+', output_tokens),
      cost_micro_usd: eb('cost_micro_usd', '+', cost_micro_usd),
    }))
    .where('user_key', '=', user_key)
    .where('hour_started_at', '=', hour)
    .executeTakeFirst()
  const systemHours = await trx
    .updateTable('system_hours')
    .set((eb) => ({
      input_tokens: eb('input_tokens', '+', input_tokens),
      output_tokens: eb('output_tokens', '+', output_tokens),
      cost_micro_usd: eb('cost_micro_usd', '+', cost_micro_usd),
    }))
    .where('hour_started_at', '=', hour)
    .executeTakeFirst()
  for (const result of [hours, systemHours]) assertRows(result, 1n)
}

async function growPeriods(trx: Writer, turn: TurnRow, growth: Totals): Promise<void> {
  const { input_tokens, output_tokens, cached_input_tokens, cost_micro_usd, fallback_priced_turns } = growth
  const { outside_input_tokens, outside_output_tokens } = growth
  const { user_key, period, model_key } = turn
  const periods = await trx
    .updateTable('user_periods')
    .set((eb) => ({
      input_tokens: eb('input_tokens', '+', input_tokens),
      output_tokens: eb('output_tokens', '+', output_tokens),
      cached_input_tokens: eb('cached_input_tokens', '+', cached_input_tokens),
      outside_input_tokens: eb('outside_input_tokens', '+', outside_input_tokens),
      outside_output_tokens: eb('outside_output_tokens', '+', outside_output_tokens),
      cost_micro_usd: eb('cost_micro_usd', '+', cost_micro_usd),
      fallback_priced_turns: eb('fallback_priced_turns', '+', fallback_priced_turns),
    }))
    .where('user_key', '=', user_key)
    .where('period', '=', period)
    .executeTakeFirst()
  const models = await trx
    .updateTable('user_period_models')
    .set((eb) => ({
      input_tokens: eb('input_tokens', '+', input_tokens),
      output_tokens: eb('output_tokens', '+', output_tokens),
      cost_micro_usd: eb('cost_micro_usd', '+', cost_micro_usd),
    }))
    .where('user_key', '=', user_key)
    .where('period', '=', period)
    .where('model_key', '=', model_key)
    .executeTakeFirst()
  const systemModels = await trx
    .updateTable('system_period_models')
    .set((eb) => ({
      input_tokens: eb('input_tokens', '+', input_tokens),
      output_tokens: eb('output_tokens', '+', output_tokens),
      cost_micro_usd: eb('cost_micro_usd', '+', cost_micro_usd),
    }))
    .where('period', '=', period)
    .where('model_key', '=', model_key)
    .executeTakeFirst()
  for (const result of [periods, models, systemModels]) assertRows(result, 1n)
}

async function growSession(trx: Writer, after: TurnRow, growth: Totals): Promise<void> {
  const { input_tokens, output_tokens, cost_micro_usd } = growth
  const { session_key, period } = after
  // What was spent outside turns is no turn, so it is not the dearest one.
  const turnCost = turnCount(after) * after.cost_micro_usd
  const sessions = await trx
    .updateTable('session_periods')
    .set((eb) => ({
      input_tokens: eb('input_tokens', '+', input_tokens),
      output_tokens: eb('output_tokens', '+', output_tokens),
      cost_micro_usd: eb('cost_micro_usd', '+', cost_micro_usd),
      dearest_turn_micro_usd: eb.fn<number>('max', ['dearest_turn_micro_usd', eb.val(turnCost)]),
    }))
    .where('session_key', '=', session_key)
    .where('period', 'in', [period, ALL_PERIODS])
    .executeTakeFirst()
  assertRows(sessions, 2n)
}

function assertRows(result: UpdateResult, count: bigint): void {
  assert(result.numUpdatedRows === count, 'a turn of the ledger stands in every roll-up')
}

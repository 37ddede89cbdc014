import { sql } from 'kysely'
import { hourWindow } from '../../../shared/time-window.ts'
import type { Writer } from '../database/database.ts'
import { prepared } from '../database/prepared.ts'
import { growthOf } from './extension-roll-up.ts'
import type { TurnRow } from './ledger-store.ts'
import { ALL_PERIODS } from './roll-up-store.ts'
import { addTotals, NO_TOTALS, type Totals } from './usage.ts'

/**
 * Writes other costs of recorded turns into the ledger and every roll-up. Differences of many turns are summed in memory
 * first, so that each row is touched once; a cost may also become smaller, so that the dearest turn of a session is looked
 * for again.
 */

/** A turn before and after; only what prices decide differs. */
export interface CostChange {
  readonly before: TurnRow
  readonly after: TurnRow
}

const setCost = prepared<{ id: number; cost: number; source: TurnRow['price_source']; saved: number }, never>(
  (db, value) =>
    db
      .updateTable('consumption_turns')
      .set({
        cost_micro_usd: value('cost'),
        price_source: value('source'),
        rag_cost_saved_micro_usd: value('saved'),
      })
      .where('id', '=', value('id')),
)

/** Adds to `cost_micro_usd` of one row of a roll-up. */
function addCost<Key extends Record<string, number>>(
  table: 'user_hours' | 'system_hours' | 'user_period_models' | 'system_period_models' | 'session_periods',
  columns: readonly (keyof Key & string)[],
) {
  return prepared<Key & { cost: number }, never>((db, value) => {
    const query = db
      .updateTable(table)
      .set((eb) => ({ cost_micro_usd: eb('cost_micro_usd', '+', value('cost')) }))
    return columns.reduce((all, column) => all.where(sql.ref(column), '=', value(column)), query)
  })
}

const toUserHour = addCost<{ user_key: number; hour_started_at: number }>('user_hours', [
  'user_key',
  'hour_started_at',
])
const toSystemHour = addCost<{ hour_started_at: number }>('system_hours', ['hour_started_at'])
const toUserModel = addCost<{ user_key: number; period: number; model_key: number }>('user_period_models', [
  'user_key',
  'period',
  'model_key',
])
const toSystemModel = addCost<{ period: number; model_key: number }>('system_period_models', [
  'period',
  'model_key',
])
const toSession = addCost<{ session_key: number; period: number }>('session_periods', [
  'session_key',
  'period',
])

const toUserPeriod = prepared<
  { user_key: number; period: number; cost: number; saved: number; fallback: number },
  never
>((db, value) =>
  db
    .updateTable('user_periods')
    .set((eb) => ({
      cost_micro_usd: eb('cost_micro_usd', '+', value('cost')),
      rag_cost_saved_micro_usd: eb('rag_cost_saved_micro_usd', '+', value('saved')),
      fallback_priced_turns: eb('fallback_priced_turns', '+', value('fallback')),
    }))
    .where('user_key', '=', value('user_key'))
    .where('period', '=', value('period')),
)

/** Sums under keys, in the order they first came. */
class CostSums<Key extends Record<string, number>> {
  readonly #rows = new Map<string, Key & { cost: number }>()

  add(key: Key, cost: number): void {
    const name = Object.values(key).join(' ')
    this.#rows.set(name, { ...key, cost: (this.#rows.get(name)?.cost ?? 0) + cost })
  }

  values(): IterableIterator<Key & { cost: number }> {
    return this.#rows.values()
  }
}

/**
 * Writes the changes of one user's turns, in the transaction it is given. Answers what they add to the sums of each
 * month; the counters MUST be told in the same transaction.
 */
export async function changeCosts(
  trx: Writer,
  changes: readonly CostChange[],
  zone: string,
): Promise<ReadonlyMap<number, Totals>> {
  const userHours = new CostSums<{ user_key: number; hour_started_at: number }>()
  const systemHours = new CostSums<{ hour_started_at: number }>()
  const userModels = new CostSums<{ user_key: number; period: number; model_key: number }>()
  const systemModels = new CostSums<{ period: number; model_key: number }>()
  const sessions = new CostSums<{ session_key: number; period: number }>()
  const months = new Map<number, Totals>()
  for (const { before, after } of changes) {
    await setCost(trx, {
      id: after.id,
      cost: after.cost_micro_usd,
      source: after.price_source,
      saved: after.rag_cost_saved_micro_usd,
    })
    const growth = growthOf(before, after)
    const { user_key, period, model_key, session_key } = before
    const hour_started_at = hourWindow(zone, before.occurred_at).startsAt
    const cost = growth.cost_micro_usd
    userHours.add({ user_key, hour_started_at }, cost)
    systemHours.add({ hour_started_at }, cost)
    userModels.add({ user_key, period, model_key }, cost)
    systemModels.add({ period, model_key }, cost)
    for (const span of [period, ALL_PERIODS]) sessions.add({ session_key, period: span }, cost)
    months.set(period, addTotals(months.get(period) ?? NO_TOTALS, growth))
  }
  const [first] = changes
  if (first === undefined) return months
  for (const row of userHours.values()) await toUserHour(trx, row)
  for (const row of systemHours.values()) await toSystemHour(trx, row)
  for (const row of userModels.values()) await toUserModel(trx, row)
  for (const row of systemModels.values()) await toSystemModel(trx, row)
  for (const row of sessions.values()) await toSession(trx, row)
  for (const [period, { cost_micro_usd, rag_cost_saved_micro_usd, fallback_priced_turns }] of months) {
    await toUserPeriod(trx, {
      user_key: first.before.user_key,
      period,
      cost: cost_micro_usd,
      saved: rag_cost_saved_micro_usd,
      fallback: fallback_priced_turns,
    })
  }
  await findDearest(trx, [...sessions.values()])
  return months
}

/** A session's month first, then its whole life, which is the greatest of its months. */
async function findDearest(
  trx: Writer,
  sessions: readonly { readonly session_key: number; readonly period: number }[],
): Promise<void> {
  for (const { session_key, period } of sessions) {
    if (period === ALL_PERIODS) continue
    await sql`update session_periods set dearest_turn_micro_usd = max(
        coalesce((select max(cost_micro_usd) from consumption_turns
          where session_key = ${session_key} and period = ${period} and turn_number > 0), 0),
        coalesce((select max(dearest_turn_micro_usd) from pruned_turn_sums
          where session_key = ${session_key} and period = ${period}), 0))
      where session_key = ${session_key} and period = ${period}`.execute(trx)
  }
  for (const { session_key, period } of sessions) {
    if (period !== ALL_PERIODS) continue
    await sql`update session_periods set dearest_turn_micro_usd =
        (select max(dearest_turn_micro_usd) from session_periods where session_key = ${session_key} and period <> 0)
      where session_key = ${session_key} and period = 0`.execute(trx)
  }
}

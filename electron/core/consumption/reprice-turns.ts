import { sql } from 'kysely'
import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import { findUserStateByKey, saveUsage } from './consumption-store.ts'
import { type ConsumptionContext, momentOf } from './context.ts'
import { type CostChange, changeCosts } from './cost-roll-up.ts'
import { currentUsage } from './current-usage.ts'
import type { TurnRow, TurnWithModel } from './ledger-store.ts'
import { withLimitAlerts } from './limit-alerts.ts'
import { readProfiles } from './limit-rules-store.ts'
import { type Added, NOTHING_ADDED, repriced } from './repriced-turn.ts'
import { addTotals } from './usage.ts'

/** Pricing recorded turns of the running month again, some turns of one user at a time. */

/** Which turns: `fallback` leaves alone what had a price of its own. */
export type RepriceScope = 'all' | 'fallback'

/** Where a user's turns go on, in the order of their time. */
export interface PageStart {
  readonly occurredAt: EpochMs
  readonly id: number
}

/** The users with turns in a month. */
export async function usersOfMonth(db: Reader, period: number): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('user_periods')
    .select('user_key')
    .where('period', '=', period)
    .orderBy('user_key')
    .execute()
  return rows.map((row) => row.user_key)
}

/** The next turns of a user's month, oldest first, with their models; those of reported cost are not among them. */
export async function turnsToPrice(
  db: Reader | Writer,
  userKey: number,
  month: { readonly period: number; readonly startsAt: EpochMs },
  scope: RepriceScope,
  page: { readonly after: PageStart | null; readonly limit: number },
): Promise<readonly TurnWithModel[]> {
  const { occurredAt, id } = page.after ?? { occurredAt: month.startsAt, id: 0 }
  let query = db
    .selectFrom('consumption_turns as t')
    .innerJoin('models as m', 'm.key', 't.model_key')
    .selectAll('t')
    .select(['m.provider', 'm.model'])
    .where('t.user_key', '=', userKey)
    .where(sql<boolean>`(t.occurred_at, t.id) > (${occurredAt}, ${id})`)
    .where('t.period', '=', month.period)
    .orderBy('t.occurred_at')
    .orderBy('t.id')
    .limit(page.limit)
  query =
    scope === 'fallback'
      ? query.where('t.price_source', '=', 'fallback')
      : query.where('t.price_source', '<>', 'reported')
  return query.execute()
}

/** What was added to some turns; a turn nothing was added to has no entry. */
export async function addedTo(
  db: Reader | Writer,
  turns: readonly Pick<TurnRow, 'session_key'>[],
): Promise<(turn: Pick<TurnRow, 'session_key' | 'turn_number'>) => Added> {
  const sessions = [...new Set(turns.map((turn) => turn.session_key))]
  const rows =
    sessions.length === 0
      ? []
      : await db.selectFrom('turn_extensions').selectAll().where('session_key', 'in', sessions).execute()
  const sums = new Map<string, Added>()
  for (const row of rows) {
    const key = `${row.session_key} ${row.turn_number}`
    const held = sums.get(key) ?? NOTHING_ADDED
    const isReported = row.reported_cost_micro_usd !== null
    sums.set(key, {
      inputTokens: held.inputTokens + row.input_tokens,
      reportedInputTokens: held.reportedInputTokens + (isReported ? row.input_tokens : 0),
      reportedOutputTokens: held.reportedOutputTokens + (isReported ? row.output_tokens : 0),
      reportedCachedInputTokens: held.reportedCachedInputTokens + (isReported ? row.cached_input_tokens : 0),
      reportedCostMicroUsd: held.reportedCostMicroUsd + (row.reported_cost_micro_usd ?? 0),
    })
  }
  return (turn) => sums.get(`${turn.session_key} ${turn.turn_number}`) ?? NOTHING_ADDED
}

/** What pricing some turns again has changed. */
export interface Repriced {
  readonly changedTurns: number
  readonly changeMicroUsd: number
}

/**
 * Prices some of a user's turns again in the transaction it is given: ledger, roll-ups, counters and, where a threshold is
 * reached by it, alerts. Turns of a month that is closed by now are left as they are.
 */
export async function repriceTurns(
  trx: Writer,
  userKey: number,
  turns: readonly TurnWithModel[],
  context: ConsumptionContext,
): Promise<Repriced> {
  const nothing: Repriced = { changedTurns: 0, changeMicroUsd: 0 }
  const state = await findUserStateByKey(trx, userKey)
  if (state === undefined) return nothing
  const moment = momentOf(context)
  // First: this may be what closes the month.
  const { usage, decision } = await currentUsage(trx, state, await readProfiles(trx), moment)
  const added = await addedTo(trx, turns)
  const changes = turns.flatMap((turn): CostChange[] => {
    const after = turn.period === usage.period ? repriced(turn, added(turn), context.prices()) : null
    return after === null ? [] : [{ before: turn, after: { ...turn, ...after } }]
  })
  if (changes.length === 0) return nothing
  const months = await changeCosts(trx, changes, moment.settings.time_zone)
  const growth = months.get(usage.period)
  if (growth === undefined) return nothing
  const dayEndsAt = Math.max(moment.windows.day.endsAt, usage.day_started_at)
  const today = changes
    .filter(({ before }) => before.occurred_at >= usage.day_started_at && before.occurred_at < dayEndsAt)
    .reduce((sum, { before, after }) => sum + after.cost_micro_usd - before.cost_micro_usd, 0)
  const counted = {
    ...usage,
    ...addTotals(usage, growth),
    day_cost_micro_usd: usage.day_cost_micro_usd + today,
  }
  const alerted = await withLimitAlerts(trx, state.account, counted, decision.limits, moment)
  await saveUsage(trx, { ...alerted, last_updated_at: moment.now })
  return { changedTurns: changes.length, changeMicroUsd: growth.cost_micro_usd }
}

import type { Reader } from '../database/database.ts'
import type { HourRow, ModelRow, MonthRow, Range, TotalsWithSessions } from './summary-parts.ts'
import { addTotals, NO_TOTALS, TOTAL_NAMES } from './usage.ts'

/** Reads of the roll-ups for one user or, with `userKey` null, for everybody. */

/** The totals of a range. */
export async function rangeTotals(
  db: Reader,
  userKey: number | null,
  range: Range,
): Promise<TotalsWithSessions> {
  let query = db
    .selectFrom('user_periods')
    .select((eb) => TOTAL_NAMES.map((name) => eb.fn.coalesce(eb.fn.sum<number>(name), eb.lit(0)).as(name)))
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('sessions'), eb.lit(0)).as('sessions'))
  if (userKey !== null) query = query.where('user_key', '=', userKey)
  if (range.kind === 'period') query = query.where('period', '=', range.period)
  const row = await query.executeTakeFirst()
  return row === undefined
    ? { ...NO_TOTALS, sessions: 0 }
    : { ...addTotals(NO_TOTALS, row), sessions: row.sessions }
}

/** The months that hold anything, newest first, with their turns and tokens. */
export async function months(db: Reader, userKey: number | null): Promise<MonthRow[]> {
  let query = db
    .selectFrom('user_periods')
    .select('period')
    .select((eb) => [
      eb.fn.sum<number>('successful_turns').as('successful'),
      eb.fn.sum<number>('failed_turns').as('failed'),
      eb.fn.sum<number>('partial_turns').as('partial'),
      eb.fn.sum<number>('input_tokens').as('input_tokens'),
      eb.fn.sum<number>('output_tokens').as('output_tokens'),
      eb.fn.sum<number>('cost_micro_usd').as('cost_micro_usd'),
    ])
    .groupBy('period')
    .orderBy('period', 'desc')
  if (userKey !== null) query = query.where('user_key', '=', userKey)
  const rows = await query.execute()
  return rows.map(({ successful, failed, partial, ...row }) => ({
    ...row,
    turns: successful + failed + partial,
  }))
}

/** Hourly sums from an instant on. */
export async function hoursSince(
  db: Reader,
  userKey: number | null,
  from: number,
  until: number,
): Promise<HourRow[]> {
  if (userKey === null) {
    return db
      .selectFrom('system_hours')
      .selectAll()
      .where('hour_started_at', '>=', from)
      .where('hour_started_at', '<', until)
      .execute()
  }
  return db
    .selectFrom('user_hours')
    .selectAll()
    .where('user_key', '=', userKey)
    .where('hour_started_at', '>=', from)
    .where('hour_started_at', '<', until)
    .execute()
}

/** What each model was used for in a range. */
export async function modelRows(db: Reader, userKey: number | null, range: Range): Promise<ModelRow[]> {
  const sums = ['turns', 'input_tokens', 'output_tokens', 'cost_micro_usd'] as const
  if (userKey === null) {
    let query = db
      .selectFrom('system_period_models as r')
      .innerJoin('models as m', 'm.key', 'r.model_key')
      .select(['m.provider', 'm.model'])
      .select((eb) => sums.map((name) => eb.fn.sum<number>(`r.${name}`).as(name)))
      .groupBy('r.model_key')
    if (range.kind === 'period') query = query.where('r.period', '=', range.period)
    return query.execute()
  }
  let query = db
    .selectFrom('user_period_models as r')
    .innerJoin('models as m', 'm.key', 'r.model_key')
    .select(['m.provider', 'm.model'])
    .select((eb) => sums.map((name) => eb.fn.sum<number>(`r.${name}`).as(name)))
    .where('r.user_key', '=', userKey)
    .groupBy('r.model_key')
  if (range.kind === 'period') query = query.where('r.period', '=', range.period)
  return query.execute()
}

/** Sessions with activity since an instant, and of them those that are not closed. */
export async function sessionsSince(
  db: Reader,
  userKey: number | null,
  from: number,
): Promise<{ all: number; open: number }> {
  let query = db
    .selectFrom('sessions')
    .select((eb) => [
      eb.fn.countAll<number>().as('all'),
      eb.fn.countAll<number>().filterWhere('closed_at', 'is', null).as('open'),
    ])
    .where('last_activity_at', '>=', from)
  if (userKey !== null) query = query.where('user_key', '=', userKey)
  return query.executeTakeFirstOrThrow()
}

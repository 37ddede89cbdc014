import { sql } from 'kysely'
import { hourWindow, periodWindow } from '../../../shared/time-window.ts'
import type { Writer } from '../database/database.ts'
import { saveUsage } from './consumption-store.ts'
import { dayTotalsOf } from './day-totals.ts'
import { periodTotalsOf } from './roll-up-store.ts'
import { addTotals, NO_TOTALS, TOTAL_NAMES, type Totals, type Usage } from './usage.ts'
import { periodText, type Windows } from './windows.ts'

/**
 * Works the sums of some ledger rows out again from the ledger itself. A repair cannot add to them: whoever took a
 * turn out of the ledger by hand left the sums as they were, and they would count it twice. Everybody's sums follow
 * by what a user's changed.
 */

/** The rows a repair has touched, by what their sums are kept under. */
export interface Touched {
  readonly userKey: number
  readonly periods: ReadonlySet<number>
  /** Instants within the hours. */
  readonly instants: ReadonlySet<number>
  readonly sessions: ReadonlySet<number>
}

const TURN = sql`turn_number > 0`
const HOUR_SUMS = sql`sum(${TURN}), sum(${TURN} and status = 'failed'), sum(input_tokens), sum(output_tokens), sum(cost_micro_usd)`

/** Rebuilds the roll-ups of the rows and the user's counters, and saves the counters. */
export async function rebuildSums(
  trx: Writer,
  touched: Touched,
  usage: Usage,
  windows: Windows,
): Promise<void> {
  const hours = new Map([...touched.instants].map((at) => [hourWindow(windows.zone, at).startsAt, at]))
  for (const at of hours.values()) await rebuildHour(trx, touched.userKey, hourWindow(windows.zone, at))
  for (const period of touched.periods) {
    await rebuildPeriod(trx, touched.userKey, period, windows.zone)
    await rebuildModels(trx, touched.userKey, period, windows.zone)
    for (const session of touched.sessions) await rebuildSession(trx, session, period)
  }
  for (const session of touched.sessions) await rebuildWholeSession(trx, session)
  await saveUsage(trx, await rebuiltUsage(trx, touched, usage, windows))
}

async function rebuildHour(
  trx: Writer,
  userKey: number,
  hour: { readonly startsAt: number; readonly endsAt: number },
): Promise<void> {
  const mine = sql`user_key = ${userKey} and hour_started_at = ${hour.startsAt}`
  const names = sql`turns, failed_turns, input_tokens, output_tokens, cost_micro_usd`
  await takeFromHour(trx, mine, hour.startsAt, -1)
  await sql`delete from user_hours where ${mine}`.execute(trx)
  await sql`insert into user_hours (user_key, hour_started_at, ${names})
    select user_key, ${hour.startsAt}, ${HOUR_SUMS} from consumption_turns
    where user_key = ${userKey} and occurred_at >= ${hour.startsAt} and occurred_at < ${hour.endsAt}
    group by user_key`.execute(trx)
  await sql`insert into system_hours (hour_started_at) values (${hour.startsAt}) on conflict do nothing`.execute(
    trx,
  )
  await takeFromHour(trx, mine, hour.startsAt, 1)
}

/** Adds the user's hour to everybody's, or takes it off. */
async function takeFromHour(
  trx: Writer,
  mine: ReturnType<typeof sql>,
  startsAt: number,
  sign: 1 | -1,
): Promise<void> {
  await sql`update system_hours set turns = max(0, system_hours.turns + ${sign} * h.turns),
      failed_turns = max(0, system_hours.failed_turns + ${sign} * h.failed_turns),
      input_tokens = max(0, system_hours.input_tokens + ${sign} * h.input_tokens),
      output_tokens = max(0, system_hours.output_tokens + ${sign} * h.output_tokens),
      cost_micro_usd = max(0, system_hours.cost_micro_usd + ${sign} * h.cost_micro_usd)
    from (select * from user_hours where ${mine}) h where system_hours.hour_started_at = ${startsAt}`.execute(
    trx,
  )
}

/** The user's turns of a month, found by the index over user and time. */
function turnsOf(userKey: number, period: number, zone: string) {
  const { startsAt, endsAt } = periodWindow(zone, periodText(period))
  return sql`user_key = ${userKey} and occurred_at >= ${startsAt} and occurred_at < ${endsAt}`
}

async function rebuildPeriod(trx: Writer, userKey: number, period: number, zone: string): Promise<void> {
  const { rows } = await sql<Totals>`select
      coalesce(sum(input_tokens), 0) as input_tokens, coalesce(sum(output_tokens), 0) as output_tokens,
      coalesce(sum(cached_input_tokens), 0) as cached_input_tokens,
      coalesce(sum(iif(turn_number = 0, input_tokens, 0)), 0) as outside_input_tokens,
      coalesce(sum(iif(turn_number = 0, output_tokens, 0)), 0) as outside_output_tokens,
      coalesce(sum(${TURN} and status = 'success'), 0) as successful_turns,
      coalesce(sum(${TURN} and status = 'failed'), 0) as failed_turns,
      coalesce(sum(${TURN} and status = 'partial'), 0) as partial_turns,
      coalesce(sum(${TURN} and rag_used), 0) as rag_guided_turns,
      coalesce(sum(iif(rag_used, max(0, rag_tokens_saved), 0)), 0) as rag_output_tokens_saved,
      coalesce(sum(iif(rag_used, max(0, -rag_tokens_saved), 0)), 0) as rag_output_tokens_lost,
      coalesce(sum(rag_cost_saved_micro_usd), 0) as rag_cost_saved_micro_usd,
      coalesce(sum(cost_micro_usd), 0) as cost_micro_usd,
      coalesce(sum(${TURN} and price_source = 'fallback'), 0) as fallback_priced_turns
    from consumption_turns where ${turnsOf(userKey, period, zone)}`.execute(trx)
  const sums = rows[0]
  if (sums === undefined) throw new Error('a sum always has a row')
  // What retention removed is no longer among the turns.
  const gone = await prunedTotals(trx, userKey, period)
  const totals = Object.fromEntries(TOTAL_NAMES.map((name) => [name, sums[name] + gone[name]]))
  await trx
    .insertInto('user_periods')
    .values({ user_key: userKey, period, ...totals, sessions: 0 })
    .onConflict((conflict) => conflict.columns(['user_key', 'period']).doUpdateSet(totals))
    .execute()
}

async function prunedTotals(trx: Writer, userKey: number, period: number): Promise<Totals> {
  const rows = await trx
    .selectFrom('pruned_turn_sums')
    .select([...TOTAL_NAMES])
    .where('user_key', '=', userKey)
    .where('period', '=', period)
    .execute()
  return rows.reduce<Totals>(addTotals, NO_TOTALS)
}

async function rebuildModels(trx: Writer, userKey: number, period: number, zone: string): Promise<void> {
  const mine = sql`user_key = ${userKey} and period = ${period}`
  const names = sql`turns, input_tokens, output_tokens, cost_micro_usd`
  const toEverybody = (sign: 1 | -1) =>
    sql`update system_period_models set turns = max(0, system_period_models.turns + ${sign} * m.turns),
        input_tokens = max(0, system_period_models.input_tokens + ${sign} * m.input_tokens),
        output_tokens = max(0, system_period_models.output_tokens + ${sign} * m.output_tokens),
        cost_micro_usd = max(0, system_period_models.cost_micro_usd + ${sign} * m.cost_micro_usd)
      from (select * from user_period_models where ${mine}) m
      where system_period_models.period = ${period} and system_period_models.model_key = m.model_key`.execute(
      trx,
    )
  await toEverybody(-1)
  await sql`delete from user_period_models where ${mine}`.execute(trx)
  await sql`insert into user_period_models (user_key, period, model_key, ${names})
    select user_key, ${period}, model_key, sum(turns), sum(input_tokens), sum(output_tokens), sum(cost_micro_usd) from (
      select user_key, model_key, ${TURN} as turns, input_tokens, output_tokens, cost_micro_usd from consumption_turns
      where ${turnsOf(userKey, period, zone)}
      union all select user_key, model_key, turns, input_tokens, output_tokens, cost_micro_usd from pruned_turn_sums
      where ${mine}) group by user_key, model_key`.execute(trx)
  await sql`insert into system_period_models (period, model_key)
    select period, model_key from user_period_models where ${mine} on conflict do nothing`.execute(trx)
  await toEverybody(1)
}

const SESSION_NAMES = sql`session_key, period, user_key, turns, input_tokens, output_tokens, cost_micro_usd,
  dearest_turn_micro_usd, last_turn_at`

/** The sums of a session in one month. */
export async function rebuildSession(trx: Writer, session: number, period: number): Promise<void> {
  await sql`delete from session_periods where session_key = ${session} and period = ${period}`.execute(trx)
  await sql`insert into session_periods (${SESSION_NAMES})
    select session_key, ${period}, user_key, sum(turns), sum(input_tokens), sum(output_tokens), sum(cost_micro_usd),
      max(dearest), max(last_turn_at) from (
      select session_key, user_key, ${TURN} as turns, input_tokens, output_tokens, cost_micro_usd,
        iif(${TURN}, cost_micro_usd, 0) as dearest, occurred_at as last_turn_at
      from consumption_turns where session_key = ${session} and period = ${period}
      union all select session_key, user_key, turns, input_tokens, output_tokens, cost_micro_usd,
        dearest_turn_micro_usd, last_turn_at
      from pruned_turn_sums where session_key = ${session} and period = ${period}) group by session_key`.execute(
    trx,
  )
}

/** The whole life of a session is added up from its months: those that retention has emptied are still in them. */
export async function rebuildWholeSession(trx: Writer, session: number): Promise<void> {
  await sql`delete from session_periods where session_key = ${session} and period = 0`.execute(trx)
  await sql`insert into session_periods (${SESSION_NAMES})
    select session_key, 0, user_key, sum(turns), sum(input_tokens), sum(output_tokens), sum(cost_micro_usd),
      max(dearest_turn_micro_usd), max(last_turn_at)
    from session_periods where session_key = ${session} group by session_key`.execute(trx)
}

async function rebuiltUsage(trx: Writer, touched: Touched, usage: Usage, windows: Windows): Promise<Usage> {
  const instants = [...touched.instants]
  let rebuilt: Usage = {
    ...usage,
    first_usage_at: Math.min(usage.first_usage_at ?? Number.POSITIVE_INFINITY, ...instants),
    last_usage_at: Math.max(usage.last_usage_at ?? Number.NEGATIVE_INFINITY, ...instants),
    last_updated_at: windows.now,
  }
  if (touched.periods.has(usage.period))
    rebuilt = { ...rebuilt, ...(await periodTotalsOf(trx, touched.userKey, usage.period)) }
  const dayEndsAt = Math.max(windows.day.endsAt, usage.day_started_at)
  if (!instants.some((at) => at >= usage.day_started_at && at < dayEndsAt)) return rebuilt
  return { ...rebuilt, ...(await dayTotalsOf(trx, touched.userKey, usage.day_started_at, dayEndsAt)) }
}

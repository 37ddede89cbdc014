import type { Selectable } from 'kysely'
import { hourWindow, periodOf } from '../../../shared/time-window.ts'
import type { Reader, Writer } from '../database/database.ts'
import type { ConsumptionTurnsTable } from '../database/schema.ts'
import { removePrunedMonth } from './remove-pruned.ts'
import { totalsOf, turnCount } from './turn-effect.ts'
import { addTotals, NO_TOTALS, TOTAL_NAMES, type Totals } from './usage.ts'
import { periodNumber } from './windows.ts'

/**
 * Takes a user out of the books. Session by session, each slice with its part of every sum, so that the ledger and
 * the counters agree after every slice: a stop in the middle leaves less, and nothing wrong.
 */

type Turn = Selectable<ConsumptionTurnsTable>

// With what each takes away, some three hundred turns are about ten milliseconds: as long as others may wait.
const TURNS_PER_SLICE = 300
// Sessions without turns cost, too.
const SESSIONS_PER_SLICE = 50

/** What belongs to a user and to nobody else, in an order that leaves no reference behind. `test/consumption` keeps it whole. */
export const USER_TABLES = [
  'observations',
  'champion_cases',
  'collection_subscriptions',
  'pruned_periods',
  'pruned_turn_sums',
  'admissions',
  'enforcement_events',
  'limit_grants',
  'access_tokens',
  'session_periods',
  'user_hours',
  'user_period_models',
  'user_periods',
  'consumption_periods_archive',
  'user_consumption',
] as const

/** What the books hold of a user. */
export interface UserBooks {
  readonly sessions: number
  readonly turns: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costMicroUsd: number
}

/** Read from the roll-ups: no turn is counted. */
export async function userBooks(db: Reader | Writer, userKey: number): Promise<UserBooks> {
  const row = await db
    .selectFrom('user_periods')
    .select((eb) => [
      eb.fn.coalesce(eb.fn.sum<number>('sessions'), eb.lit(0)).as('sessions'),
      eb.fn.coalesce(eb.fn.sum<number>('successful_turns'), eb.lit(0)).as('successful'),
      eb.fn.coalesce(eb.fn.sum<number>('failed_turns'), eb.lit(0)).as('failed'),
      eb.fn.coalesce(eb.fn.sum<number>('partial_turns'), eb.lit(0)).as('partial'),
      eb.fn.coalesce(eb.fn.sum<number>('input_tokens'), eb.lit(0)).as('input'),
      eb.fn.coalesce(eb.fn.sum<number>('output_tokens'), eb.lit(0)).as('output'),
      eb.fn.coalesce(eb.fn.sum<number>('cost_micro_usd'), eb.lit(0)).as('cost'),
    ])
    .where('user_key', '=', userKey)
    .executeTakeFirstOrThrow()
  return {
    sessions: Number(row.sessions),
    turns: Number(row.successful) + Number(row.failed) + Number(row.partial),
    inputTokens: Number(row.input),
    outputTokens: Number(row.output),
    costMicroUsd: Number(row.cost),
  }
}

/** Closed months may never hold more than the ledger, so they go before the first turn does. */
export async function removeArchive(trx: Writer, userKey: number): Promise<void> {
  await trx.deleteFrom('consumption_periods_archive').where('user_key', '=', userKey).execute()
}

/** Removes the next sessions with their turns, before them what retention left of others; false when none is left. */
export async function removeSessions(trx: Writer, userKey: number, zone: string): Promise<boolean> {
  if (await removePrunedMonth(trx, userKey, zone)) return true
  const sessions = await trx
    .selectFrom('sessions')
    .leftJoin('session_periods', (join) =>
      join.onRef('session_periods.session_key', '=', 'sessions.key').on('session_periods.period', '=', 0),
    )
    .select(['sessions.key', 'sessions.created_at', 'session_periods.turns'])
    .where('sessions.user_key', '=', userKey)
    .orderBy('sessions.key')
    .limit(SESSIONS_PER_SLICE)
    .execute()
  const slice = firstOf(sessions)
  if (slice.length === 0) return false
  const keys = slice.map(({ key }) => key)
  const turns = await trx
    .selectFrom('consumption_turns')
    .selectAll()
    .where('session_key', 'in', keys)
    .execute()
  await takeTotals(trx, userKey, turns, slice, zone)
  await takeModels(trx, userKey, turns)
  await takeHours(trx, userKey, turns, zone)
  await trx.deleteFrom('turn_extensions').where('session_key', 'in', keys).execute()
  await trx.deleteFrom('consumption_turns').where('session_key', 'in', keys).execute()
  await trx.deleteFrom('session_periods').where('session_key', 'in', keys).execute()
  await trx.deleteFrom('sessions').where('key', 'in', keys).execute()
  return true
}

/** Removes the account and what is left of it; false while it still has sessions, which came in the meantime. */
export async function removeAccount(trx: Writer, userKey: number, userId: string): Promise<boolean> {
  const session = await trx
    .selectFrom('sessions')
    .select('key')
    .where('user_key', '=', userKey)
    .limit(1)
    .executeTakeFirst()
  if (session !== undefined) return false
  for (const table of USER_TABLES) await trx.deleteFrom(table).where('user_key', '=', userKey).execute()
  for (const table of ['session_files', 'reconciled_sessions', 'alerts'] as const)
    await trx.deleteFrom(table).where('user_id', '=', userId).execute()
  await trx.deleteFrom('users').where('key', '=', userKey).execute()
  return true
}

interface SessionOfSlice {
  readonly key: number
  readonly created_at: number
  readonly turns: number | null
}

/** Whole sessions, because their dearest turn cannot be taken away in part; always at least one. */
function firstOf(sessions: readonly SessionOfSlice[]): readonly SessionOfSlice[] {
  let turns = 0
  const end = sessions.findIndex((session) => {
    turns += session.turns ?? 0
    return turns > TURNS_PER_SLICE
  })
  return end === -1 ? sessions : sessions.slice(0, Math.max(1, end))
}

/** Sums of the turns by a key each has. */
function sumsBy<Sums extends Record<string, number>>(
  turns: readonly Turn[],
  keyOf: (turn: Turn) => string,
  sumsOf: (turn: Turn) => Sums,
): Map<string, Sums> {
  const groups = new Map<string, Sums>()
  for (const turn of turns) {
    const key = keyOf(turn)
    const held = groups.get(key)
    const added = sumsOf(turn)
    groups.set(
      key,
      held === undefined
        ? added
        : (Object.fromEntries(
            Object.entries(added).map(([name, value]) => [name, value + (held[name] ?? 0)]),
          ) as Sums),
    )
  }
  return groups
}

async function takeTotals(
  trx: Writer,
  userKey: number,
  turns: readonly Turn[],
  sessions: readonly SessionOfSlice[],
  zone: string,
): Promise<void> {
  const totals = new Map<number, Totals & { readonly sessions: number }>()
  const held = (period: number) => totals.get(period) ?? { ...NO_TOTALS, sessions: 0 }
  for (const turn of turns) {
    const before = held(turn.period)
    totals.set(turn.period, { ...addTotals(before, totalsOf(turn)), sessions: before.sessions })
  }
  for (const { created_at } of sessions) {
    const period = periodNumber(periodOf(zone, created_at))
    totals.set(period, { ...held(period), sessions: held(period).sessions + 1 })
  }
  const names = [...TOTAL_NAMES, 'sessions'] as const
  for (const [period, sums] of totals) {
    await trx
      .updateTable('user_periods')
      .set((eb) => Object.fromEntries(names.map((name) => [name, eb(name, '-', sums[name])])))
      .where('user_key', '=', userKey)
      .where('period', '=', period)
      .execute()
    // The counters are those of one month; the others are in the roll-up only.
    await trx
      .updateTable('user_consumption')
      .set((eb) => Object.fromEntries(names.map((name) => [name, eb(name, '-', sums[name])])))
      .where('user_key', '=', userKey)
      .where('period', '=', period)
      .execute()
  }
}

const MODEL_SUMS = ['turns', 'input_tokens', 'output_tokens', 'cost_micro_usd'] as const
const HOUR_SUMS = [...MODEL_SUMS, 'failed_turns'] as const

function modelSums(turn: Turn) {
  const { input_tokens, output_tokens, cost_micro_usd } = turn
  return { turns: turnCount(turn) as number, input_tokens, output_tokens, cost_micro_usd }
}

async function takeModels(trx: Writer, userKey: number, turns: readonly Turn[]): Promise<void> {
  for (const [key, sums] of sumsBy(turns, (turn) => `${turn.period} ${turn.model_key}`, modelSums)) {
    const [period = 0, modelKey = 0] = key.split(' ').map(Number)
    await trx
      .updateTable('user_period_models')
      .set((eb) => Object.fromEntries(MODEL_SUMS.map((name) => [name, eb(name, '-', sums[name])])))
      .where('user_key', '=', userKey)
      .where('period', '=', period)
      .where('model_key', '=', modelKey)
      .execute()
    await trx
      .updateTable('system_period_models')
      .set((eb) => Object.fromEntries(MODEL_SUMS.map((name) => [name, eb(name, '-', sums[name])])))
      .where('period', '=', period)
      .where('model_key', '=', modelKey)
      .execute()
    // A model nobody used that month would stand in the charts with nothing.
    await trx
      .deleteFrom('system_period_models')
      .where('period', '=', period)
      .where('model_key', '=', modelKey)
      .where((eb) => eb.and({ turns: 0, input_tokens: 0, output_tokens: 0, cost_micro_usd: 0 }))
      .execute()
  }
}

async function takeHours(trx: Writer, userKey: number, turns: readonly Turn[], zone: string): Promise<void> {
  const hourOf = (turn: Turn): string => String(hourWindow(zone, turn.occurred_at).startsAt)
  const hourSums = (turn: Turn) => ({
    ...modelSums(turn),
    failed_turns: turnCount(turn) === 1 && turn.status === 'failed' ? 1 : 0,
  })
  for (const [key, sums] of sumsBy(turns, hourOf, hourSums)) {
    const hour = Number(key)
    await trx
      .updateTable('user_hours')
      .set((eb) => Object.fromEntries(HOUR_SUMS.map((name) => [name, eb(name, '-', sums[name])])))
      .where('user_key', '=', userKey)
      .where('hour_started_at', '=', hour)
      .execute()
    await trx
      .updateTable('system_hours')
      .set((eb) => Object.fromEntries(HOUR_SUMS.map((name) => [name, eb(name, '-', sums[name])])))
      .where('hour_started_at', '=', hour)
      .execute()
    await trx
      .deleteFrom('system_hours')
      .where('hour_started_at', '=', hour)
      .where((eb) => eb.and({ turns: 0, input_tokens: 0, output_tokens: 0, cost_micro_usd: 0 }))
      .execute()
  }
}

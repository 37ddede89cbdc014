import type { Reader, Writer } from '../database/database.ts'
import { removePrunedMonth } from './remove-pruned.ts'
import { takeTurns } from './take-turns.ts'

/**
 * Takes a user out of the books. Session by session, each slice with its part of every sum, so that the ledger and
 * the counters agree after every slice: a stop in the middle leaves less, and nothing wrong.
 */

// With what each takes away, some three hundred turns are about ten milliseconds: as long as others may wait.
const TURNS_PER_SLICE = 300
// Sessions without turns cost, too.
const SESSIONS_PER_SLICE = 50

/** What belongs to a user and to nobody else, in an order that leaves no reference behind. `test/consumption` keeps it whole. */
export const USER_TABLES = [
  'observations',
  'import_months',
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
  await takeTurns(trx, userKey, { turns, sessions: slice }, zone)
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
  await trx.deleteFrom('import_rows').where('kind', '=', 'user').where('name', '=', userId).execute()
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

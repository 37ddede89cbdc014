import { sql } from 'kysely'
import { hourWindow } from '../../../shared/time-window.ts'
import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import { prepared } from '../database/prepared.ts'
import type { TurnRow } from './ledger-store.ts'
import { totalsOf, turnCount } from './turn-effect.ts'
import { addTotals, TOTAL_NAMES, type Totals } from './usage.ts'

/**
 * Retention: old turns of an archived month leave the ledger. Their figures stay, summed by session, month and model,
 * so that every counter and roll-up can still be proved; and up to when turns are gone stays, so that one that is
 * recorded or imported again is not counted twice.
 */

/** A user's archived month with turns that may go. */
export interface PrunableMonth {
  readonly userKey: number
  readonly period: number
  /** Turns before this may go. It stands on a clock hour, so that no hour of the roll-ups is half gone. */
  readonly before: EpochMs
}

/** After which month a page begins. */
export type MonthStart = Pick<PrunableMonth, 'userKey' | 'period'>

/**
 * The next archived months, in the order of users and months, with turns from before the horizon. A month that has
 * none, and one that was pruned up to it, is not among them: it would cost a write a day to find nothing.
 */
export async function prunableMonths(
  db: Reader,
  { zone, horizon }: { readonly zone: string; readonly horizon: EpochMs },
  page: { readonly after: MonthStart | null; readonly limit: number },
): Promise<PrunableMonth[]> {
  const { startsAt } = hourWindow(zone, horizon)
  const before = sql<number>`min(${startsAt}, a.period_ended_at)`
  const { userKey, period } = page.after ?? { userKey: 0, period: 0 }
  const rows = await db
    .selectFrom('consumption_periods_archive as a')
    .leftJoin('pruned_periods as p', (join) =>
      join.onRef('p.user_key', '=', 'a.user_key').onRef('p.period', '=', 'a.period'),
    )
    .select(['a.user_key', 'a.period', before.as('before')])
    .where(sql<boolean>`(a.user_key, a.period) > (${userKey}, ${period})`)
    .where('a.period_started_at', '<', horizon)
    .where((eb) => eb.or([eb('p.pruned_before', 'is', null), eb('p.pruned_before', '<', before)]))
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('consumption_turns as t')
          .select('t.id')
          .whereRef('t.user_key', '=', 'a.user_key')
          .where('t.occurred_at', '<', before)
          .whereRef('t.period', '=', 'a.period'),
      ),
    )
    .orderBy('a.user_key')
    .orderBy('a.period')
    .limit(page.limit)
    .execute()
  return rows.map((row) => ({ userKey: row.user_key, period: row.period, before: row.before }))
}

/** How many turns of the month may go. */
export async function countTurnsOf(db: Reader, month: PrunableMonth): Promise<number> {
  const row = await db
    .selectFrom('consumption_turns')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('user_key', '=', month.userKey)
    .where('occurred_at', '<', month.before)
    .where('period', '=', month.period)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/**
 * Removes the oldest turns of the month, about `turnsMax` of them, always whole hours. Answers how many, and whether
 * the month is done.
 */
export async function pruneOldest(
  trx: Writer,
  month: PrunableMonth,
  zone: string,
  turnsMax: number,
): Promise<{ readonly removed: number; readonly isDone: boolean }> {
  const { userKey, period } = month
  const oldest = await turnsBefore(trx, month).limit(turnsMax).execute()
  const last = oldest.at(-1)
  // The hour of the last one may hold more than fitted: all of it goes.
  const until =
    last === undefined || oldest.length < turnsMax
      ? month.before
      : Math.min(month.before, hourWindow(zone, last.occurred_at).endsAt)
  const turns = last === undefined ? [] : await turnsBefore(trx, { ...month, before: until }).execute()
  for (const sums of sumsOf(turns)) await addPruned(trx, sums)
  if (turns.length > 0) await deleteBefore(trx, { ...month, before: until })
  await trx
    .insertInto('pruned_periods')
    .values({ user_key: userKey, period, pruned_before: until })
    .onConflict((conflict) => conflict.columns(['user_key', 'period']).doUpdateSet({ pruned_before: until }))
    .execute()
  return { removed: turns.length, isDone: until === month.before }
}

/** Deletes by the range that was read, with what was added to the turns before the turns by which it is found. */
async function deleteBefore(trx: Writer, { userKey, period, before }: PrunableMonth): Promise<void> {
  const isGone = sql<boolean>`user_key = ${userKey} AND occurred_at < ${before} AND period = ${period}`
  const gone = trx.selectFrom('consumption_turns').select(['session_key', 'turn_number']).where(isGone)
  await trx
    .deleteFrom('turn_extensions')
    .where(sql<boolean>`(session_key, turn_number) IN (${gone})`)
    .execute()
  await trx.deleteFrom('consumption_turns').where(isGone).execute()
}

function turnsBefore(trx: Writer, month: PrunableMonth) {
  return trx
    .selectFrom('consumption_turns')
    .selectAll()
    .where('user_key', '=', month.userKey)
    .where('occurred_at', '<', month.before)
    .where('period', '=', month.period)
    .orderBy('occurred_at')
}

const prunedOfUser = prepared<{ userKey: number }, { period: number; pruned_before: EpochMs }>((db, value) =>
  db
    .selectFrom('pruned_periods')
    .select(['period', 'pruned_before'])
    .where('user_key', '=', value('userKey')),
)

/** Up to when turns of each of the user's months are gone; empty for most users. */
export async function prunedBefore(
  db: Reader | Writer,
  userKey: number,
): Promise<ReadonlyMap<number, EpochMs>> {
  const rows = await prunedOfUser(db, { userKey })
  return new Map(rows.map((row) => [row.period, row.pruned_before]))
}

interface PrunedSums extends Totals {
  readonly session_key: number
  readonly period: number
  readonly model_key: number
  readonly user_key: number
  readonly turns: number
  readonly dearest_turn_micro_usd: number
  readonly last_turn_at: EpochMs
}

function sumsOf(turns: readonly TurnRow[]): Iterable<PrunedSums> {
  const sums = new Map<string, PrunedSums>()
  for (const turn of turns) {
    const { session_key, period, model_key, user_key } = turn
    const key = `${session_key} ${period} ${model_key}`
    const held = sums.get(key)
    const count = turnCount(turn)
    sums.set(key, {
      ...(held === undefined ? totalsOf(turn) : addTotals(held, totalsOf(turn))),
      session_key,
      period,
      model_key,
      user_key,
      turns: (held?.turns ?? 0) + count,
      dearest_turn_micro_usd: Math.max(held?.dearest_turn_micro_usd ?? 0, count * turn.cost_micro_usd),
      last_turn_at: Math.max(held?.last_turn_at ?? 0, turn.occurred_at),
    })
  }
  return sums.values()
}

async function addPruned(trx: Writer, sums: PrunedSums): Promise<void> {
  await trx
    .insertInto('pruned_turn_sums')
    .values({ ...sums })
    .onConflict((conflict) =>
      conflict.columns(['session_key', 'period', 'model_key']).doUpdateSet((eb) => ({
        ...Object.fromEntries(
          ([...TOTAL_NAMES, 'turns'] as const).map((name) => [
            name,
            eb(`pruned_turn_sums.${name}`, '+', eb.ref(`excluded.${name}`)),
          ]),
        ),
        dearest_turn_micro_usd: eb.fn<number>('max', [
          'pruned_turn_sums.dearest_turn_micro_usd',
          'excluded.dearest_turn_micro_usd',
        ]),
        last_turn_at: eb.fn<number>('max', ['pruned_turn_sums.last_turn_at', 'excluded.last_turn_at']),
      })),
    )
    .execute()
}

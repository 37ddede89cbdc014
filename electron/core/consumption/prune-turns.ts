import { hourWindow } from '../../../shared/time-window.ts'
import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
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

/** The archived months that reach behind the horizon and were not pruned up to it. */
export async function prunableMonths(db: Reader, zone: string, horizon: EpochMs): Promise<PrunableMonth[]> {
  const rows = await db
    .selectFrom('consumption_periods_archive as a')
    .leftJoin('pruned_periods as p', (join) =>
      join.onRef('p.user_key', '=', 'a.user_key').onRef('p.period', '=', 'a.period'),
    )
    .select(['a.user_key', 'a.period', 'a.period_ended_at', 'p.pruned_before'])
    .where('a.period_started_at', '<', horizon)
    .orderBy('a.user_key')
    .orderBy('a.period')
    .execute()
  return rows.flatMap((row) => {
    const before = Math.min(hourWindow(zone, horizon).startsAt, row.period_ended_at)
    if (row.pruned_before !== null && row.pruned_before >= before) return []
    return [{ userKey: row.user_key, period: row.period, before }]
  })
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
  const ids = turns.map((turn) => turn.id)
  if (ids.length > 0) {
    for (const turn of turns) {
      await trx
        .deleteFrom('turn_extensions')
        .where('session_key', '=', turn.session_key)
        .where('turn_number', '=', turn.turn_number)
        .execute()
    }
    await trx.deleteFrom('consumption_turns').where('id', 'in', ids).execute()
  }
  await trx
    .insertInto('pruned_periods')
    .values({ user_key: userKey, period, pruned_before: until })
    .onConflict((conflict) => conflict.columns(['user_key', 'period']).doUpdateSet({ pruned_before: until }))
    .execute()
  return { removed: ids.length, isDone: until === month.before }
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

/** Up to when turns of each of the user's months are gone; empty for most users. */
export async function prunedBefore(
  db: Reader | Writer,
  userKey: number,
): Promise<ReadonlyMap<number, EpochMs>> {
  const rows = await db
    .selectFrom('pruned_periods')
    .select(['period', 'pruned_before'])
    .where('user_key', '=', userKey)
    .execute()
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

import { sql } from 'kysely'
import { periodWindow } from '../../../shared/time-window.ts'
import type { Writer } from '../database/database.ts'
import { findUserStateByKey } from './consumption-store.ts'
import { rebuildSums } from './rebuild-sums.ts'
import { periodText, windowsAt } from './windows.ts'

/**
 * Takes what retention has left of one of the user's months out of the books: the sums of the removed turns, and with
 * them their part of every roll-up. False when no month is left. MUST come before the user's sessions are removed:
 * afterwards nobody knows whose those sums were.
 */
export async function removePrunedMonth(trx: Writer, userKey: number, zone: string): Promise<boolean> {
  const month = await trx
    .selectFrom('pruned_periods')
    .selectAll()
    .where('user_key', '=', userKey)
    .orderBy('period')
    .limit(1)
    .executeTakeFirst()
  if (month === undefined) return false
  await removePruned(trx, month, zone)
  return true
}

/** The same for one month that retention, or whoever closed it, has left sums of. */
export async function removePruned(
  trx: Writer,
  month: { readonly user_key: number; readonly period: number; readonly pruned_before: number },
  zone: string,
): Promise<void> {
  const { user_key: userKey, period } = month
  const state = await findUserStateByKey(trx, userKey)
  if (state === undefined) return
  const sessions = await trx
    .deleteFrom('pruned_turn_sums')
    .where('user_key', '=', userKey)
    .where('period', '=', period)
    .returning('session_key')
    .execute()
  const { startsAt } = periodWindow(zone, periodText(period))
  await removeHours(trx, userKey, startsAt, month.pruned_before)
  await trx
    .deleteFrom('pruned_periods')
    .where('user_key', '=', userKey)
    .where('period', '=', period)
    .execute()
  const touched = {
    userKey,
    periods: new Set([period]),
    instants: new Set<number>(),
    sessions: new Set(sessions.map((row) => row.session_key)),
  }
  await rebuildSums(trx, touched, state.usage, windowsAt(zone, state.usage.last_updated_at))
}

/** The hours of removed turns go whole, because what is removed are whole hours. */
async function removeHours(trx: Writer, userKey: number, from: number, until: number): Promise<void> {
  const mine = sql`user_key = ${userKey} and hour_started_at >= ${from} and hour_started_at < ${until}`
  await sql`update system_hours set turns = system_hours.turns - h.turns,
      failed_turns = system_hours.failed_turns - h.failed_turns,
      input_tokens = system_hours.input_tokens - h.input_tokens,
      output_tokens = system_hours.output_tokens - h.output_tokens,
      cost_micro_usd = system_hours.cost_micro_usd - h.cost_micro_usd
    from (select * from user_hours where ${mine}) h
    where system_hours.hour_started_at = h.hour_started_at`.execute(trx)
  await sql`delete from user_hours where ${mine}`.execute(trx)
}

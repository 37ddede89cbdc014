import { dayWindow } from '../../../shared/time-window.ts'
import type { Writer } from '../database/database.ts'
import { findUserStateByKey, saveUsage } from './consumption-store.ts'
import type { Moment } from './context.ts'
import { dayTotalsOf } from './day-totals.ts'
import type { TurnRow } from './ledger-store.ts'

/** Today, and the first and last use, are in the counters alone. */
export async function mendCounters(
  trx: Writer,
  userKey: number,
  changed: readonly TurnRow[],
  zone: string,
  moment: Moment,
): Promise<void> {
  const state = await findUserStateByKey(trx, userKey)
  if (state === undefined || changed.length === 0) return
  const { usage } = state
  const day = dayWindow(zone, usage.day_started_at)
  const isToday = changed.some(
    (turn) => turn.occurred_at >= usage.day_started_at && turn.occurred_at < day.endsAt,
  )
  const times = await trx
    .selectFrom('consumption_turns')
    .select((eb) => [eb.fn.min('occurred_at').as('first'), eb.fn.max('occurred_at').as('last')])
    .where('user_key', '=', userKey)
    .executeTakeFirst()
  const pruned = await trx
    .selectFrom('pruned_turn_sums')
    .select((eb) => eb.fn.max('last_turn_at').as('last'))
    .where('user_key', '=', userKey)
    .executeTakeFirst()
  const hasPruned = (pruned?.last ?? null) !== null
  await saveUsage(trx, {
    ...usage,
    ...(isToday ? await dayTotalsOf(trx, userKey, usage.day_started_at, day.endsAt) : {}),
    // When the first of the turns was that retention has removed, nobody knows any more.
    first_usage_at: hasPruned ? usage.first_usage_at : (times?.first ?? null),
    last_usage_at: latest(times?.last ?? null, pruned?.last ?? null),
    last_updated_at: moment.now,
  })
}

function latest(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other
  return Math.max(one, other)
}

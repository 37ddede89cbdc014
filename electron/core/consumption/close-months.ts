import type { Writer } from '../database/database.ts'
import { archiveMonths, type ClosedMonth, NOTHING_COUNTED } from './archive-store.ts'
import { findUserStatesByKey, saveUsage, type UserState } from './consumption-store.ts'
import { decideFor, type Moment } from './context.ts'
import { withHeldDay } from './day-totals.ts'
import { readAllGrants, readProfiles } from './limit-rules-store.ts'
import type { EffectiveLimits } from './limits.ts'
import { periodTotalsOfUsers } from './roll-up-store.ts'
import { closedMonth } from './rollover.ts'
import { hasActivity, inNewPeriod, isPeriodOver, NO_TOTALS } from './usage.ts'

/** What closing the months of some users did. */
export interface ClosedMonths {
  readonly rolledOver: number
  /** Archive rows written. */
  readonly archived: number
}

interface Closing extends UserState {
  readonly limits: EffectiveLimits
}

/**
 * Closes every month of these users that is over and has no archive row yet, all in the caller's transaction. The
 * month of the counters is closed with its own peaks; a later one, which only a clock ahead or an import can have
 * begun, and an earlier one have none. The limits kept are those in force now: for a month long past nobody knows
 * others. What many users need is read at once; a user who is gone meanwhile has nothing to close.
 */
export async function closeMonths(
  trx: Writer,
  userKeys: readonly number[],
  moment: Moment,
): Promise<ClosedMonths> {
  const profiles = await readProfiles(trx)
  const grants = await readAllGrants(trx, moment.now, userKeys)
  const users = (await findUserStatesByKey(trx, userKeys)).map((state): Closing => {
    const decision = decideFor(state.account, profiles, grants.get(state.account.key) ?? [], moment)
    return { ...state, limits: decision.limits }
  })
  if (users.length === 0) return { rolledOver: 0, archived: 0 }
  // The counters MUST come first: a month closed from its sums alone would have no peaks.
  const counters = await rollOver(trx, users, moment)
  const months = await monthsLeft(trx, users, moment)
  const rules = { zone: moment.settings.time_zone, windows: moment.windows }
  return { ...counters, archived: counters.archived + (await archiveMonths(trx, months, rules)) }
}

/** Archives the month of the counters where it is over, and starts them again; as `rollOverIfDue` does for one. */
async function rollOver(trx: Writer, users: readonly Closing[], moment: Moment): Promise<ClosedMonths> {
  const { windows } = moment
  const due = users.filter(({ usage }) => isPeriodOver(usage, windows))
  if (due.length === 0) return { rolledOver: 0, archived: 0 }
  const active = due.filter(({ usage }) => hasActivity(usage))
  const rules = { zone: moment.settings.time_zone, windows }
  // The archive row MUST be written before the counters start again: they are all there is of peaks and refusals.
  const archived = await archiveMonths(
    trx,
    active.map(({ usage, limits }) => closedMonth(usage, limits)),
    rules,
  )
  const keys = due.map(({ account }) => account.key)
  const held = await periodTotalsOfUsers(trx, keys, windows.period)
  for (const { usage } of due) {
    const next = inNewPeriod(usage, windows, held.get(usage.user_key) ?? { ...NO_TOTALS, sessions: 0 })
    await saveUsage(trx, await withHeldDay(trx, usage, next, windows))
  }
  return { rolledOver: due.length, archived }
}

/** Months of the sums that are over and have no archive row. */
async function monthsLeft(
  trx: Writer,
  users: readonly Closing[],
  moment: Moment,
): Promise<readonly ClosedMonth[]> {
  const byKey = new Map(users.map((user) => [user.account.key, user]))
  const open = await trx
    .selectFrom('user_periods as p')
    .leftJoin('consumption_periods_archive as a', (join) =>
      join.onRef('a.user_key', '=', 'p.user_key').onRef('a.period', '=', 'p.period'),
    )
    .selectAll('p')
    .where('p.user_key', 'in', [...byKey.keys()])
    .where('p.period', '<', moment.windows.period)
    .where('a.period', 'is', null)
    .orderBy('p.user_key')
    .orderBy('p.period')
    .execute()
  return open.map((month) => {
    const user = byKey.get(month.user_key)
    // What was imported into a month before the user's first counters was held to other limits, or to none.
    const isOurs = user !== undefined && month.period >= user.usage.period
    return { ...month, ...NOTHING_COUNTED, limits: isOurs ? user.limits : null }
  })
}

import type { Writer } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { addUser, findUserState, type UserState } from './consumption-store.ts'
import { limitsOf, type Moment } from './context.ts'
import type { Profiles } from './limit-rules-store.ts'
import type { LimitDecision } from './limits.ts'
import { rollOverIfDue } from './rollover.ts'
import type { Usage } from './usage.ts'

/** Who somebody is and what they used as of now: where everything that counts begins. */

/** The user under that id, added when unknown callers may bring users; else undefined. */
export async function knownUser(trx: Writer, id: string, moment: Moment): Promise<UserState | undefined> {
  const state = await findUserState(trx, id)
  if (state !== undefined || !moment.settings.auto_provision_users) return state
  await addUser(trx, { id, source: 'auto' }, moment.now, moment.settings.time_zone)
  return findUserState(trx, id)
}

/** The same for whom nothing can be done without a user. Errors: `user_unknown`. */
export async function userOf(trx: Writer, id: string, moment: Moment): Promise<UserState> {
  const state = await knownUser(trx, id, moment)
  if (state !== undefined) return state
  throw unknownUser(id)
}

/** Says that nobody has that id. */
export function unknownUser(id: string): WeirError {
  return new WeirError('user_unknown', `There is no user ${id}. Add it in Weir first.`, {
    details: { user_id: id },
  })
}

/** A user's counters as of now with the limits that hold. */
export interface CurrentUsage {
  readonly usage: Usage
  readonly decision: LimitDecision
}

/** Rolls the counters over when their month is over; the caller saves what it changes. */
export async function currentUsage(
  trx: Writer,
  state: UserState,
  profiles: Profiles,
  moment: Moment,
): Promise<CurrentUsage> {
  const decision = await limitsOf(trx, state.account, profiles, moment)
  const rules = { zone: moment.settings.time_zone, windows: moment.windows, limits: decision.limits }
  return { usage: await rollOverIfDue(trx, state.usage, rules), decision }
}

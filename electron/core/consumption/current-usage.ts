import type { Writer } from '../database/database.ts'
import type { UserState } from './consumption-store.ts'
import { limitsOf, type Moment } from './context.ts'
import { readProfiles } from './limit-rules-store.ts'
import type { LimitDecision } from './limits.ts'
import { rollOverIfDue } from './rollover.ts'
import type { Usage } from './usage.ts'

/** A user's counters as of now with the limits that hold. */
export interface CurrentUsage {
  readonly usage: Usage
  readonly decision: LimitDecision
}

/** Rolls the counters over when their month is over; the caller saves what it changes. Off the hot path: one user at a time. */
export async function currentUsage(trx: Writer, state: UserState, moment: Moment): Promise<CurrentUsage> {
  const decision = await limitsOf(trx, state.account, await readProfiles(trx), moment)
  const rules = { zone: moment.settings.time_zone, windows: moment.windows, limits: decision.limits }
  return { usage: await rollOverIfDue(trx, state.usage, rules), decision }
}

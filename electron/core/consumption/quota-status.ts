import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { Reader } from '../database/database.ts'
import { limitStates, toWire } from './admission.ts'
import { withOpenReservations } from './admission-store.ts'
import { findUserState } from './consumption-store.ts'
import { limitsOf, type Moment } from './context.ts'
import { readProfiles } from './limit-rules-store.ts'
import { judgedUsage } from './observation-store.ts'
import { asOf } from './rollover.ts'
import { unknownUserError } from './session-store.ts'
import { statusOf } from './user-status.ts'

/** How a user stands against every limit, from the functions that decide. Errors: `user_unknown`. */
export async function readQuotaStatus(
  db: Reader,
  userId: string,
  moment: Moment,
): Promise<OperationOutput<'consumption.quotaStatus'>> {
  const state = await findUserState(db, userId)
  if (state === undefined) throw unknownUserError(userId)
  const decision = await limitsOf(db, state.account, await readProfiles(db), moment)
  const usage = await withOpenReservations(db, await asOf(db, state.usage, moment.windows), moment.now)
  const states = limitStates(await judgedUsage(db, usage, moment), decision.limits, moment.windows)
  const { status, reason } = statusOf(decision, states)
  return { user_id: state.account.id, status, status_reason: reason, limits: states.map(toWire) }
}

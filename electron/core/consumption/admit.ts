import type { ParsedInput } from '../../../shared/contract/index.ts'
import { MINUTE_MS, toIso } from '../../../shared/units.ts'
import type { CheckAnswer } from '../api.ts'
import type { Reader, Writer } from '../database/database.ts'
import { assert } from '../kernel/weir-error.ts'
import { type Admission, decideAdmission, type LimitState, limitStates, toWire } from './admission.ts'
import { expireAdmissions, insertAdmission, insertEnforcementEvent, withOpenReservations } from './admission-store.ts'
import {
  type AdmissionState,
  addUser,
  findAdmissionState,
  findUserState,
  findUserStateByKey,
  saveRequestUsage,
  type UserRules,
} from './consumption-store.ts'
import { type ConsumptionContext, limitsOf, type Moment, modeOf } from './context.ts'
import type { LimitDecision } from './limits.ts'
import { refusalOf, unknownUser } from './refusal.ts'
import { rollOverIfDue } from './rollover.ts'
import { asOf, isPeriodOver, type RequestUsage, withRequest, withWindows } from './usage.ts'

/** May this user run a turn now? Reads, decides, counts and reserves, inside the transaction it is given. */

type Check = ParsedInput<'limits.check'>

// 12 random bytes make ids that neither collide nor can be guessed; base64url keeps them short and safe in a path.
const ADMISSION_ID_BYTES = 12

/** Answers and counts. A no of enforcement leaves nothing behind but its own record. */
export async function admit(trx: Writer, check: Check, context: ConsumptionContext, moment: Moment): Promise<CheckAnswer> {
  const state = await knownUser(trx, check.user_id, moment)
  if (state === undefined) return unknownUser(check.user_id)
  const decision = await limitsOf(trx, state, moment)
  const usage = await currentUsage(trx, state, decision, moment)
  const { request, states, verdict } = decide(check, usage, decision, moment)
  const mode = modeOf(moment)
  if (verdict.kind === 'no') await noteRefusal(trx, check, state, verdict, mode, moment)
  if (verdict.kind === 'no' && mode === 'on') {
    await saveRequestUsage(trx, { ...usage, blocked_requests: usage.blocked_requests + 1 }, moment.now)
    return refusalOf(verdict, states, moment)
  }
  const expiresAt = moment.now + moment.settings.reservation_minutes * MINUTE_MS
  const id = `adm_${Buffer.from(context.randomBytes(ADMISSION_ID_BYTES)).toString('base64url')}`
  await insertAdmission(trx, {
    id,
    user_key: state.account.key,
    session_id: check.session_id ?? null,
    admitted_at: moment.now,
    expires_at: expiresAt,
    reserved_input_tokens: request.inputTokens,
    reserved_output_tokens: request.outputTokens,
    state: 'open',
    settled_at: null,
  })
  const counted = withRequest(usage, { ...request, expiresAt })
  const wouldHaveBlocked = counted.would_have_blocked_requests + (verdict.kind === 'no' ? 1 : 0)
  await saveRequestUsage(trx, { ...counted, would_have_blocked_requests: wouldHaveBlocked }, moment.now)
  return allowed(limitStates(counted, decision.limits, moment.windows), mode, verdict, { id, expiresAt })
}

/** The same decision without counting or reserving anything. */
export async function tryAdmission(db: Reader, check: Check, moment: Moment): Promise<CheckAnswer> {
  const state = await findUserState(db, check.user_id)
  if (state === undefined) return unknownUser(check.user_id)
  const decision = await limitsOf(db, state, moment)
  const usage: RequestUsage = await withOpenReservations(db, asOf(state.usage, moment.windows), moment.now)
  const { states, verdict } = decide(check, usage, decision, moment)
  const mode = modeOf(moment)
  return verdict.kind === 'no' && mode === 'on' ? refusalOf(verdict, states, moment) : allowed(states, mode, verdict, null)
}

async function knownUser(trx: Writer, id: string, moment: Moment): Promise<AdmissionState | undefined> {
  const state = await findAdmissionState(trx, id)
  if (state !== undefined || !moment.settings.auto_provision_users) return state
  await addUser(trx, { id, source: 'auto' }, moment.now, moment.settings.time_zone)
  return findAdmissionState(trx, id)
}

/** The usage of these windows, with the reservations that have run out given back. */
async function currentUsage(trx: Writer, state: AdmissionState, decision: LimitDecision, moment: Moment): Promise<RequestUsage> {
  const usage = isPeriodOver(state.usage, moment.windows)
    ? await startPeriod(trx, state.account.key, decision, moment)
    : withWindows(state.usage, moment.windows)
  const expiresAt = usage.next_reservation_expires_at
  if (expiresAt === null || expiresAt > moment.now) return usage
  const open = await expireAdmissions(trx, usage.user_key, moment.now)
  return {
    ...usage,
    reserved_input_tokens: open.input_tokens,
    reserved_output_tokens: open.output_tokens,
    next_reservation_expires_at: open.next_expires_at,
  }
}

async function startPeriod(trx: Writer, userKey: number, decision: LimitDecision, moment: Moment): Promise<RequestUsage> {
  const state = await findUserStateByKey(trx, userKey)
  assert(state !== undefined, 'a user whose usage was read has a row')
  return rollOverIfDue(trx, state.usage, { zone: moment.settings.time_zone, windows: moment.windows, limits: decision.limits })
}

function decide(check: Check, usage: RequestUsage, decision: LimitDecision, moment: Moment) {
  const request = {
    inputTokens: Math.min(check.estimated_input_tokens ?? 0, moment.settings.max_reservation_tokens),
    outputTokens: Math.min(check.estimated_output_tokens ?? 0, moment.settings.max_reservation_tokens),
  }
  const states = limitStates(usage, decision.limits, moment.windows)
  const asked = modeOf(moment) !== 'off'
  const verdict: Admission = asked ? decideAdmission(decision, states, request) : { kind: 'yes' }
  return { request, states, verdict }
}

async function noteRefusal(
  trx: Writer,
  check: Check,
  state: UserRules,
  no: Extract<Admission, { kind: 'no' }>,
  mode: 'on' | 'observe' | 'off',
  moment: Moment,
): Promise<void> {
  await insertEnforcementEvent(trx, {
    at: moment.now,
    user_key: state.account.key,
    user_id: state.account.id,
    kind: mode === 'on' ? 'blocked' : 'would_have_blocked',
    code: no.code,
    limit_name: no.state?.name ?? null,
    limit_value: no.state?.limit ?? null,
    used: no.state?.used ?? null,
    reserved: no.state?.reserved ?? null,
    session_id: check.session_id ?? null,
  })
}

function allowed(
  states: readonly LimitState[],
  mode: 'on' | 'observe' | 'off',
  verdict: Admission,
  admission: { readonly id: string; readonly expiresAt: number } | null,
): CheckAnswer {
  return {
    kind: 'allowed',
    answer: {
      allowed: true,
      admission_id: admission?.id ?? null,
      enforcement: mode,
      would_have_blocked: verdict.kind === 'no' ? verdict.code : null,
      bypassed: false,
      expires_at: admission === null ? null : toIso(admission.expiresAt),
      limits: states.filter((state) => state.name !== 'config_changes_per_hour').map(toWire),
    },
  }
}

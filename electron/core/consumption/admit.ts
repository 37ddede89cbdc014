import type { ParsedInput } from '../../../shared/contract/index.ts'
import { MINUTE_MS, toIso } from '../../../shared/units.ts'
import type { CheckAnswer } from '../api.ts'
import type { Outcome } from '../database/batch.ts'
import type { Reader, Writer } from '../database/database.ts'
import {
  type Admission,
  type AdmissionRequest,
  decideAdmission,
  type LimitState,
  limitStates,
  toWire,
} from './admission.ts'
import {
  expireAdmissions,
  insertAdmission,
  insertEnforcementEvent,
  withOpenReservations,
} from './admission-store.ts'
import { findUserState, saveUsage, type UserAccount } from './consumption-store.ts'
import { type ConsumptionContext, limitsOf, type Moment, modeOf, momentOf, observedSince } from './context.ts'
import { currentUsage, knownUser } from './current-usage.ts'
import { withLimitAlerts } from './limit-alerts.ts'
import { type Profiles, readProfiles } from './limit-rules-store.ts'
import type { LimitDecision } from './limits.ts'
import { judgedBy, type Observation, withLetThrough } from './observation.ts'
import { findObservation, judgedUsage, saveObservation } from './observation-store.ts'
import { refusalOf, unknownUser } from './refusal.ts'
import { asOf } from './rollover.ts'
import { type Usage, withRequest } from './usage.ts'

/** May this user run a turn now? Reads, decides, counts and reserves, inside the transaction it is given. */

type Check = ParsedInput<'limits.check'>

// The time in front keeps new rows at the end of their table, where inserting is cheapest; eight random bytes keep
// ids of one millisecond apart, and from being guessed.
const ADMISSION_ID_BYTES = 8

/** A user whose checks are worked on in one batch: read once, counted up in memory, written once. */
interface Gate {
  readonly account: UserAccount
  readonly decision: LimitDecision
  usage: Usage
  /** What was only let through; null unless enforcement observes. */
  observation: Observation | null
  hasLetThrough: boolean
}

/** Answers and counts checks in their order. A no of enforcement leaves nothing behind but its own record. */
export async function admitAll(
  trx: Writer,
  checks: readonly Check[],
  context: ConsumptionContext,
): Promise<readonly Outcome<CheckAnswer>[]> {
  // Taken here and not when the checks arrived: the window of a decision is that of its commit.
  const moment = momentOf(context)
  const randomBytes = context.randomBytes(checks.length * ADMISSION_ID_BYTES)
  const time = moment.now.toString(16).padStart(12, '0')
  const profiles = await readProfiles(trx)
  const gates = new Map<string, Gate | null>()
  const outcomes: Outcome<CheckAnswer>[] = []
  for (const [index, check] of checks.entries()) {
    let gate = gates.get(check.user_id)
    if (gate === undefined) {
      gate = await openGate(trx, check.user_id, profiles, moment)
      gates.set(check.user_id, gate)
    }
    const bytes = randomBytes.subarray(index * ADMISSION_ID_BYTES, (index + 1) * ADMISSION_ID_BYTES)
    const id = `adm_${time}${Buffer.from(bytes).toString('hex')}`
    const answer = gate === null ? unknownUser(check.user_id) : await admit(trx, check, gate, id, moment)
    outcomes.push({ kind: 'answer', answer })
  }
  for (const gate of gates.values()) {
    if (gate === null) continue
    const usage = await withLimitAlerts(trx, gate.account, gate.usage, gate.decision.limits, moment)
    await saveUsage(trx, { ...usage, last_updated_at: moment.now })
    if (gate.observation !== null && gate.hasLetThrough) await saveObservation(trx, gate.observation)
  }
  return outcomes
}

async function openGate(
  trx: Writer,
  userId: string,
  profiles: Profiles,
  moment: Moment,
): Promise<Gate | null> {
  const state = await knownUser(trx, userId, moment)
  if (state === undefined) return null
  const { usage, decision } = await currentUsage(trx, state, profiles, moment)
  return {
    account: state.account,
    decision,
    usage: await withoutExpired(trx, usage, moment),
    observation: await findObservation(trx, usage, moment),
    hasLetThrough: false,
  }
}

async function admit(
  trx: Writer,
  check: Check,
  gate: Gate,
  id: string,
  moment: Moment,
): Promise<CheckAnswer> {
  const { request, states, verdict } = decide(
    check,
    judgedBy(gate.usage, gate.observation),
    gate.decision,
    moment,
  )
  const mode = modeOf(moment)
  if (verdict.kind === 'no') await noteRefusal(trx, check, gate.account, verdict, mode, moment)
  if (verdict.kind === 'no' && mode === 'on') {
    gate.usage = { ...gate.usage, blocked_requests: gate.usage.blocked_requests + 1 }
    return refusalOf(verdict, states, moment)
  }
  const reserved = reservedFor(verdict, request)
  const expiresAt = moment.now + moment.settings.reservation_minutes * MINUTE_MS
  await insertAdmission(trx, {
    id,
    user_key: gate.account.key,
    session_id: check.session_id ?? null,
    admitted_at: moment.now,
    expires_at: expiresAt,
    reserved_input_tokens: reserved.inputTokens,
    reserved_output_tokens: reserved.outputTokens,
    state: 'open',
    settled_at: null,
    observed_since: verdict.kind === 'no' ? observedSince(moment) : null,
  })
  const counted = withRequest(gate.usage, { ...reserved, expiresAt })
  const wouldHaveBlocked = counted.would_have_blocked_requests + (verdict.kind === 'no' ? 1 : 0)
  gate.usage = { ...counted, would_have_blocked_requests: wouldHaveBlocked }
  if (verdict.kind === 'no' && gate.observation !== null) {
    gate.observation = withLetThrough(gate.observation, counted)
    gate.hasLetThrough = true
  }
  const judged = judgedBy(counted, gate.observation)
  const after = limitStates(judged, gate.decision.limits, moment.windows)
  return allowed(after, verdict, { id, expiresAt }, reserved, moment)
}

/** The same decision without counting or reserving anything. */
export async function tryAdmission(db: Reader, check: Check, moment: Moment): Promise<CheckAnswer> {
  const state = await findUserState(db, check.user_id)
  if (state === undefined) return unknownUser(check.user_id)
  const decision = await limitsOf(db, state.account, await readProfiles(db), moment)
  const usage = await withOpenReservations(db, await asOf(db, state.usage, moment.windows), moment.now)
  const { request, states, verdict } = decide(check, await judgedUsage(db, usage, moment), decision, moment)
  if (verdict.kind === 'no' && modeOf(moment) === 'on') return refusalOf(verdict, states, moment)
  return allowed(states, verdict, null, reservedFor(verdict, request), moment)
}

/** The usage with the reservations that have run out given back. */
async function withoutExpired(trx: Writer, usage: Usage, moment: Moment): Promise<Usage> {
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

/** What a check asks to reserve: its estimates, cut to what one check may. */
export function requestOf(
  check: Pick<Check, 'estimated_input_tokens' | 'estimated_output_tokens'>,
  moment: Moment,
): AdmissionRequest {
  return {
    inputTokens: Math.min(check.estimated_input_tokens ?? 0, moment.settings.max_reservation_tokens),
    outputTokens: Math.min(check.estimated_output_tokens ?? 0, moment.settings.max_reservation_tokens),
  }
}

/** The same as callers see it. */
export function reservationOnWire(reserved: AdmissionRequest, moment: Moment) {
  return {
    input_tokens: reserved.inputTokens,
    output_tokens: reserved.outputTokens,
    max_tokens: moment.settings.max_reservation_tokens,
  }
}

/** What is refused, or only let through, reserves nothing: there is no room left that could be kept for it. */
export function reservedFor(verdict: Admission, request: AdmissionRequest): AdmissionRequest {
  return verdict.kind === 'no' ? { inputTokens: 0, outputTokens: 0 } : request
}

function decide(check: Check, usage: Usage, decision: LimitDecision, moment: Moment) {
  const request = requestOf(check, moment)
  const states = limitStates(usage, decision.limits, moment.windows)
  const asked = modeOf(moment) !== 'off'
  const verdict: Admission = asked ? decideAdmission(decision, states, request) : { kind: 'yes' }
  return { request, states, verdict }
}

async function noteRefusal(
  trx: Writer,
  check: Check,
  account: UserAccount,
  no: Extract<Admission, { kind: 'no' }>,
  mode: 'on' | 'observe' | 'off',
  moment: Moment,
): Promise<void> {
  await insertEnforcementEvent(trx, {
    at: moment.now,
    user_key: account.key,
    user_id: account.id,
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
  verdict: Admission,
  admission: { readonly id: string; readonly expiresAt: number } | null,
  reserved: AdmissionRequest,
  moment: Moment,
): CheckAnswer {
  return {
    kind: 'allowed',
    answer: {
      allowed: true,
      admission_id: admission?.id ?? null,
      enforcement: modeOf(moment),
      would_have_blocked: verdict.kind === 'no' ? verdict.code : null,
      bypassed: false,
      expires_at: admission === null ? null : toIso(admission.expiresAt),
      reservation: reservationOnWire(reserved, moment),
      limits: states.filter((state) => state.name !== 'config_changes_per_hour').map(toWire),
    },
  }
}

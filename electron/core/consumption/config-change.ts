import type { ParsedInput } from '../../../shared/contract/index.ts'
import type { ConfigChangeAnswer, Refusal } from '../api.ts'
import type { Reader, Writer } from '../database/database.ts'
import { assert } from '../kernel/weir-error.ts'
import { type LimitState, limitStates, retryAfterSeconds, toWire } from './admission.ts'
import { insertEnforcementEvent } from './admission-store.ts'
import { findUserState, saveUsage, type UserAccount } from './consumption-store.ts'
import { type ConsumptionContext, limitsOf, type Moment, modeOf, momentOf } from './context.ts'
import { currentUsage, userOf } from './current-usage.ts'
import { withLimitAlerts } from './limit-alerts.ts'
import { readProfiles } from './limit-rules-store.ts'
import type { LimitDecision } from './limits.ts'
import { judgedBy, withLetThroughChange } from './observation.ts'
import { findObservation, judgedUsage, saveObservation } from './observation-store.ts'
import { configSentenceOf, refusalOf } from './refusal.ts'
import { asOf } from './rollover.ts'
import { unknownUserError } from './session-store.ts'
import type { Usage } from './usage.ts'

/** May this user change a configuration now? The same rules and windows as for turns, against a limit of its own. */

type Request = ParsedInput<'consumption.configChange'>
type Code = 'config_limit_exceeded' | 'user_inactive' | 'profile_inactive'
type Verdict = { readonly kind: 'yes' } | { readonly kind: 'no'; readonly code: Code }

/** Asks and counts in the transaction it is given. A no leaves nothing behind but its own record. Errors: `user_unknown`. */
export async function countConfigChange(
  trx: Writer,
  request: Request,
  context: ConsumptionContext,
): Promise<ConfigChangeAnswer> {
  const moment = momentOf(context)
  const mode = modeOf(moment)
  const state = await userOf(trx, request.user_id, moment)
  const { account } = state
  const { usage, decision } = await currentUsage(trx, state, await readProfiles(trx), moment)
  const observation = await findObservation(trx, usage, moment)
  const limit = stateOf(judgedBy(usage, observation), decision, moment)
  const verdict = decide(decision, limit, mode)
  if (verdict.kind === 'no') await noteRefusal(trx, account, limit, verdict.code, moment)
  const isBlocked = verdict.kind === 'no' && mode === 'on'
  const counted: Usage = {
    ...usage,
    ...(isBlocked
      ? { blocked_requests: usage.blocked_requests + 1 }
      : { hour_config_changes: usage.hour_config_changes + 1 }),
    ...(verdict.kind === 'no' &&
      !isBlocked && { would_have_blocked_requests: usage.would_have_blocked_requests + 1 }),
  }
  const alerted = await withLimitAlerts(trx, account, counted, decision.limits, moment)
  await saveUsage(trx, { ...alerted, last_updated_at: moment.now })
  const after =
    verdict.kind === 'no' && observation !== null ? withLetThroughChange(observation, counted) : observation
  if (after !== null && after !== observation) await saveObservation(trx, after)
  return answerOf(verdict, stateOf(judgedBy(counted, after), decision, moment), moment)
}

/** The same decision without counting anything. Errors: `user_unknown`. */
export async function tryConfigChange(
  db: Reader,
  request: Request,
  moment: Moment,
): Promise<ConfigChangeAnswer> {
  const state = await findUserState(db, request.user_id)
  if (state === undefined) throw unknownUserError(request.user_id)
  const decision = await limitsOf(db, state.account, await readProfiles(db), moment)
  const usage = await asOf(db, state.usage, moment.windows)
  const limit = stateOf(await judgedUsage(db, usage, moment), decision, moment)
  return answerOf(decide(decision, limit, modeOf(moment)), limit, moment)
}

function stateOf(usage: Usage, decision: LimitDecision, moment: Moment): LimitState {
  const states = limitStates(usage, decision.limits, moment.windows)
  const state = states.find((one) => one.name === 'config_changes_per_hour')
  assert(state !== undefined, 'configuration changes have a limit state')
  return state
}

function decide(decision: LimitDecision, limit: LimitState, mode: 'on' | 'observe' | 'off'): Verdict {
  if (mode === 'off') return { kind: 'yes' }
  if (decision.refusal !== null) return { kind: 'no', code: decision.refusal }
  const isUsedUp = limit.limit !== null && limit.used >= limit.limit
  return isUsedUp ? { kind: 'no', code: 'config_limit_exceeded' } : { kind: 'yes' }
}

async function noteRefusal(
  trx: Writer,
  account: UserAccount,
  limit: LimitState,
  code: Code,
  moment: Moment,
): Promise<void> {
  const isLimit = code === 'config_limit_exceeded'
  await insertEnforcementEvent(trx, {
    at: moment.now,
    user_key: account.key,
    user_id: account.id,
    kind: modeOf(moment) === 'on' ? 'blocked' : 'would_have_blocked',
    code,
    limit_name: isLimit ? limit.name : null,
    limit_value: isLimit ? limit.limit : null,
    used: isLimit ? limit.used : null,
    reserved: isLimit ? limit.reserved : null,
    session_id: null,
  })
}

function answerOf(verdict: Verdict, limit: LimitState, moment: Moment): ConfigChangeAnswer {
  const mode = modeOf(moment)
  if (verdict.kind === 'no' && mode === 'on') return refuse(verdict.code, limit, moment)
  return {
    kind: 'allowed',
    answer: {
      allowed: true,
      enforcement: mode,
      would_have_blocked: verdict.kind === 'no' ? verdict.code : null,
      bypassed: false,
      limits: [toWire(limit)],
    },
  }
}

function refuse(code: Code, limit: LimitState, moment: Moment): Refusal {
  if (code !== 'config_limit_exceeded') return refusalOf({ kind: 'no', code, state: null }, [], moment)
  const wire = toWire(limit)
  return {
    kind: 'refused',
    code,
    detail: configSentenceOf(limit),
    details: {
      policy: wire.policy,
      limit: wire.limit,
      used: wire.used,
      reserved: wire.reserved,
      resets_at: wire.resets_at,
      retry_after_seconds: retryAfterSeconds(limit, moment.now),
      source: wire.source,
      limits: [wire],
    },
  }
}

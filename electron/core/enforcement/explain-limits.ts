import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import {
  type Admission,
  type AdmissionRequest,
  decideAdmission,
  type LimitState,
  limitStates,
  toWire,
} from '../consumption/admission.ts'
import { withOpenReservations } from '../consumption/admission-store.ts'
import { requestOf, reservationOnWire, reservedFor } from '../consumption/admit.ts'
import { findUserState } from '../consumption/consumption-store.ts'
import { limitsOf, type Moment, modeOf } from '../consumption/context.ts'
import { readProfiles } from '../consumption/limit-rules-store.ts'
import type { LimitDecision, LimitName } from '../consumption/limits.ts'
import { judgedUsage } from '../consumption/observation-store.ts'
import { refusalOf, sentenceOf } from '../consumption/refusal.ts'
import { asOf } from '../consumption/rollover.ts'
import type { Reader } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'

type Explanation = OperationOutput<'limits.explain'>
type Rule = Explanation['rules'][number]
type Mode = Explanation['enforcement']

/** One rule, and what it alone says. */
interface Asked {
  readonly rule: Rule['rule']
  readonly verdict: Admission
  readonly detail: string
}

/** What a check of the user would answer now, rule by rule. Writes nothing. Errors: `user_unknown`. */
export async function explainLimits(
  db: Reader,
  input: ParsedInput<'limits.explain'>,
  moment: Moment,
): Promise<Explanation> {
  const state = await findUserState(db, input.user_id)
  if (state === undefined) {
    throw new WeirError('user_unknown', `There is no user "${input.user_id}".`, {
      details: { user_id: input.user_id },
    })
  }
  const decision = await limitsOf(db, state.account, await readProfiles(db), moment)
  const usage = await withOpenReservations(db, await asOf(db, state.usage, moment.windows), moment.now)
  const states = limitStates(await judgedUsage(db, usage, moment), decision.limits, moment.windows)
  const request = requestOf(input, moment)
  const mode = modeOf(moment)
  const verdict: Admission = mode === 'off' ? { kind: 'yes' } : decideAdmission(decision, states, request)
  return {
    user_id: state.account.id,
    allowed: verdict.kind === 'yes' || mode !== 'on',
    enforcement: mode,
    code: verdict.kind === 'yes' ? null : verdict.code,
    detail: verdict.kind === 'yes' ? yesIn(mode) : noIn(mode, refusalOf(verdict, states, moment).detail),
    rules: explainRules(decision, states, request, mode),
    reservation: reservationOnWire(reservedFor(verdict, request), moment),
    limits: states.map(toWire),
  }
}

/**
 * The rules in the order a check asks them. Each is decided by the function that admits, given that rule alone, so
 * that an explanation cannot disagree with what happens. Pure.
 */
export function explainRules(
  decision: LimitDecision,
  states: readonly LimitState[],
  request: AdmissionRequest,
  mode: Mode,
): Rule[] {
  const rules: Rule[] = []
  let silence = mode === 'off' ? 'Not asked, because enforcement is off.' : null
  for (const { rule, verdict, detail } of allRules(decision, states, request)) {
    if (silence !== null) {
      rules.push({ rule, result: 'not-asked', detail: silence })
    } else {
      rules.push({ rule, result: verdict.kind === 'yes' ? 'passes' : 'refuses', detail })
      if (verdict.kind === 'no') silence = 'Not asked, because an earlier rule says no.'
    }
  }
  return rules
}

function allRules(
  decision: LimitDecision,
  states: readonly LimitState[],
  request: AdmissionRequest,
): readonly Asked[] {
  const ofSwitch = (code: 'user_inactive' | 'profile_inactive'): Admission =>
    decideAdmission({ ...decision, refusal: decision.refusal === code ? code : null }, [], request)
  const isUserOff = decision.refusal === 'user_inactive'
  const isProfileOff = decision.refusal === 'profile_inactive'
  return [
    {
      rule: 'user_active',
      verdict: ofSwitch('user_inactive'),
      detail: isUserOff ? 'This user is switched off.' : 'This user is active.',
    },
    {
      rule: 'profile_active',
      verdict: ofSwitch('profile_inactive'),
      detail: isProfileOff
        ? "This user's profile is switched off."
        : `The limits come from: ${[...new Set(states.map((state) => state.source))].join(', ')}.`,
    },
    ...states.flatMap((state) => {
      if (state.name === 'config_changes_per_hour') return []
      const verdict = decideAdmission({ ...decision, refusal: null }, [state], request)
      const detail = verdict.kind === 'no' ? sentenceOf(state) : roomIn(state, request)
      return [{ rule: state.name, verdict, detail }]
    }),
  ]
}

const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 })

/** "12 of 50 used (profile Free)." */
function roomIn(state: LimitState, request: AdmissionRequest): string {
  if (state.limit === null) return `Unlimited (${state.source}).`
  const wire = toWire(state)
  const parts = [`${numbers.format(wire.used)} of ${numbers.format(wire.limit ?? 0)} used`]
  if (wire.reserved > 0) parts.push(`${numbers.format(wire.reserved)} reserved`)
  const estimate = estimateOf(state.name, request)
  if (estimate > 0) parts.push(`${numbers.format(estimate)} estimated for this turn`)
  return `${parts.join(', ')} (${state.source}).`
}

function estimateOf(name: LimitName, request: AdmissionRequest): number {
  if (name === 'input_tokens_per_month') return request.inputTokens
  return name === 'output_tokens_per_month' ? request.outputTokens : 0
}

function yesIn(mode: Mode): string {
  return mode === 'off'
    ? 'This user may run a turn now: enforcement is off and no limit is asked.'
    : 'This user may run a turn now.'
}

function noIn(mode: Mode, detail: string): string {
  return mode === 'on' ? detail : `Let through, because enforcement only observes. It would say: ${detail}`
}

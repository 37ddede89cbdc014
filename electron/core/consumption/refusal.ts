import { toIso } from '../../../shared/units.ts'
import type { Refusal } from '../api.ts'
import { type Admission, type LimitState, retryAfterSeconds, toWire } from './admission.ts'
import type { Moment } from './context.ts'

/** The sentences and members of a no: a person understands it and a program knows when to come back. */

const WHAT_IS_USED_UP: Readonly<Record<LimitState['name'], string>> = {
  prompts_per_hour: 'prompts this hour',
  prompts_per_day: 'prompts today',
  input_tokens_per_month: 'input tokens this month',
  output_tokens_per_month: 'output tokens this month',
  cost_per_month_usd: 'US dollars this month',
  config_changes_per_hour: 'configuration changes this hour',
}

const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 })

/** "50 of 50 prompts this hour are used up; the next one is possible at 15:00 UTC on 2026-11-24." */
export function sentenceOf(state: LimitState): string {
  const wire = toWire(state)
  const when = toIso(state.resetsAt)
  const at = `${when.slice(11, 16)} UTC on ${when.slice(0, 10)}`
  const what = `${numbers.format(wire.used)} of ${numbers.format(wire.limit ?? 0)} ${WHAT_IS_USED_UP[state.name]}`
  if (state.limit === 0)
    return `This user's limit of ${WHAT_IS_USED_UP[state.name]} is 0, so nothing may run. Ask your operator.`
  if (state.used >= (state.limit ?? 0)) return `${what} are used up; the next turn is possible from ${at}.`
  return `${what} are used and ${numbers.format(wire.reserved)} reserved, which leaves too little for this turn until ${at}.`
}

/** The same for configuration changes. */
export function configSentenceOf(state: LimitState): string {
  if (state.limit === 0) return 'This user may not change configurations: the limit is 0. Ask your operator.'
  const at = toIso(state.resetsAt)
  return `${state.used} of ${state.limit} configuration changes this hour are used up; the next one is possible from ${at.slice(11, 16)} UTC on ${at.slice(0, 10)}.`
}

/** What is said when it is not a limit that refuses, but a switch. */
export function switchedOffSentence(isUser: boolean): string {
  return isUser
    ? 'This user is switched off. Ask your operator.'
    : "This user's profile is switched off. Ask your operator."
}

/** The answer to a request that is refused. */
export function refusalOf(
  no: Extract<Admission, { kind: 'no' }>,
  states: readonly LimitState[],
  moment: Moment,
): Refusal {
  if (no.state === null) {
    const detail = switchedOffSentence(no.code === 'user_inactive')
    return { kind: 'refused', code: no.code, detail, details: {} }
  }
  const wire = toWire(no.state)
  return {
    kind: 'refused',
    code: no.code,
    detail: sentenceOf(no.state),
    details: {
      policy: wire.policy,
      limit: wire.limit,
      used: wire.used,
      reserved: wire.reserved,
      resets_at: wire.resets_at,
      retry_after_seconds: retryAfterSeconds(no.state, moment.now),
      source: wire.source,
      limits: states.filter((state) => state.name !== 'config_changes_per_hour').map(toWire),
    },
  }
}

export function unknownUser(id: string): Refusal {
  return {
    kind: 'refused',
    code: 'user_unknown',
    detail: `There is no user ${id}. Add it in Weir first.`,
    details: { user_id: id },
  }
}

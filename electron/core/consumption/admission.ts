import { LIMIT_CODES, type LimitCode } from '../../../shared/error-codes.ts'
import { periodWindow } from '../../../shared/time-window.ts'
import { type EpochMs, microUsdToUsd, SECOND_MS } from '../../../shared/units.ts'
import { type EffectiveLimits, LIMIT_NAMES, type LimitDecision, type LimitName } from './limits.ts'
import type { Usage } from './usage.ts'
import { periodText, type Windows } from './windows.ts'

/** One limit against what is used of it. Cost is in micro-dollars here, in dollars on the wire. */
export interface LimitState {
  readonly name: LimitName
  readonly limit: number | null
  readonly source: string
  readonly used: number
  readonly reserved: number
  readonly resetsAt: EpochMs
}

export interface AdmissionRequest {
  /** Tokens to reserve; 0 when the caller gave no estimate. */
  readonly inputTokens: number
  readonly outputTokens: number
}

/** A yes, or which rule says no. */
export type Admission =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no'; readonly code: LimitCode; readonly state: LimitState }
  | { readonly kind: 'no'; readonly code: 'user_inactive' | 'profile_inactive'; readonly state: null }

/** The limits that bind a turn, in the order they are asked, each with the code of its no. */
const BINDING: readonly (readonly [LimitName, LimitCode])[] = [
  ['prompts_per_hour', LIMIT_CODES[0]],
  ['prompts_per_day', LIMIT_CODES[1]],
  ['input_tokens_per_month', LIMIT_CODES[2]],
  ['output_tokens_per_month', LIMIT_CODES[3]],
  ['cost_per_month_usd', LIMIT_CODES[4]],
]

/** Every limit with its use. This is what enforces and what every screen shows. `usage` is of these windows. */
export function limitStates(usage: Usage, limits: EffectiveLimits, windows: Windows): readonly LimitState[] {
  return LIMIT_NAMES.map((name) => ({
    name,
    limit: limits[name].value,
    source: limits[name].source,
    ...useOf(name, usage),
    resetsAt: resetOf(name, usage, windows),
  }))
}

function useOf(name: LimitName, usage: Usage): { readonly used: number; readonly reserved: number } {
  switch (name) {
    case 'prompts_per_hour':
      return { used: usage.hour_requests, reserved: 0 }
    case 'prompts_per_day':
      return { used: usage.day_requests, reserved: 0 }
    case 'input_tokens_per_month':
      return { used: usage.input_tokens, reserved: usage.reserved_input_tokens }
    case 'output_tokens_per_month':
      return { used: usage.output_tokens, reserved: usage.reserved_output_tokens }
    case 'cost_per_month_usd':
      return { used: usage.cost_micro_usd, reserved: 0 }
    case 'config_changes_per_hour':
      return { used: usage.hour_config_changes, reserved: 0 }
  }
}

/** When a window that the clock has been set back behind ends is when it would have ended: never before it began. */
function resetOf(name: LimitName, usage: Usage, windows: Windows): EpochMs {
  if (name === 'prompts_per_day')
    return windows.day.endsAt + Math.max(0, usage.day_started_at - windows.day.startsAt)
  if (name === 'prompts_per_hour' || name === 'config_changes_per_hour') {
    return windows.hour.endsAt + Math.max(0, usage.hour_started_at - windows.hour.startsAt)
  }
  return usage.period > windows.period
    ? periodWindow(windows.zone, periodText(usage.period)).endsAt
    : windows.month.endsAt
}

/**
 * May the user run a turn now? A request limit says no when it is used up; a token quota when used + reserved +
 * estimate would exceed it, or when it is used up and there is no estimate; the cost budget when it is used up.
 */
export function decideAdmission(
  decision: LimitDecision,
  states: readonly LimitState[],
  request: AdmissionRequest,
): Admission {
  if (decision.refusal !== null) return { kind: 'no', code: decision.refusal, state: null }
  for (const [name, code] of BINDING) {
    const state = states.find((candidate) => candidate.name === name)
    if (state !== undefined && isExceeded(state, request)) return { kind: 'no', code, state }
  }
  return { kind: 'yes' }
}

function isExceeded(state: LimitState, request: AdmissionRequest): boolean {
  if (state.limit === null) return false
  if (state.name === 'input_tokens_per_month') return isQuotaExceeded(state, state.limit, request.inputTokens)
  if (state.name === 'output_tokens_per_month')
    return isQuotaExceeded(state, state.limit, request.outputTokens)
  return state.used >= state.limit
}

function isQuotaExceeded(state: LimitState, limit: number, estimate: number): boolean {
  return estimate === 0 ? state.used >= limit : state.used + state.reserved + estimate > limit
}

/** Full seconds until the reset, at least one: what `Retry-After` says. */
export function retryAfterSeconds(state: LimitState, now: EpochMs): number {
  return Math.max(1, Math.ceil((state.resetsAt - now) / SECOND_MS))
}

/** Use in percent of the limit, rounded down, so that 100 means used up; null when unlimited. */
export function usedPercent(state: LimitState): number | null {
  if (state.limit === null) return null
  return state.limit === 0 ? 100 : Math.floor((state.used / state.limit) * 1000) / 10
}

const UNIT_OF: Readonly<Record<LimitName, (value: number) => number>> = {
  prompts_per_hour: (value) => value,
  prompts_per_day: (value) => value,
  input_tokens_per_month: (value) => value,
  output_tokens_per_month: (value) => value,
  cost_per_month_usd: microUsdToUsd,
  config_changes_per_hour: (value) => value,
}

/** A limit state in the units of the wire. */
export function toWire(state: LimitState) {
  const unit = UNIT_OF[state.name]
  return {
    policy: state.name,
    limit: state.limit === null ? null : unit(state.limit),
    used: unit(state.used),
    reserved: unit(state.reserved),
    remaining: state.limit === null ? null : unit(Math.max(0, state.limit - state.used - state.reserved)),
    resets_at: new Date(state.resetsAt).toISOString(),
    percent: usedPercent(state),
    source: state.source,
  }
}

import type { ParsedInput } from '../../../shared/contract/index.ts'
import { DAY_MS, type EpochMs } from '../../../shared/units.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { EnforcementSetting, LimitOverride } from '../settings/settings.ts'

/** Which enforcement and which override an operator may set. Pure. */

/** Limits that are simply enforced: there is nothing to explain and nothing that ends. */
export const ENFORCED = { mode: 'on', reason: null, until: null } as const satisfies EnforcementSetting

// Forgotten switches are how limits stop holding: whoever needs longer than a day says so again (RELIABILITY, threat 15).
const OFF_MS_MAX = DAY_MS

/**
 * What is stored for the request. A mode that holds already has begun when it began: another reason or end makes no
 * new beginning. Errors: `invalid_request`.
 */
export function enforcementOf(
  input: ParsedInput<'enforcement.set'>,
  before: EnforcementSetting,
  now: EpochMs,
): EnforcementSetting {
  const since = input.mode === before.mode ? (before.since ?? null) : now
  if (input.mode === 'on') return { ...ENFORCED, since }
  const reason = input.reason ?? null
  if (reason === null) {
    throw invalid('reason', `Say why enforcement is to be ${input.mode}: everybody who looks will ask.`)
  }
  const asked = input.until === undefined || input.until === null ? null : Date.parse(input.until)
  if (asked !== null && asked <= now) {
    throw invalid('until', 'This end has passed already. Choose a time in the future.')
  }
  if (input.mode === 'observe') return { mode: 'observe', reason, until: asked, since }
  if (asked !== null && asked > now + OFF_MS_MAX) {
    throw invalid('until', 'Enforcement can be off for 24 hours at most; it can be switched off again then.')
  }
  return { mode: 'off', reason, until: asked ?? now + OFF_MS_MAX, since }
}

/** The same for an override. Errors: `invalid_request`. */
export function overrideOf(input: ParsedInput<'override.set'>, now: EpochMs): LimitOverride {
  if (input.prompts_per_hour === null && input.prompts_per_day === null) {
    throw invalid('prompts_per_hour', 'An override needs at least one limit that is a number.')
  }
  const until = Date.parse(input.until)
  if (until <= now) throw invalid('until', 'This end has passed already. Choose a time in the future.')
  return { ...input, until }
}

function invalid(path: string, message: string): WeirError {
  return new WeirError('invalid_request', message, { details: { errors: [{ path, message }] } })
}

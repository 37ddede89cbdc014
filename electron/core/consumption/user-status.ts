import type { z } from 'zod'
import type { usageStatus } from '../../../shared/contract/fields.ts'
import { decideAdmission, type LimitState, usedPercent } from './admission.ts'
import type { LimitDecision } from './limits.ts'
import { sentenceOf } from './refusal.ts'

/** The status word of a user (UX 4.0), decided from the same limit states that enforce. Pure. */

export type UsageStatus = z.output<typeof usageStatus>

export interface UserStatus {
  readonly status: UsageStatus
  /** One sentence: why, and until when. */
  readonly reason: string
  /** The fullest limit with its percentage; null when nothing limits. */
  readonly fullest: { readonly name: LimitState['name']; readonly percent: number } | null
}

// The words of UX 4.0: Moderate from 50, Warning from 75, Critical from 90, Blocked from 100.
const MODERATE_PERCENT = 50
const WARNING_PERCENT = 75
const CRITICAL_PERCENT = 90
const BLOCKED_PERCENT = 100

/** Configuration changes do not stop a turn and so do not make a status. */
function bindsTurns(state: LimitState): boolean {
  return state.name !== 'config_changes_per_hour'
}

export function statusOf(decision: LimitDecision, states: readonly LimitState[]): UserStatus {
  const fullest = fullestOf(states)
  if (decision.refusal !== null) {
    const what = decision.refusal === 'user_inactive' ? 'The user' : "The user's profile"
    return { status: 'inactive', reason: `${what} is switched off.`, fullest }
  }
  const verdict = decideAdmission(decision, states, { inputTokens: 0, outputTokens: 0 })
  if (verdict.kind === 'no' && verdict.state !== null)
    return { status: 'blocked', reason: sentenceOf(verdict.state), fullest }
  if (fullest === null) return { status: 'unlimited', reason: 'Nothing limits this user.', fullest }
  return { status: wordOf(fullest.percent), reason: `The fullest limit is at ${fullest.percent} %.`, fullest }
}

function fullestOf(states: readonly LimitState[]): UserStatus['fullest'] {
  let fullest: UserStatus['fullest'] = null
  for (const state of states) {
    const percent = usedPercent(state)
    if (percent === null || !bindsTurns(state)) continue
    if (fullest === null || percent > fullest.percent) fullest = { name: state.name, percent }
  }
  return fullest
}

function wordOf(percent: number): UsageStatus {
  if (percent >= BLOCKED_PERCENT) return 'blocked'
  if (percent >= CRITICAL_PERCENT) return 'critical'
  if (percent >= WARNING_PERCENT) return 'warning'
  return percent >= MODERATE_PERCENT ? 'moderate' : 'good'
}

/** Whether the next check of a user is refused. */
export function isStopped({ status }: Pick<UserStatus, 'status'>): boolean {
  return status === 'blocked' || status === 'inactive'
}

import type { EpochMs } from '../../../shared/units.ts'
import type { LimitColumns } from '../database/schema.ts'

/** The one place that says which limits hold for a user and why (DESIGN 5). Pure. */

export const LIMIT_NAMES = [
  'prompts_per_hour',
  'prompts_per_day',
  'input_tokens_per_month',
  'output_tokens_per_month',
  'cost_per_month_usd',
  'config_changes_per_hour',
] as const

export type LimitName = (typeof LIMIT_NAMES)[number]

/** A limit in force. `value` null is unlimited, 0 blocks everything; cost is in micro-dollars. */
export interface EffectiveLimit {
  readonly value: number | null
  /** Which rule set it, in words: `profile Free`, `override`, `built-in default`, … */
  readonly source: string
}

export type EffectiveLimits = Readonly<Record<LimitName, EffectiveLimit>>

export interface ProfileLimits extends LimitColumns {
  readonly name: string
  readonly isActive: boolean
}

/** An emergency limit for everybody; null members leave that limit to the profile. */
export interface Override {
  readonly prompts_per_hour: number | null
  readonly prompts_per_day: number | null
}

/** An additive raise of one limit; the amount has the limit's unit, cost in micro-dollars. */
export interface Grant {
  readonly limitName: string
  readonly amount: number
  readonly expiresAt: EpochMs
}

export interface LimitSources {
  readonly isUserActive: boolean
  readonly profile: ProfileLimits | null
  readonly defaultProfile: ProfileLimits | null
  /** The override in force now, or null. */
  readonly override: Override | null
  /** Grants in force now. */
  readonly grants: readonly Grant[]
}

export interface LimitDecision {
  readonly limits: EffectiveLimits
  /** Why the user may run nothing whatever the limits say, or null. */
  readonly refusal: 'user_inactive' | 'profile_inactive' | null
}

// What holds when there is no profile at all (DESIGN 5): enough to work with, too little to do harm.
const BUILT_IN: LimitColumns = {
  prompts_per_hour: 100,
  prompts_per_day: 1_000,
  config_changes_per_hour: null,
  input_tokens_per_month: null,
  output_tokens_per_month: null,
  cost_per_month_micro_usd: null,
}

/** Order of precedence: user inactive, override, the user's profile, the default profile, built-in; grants add. */
export function decideLimits(sources: LimitSources): LimitDecision {
  const { columns, source } = baseLimits(sources)
  const isProfileOff = sources.profile !== null && !sources.profile.isActive && sources.override === null
  return {
    limits: {
      prompts_per_hour: limit('prompts_per_hour', columns.prompts_per_hour, source, sources),
      prompts_per_day: limit('prompts_per_day', columns.prompts_per_day, source, sources),
      input_tokens_per_month: limit(
        'input_tokens_per_month',
        columns.input_tokens_per_month,
        source,
        sources,
      ),
      output_tokens_per_month: limit(
        'output_tokens_per_month',
        columns.output_tokens_per_month,
        source,
        sources,
      ),
      cost_per_month_usd: limit('cost_per_month_usd', columns.cost_per_month_micro_usd, source, sources),
      config_changes_per_hour: limit(
        'config_changes_per_hour',
        columns.config_changes_per_hour,
        source,
        sources,
      ),
    },
    refusal: sources.isUserActive ? (isProfileOff ? 'profile_inactive' : null) : 'user_inactive',
  }
}

function baseLimits(sources: LimitSources): { columns: LimitColumns; source: string } {
  if (sources.profile !== null) return { columns: sources.profile, source: `profile ${sources.profile.name}` }
  if (sources.defaultProfile !== null) {
    return { columns: sources.defaultProfile, source: `default profile ${sources.defaultProfile.name}` }
  }
  return { columns: BUILT_IN, source: 'built-in default' }
}

function limit(
  name: LimitName,
  profileValue: number | null,
  profileSource: string,
  sources: LimitSources,
): EffectiveLimit {
  const override =
    name === 'prompts_per_hour' || name === 'prompts_per_day' ? (sources.override?.[name] ?? null) : null
  const value = override ?? profileValue
  const source = override === null ? profileSource : 'override'
  if (value === null) return { value, source }
  let granted = 0
  for (const grant of sources.grants) if (grant.limitName === name) granted += grant.amount
  return granted === 0 ? { value, source } : { value: value + granted, source: `${source} + grants` }
}

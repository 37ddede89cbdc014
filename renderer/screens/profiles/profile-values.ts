import type { OperationInput, OperationOutput } from '../../../shared/contract/index.ts'
import { profilesText } from '../../text/profiles.ts'

/** A profile as the list has it. */
export type Profile = OperationOutput<'profiles.list'>['profiles'][number]

/** The limits in the order of the columns and of the form. */
export const LIMITS = [
  'prompts_per_hour',
  'prompts_per_day',
  'input_tokens_per_month',
  'output_tokens_per_month',
  'cost_per_month_usd',
  'config_changes_per_hour',
] as const
export type LimitName = (typeof LIMITS)[number]

/** What stands in the fields of the form. An empty limit is none at all, which is not 0. */
export interface ProfileValues {
  readonly name: string
  readonly description: string
  readonly limits: Readonly<Record<LimitName, number | ''>>
  readonly isDefault: boolean
  readonly isActive: boolean
}

/** What an operation is asked to make of a profile: every member is said. */
export type ProfileInput = Required<OperationInput<'profiles.create'>>

/** The fields for a profile, or empty ones for a new one without limits. */
export function valuesOf(profile: Profile | null): ProfileValues {
  const limits = Object.fromEntries(LIMITS.map((name) => [name, profile?.[name] ?? '']))
  return {
    name: profile?.name ?? '',
    description: profile?.description ?? '',
    limits: limits as ProfileValues['limits'],
    isDefault: profile?.is_default ?? false,
    isActive: profile?.is_active ?? true,
  }
}

/** The fields for a new profile with the limits of another one. */
export function valuesLike(profile: Profile): ProfileValues {
  return {
    ...valuesOf(profile),
    // The name has a hundred characters at most.
    name: profilesText.copyName(profile.name.slice(0, 90)),
    isDefault: false,
    isActive: true,
  }
}

/** The fields as an operation takes them. */
export function inputOf(values: ProfileValues): ProfileInput {
  const limit = (name: LimitName): number | null => (values.limits[name] === '' ? null : values.limits[name])
  const description = values.description.trim()
  return {
    name: values.name.trim(),
    description: description === '' ? null : description,
    prompts_per_hour: limit('prompts_per_hour'),
    prompts_per_day: limit('prompts_per_day'),
    config_changes_per_hour: limit('config_changes_per_hour'),
    input_tokens_per_month: limit('input_tokens_per_month'),
    output_tokens_per_month: limit('output_tokens_per_month'),
    cost_per_month_usd: limit('cost_per_month_usd'),
    is_default: values.isDefault,
    is_active: values.isActive,
  }
}

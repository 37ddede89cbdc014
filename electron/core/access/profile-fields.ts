import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { usdToMicroUsd } from '../../../shared/units.ts'
import type { LimitColumns } from '../database/schema.ts'
import { WeirError } from '../kernel/weir-error.ts'

/** What a profile would be after a change, and whether it may be that. Pure. */

/** A profile as the faces see one. */
export type Profile = OperationOutput<'profiles.list'>['profiles'][number]

/** What an operator decides about a profile, as it is stored. */
export interface ProfileFields extends LimitColumns {
  readonly name: string
  readonly description: string | null
  readonly isDefault: boolean
  readonly isActive: boolean
}

/** The profile the change makes of `before` (null: of nothing). What is left out stays; a new profile has no limits then. */
export function fieldsAfter(change: ParsedInput<'profiles.create'>, before: Profile | null): ProfileFields {
  const kept = <Value>(asked: Value | undefined, held: Value | undefined, otherwise: Value): Value =>
    asked === undefined ? (held ?? otherwise) : asked
  const costUsd = kept(change.cost_per_month_usd, before?.cost_per_month_usd, null)
  return {
    name: change.name,
    description: kept(change.description, before?.description, null),
    prompts_per_hour: kept(change.prompts_per_hour, before?.prompts_per_hour, null),
    prompts_per_day: kept(change.prompts_per_day, before?.prompts_per_day, null),
    config_changes_per_hour: kept(change.config_changes_per_hour, before?.config_changes_per_hour, null),
    input_tokens_per_month: kept(change.input_tokens_per_month, before?.input_tokens_per_month, null),
    output_tokens_per_month: kept(change.output_tokens_per_month, before?.output_tokens_per_month, null),
    cost_per_month_micro_usd: costUsd === null ? null : usdToMicroUsd(costUsd),
    isDefault: kept(change.is_default, before?.is_default, false),
    isActive: kept(change.is_active, before?.is_active, true),
  }
}

/**
 * Refuses what would leave users without a rule: there is always one default, and it is active.
 * Errors: `profile_exists`, `invalid_request`.
 */
export function checkFields(
  fields: ProfileFields,
  before: Profile | null,
  others: readonly Pick<Profile, 'id' | 'name'>[],
): void {
  const name = fields.name.toLowerCase()
  const twin = others.find((other) => other.id !== before?.id && other.name.toLowerCase() === name)
  if (twin !== undefined) {
    throw new WeirError('profile_exists', `There is a profile "${twin.name}" already. Choose another name.`)
  }
  if (before?.is_default === true && !fields.isDefault) {
    throw invalid(
      'is_default',
      `"${before.name}" is the default profile. Make another one the default instead; this one then no longer is.`,
    )
  }
  if (fields.isDefault && !fields.isActive) {
    throw invalid(
      'is_active',
      'The default profile must be active: it holds for everybody without another one.',
    )
  }
}

function invalid(path: string, message: string): WeirError {
  return new WeirError('invalid_request', message, { details: { errors: [{ path, message }] } })
}

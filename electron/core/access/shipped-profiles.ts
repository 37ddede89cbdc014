import type { EpochMs } from '../../../shared/units.ts'
import type { Writer } from '../database/database.ts'
import type { LimitColumns } from '../database/schema.ts'
import { hasProfiles } from './profile-store.ts'

interface ShippedProfile extends LimitColumns {
  readonly name: string
  readonly description: string
  readonly isDefault: boolean
}

/**
 * The profiles every Weir starts with (DESIGN.md, section 5). `Unlimited` is the default, so that nobody is held
 * back before the operator has decided anything; its hourly and daily bounds only stop a program gone wild.
 */
export const SHIPPED_PROFILES: readonly ShippedProfile[] = [
  profile('Free', 'For trying things out', [50, 500, 5], [100_000, 50_000]),
  profile('Pro', 'For daily work', [200, 2_000, 20], [500_000, 250_000]),
  profile('Enterprise', 'For heavy users and teams', [500, 5_000, 50], [2_000_000, 1_000_000]),
  {
    ...profile(
      'Unlimited',
      'No token limits; for everybody without another profile',
      [1_000, 10_000, 100],
      [null, null],
    ),
    isDefault: true,
  },
]

/** `requests` are prompts per hour, prompts per day and configuration changes per hour; `tokens` are input and output per month. */
function profile(
  name: string,
  description: string,
  requests: readonly [number, number, number],
  tokens: readonly [number | null, number | null],
): ShippedProfile {
  return {
    name,
    description,
    prompts_per_hour: requests[0],
    prompts_per_day: requests[1],
    config_changes_per_hour: requests[2],
    input_tokens_per_month: tokens[0],
    output_tokens_per_month: tokens[1],
    cost_per_month_micro_usd: null,
    isDefault: false,
  }
}

/**
 * Adds the shipped profiles to a database that has none, and says how many. Where there is any profile nothing
 * is added: one that the operator renamed or deleted must not come back at the next start.
 */
export async function seedProfiles(trx: Writer, now: EpochMs): Promise<{ readonly inserted: number }> {
  if (await hasProfiles(trx)) return { inserted: 0 }
  const rows = SHIPPED_PROFILES.map(({ isDefault, ...shipped }) => ({
    ...shipped,
    is_default: isDefault ? (1 as const) : (0 as const),
    is_active: 1 as const,
    created_at: now,
    updated_at: now,
  }))
  await trx.insertInto('consumption_profiles').values(rows).execute()
  return { inserted: rows.length }
}

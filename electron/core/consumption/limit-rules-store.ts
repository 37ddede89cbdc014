import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import { prepared } from '../database/prepared.ts'
import type { Grant, ProfileLimits } from './limits.ts'

/**
 * The rules limits come from, read apart from the users they bind. A join with a bound value would be prepared anew
 * at every run: the bundled SQLite is built with STAT4 and looks at the value again (docs/decisions/0004).
 */

/** Every profile, and the one that holds for users without. */
export interface Profiles {
  readonly byId: ReadonlyMap<number, ProfileLimits>
  readonly default: ProfileLimits | null
}

/** The profile that holds for a user: their own, or without one the default. */
export function profileOf(profiles: Profiles, profileId: number | null): ProfileLimits | null {
  return profileId === null ? profiles.default : (profiles.byId.get(profileId) ?? null)
}

interface ProfileRow extends Omit<ProfileLimits, 'isActive'> {
  readonly id: number
  readonly is_active: 0 | 1
  readonly is_default: 0 | 1
}

const profileRows = prepared<Record<string, never>, ProfileRow>((db) =>
  db
    .selectFrom('consumption_profiles')
    .select(['id', 'name', 'is_active', 'is_default'])
    .select(['prompts_per_hour', 'prompts_per_day', 'config_changes_per_hour'])
    .select(['input_tokens_per_month', 'output_tokens_per_month', 'cost_per_month_micro_usd']),
)

/** Reads the profiles: a handful of rows, in the transaction that decides, so that no edit is ever missed. */
export async function readProfiles(db: Reader | Writer): Promise<Profiles> {
  const byId = new Map<number, ProfileLimits>()
  let defaultProfile: ProfileLimits | null = null
  for (const { id, is_active, is_default, ...limits } of await profileRows(db, {})) {
    const profile = { ...limits, isActive: is_active === 1 }
    byId.set(id, profile)
    if (is_default === 1) defaultProfile = profile
  }
  return { byId, default: defaultProfile }
}

interface GrantRow extends Grant {
  readonly userKey: number
}

const grantsOfUser = prepared<{ userKey: number; now: EpochMs }, GrantRow>((db, value) =>
  db
    .selectFrom('limit_grants')
    .select(['user_key as userKey', 'limit_name as limitName', 'amount', 'expires_at as expiresAt'])
    .where('user_key', '=', value('userKey'))
    .where('expires_at', '>', value('now'))
    .where('revoked_at', 'is', null),
)

/** The grants of a user that hold at an instant. */
export async function readGrants(
  db: Reader | Writer,
  userKey: number,
  now: EpochMs,
): Promise<readonly Grant[]> {
  return grantsOfUser(db, { userKey, now })
}

/** Everybody's grants that hold at an instant, by user; of those users alone when `userKeys` names some. */
export async function readAllGrants(
  db: Reader | Writer,
  now: EpochMs,
  userKeys?: readonly number[],
): Promise<ReadonlyMap<number, readonly Grant[]>> {
  const inForce = db
    .selectFrom('limit_grants')
    .select(['user_key as userKey', 'limit_name as limitName', 'amount', 'expires_at as expiresAt'])
    .where('expires_at', '>', now)
    .where('revoked_at', 'is', null)
  const rows = await (userKeys === undefined ? inForce : inForce.where('user_key', 'in', userKeys)).execute()
  const grants = new Map<number, Grant[]>()
  for (const row of rows) grants.set(row.userKey, [...(grants.get(row.userKey) ?? []), row])
  return grants
}

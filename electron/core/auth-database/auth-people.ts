import { insertProfile, listProfiles } from '../access/profile-store.ts'
import { findUser, insertUser, type User, type UserChanges, updateUser } from '../access/user-store.ts'
import { ensureConsumptionRow, findUserKey } from '../consumption/consumption-store.ts'
import type { ConsumptionContext } from '../consumption/context.ts'
import type { Reader, Writer } from '../database/database.ts'
import type { AuthProfile, AuthToken, AuthUser } from '../import/auth-port.ts'
import { differing, type Look, MISSING, SAME } from './look.ts'

/** Profiles, users and tokens of the platform beside those of Weir. What Weir has is left as it is. */

const LIMITS = [
  'prompts_per_hour',
  'prompts_per_day',
  'config_changes_per_hour',
  'input_tokens_per_month',
  'output_tokens_per_month',
] as const

export async function lookAtProfile(db: Reader | Writer, profile: AuthProfile): Promise<Look> {
  const held = await profileCalled(db, profile.name)
  if (held === undefined) return MISSING
  const fields = [...LIMITS].filter((name) => held[name] !== profile[name])
  if (fields.length === 0) return SAME
  return differing(`Weir has a profile of this name with another ${fields.join(', ')}. It is left as it is.`)
}

async function profileCalled(db: Reader | Writer, name: string) {
  return (await listProfiles(db)).find((one) => one.name.toLowerCase() === name.toLowerCase())
}

/** Never as the default profile: that would change the limits of everybody without one. */
export async function addProfile(
  trx: Writer,
  profile: AuthProfile,
  { clock }: ConsumptionContext,
): Promise<void> {
  const { isActive, ...columns } = profile
  await insertProfile(
    trx,
    { ...columns, cost_per_month_micro_usd: null, isDefault: false, isActive },
    clock.now(),
  )
}

export async function lookAtUser(db: Reader | Writer, user: AuthUser): Promise<Look> {
  const held = await findUser(db, user.id)
  if (held === undefined) return MISSING
  const told = toldOf(user)
  const fields = Object.keys(told).filter(
    (name) => told[name as keyof typeof told] !== shownOf(held)[name as keyof typeof told],
  )
  if (fields.length === 0) return SAME
  if (isBare(held)) return MISSING
  return differing(`Weir has this user with another ${fields.join(', ')}. It is left as it is.`)
}

function toldOf(user: AuthUser) {
  return {
    username: user.username,
    email: user.email,
    'display name': user.displayName,
    profile: user.profileName?.toLowerCase() ?? null,
    'active state': user.isActive,
    'administrator state': user.isAdmin,
  }
}

function shownOf(held: User): ReturnType<typeof toldOf> {
  return {
    username: held.username,
    email: held.email,
    'display name': held.display_name,
    profile: held.profile_name?.toLowerCase() ?? null,
    'active state': held.is_active,
    'administrator state': held.is_admin,
  }
}

/** Known by a session file or a check alone: nobody has said anything of them yet. */
function isBare(held: User): boolean {
  return (
    (held.source === 'import' || held.source === 'auto') &&
    held.username === held.id &&
    held.email === null &&
    held.display_name === null &&
    held.consumption_profile_id === null &&
    held.is_active &&
    !held.is_admin
  )
}

/** Answers why they cannot be added, or null. */
export async function saveUser(
  trx: Writer,
  user: AuthUser,
  { clock, settings }: ConsumptionContext,
): Promise<string | null> {
  const now = clock.now()
  const profile = user.profileName === null ? undefined : await profileCalled(trx, user.profileName)
  if (user.profileName !== null && profile === undefined)
    return `Its profile ${user.profileName} was not taken.`
  const said: UserChanges = {
    username: user.username,
    email: user.email,
    display_name: user.displayName,
    is_active: user.isActive ? 1 : 0,
    is_admin: user.isAdmin ? 1 : 0,
    consumption_profile_id: profile?.id ?? null,
  }
  if ((await findUser(trx, user.id)) === undefined) {
    const row = { ...user, profileId: profile?.id ?? null, source: 'import' } as const
    await ensureConsumptionRow(trx, await insertUser(trx, row, now), now, settings().time_zone)
  }
  await updateUser(trx, user.id, said, now)
  return null
}

export async function lookAtToken(db: Reader | Writer, token: AuthToken): Promise<Look> {
  const held = await db
    .selectFrom('access_tokens')
    .leftJoin('users', 'users.key', 'access_tokens.user_key')
    .select('users.id as user_id')
    .where('token_sha256', '=', token.sha256)
    .executeTakeFirst()
  if (held === undefined) return MISSING
  return held.user_id === token.userId ? SAME : differing('Weir has this token for somebody else.')
}

/** As a token of its user: what more it may do is for the operator to say. Answers why it cannot be, or null. */
export async function addToken(
  trx: Writer,
  token: AuthToken,
  { clock }: ConsumptionContext,
): Promise<string | null> {
  const userKey = await findUserKey(trx, token.userId)
  if (userKey === undefined) return `Its user ${token.userId} was not taken.`
  await trx
    .insertInto('access_tokens')
    .values({
      token_sha256: token.sha256,
      prefix: token.prefix,
      name: token.name,
      scope: 'user',
      user_key: userKey,
      created_at: token.createdAt ?? clock.now(),
      last_used_at: token.lastUsedAt,
      expires_at: token.expiresAt,
      revoked_at: null,
    })
    .execute()
  return null
}

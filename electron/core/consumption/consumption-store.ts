import type { Insertable } from 'kysely'
import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import { prepared } from '../database/prepared.ts'
import type { Schema, UserConsumptionTable } from '../database/schema.ts'
import type { Grant, LimitSources, Override, ProfileLimits } from './limits.ts'
import { type Usage, unused } from './usage.ts'
import { windowsAt } from './windows.ts'

/** The SQL of `user_consumption`, read together with the rules that bind the user. */

export interface UserAccount {
  readonly key: number
  readonly id: string
  readonly username: string
  readonly email: string | null
  readonly displayName: string | null
  readonly isActive: boolean
  readonly isAdmin: boolean
  readonly profileId: number | null
}

/** A user, what they used, and the rules their limits come from. */
export interface UserState {
  readonly account: UserAccount
  readonly usage: Usage
  readonly profile: ProfileLimits | null
  readonly defaultProfile: ProfileLimits | null
  readonly hasGrants: boolean
}

/** A profile's columns under names that say whose they are. */
function profileColumns<Prefix extends 'p' | 'd'>(prefix: Prefix) {
  return [
    `${prefix}.name as ${prefix}_name`,
    `${prefix}.is_active as ${prefix}_is_active`,
    `${prefix}.prompts_per_hour as ${prefix}_prompts_per_hour`,
    `${prefix}.prompts_per_day as ${prefix}_prompts_per_day`,
    `${prefix}.config_changes_per_hour as ${prefix}_config_changes_per_hour`,
    `${prefix}.input_tokens_per_month as ${prefix}_input_tokens_per_month`,
    `${prefix}.output_tokens_per_month as ${prefix}_output_tokens_per_month`,
    `${prefix}.cost_per_month_micro_usd as ${prefix}_cost_per_month_micro_usd`,
  ] as const
}

function stateQuery(db: Reader | Writer) {
  return db
    .selectFrom('users as u')
    .innerJoin('user_consumption as c', 'c.user_key', 'u.key')
    .leftJoin('consumption_profiles as p', 'p.id', 'u.consumption_profile_id')
    .leftJoin('consumption_profiles as d', (join) => join.on('d.is_default', '=', 1))
    .selectAll('c')
    .select(['u.id', 'u.username', 'u.email', 'u.display_name', 'u.is_active', 'u.is_admin', 'u.consumption_profile_id'])
    .select(profileColumns('p'))
    .select(profileColumns('d'))
    .select((eb) =>
      eb
        .exists(eb.selectFrom('limit_grants as g').select('g.id').whereRef('g.user_key', '=', 'u.key'))
        .as('has_grants'),
    )
}

type StateRow = Awaited<ReturnType<ReturnType<typeof stateQuery>['execute']>>[number]

const stateById = prepared<{ id: string }, StateRow>((db, value) => stateQuery(db).where('u.id', '=', value('id')))
const stateByKey = prepared<{ key: number }, StateRow>((db, value) => stateQuery(db).where('u.key', '=', value('key')))

/** The user under that id with usage and rules, or undefined. */
export async function findUserState(db: Reader | Writer, id: string): Promise<UserState | undefined> {
  const [row] = await stateById(db, { id })
  return row === undefined ? undefined : toState(row)
}

/** The same by key. */
export async function findUserStateByKey(db: Reader | Writer, key: number): Promise<UserState | undefined> {
  const [row] = await stateByKey(db, { key })
  return row === undefined ? undefined : toState(row)
}

/** Every user, in no particular order; for lists over everybody. */
export async function allUserStates(db: Reader | Writer): Promise<UserState[]> {
  return (await stateQuery(db).execute()).map(toState)
}

function toState(row: StateRow): UserState {
  return {
    account: {
      key: row.user_key,
      id: row.id,
      username: row.username,
      email: row.email,
      displayName: row.display_name,
      isActive: row.is_active === 1,
      isAdmin: row.is_admin === 1,
      profileId: row.consumption_profile_id,
    },
    // The row holds the members of Usage and more; nobody enumerates it.
    usage: row,
    profile: toProfile(row, 'p'),
    defaultProfile: toProfile(row, 'd'),
    hasGrants: Boolean(row.has_grants),
  }
}

function toProfile(row: StateRow, prefix: 'p' | 'd'): ProfileLimits | null {
  const name = row[`${prefix}_name`]
  if (name === null) return null
  return {
    name,
    isActive: row[`${prefix}_is_active`] === 1,
    prompts_per_hour: row[`${prefix}_prompts_per_hour`],
    prompts_per_day: row[`${prefix}_prompts_per_day`],
    config_changes_per_hour: row[`${prefix}_config_changes_per_hour`],
    input_tokens_per_month: row[`${prefix}_input_tokens_per_month`],
    output_tokens_per_month: row[`${prefix}_output_tokens_per_month`],
    cost_per_month_micro_usd: row[`${prefix}_cost_per_month_micro_usd`],
  }
}

const grantsOf = prepared<{ key: number; now: EpochMs }, Grant>((db, value) =>
  db
    .selectFrom('limit_grants')
    .select(['limit_name as limitName', 'amount', 'expires_at as expiresAt'])
    .where('user_key', '=', value('key'))
    .where('expires_at', '>', value('now'))
    .where('revoked_at', 'is', null),
)

/** The sources of a user's limits as they are at an instant; `override` is the one in force then. */
export async function limitSourcesOf(
  db: Reader | Writer,
  state: UserState,
  override: Override | null,
  now: EpochMs,
): Promise<LimitSources> {
  return {
    isUserActive: state.account.isActive,
    profile: state.profile,
    defaultProfile: state.defaultProfile,
    override,
    grants: state.hasGrants ? await grantsOf(db, { key: state.account.key, now }) : [],
  }
}

/** Everything of a usage row but its key. */
const USAGE_COLUMNS = Object.keys(
  unused(0, windowsAt('UTC', 0)),
).filter((name) => name !== 'user_key') as readonly Exclude<keyof Usage, 'user_key'>[]

const saveRow = prepared<Usage, never>((db, value) =>
  db
    .updateTable('user_consumption')
    .set(Object.fromEntries(USAGE_COLUMNS.map((name) => [name, value(name)])))
    .where('user_key', '=', value('user_key')),
)

/** Writes a whole usage row back. */
export async function saveUsage(trx: Writer, usage: Usage): Promise<void> {
  await saveRow(trx, usage)
}

/** Gives a new user a row; a user who has one keeps it. */
export async function ensureConsumptionRow(trx: Writer, userKey: number, now: EpochMs, zone: string): Promise<void> {
  const row: Insertable<UserConsumptionTable> = unused(userKey, windowsAt(zone, now))
  await trx.insertInto('user_consumption').values(row).onConflict((conflict) => conflict.doNothing()).execute()
}

const userKeyById = prepared<{ id: string }, { key: number }>((db, value) =>
  db.selectFrom('users').select('key').where('id', '=', value('id')),
)

/** The user's key, or undefined. */
export async function findUserKey(db: Reader | Writer, id: string): Promise<number | undefined> {
  const [row] = await userKeyById(db, { id })
  return row?.key
}

/** Adds a user nobody named yet: one that a session folder or an unknown caller brought. Answers the key. */
export async function addUser(
  trx: Writer,
  user: { readonly id: string; readonly source: Schema['users']['source'] },
  now: EpochMs,
  zone: string,
): Promise<number> {
  const row = await trx
    .insertInto('users')
    .values({
      id: user.id,
      username: user.id,
      email: null,
      display_name: null,
      consumption_profile_id: null,
      source: user.source,
      created_at: now,
      updated_at: now,
    })
    .returning('key')
    .executeTakeFirstOrThrow()
  await ensureConsumptionRow(trx, row.key, now, zone)
  return row.key
}

import type { ExpressionBuilder, Insertable } from 'kysely'
import { jsonBuildObject } from 'kysely/helpers/sqlite'
import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import { prepared } from '../database/prepared.ts'
import type { Schema, UserConsumptionTable } from '../database/schema.ts'
import type { Grant, LimitSources, Override, ProfileLimits } from './limits.ts'
import { REQUEST_COLUMNS, type RequestUsage, type Usage, unused } from './usage.ts'
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

/** The rules a user's limits come from. */
export interface UserRules {
  readonly account: Pick<UserAccount, 'key' | 'id' | 'isActive'>
  readonly profile: ProfileLimits | null
  readonly defaultProfile: ProfileLimits | null
  readonly hasGrants: boolean
}

/** A user, what they used, and the rules. */
export interface UserState extends UserRules {
  readonly account: UserAccount
  readonly usage: Usage
}

/** What an admission needs of it. */
export interface AdmissionState extends UserRules {
  readonly usage: RequestUsage
}

/**
 * A profile as one JSON text. Crossing from SQLite to JavaScript costs by the value and not by the byte; as two
 * texts, which are nearly always the same ones, the profiles are two values instead of sixteen.
 */
function profileText(eb: ExpressionBuilder<AliasedTables, 'p' | 'd'>, alias: 'p' | 'd') {
  return jsonBuildObject({
    name: eb.ref(`${alias}.name`),
    isActive: eb.ref(`${alias}.is_active`),
    prompts_per_hour: eb.ref(`${alias}.prompts_per_hour`),
    prompts_per_day: eb.ref(`${alias}.prompts_per_day`),
    config_changes_per_hour: eb.ref(`${alias}.config_changes_per_hour`),
    input_tokens_per_month: eb.ref(`${alias}.input_tokens_per_month`),
    output_tokens_per_month: eb.ref(`${alias}.output_tokens_per_month`),
    cost_per_month_micro_usd: eb.ref(`${alias}.cost_per_month_micro_usd`),
  })
}

interface AliasedTables {
  p: Schema['consumption_profiles']
  d: Schema['consumption_profiles']
}

function usersWithRules(db: Reader | Writer) {
  return db
    .selectFrom('users as u')
    .innerJoin('user_consumption as c', 'c.user_key', 'u.key')
    .leftJoin('consumption_profiles as p', 'p.id', 'u.consumption_profile_id')
    .leftJoin('consumption_profiles as d', (join) => join.on('d.is_default', '=', 1))
    .select(['u.id', 'u.is_active'])
    .select((eb) => [
      profileText(eb, 'p').as('profile'),
      profileText(eb, 'd').as('default_profile'),
      eb
        .exists(eb.selectFrom('limit_grants as g').select('g.id').whereRef('g.user_key', '=', 'u.key'))
        .as('has_grants'),
    ])
}

function stateQuery(db: Reader | Writer) {
  return usersWithRules(db)
    .selectAll('c')
    .select(['u.username', 'u.email', 'u.display_name', 'u.is_admin', 'u.consumption_profile_id'])
}

function admissionQuery(db: Reader | Writer) {
  return usersWithRules(db).select(REQUEST_COLUMNS.map((name) => `c.${name}` as const))
}

type AdmissionRow = Awaited<ReturnType<ReturnType<typeof admissionQuery>['execute']>>[number]
type StateRow = Awaited<ReturnType<ReturnType<typeof stateQuery>['execute']>>[number]

const stateById = prepared<{ id: string }, StateRow>((db, value) => stateQuery(db).where('u.id', '=', value('id')))
const stateByKey = prepared<{ key: number }, StateRow>((db, value) => stateQuery(db).where('u.key', '=', value('key')))

const admissionStateById = prepared<{ id: string }, AdmissionRow>((db, value) => admissionQuery(db).where('u.id', '=', value('id')))

/** What an admission of the user under that id needs, or undefined. */
export async function findAdmissionState(db: Reader | Writer, id: string): Promise<AdmissionState | undefined> {
  const [row] = await admissionStateById(db, { id })
  if (row === undefined) return undefined
  return { account: { key: row.user_key, id: row.id, isActive: row.is_active === 1 }, usage: row, ...rulesOf(row) }
}

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
    ...rulesOf(row),
  }
}

function rulesOf(row: AdmissionRow | StateRow) {
  return {
    profile: profileOf(row.profile),
    defaultProfile: profileOf(row.default_profile),
    hasGrants: Boolean(row.has_grants),
  }
}

// An operator has a handful of profiles; every edit makes a new text.
const KNOWN_PROFILES_MAX = 200
const knownProfiles = new Map<string, ProfileLimits | null>()

/** The profile a text says; null where the join found none. */
function profileOf(text: unknown): ProfileLimits | null {
  const json = String(text)
  const known = knownProfiles.get(json)
  if (known !== undefined) return known
  const read = JSON.parse(json) as Omit<ProfileLimits, 'name' | 'isActive'> & { name: string | null; isActive: number | null }
  const profile = read.name === null ? null : { ...read, name: read.name, isActive: read.isActive === 1 }
  if (knownProfiles.size >= KNOWN_PROFILES_MAX) knownProfiles.clear()
  knownProfiles.set(json, profile)
  return profile
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
  state: UserRules,
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

/** What an admission may have changed. */
const WRITTEN_COLUMNS = REQUEST_COLUMNS.filter(
  (name) => !['user_key', 'period', 'input_tokens', 'output_tokens', 'cost_micro_usd'].includes(name),
)

const saveRequestRow = prepared<RequestUsage & { now: EpochMs }, never>((db, value) =>
  db
    .updateTable('user_consumption')
    .set(Object.fromEntries(WRITTEN_COLUMNS.map((name) => [name, value(name)])))
    .set({ last_updated_at: value('now') })
    .where('user_key', '=', value('user_key')),
)

/** Writes back what an admission changed. */
export async function saveRequestUsage(trx: Writer, usage: RequestUsage, now: EpochMs): Promise<void> {
  await saveRequestRow(trx, { ...usage, now })
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

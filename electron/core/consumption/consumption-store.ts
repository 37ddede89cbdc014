import type { Insertable, Selectable } from 'kysely'
import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import { prepared } from '../database/prepared.ts'
import type { Schema, UserConsumptionTable, UsersTable } from '../database/schema.ts'
import { type Usage, unused } from './usage.ts'
import { windowsAt } from './windows.ts'

/** The SQL of `user_consumption`, with the account each row belongs to. */

export interface UserAccount {
  readonly key: number
  readonly id: string
  readonly username: string
  readonly email: string | null
  readonly displayName: string | null
  readonly isActive: boolean
  readonly isAdmin: boolean
  readonly profileId: number | null
  /** In no list any more; the turns were kept. */
  readonly isDeleted: boolean
}

/** A user and what they used. */
export interface UserState {
  readonly account: UserAccount
  readonly usage: Usage
}

type UserRow = Selectable<UsersTable>

const userById = prepared<{ id: string }, UserRow>((db, value) =>
  db.selectFrom('users').selectAll().where('id', '=', value('id')),
)
const userByKey = prepared<{ key: number }, UserRow>((db, value) =>
  db.selectFrom('users').selectAll().where('key', '=', value('key')),
)
const usageByKey = prepared<{ key: number }, Usage>((db, value) =>
  db.selectFrom('user_consumption').selectAll().where('user_key', '=', value('key')),
)

/** The user under that id with what they used, or undefined. */
export async function findUserState(db: Reader | Writer, id: string): Promise<UserState | undefined> {
  const [user] = await userById(db, { id })
  return user === undefined ? undefined : stateOf(db, user)
}

/** The same by key. */
export async function findUserStateByKey(db: Reader | Writer, key: number): Promise<UserState | undefined> {
  const [user] = await userByKey(db, { key })
  return user === undefined ? undefined : stateOf(db, user)
}

/** The same for several; who is not there any more is left out. In no particular order. */
export async function findUserStatesByKey(
  db: Reader | Writer,
  keys: readonly number[],
): Promise<UserState[]> {
  const users = await db.selectFrom('users').selectAll().where('key', 'in', keys).execute()
  const usages = await db.selectFrom('user_consumption').selectAll().where('user_key', 'in', keys).execute()
  const byKey = new Map(usages.map((usage) => [usage.user_key, usage]))
  return users.map((user) => {
    const usage = byKey.get(user.key)
    if (usage === undefined) throw new Error('every user has a consumption row')
    return { account: accountOf(user), usage }
  })
}

async function stateOf(db: Reader | Writer, user: UserRow): Promise<UserState> {
  const [usage] = await usageByKey(db, { key: user.key })
  if (usage === undefined) throw new Error('every user has a consumption row')
  return { account: accountOf(user), usage }
}

/** Every user, in no particular order; for lists over everybody. */
export async function allUserStates(db: Reader | Writer): Promise<UserState[]> {
  const accounts = new Map<number, UserAccount>()
  for (const user of await db.selectFrom('users').selectAll().execute())
    accounts.set(user.key, accountOf(user))
  const states: UserState[] = []
  for (const usage of await db.selectFrom('user_consumption').selectAll().execute()) {
    const account = accounts.get(usage.user_key)
    if (account !== undefined) states.push({ account, usage })
  }
  return states
}

/** The ids of users who were deleted with their turns kept. */
export async function deletedUserIds(db: Reader | Writer): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('users').select('id').where('deleted_at', 'is not', null).execute()
  return new Set(rows.map(({ id }) => id))
}

function accountOf(user: UserRow): UserAccount {
  return {
    key: user.key,
    id: user.id,
    username: user.username,
    email: user.email,
    displayName: user.display_name,
    isActive: user.is_active === 1,
    isAdmin: user.is_admin === 1,
    profileId: user.consumption_profile_id,
    isDeleted: user.deleted_at !== null,
  }
}

/** Everything of a usage row but its key. */
const USAGE_COLUMNS = Object.keys(unused(0, windowsAt('UTC', 0))).filter(
  (name) => name !== 'user_key',
) as readonly Exclude<keyof Usage, 'user_key'>[]

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
export async function ensureConsumptionRow(
  trx: Writer,
  userKey: number,
  now: EpochMs,
  zone: string,
): Promise<void> {
  const row: Insertable<UserConsumptionTable> = unused(userKey, windowsAt(zone, now))
  await trx
    .insertInto('user_consumption')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
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

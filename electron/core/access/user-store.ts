import type { Updateable } from 'kysely'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { type EpochMs, toIso } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import type { UsersTable } from '../database/schema.ts'

/** A user as the faces see one. */
export type User = OperationOutput<'users.create'>

export interface NewUser {
  readonly id: string
  readonly username: string
  readonly email: string | null
  readonly displayName: string | null
  readonly isAdmin: boolean
  /** Null for the default profile, whichever that is at the time. */
  readonly profileId: number | null
  readonly source: UsersTable['source']
}

export async function findUser(db: Reader | Writer, id: string): Promise<User | undefined> {
  const row = await usersWithProfile(db).where('users.id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : toUser(row)
}

/** Inserts one user and gives back its key. The row of counters is the caller's to add, in the same transaction. */
export async function insertUser(trx: Writer, user: NewUser, now: EpochMs): Promise<number> {
  const row = await trx
    .insertInto('users')
    .values({
      id: user.id,
      username: user.username,
      email: user.email,
      display_name: user.displayName,
      is_admin: user.isAdmin ? 1 : 0,
      consumption_profile_id: user.profileId,
      source: user.source,
      created_at: now,
      updated_at: now,
    })
    .returning('key')
    .executeTakeFirstOrThrow()
  return row.key
}

export async function setUserProfile(
  trx: Writer,
  id: string,
  profileId: number | null,
  now: EpochMs,
): Promise<void> {
  await trx
    .updateTable('users')
    .set({ consumption_profile_id: profileId, updated_at: now })
    .where('id', '=', id)
    .execute()
}

/** What an operator may change of a user, as it is stored; what is left out stays. */
export type UserChanges = Updateable<
  Pick<
    UsersTable,
    'username' | 'email' | 'display_name' | 'is_active' | 'is_admin' | 'consumption_profile_id' | 'deleted_at'
  >
>

export async function updateUser(trx: Writer, id: string, changes: UserChanges, now: EpochMs): Promise<void> {
  await trx
    .updateTable('users')
    .set({ ...changes, updated_at: now })
    .where('id', '=', id)
    .execute()
}

/** What a user is made of, but for the profile's name. */
export const USER_COLUMNS = [
  'users.id',
  'users.username',
  'users.email',
  'users.display_name',
  'users.is_active',
  'users.is_admin',
  'users.consumption_profile_id',
  'users.source',
  'users.created_at',
  'users.updated_at',
] as const

function usersWithProfile(db: Reader | Writer) {
  return db
    .selectFrom('users')
    .leftJoin('consumption_profiles', 'consumption_profiles.id', 'users.consumption_profile_id')
    .select([...USER_COLUMNS, 'consumption_profiles.name as profile_name'])
}

type UserRow = Pick<
  UsersTable,
  | 'id'
  | 'username'
  | 'email'
  | 'display_name'
  | 'consumption_profile_id'
  | 'source'
  | 'created_at'
  | 'updated_at'
> & { readonly is_active: 0 | 1; readonly is_admin: 0 | 1; readonly profile_name: string | null }

/** A row as the faces see it. */
export function toUser(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    email: row.email,
    display_name: row.display_name,
    is_active: row.is_active === 1,
    is_admin: row.is_admin === 1,
    consumption_profile_id: row.consumption_profile_id,
    profile_name: row.profile_name,
    source: row.source,
    created_at: toIso(row.created_at),
    updated_at: toIso(row.updated_at),
  }
}

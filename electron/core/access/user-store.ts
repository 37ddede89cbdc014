import { sql, type Updateable } from 'kysely'
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

export interface UserPage {
  /** Part of the id, the names or the mail address; upper and lower case alike. */
  readonly search: string | undefined
  readonly limit: number
  readonly offset: number
}

/** One page of the users by name, and how many there are on all pages. */
export async function listUsers(
  db: Reader | Writer,
  page: UserPage,
): Promise<{ users: User[]; totalCount: number }> {
  const rows = await matching(usersWithProfile(db), page.search)
    // By name as a person sorts; the id makes the order of equal names the same on every page.
    .orderBy(sql`lower(users.username)`)
    .orderBy('users.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute()
  const total = await matching(db.selectFrom('users'), page.search)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return { users: rows.map(toUser), totalCount: Number(total.count) }
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
    'username' | 'email' | 'display_name' | 'is_active' | 'is_admin' | 'consumption_profile_id'
  >
>

export async function updateUser(trx: Writer, id: string, changes: UserChanges, now: EpochMs): Promise<void> {
  await trx
    .updateTable('users')
    .set({ ...changes, updated_at: now })
    .where('id', '=', id)
    .execute()
}

function usersWithProfile(db: Reader | Writer) {
  return db
    .selectFrom('users')
    .leftJoin('consumption_profiles', 'consumption_profiles.id', 'users.consumption_profile_id')
    .select([
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
      'consumption_profiles.name as profile_name',
    ])
}

/** What both the page and its count are narrowed by. */
interface Narrowable<Self> {
  where(condition: ReturnType<typeof sql<boolean>>): Self
}

function matching<Query extends Narrowable<Query>>(query: Query, search: string | undefined): Query {
  if (search === undefined || search.trim() === '') return query
  // The wildcards of LIKE are ordinary characters of a name.
  const pattern = `%${search.trim().replace(/[\\%_]/g, '\\$&')}%`
  return query.where(sql<boolean>`(lower(users.id) like lower(${pattern}) escape '\\'
    or lower(users.username) like lower(${pattern}) escape '\\'
    or lower(users.email) like lower(${pattern}) escape '\\'
    or lower(users.display_name) like lower(${pattern}) escape '\\')`)
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

function toUser(row: UserRow): User {
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

import { type RawBuilder, sql } from 'kysely'
import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { toIsoOrNull } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import { type UserFilter, userCondition } from './user-filter.ts'
import { toUser, USER_COLUMNS } from './user-store.ts'

/** A user as the list has it, with when they were seen last. */
export type ListedUser = OperationOutput<'users.list'>['users'][number]
type SortKey = NonNullable<ParsedInput<'users.list'>['sort']>

export interface UserPage extends UserFilter {
  readonly sort?: SortKey | undefined
  readonly order?: 'asc' | 'desc' | undefined
  readonly limit: number
  readonly offset: number
}

/** As a person sorts: capitals do not matter, no profile of one's own sorts as no name. */
const SORT_BY: Readonly<Record<SortKey, RawBuilder<unknown>>> = {
  username: sql`lower(users.username)`,
  id: sql`lower(users.id)`,
  email: sql`lower(users.email)`,
  display_name: sql`lower(users.display_name)`,
  profile_name: sql`lower(consumption_profiles.name)`,
  is_active: sql`users.is_active`,
  is_admin: sql`users.is_admin`,
  created_at: sql`users.created_at`,
  last_usage_at: sql`user_consumption.last_usage_at`,
}

/** One page of the users, and how many there are on all pages. */
export async function listUsers(
  db: Reader | Writer,
  page: UserPage,
): Promise<{ users: ListedUser[]; totalCount: number }> {
  const key = SORT_BY[page.sort ?? 'username']
  const rows = await db
    .selectFrom('users')
    .leftJoin('consumption_profiles', 'consumption_profiles.id', 'users.consumption_profile_id')
    .leftJoin('user_consumption', 'user_consumption.user_key', 'users.key')
    .select([...USER_COLUMNS, 'consumption_profiles.name as profile_name', 'user_consumption.last_usage_at'])
    .where(userCondition(page))
    // What has no value comes last in both directions; the id makes the order of equals the same on every page.
    .orderBy(sql`${key} is null`)
    .orderBy(key, page.order ?? 'asc')
    .orderBy('users.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute()
  const total = await db
    .selectFrom('users')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(userCondition(page))
    .executeTakeFirstOrThrow()
  const users = rows.map((row) => ({ ...toUser(row), last_usage_at: toIsoOrNull(row.last_usage_at) }))
  return { users, totalCount: Number(total.count) }
}

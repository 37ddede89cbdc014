import { type RawBuilder, sql } from 'kysely'
import type { ParsedInput } from '../../../shared/contract/index.ts'

/** Which users a list, an export or a bulk change is about. */
export type UserFilter = Pick<ParsedInput<'users.list'>, 'search' | 'status' | 'profile'>

/** The filter as a condition on the table `users`. Deleted users are found only by asking for them. */
export function userCondition({ search, status, profile }: UserFilter): RawBuilder<boolean> {
  const parts = [
    status === 'deleted'
      ? sql<boolean>`users.deleted_at is not null`
      : sql<boolean>`users.deleted_at is null`,
  ]
  if (status === 'active' || status === 'inactive') {
    parts.push(sql<boolean>`users.is_active = ${status === 'active' ? 1 : 0}`)
  }
  if (profile === 'none') parts.push(sql<boolean>`users.consumption_profile_id is null`)
  // What is no number is nobody's profile.
  else if (profile !== undefined)
    parts.push(sql<boolean>`users.consumption_profile_id = ${Number(profile) || 0}`)
  const words = search?.trim() ?? ''
  if (words !== '') parts.push(hasWords(words))
  return sql<boolean>`(${sql.join(parts, sql` and `)})`
}

function hasWords(words: string): RawBuilder<boolean> {
  // The wildcards of LIKE are ordinary characters of a name.
  const pattern = `%${words.replace(/[\\%_]/g, '\\$&')}%`
  return sql<boolean>`(lower(users.id) like lower(${pattern}) escape '\\'
    or lower(users.username) like lower(${pattern}) escape '\\'
    or lower(users.email) like lower(${pattern}) escape '\\'
    or lower(users.display_name) like lower(${pattern}) escape '\\')`
}

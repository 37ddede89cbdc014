import type BetterSqlite3 from 'better-sqlite3'
import { PROMPT_PREVIEW_CHARACTERS, SETTING_NAMES, SETTINGS } from '../settings/settings.ts'
import { carryList, carryRows, freeNumber, sharedColumns, translated } from './carry-rows.ts'

/**
 * Users, profiles, tokens, grants, prices and settings. The backup's are what a restore is for, so rows that both have
 * are the backup's; what was added since is kept, and what was taken away from somebody since stays taken away
 * (docs/decisions/0007).
 */

/** When the backup was made, in epoch milliseconds; `now` is when it is restored. */
export interface CarryMoment {
  readonly backupMadeAt: number
  readonly now: number
}

const SETTINGS_OF_NOW = SETTING_NAMES.filter((name) => SETTINGS[name].restored === 'now')

/** Whether nobody has used the database of now: then everything is as in the backup. */
export function isUnused(handle: BetterSqlite3.Database): boolean {
  const used = handle
    .prepare(
      `select exists (select 1 from live.users) or exists (
         select 1 from live.system_settings where name = 'first_run_done' and value = 'true')`,
    )
    .pluck()
    .get()
  return used === 0
}

/** Users and profiles that came since; who was shut out or deleted since stays shut out. Answers how many users came. */
export function carryUsers(handle: BetterSqlite3.Database, moment: CarryMoment): number {
  mapProfiles(handle)
  const profileColumns = sharedColumns(handle, 'consumption_profiles', ['id', 'is_default'])
  handle
    .prepare(
      `insert into main.consumption_profiles (id, is_default, ${profileColumns.join(', ')})
       select ${freeNumber('consumption_profiles')}, 0,
         ${profileColumns.map((column) => `l.${column}`).join(', ')}
       from live.consumption_profiles l where l.id not in (select live from temp.profile_map)
         and (l.created_at > ? or l.id in (select u.consumption_profile_id from live.users u
           where not exists (select 1 from main.users m where m.id = u.id)))`,
    )
    .run(moment.backupMadeAt)
  mapProfiles(handle)
  const columns = sharedColumns(handle, 'users', ['key'])
  const { changes } = handle
    .prepare(
      `insert into main.users (key, ${columns.join(', ')})
       select ${freeNumber('users', 'key')},
         ${columns.map((column) => translated(column)).join(', ')}
       from live.users l where not exists (select 1 from main.users m where m.id = l.id)
         and (l.created_at > ? or exists (select 1 from live.sessions s where s.user_key = l.key)
           or exists (select 1 from live.user_periods p where p.user_key = l.key))`,
    )
    .run(moment.backupMadeAt)
  handle.exec(`update main.users as m set is_active = min(m.is_active, l.is_active), is_admin = min(m.is_admin, l.is_admin)
    from live.users l where l.id = m.id`)
  // Who was erased has no row left to compare with; the log still says so. The account returns, shut.
  handle
    .prepare(`update main.users as m set is_active = 0, is_admin = 0 where ${DELETED_SINCE}`)
    .run(moment.backupMadeAt)
  handle.exec(`delete from temp.user_map; insert into temp.user_map
    select l.key, m.key from live.users l join main.users m on m.id = l.id`)
  return changes
}

/**
 * Which user is which, where their rows cannot be read: names and numbers stand in an index too, which has pages of its
 * own. A number alone says nothing, because that of an erased user is given again.
 */
export function mapUsersByIndex(handle: BetterSqlite3.Database): void {
  handle.exec(`delete from temp.user_map; insert into temp.user_map
    select l.key, m.key from main.users m cross join live.users l indexed by sqlite_autoindex_users_1 on l.id = m.id`)
}

/** A user of `m` whom the log says was deleted since the backup and who was not added again. */
const DELETED_SINCE = `not exists (select 1 from live.users l where l.id = m.id)
  and exists (select 1 from live.audit_log a where a.action = 'users.delete' and a.object_id = m.id and a.at > ?)`

/** A profile is the same where it was made as the same one, whatever it is called since, or is called the same. */
function mapProfiles(handle: BetterSqlite3.Database): void {
  handle.exec(`delete from temp.profile_map;
    insert into temp.profile_map select l.id, m.id from live.consumption_profiles l
      join main.consumption_profiles m on m.id = l.id and m.created_at = l.created_at;
    insert or ignore into temp.profile_map select l.id, m.id from live.consumption_profiles l
      join main.consumption_profiles m on m.name = l.name`)
}

/** Tokens that came since, and every revocation. Answers how many tokens of the backup stay revoked or shut. */
export function carryTokens(handle: BetterSqlite3.Database, moment: CarryMoment): number {
  const isUsable = 'm.revoked_at is null'
  const { changes } = handle
    .prepare(
      `update main.access_tokens as m set revoked_at = l.revoked_at from live.access_tokens l
       where l.token_sha256 = m.token_sha256 and l.revoked_at is not null and ${isUsable}`,
    )
    .run()
  handle.exec(`update main.access_tokens as m set expires_at = min(coalesce(m.expires_at, l.expires_at), l.expires_at)
      from live.access_tokens l where l.token_sha256 = m.token_sha256 and l.expires_at is not null;
    update main.access_tokens as m set last_used_at = max(coalesce(m.last_used_at, l.last_used_at), l.last_used_at)
      from live.access_tokens l where l.token_sha256 = m.token_sha256 and l.last_used_at is not null`)
  const ofDeleted = handle
    .prepare(
      `update main.access_tokens set revoked_at = ? where revoked_at is null
         and user_key in (select m.key from main.users m where ${DELETED_SINCE})`,
    )
    .run(moment.now, moment.backupMadeAt)
  const columns = sharedColumns(handle, 'access_tokens', ['id'])
  handle.exec(`insert into main.access_tokens (id, ${columns.join(', ')})
    select ${freeNumber('access_tokens')},
      ${columns.map((column) => translated(column)).join(', ')}
    from live.access_tokens l where not exists (select 1 from main.access_tokens m where m.token_sha256 = l.token_sha256)
      and (l.user_key is null or l.user_key in (select live from temp.user_map))`)
  return changes + ofDeleted.changes
}

/** Where the tokens of now cannot be read nobody knows which were revoked: all of the backup's are. Answers how many. */
export function revokeAllTokens(handle: BetterSqlite3.Database, now: number): number {
  return handle.prepare(`update main.access_tokens set revoked_at = ? where revoked_at is null`).run(now)
    .changes
}

/** Grants given since; one that was revoked since stays revoked. */
export function carryGrants(handle: BetterSqlite3.Database, moment: CarryMoment): number {
  const isSame = `m.user_key = ${translated('user_key')} and m.limit_name = l.limit_name and m.amount = l.amount
    and m.created_at = l.created_at and m.created_by = l.created_by`
  handle.exec(`update main.limit_grants as m set revoked_at = coalesce(m.revoked_at, l.revoked_at),
      end_noted_at = coalesce(m.end_noted_at, l.end_noted_at)
    from live.limit_grants l where ${isSame}`)
  return carryList(handle, 'limit_grants', 'created_at', {
    where: `l.created_at > ${Math.trunc(moment.backupMadeAt)} and ${translated('user_key')} is not null`,
    ignoring: ['revoked_at', 'end_noted_at', 'reason', 'expires_at'],
  })
}

/** Settings of the place, prices entered since, and the promise of less prompt text, which holds for the backup too. */
export function carrySettings(handle: BetterSqlite3.Database, moment: CarryMoment): void {
  const columns = sharedColumns(handle, 'model_prices', ['id'])
  handle
    .prepare(
      `insert or ignore into main.model_prices (${columns.join(', ')})
       select ${columns.map((column) => `l.${column}`).join(', ')} from live.model_prices l
       where l.source <> 'catalogue' and l.created_at > ?`,
    )
    .run(moment.backupMadeAt)
  if (isUnused(handle)) return
  const names = SETTINGS_OF_NOW.map((name) => `'${name}'`).join(', ')
  // A setting that has no row has its initial value; that, too, is how things are now.
  handle.exec(`delete from main.system_settings where name in (${names})`)
  carryRows(handle, { table: 'system_settings', existing: 'replaced', where: `l.name in (${names})` })
  erasePrompts(handle)
}

function erasePrompts(handle: BetterSqlite3.Database): void {
  const stored = handle
    .prepare(`select value from main.system_settings where name = 'prompt_text'`)
    .pluck()
    .get()
  const mode = typeof stored === 'string' ? String(JSON.parse(stored)) : 'preview'
  if (mode === 'full') return
  // What is erased must be gone from the file too, and not only be free to be written over some day.
  handle.pragma('secure_delete = on')
  handle.exec(
    mode === 'none'
      ? `update main.consumption_turns set user_query = null where user_query is not null`
      : `update main.consumption_turns set user_query = substr(user_query, 1, ${PROMPT_PREVIEW_CHARACTERS})
         where length(user_query) > ${PROMPT_PREVIEW_CHARACTERS}`,
  )
  handle.pragma('secure_delete = off')
}

import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { type AuditEntry, audit } from '../audit/audit-store.ts'
import type { Database, Reader, Writer } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { findProfileName } from './profile-store.ts'
import { userCondition } from './user-filter.ts'
import { findUser, type User, updateUser } from './user-store.ts'

type Input = ParsedInput<'users.bulk'>
type Output = OperationOutput<'users.bulk'>

// With its line in the audit log a user takes a tenth of a millisecond: others wait no longer than for a slice.
const USERS_PER_SLICE = 100

/** Changes many users; each change is audited, and what was before comes back ready to be sent again. */
export async function changeUsers(
  database: Pick<Database, 'read' | 'writeSlice'>,
  input: Input,
  by: Pick<AuditEntry, 'at' | 'actor'>,
): Promise<Output> {
  checkInput(input)
  const { ids, unknown } = await database.read(async (db) => {
    await checkProfile(db, input.consumption_profile_id)
    return idsOf(db, input)
  })
  const former: User[] = []
  for (let at = 0; at < ids.length; at += USERS_PER_SLICE) {
    const slice = ids.slice(at, at + USERS_PER_SLICE)
    const changed = await (input.dry_run === true
      ? database.read((db) => differing(db, slice, input))
      : database.writeSlice((trx) => changeSlice(trx, slice, input, by)))
    former.push(...changed)
  }
  return {
    matched: ids.length,
    changed: former.length,
    unchanged: ids.length - former.length,
    unknown_ids: unknown,
    undo: undoOf(former, input),
  }
}

function checkInput(input: Input): void {
  if ((input.user_ids === undefined) === (input.filter === undefined))
    throw invalid('user_ids', 'Say whom: either user_ids or filter, and not both.')
  if (input.consumption_profile_id === undefined && input.is_active === undefined)
    throw invalid('consumption_profile_id', 'Say what to change: consumption_profile_id, is_active, or both.')
}

async function checkProfile(db: Reader | Writer, id: number | null | undefined): Promise<void> {
  if (id === undefined || id === null || (await findProfileName(db, id)) !== undefined) return
  throw new WeirError('profile_unknown', `There is no profile with the number ${id}.`)
}

async function idsOf(
  db: Reader,
  input: Input,
): Promise<{ readonly ids: readonly string[]; readonly unknown: string[] }> {
  const users = db.selectFrom('users').select('id')
  if (input.user_ids === undefined) {
    const rows = await users
      .where(userCondition(input.filter ?? {}))
      .orderBy('id')
      .execute()
    return { ids: rows.map(({ id }) => id), unknown: [] }
  }
  const wanted = [...new Set(input.user_ids)]
  const rows = await users.where('id', 'in', wanted).where('deleted_at', 'is', null).execute()
  const known = new Set(rows.map(({ id }) => id))
  return { ids: wanted.filter((id) => known.has(id)), unknown: wanted.filter((id) => !known.has(id)) }
}

/** The users of the slice who are not yet as they shall be, as they are. */
async function differing(db: Reader | Writer, ids: readonly string[], input: Input): Promise<User[]> {
  const users: User[] = []
  for (const id of ids) {
    const user = await findUser(db, id)
    if (user !== undefined && isDifferent(user, input)) users.push(user)
  }
  return users
}

function isDifferent(user: User, { consumption_profile_id, is_active }: Input): boolean {
  const hasOther =
    consumption_profile_id !== undefined && user.consumption_profile_id !== consumption_profile_id
  return hasOther || (is_active !== undefined && user.is_active !== is_active)
}

async function changeSlice(
  trx: Writer,
  ids: readonly string[],
  input: Input,
  by: Pick<AuditEntry, 'at' | 'actor'>,
): Promise<User[]> {
  // Deleted in the meantime, the profile must not be given to anybody.
  await checkProfile(trx, input.consumption_profile_id)
  const users = await differing(trx, ids, input)
  const { consumption_profile_id, is_active } = input
  for (const before of users) {
    const changes = {
      ...(consumption_profile_id === undefined ? {} : { consumption_profile_id }),
      ...(is_active === undefined ? {} : { is_active: is_active ? (1 as const) : (0 as const) }),
    }
    await updateUser(trx, before.id, changes, by.at)
    const after = await findUser(trx, before.id)
    await audit(trx, { ...by, action: 'users.bulk', objectKind: 'user', objectId: before.id, before, after })
  }
  return users
}

/** Users who were alike, together. */
function undoOf(former: readonly User[], input: Input): Output['undo'] {
  const groups = new Map<string, Output['undo'][number]>()
  for (const user of former) {
    const state = {
      ...(input.consumption_profile_id === undefined
        ? {}
        : { consumption_profile_id: user.consumption_profile_id }),
      ...(input.is_active === undefined ? {} : { is_active: user.is_active }),
    }
    const key = JSON.stringify(state)
    const group = groups.get(key) ?? { user_ids: [], ...state }
    group.user_ids.push(user.id)
    groups.set(key, group)
  }
  return [...groups.values()]
}

function invalid(path: string, message: string): WeirError {
  return new WeirError('invalid_request', message, { details: { errors: [{ path, message }] } })
}

import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { EpochMs } from '../../../shared/units.ts'
import type { Actor } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import { ensureConsumptionRow } from '../consumption/consumption-store.ts'
import type { Database, Reader, Writer } from '../database/database.ts'
import { listProfiles } from './profile-store.ts'
import { type CsvRow, type CsvUser, type CsvUsers, DEFAULT_PROFILE_WORD } from './user-csv.ts'
import { findUser, insertUser, type User, type UserChanges, updateUser } from './user-store.ts'

type Output = OperationOutput<'users.import'>
type ImportedRow = Output['rows'][number]
type Change = ImportedRow['changes'][number]

/** Who imports, when, and whether anything is written. */
export interface UserImport {
  readonly at: EpochMs
  readonly actor: Actor
  /** The billing time zone, in which the counters of new users begin. */
  readonly zone: string
  readonly isDryRun: boolean
}

// Adding a user is four statements: fifty are about ten milliseconds, as long as others may wait.
const ROWS_PER_SLICE = 50

/** Names of profiles in small letters, with their numbers; `null` is the default one. */
type ProfileIds = ReadonlyMap<string, number | null>

/** Compares the rows with the users there are, and unless it is a dry run makes them so. Bad rows are left out and told. */
export async function importUsers(
  database: Pick<Database, 'read' | 'writeSlice'>,
  file: CsvUsers,
  run: UserImport,
): Promise<Output> {
  const rows: ImportedRow[] = []
  for (let at = 0; at < file.rows.length; at += ROWS_PER_SLICE) {
    const slice = file.rows.slice(at, at + ROWS_PER_SLICE)
    const done = await (run.isDryRun
      ? database.read((db) => compareSlice(db, slice))
      : database.writeSlice((trx) => importSlice(trx, slice, run)))
    rows.push(...done)
  }
  const count = (result: ImportedRow['result']): number => rows.filter((row) => row.result === result).length
  return {
    new: count('new'),
    changed: count('changed'),
    same: count('same'),
    bad: count('bad'),
    ignored_columns: [...file.ignoredColumns],
    // What stays as it is need not be looked at.
    rows: rows.filter(({ result }) => result !== 'same'),
  }
}

async function compareSlice(db: Reader | Writer, slice: readonly CsvRow[]): Promise<ImportedRow[]> {
  const profiles = await profileIds(db)
  const rows: ImportedRow[] = []
  for (const row of slice) rows.push((await compare(db, row, profiles)).told)
  return rows
}

async function importSlice(trx: Writer, slice: readonly CsvRow[], run: UserImport): Promise<ImportedRow[]> {
  const profiles = await profileIds(trx)
  const rows: ImportedRow[] = []
  for (const row of slice) {
    const compared = await compare(trx, row, profiles)
    if (compared.told.result === 'new' && row.kind === 'user') await add(trx, row.user, profiles, run)
    if (compared.told.result === 'changed' && compared.before !== undefined)
      await change(trx, compared.before, compared.changes, run)
    rows.push(compared.told)
  }
  return rows
}

async function profileIds(db: Reader | Writer): Promise<ProfileIds> {
  const ids = new Map<string, number | null>([[DEFAULT_PROFILE_WORD, null]])
  // A profile that is really called so is meant before the word is.
  for (const { name, id } of await listProfiles(db)) ids.set(name.toLowerCase(), id)
  return ids
}

interface Compared {
  readonly told: ImportedRow
  readonly before: User | undefined
  readonly changes: UserChanges
}

async function compare(db: Reader | Writer, row: CsvRow, profiles: ProfileIds): Promise<Compared> {
  const nothing = { before: undefined, changes: {} }
  const { line } = row
  if (row.kind === 'bad') {
    const { id, reason } = row
    return { ...nothing, told: { line, id, username: null, result: 'bad', reason, changes: [] } }
  }
  const { user } = row
  const told = { line, id: user.id, username: user.username ?? null, reason: null, changes: [] }
  const refuse = (reason: string): Compared => ({ ...nothing, told: { ...told, result: 'bad', reason } })
  const { profile } = user
  if (profile !== undefined && !profiles.has(profile.toLowerCase()))
    return refuse(`There is no profile "${profile}".`)
  const before = await findUser(db, user.id)
  if (before === undefined) {
    if (user.username === undefined) return refuse('A new user needs a username.')
    return { ...nothing, told: { ...told, result: 'new' } }
  }
  const { shown, changes } = changesOf(before, user, profiles)
  const result = shown.length === 0 ? 'same' : 'changed'
  return {
    before,
    changes,
    told: { ...told, username: user.username ?? before.username, result, changes: shown },
  }
}

/** What differs, as it is told and as it is written. */
function changesOf(
  before: User,
  user: CsvUser,
  profiles: ProfileIds,
): { readonly shown: Change[]; readonly changes: UserChanges } {
  const shown: Change[] = []
  const changes: UserChanges = {}
  const note = (column: string, was: string | null, is: string | undefined): boolean => {
    if (is === undefined || is === was) return false
    shown.push({ column, before: was, after: is })
    return true
  }
  if (note('username', before.username, user.username)) changes.username = user.username
  if (note('email', before.email, user.email)) changes.email = user.email
  if (note('display_name', before.display_name, user.displayName)) changes.display_name = user.displayName
  const profileId = user.profile === undefined ? undefined : profiles.get(user.profile.toLowerCase())
  if (profileId !== undefined && profileId !== before.consumption_profile_id) {
    shown.push({
      column: 'profile',
      before: before.profile_name ?? DEFAULT_PROFILE_WORD,
      after: user.profile ?? null,
    })
    changes.consumption_profile_id = profileId
  }
  const word = (flag: boolean | undefined) => (flag === undefined ? undefined : flag ? 'yes' : 'no')
  if (note('active', word(before.is_active) ?? null, word(user.isActive)))
    Object.assign(changes, user.isActive ? { is_active: 1, deleted_at: null } : { is_active: 0 })
  if (note('admin', word(before.is_admin) ?? null, word(user.isAdmin)))
    changes.is_admin = user.isAdmin ? 1 : 0
  return { shown, changes }
}

async function add(trx: Writer, user: CsvUser, profiles: ProfileIds, run: UserImport): Promise<void> {
  const row = {
    id: user.id,
    username: user.username ?? user.id,
    email: user.email ?? null,
    displayName: user.displayName ?? null,
    isAdmin: user.isAdmin ?? false,
    profileId: profiles.get(user.profile?.toLowerCase() ?? DEFAULT_PROFILE_WORD) ?? null,
    source: 'operator',
  } as const
  const key = await insertUser(trx, row, run.at)
  await ensureConsumptionRow(trx, key, run.at, run.zone)
  if (user.isActive === false) await updateUser(trx, user.id, { is_active: 0 }, run.at)
  await log(trx, user.id, undefined, run)
}

async function change(trx: Writer, before: User, changes: UserChanges, run: UserImport): Promise<void> {
  await updateUser(trx, before.id, changes, run.at)
  await log(trx, before.id, before, run)
}

async function log(trx: Writer, id: string, before: User | undefined, run: UserImport): Promise<void> {
  const after = await findUser(trx, id)
  const { at, actor } = run
  await audit(trx, { at, actor, action: 'users.import', objectKind: 'user', objectId: id, before, after })
}

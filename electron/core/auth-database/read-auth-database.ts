import BetterSqlite3 from 'better-sqlite3'
import type { EpochMs } from '../../../shared/units.ts'
import { APPLICATION_ID } from '../database/open-handle.ts'
import {
  AUTH_TABLES,
  type AuthBatch,
  type AuthItem,
  type AuthLook,
  type AuthPart,
  type AuthTable,
  type LeftOut,
} from '../import/auth-port.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { modelPriceOf, monthOf, profileNamesOf, profileOf, tokenOf, userOf } from './auth-rows.ts'
import { readTurns } from './auth-turns.ts'
import { type AuthRow, BadRow, textOf } from './auth-values.ts'

/**
 * Reads an existing auth database of the platform: whatever of its tables and columns is there, never writing to it.
 * Blocks while it works: for the worker thread.
 */

export interface AuthFile {
  readonly file: string
  readonly sqliteBinding: string | null
}

export interface AuthReadInput extends AuthFile {
  readonly part: AuthPart
  /** Tokens that have expired by then are not taken. */
  readonly now: EpochMs
}

/** Columns without which a row says nothing. */
const NEEDED: Readonly<Record<AuthTable, readonly string[]>> = {
  consumption_profiles: ['name'],
  users: ['id'],
  access_tokens: ['user_id', 'token_hash'],
  llm_model_costs: ['provider', 'model', 'input_cost_per_million', 'output_cost_per_million'],
  consumption_turns: ['user_id', 'session_id', 'turn_number', 'created_at'],
  consumption_periods_archive: ['user_id', 'period'],
}

/** Tables of the platform that stay behind, and why. */
const STAYS_BEHIND: Readonly<Record<string, string>> = {
  auth_tokens: 'They are logins of the platform, not tokens of programs.',
  user_consumption: 'Its counters are worked out from the turns.',
  user_token_usage: 'Its counters are worked out from the turns.',
  user_credentials: 'Weir needs no keys of providers.',
}

/** Rows of a message: what is written in one transaction while limit checks wait. */
const BATCH_ROWS_MAX = 50

/** What is there. Errors: `auth_database_unreadable`. */
export function lookAtAuthDatabase(input: AuthFile): AuthLook {
  return withHandle(input, (handle) => {
    const tables: { table: AuthTable; rows: number }[] = []
    const notTaken: { table: string; rows: number; reason: string }[] = []
    for (const table of AUTH_TABLES) {
      const columns = columnsOf(handle, table)
      const missing = NEEDED[table].filter((column) => !columns.has(column))
      if (columns.size === 0)
        notTaken.push({ table, rows: 0, reason: 'There is no such table in the database.' })
      else if (missing.length > 0)
        notTaken.push({
          table,
          rows: rowsOf(handle, table),
          reason: `It has no column ${missing.join(', ')}.`,
        })
      else tables.push({ table, rows: rowsOf(handle, table) })
    }
    for (const [table, reason] of Object.entries(STAYS_BEHIND))
      if (columnsOf(handle, table).size > 0) notTaken.push({ table, rows: rowsOf(handle, table), reason })
    if (columnsOf(handle, 'users').has('password_hash'))
      notTaken.push({
        table: 'users.password_hash',
        rows: 0,
        reason: 'Nobody logs in to Weir with a password.',
      })
    if (tables.length === 0) throw unreadable(input.file, 'it has none of the tables Weir could take')
    return { tables, notTaken }
  })
}

/** Its rows, in batches. Errors: `auth_database_unreadable`. */
export function* readAuthDatabase(input: AuthReadInput): Generator<AuthBatch, undefined> {
  const handle = openFile(input)
  try {
    // One snapshot: what the platform writes meanwhile comes with the next import.
    handle.exec('begin')
    if (input.part === 'people') yield* readPeople(handle, input.now)
    else yield* readLedger(handle)
    return undefined
  } catch (error) {
    throw understood(input.file, error)
  } finally {
    handle.close()
  }
}

function* readPeople(handle: BetterSqlite3.Database, now: EpochMs): Generator<AuthBatch, void> {
  const profiles = profileNamesOf(rows(handle, 'consumption_profiles', null))
  yield* batches(handle, 'consumption_profiles', named('name'), (row, name) => ({
    table: 'consumption_profiles',
    row: name,
    profile: profileOf(row),
  }))
  yield* batches(handle, 'users', named('id'), (row, name) => ({
    table: 'users',
    row: name,
    user: userOf(row, profiles),
  }))
  const users = userIds(handle)
  yield* batches(handle, 'access_tokens', tokenName, (row, name) => ({
    table: 'access_tokens',
    row: name,
    token: tokenOf(row, users, now),
  }))
  yield* batches(handle, 'llm_model_costs', named('provider', 'model'), (row, name) => ({
    table: 'llm_model_costs',
    row: name,
    price: modelPriceOf(row),
  }))
}

function* readLedger(handle: BetterSqlite3.Database): Generator<AuthBatch, void> {
  const refused = refusedUsers(handle)
  if (isTaken(handle, 'consumption_turns'))
    yield* readTurns(handle, columnsOf(handle, 'consumption_turns'), refused)
  const users = userIds(handle)
  yield* batches(handle, 'consumption_periods_archive', named('user_id', 'period'), (row, name) => ({
    table: 'consumption_periods_archive',
    row: name,
    month: monthOf(row, users, refused),
  }))
}

/** What a row is called to a person. */
function named(...columns: readonly string[]): (row: AuthRow) => string {
  return (row) => columns.map((column) => textOf(row, column) ?? '?').join(' ')
}

function tokenName(row: AuthRow): string {
  return `${textOf(row, 'name') ?? '?'} (${textOf(row, 'token_prefix') ?? '?'}…)`
}

function* batches(
  handle: BetterSqlite3.Database,
  table: AuthTable,
  nameOf: (row: AuthRow) => string,
  itemOf: (row: AuthRow, name: string) => AuthItem,
): Generator<AuthBatch, void> {
  if (!isTaken(handle, table)) return
  let [count, items, rejects]: [number, AuthItem[], LeftOut[]] = [0, [], []]
  for (const row of rows(handle, table, null)) {
    const name = nameOf(row)
    count += 1
    try {
      items.push(itemOf(row, name))
    } catch (error) {
      if (!(error instanceof BadRow)) throw error
      rejects.push({ table, row: name, reason: error.message })
    }
    if (count < BATCH_ROWS_MAX) continue
    yield { table, rows: count, items, rejects }
    ;[count, items, rejects] = [0, [], []]
  }
  if (count > 0) yield { table, rows: count, items, rejects }
}

function isTaken(handle: BetterSqlite3.Database, table: AuthTable): boolean {
  const columns = columnsOf(handle, table)
  return NEEDED[table].every((column) => columns.has(column))
}

function userIds(handle: BetterSqlite3.Database): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const row of rows(handle, 'users', ['id'])) ids.add(textOf(row, 'id') ?? '')
  return ids
}

/** The users that are not taken: what they used must not bring them in after all, without the limits they had. */
function refusedUsers(handle: BetterSqlite3.Database): ReadonlySet<string> {
  const profiles = profileNamesOf(rows(handle, 'consumption_profiles', null))
  const ids = new Set<string>()
  if (!isTaken(handle, 'users')) return ids
  for (const row of rows(handle, 'users', null)) {
    try {
      userOf(row, profiles)
    } catch (error) {
      if (!(error instanceof BadRow)) throw error
      ids.add(textOf(row, 'id') ?? '')
    }
  }
  return ids
}

/** Rows in the order they were written; nothing where the table or a column is not there. */
function rows(
  handle: BetterSqlite3.Database,
  table: AuthTable,
  wanted: readonly string[] | null,
): Iterable<AuthRow> {
  const columns = columnsOf(handle, table)
  if (columns.size === 0 || wanted?.some((column) => !columns.has(column)) === true) return []
  const list = wanted === null ? '*' : wanted.map((column) => `"${column}"`).join(', ')
  return handle.prepare<[], AuthRow>(`SELECT ${list} FROM "${table}"`).iterate()
}

function columnsOf(handle: BetterSqlite3.Database, table: string): ReadonlySet<string> {
  // Tables alone: a crafted file may have a view of that name that never ends.
  const found = handle.prepare<[string], { readonly name: string }>(
    `SELECT c.name FROM sqlite_schema s JOIN pragma_table_info(s.name) c
     WHERE s.type = 'table' AND s.sql NOT LIKE 'CREATE VIRTUAL%' AND s.name = ?`,
  )
  return new Set(found.all(table).map((column) => column.name))
}

function rowsOf(handle: BetterSqlite3.Database, table: string): number {
  return Number(handle.prepare(`SELECT count(*) FROM "${table}"`).pluck().get())
}

function withHandle<Value>(input: AuthFile, use: (handle: BetterSqlite3.Database) => Value): Value {
  const handle = openFile(input)
  try {
    return use(handle)
  } catch (error) {
    throw understood(input.file, error)
  } finally {
    handle.close()
  }
}

function openFile({ file, sqliteBinding }: AuthFile): BetterSqlite3.Database {
  let handle: BetterSqlite3.Database | undefined
  try {
    handle = new BetterSqlite3(file, {
      readonly: true,
      fileMustExist: true,
      ...(sqliteBinding === null ? {} : { nativeBinding: sqliteBinding }),
    })
    // A crafted file must not run what its schema says.
    handle.pragma('trusted_schema = OFF')
    handle.pragma('cell_size_check = ON')
    if (handle.pragma('application_id', { simple: true }) === APPLICATION_ID)
      throw unreadable(file, 'it is a database of Weir; restore a backup instead')
    return handle
  } catch (error) {
    handle?.close()
    throw understood(file, error)
  }
}

function understood(file: string, error: unknown): unknown {
  if (error instanceof WeirError || !(error instanceof Error)) return error
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'SQLITE_CANTOPEN')
    return unreadable(file, 'there is no such file, or it may not be read', error)
  if (code === 'SQLITE_NOTADB') return unreadable(file, 'it is no SQLite database', error)
  if (code.startsWith('SQLITE_')) return unreadable(file, `SQLite says ${code}`, error)
  return error instanceof TypeError ? unreadable(file, 'there is no such folder', error) : error
}

function unreadable(file: string, why: string, cause?: unknown): WeirError {
  return new WeirError(
    'auth_database_unreadable',
    `The auth database ${file} cannot be taken: ${why}. Nothing was changed.`,
    cause === undefined ? {} : { cause },
  )
}

import { existsSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import { MIGRATIONS } from '../../../migrations/index.ts'
import { assert, WeirError } from '../kernel/weir-error.ts'
import { readFileHeader } from './file-header.ts'
import { migrate } from './migrate.ts'
import { damagedDatabase, toStorageError } from './storage-error.ts'

/** Marks the file as Weir's in its header ("WEIR" in ASCII), so that a foreign database is never written to. */
export const APPLICATION_ID = 0x57454952

/** The newest schema this Weir knows. */
export const SCHEMA_VERSION = MIGRATIONS.at(-1)?.version ?? 0

// The main thread must not stand still for longer than this when someone else holds the lock; longer waits are asynchronous.
const BUSY_TIMEOUT_MS = 200
// A WAL that grew in a burst is cut back to this after a checkpoint.
const JOURNAL_SIZE_LIMIT_BYTES = 16 * 1024 * 1024
// SQLite's own default, said aloud because the WAL's size depends on it.
const WAL_AUTOCHECKPOINT_PAGES = 1_000

function open(file: string, binding: string | null, readonly: boolean): BetterSqlite3.Database {
  try {
    return new BetterSqlite3(file, {
      readonly,
      timeout: BUSY_TIMEOUT_MS,
      ...(binding === null ? {} : { nativeBinding: binding }),
    })
  } catch (error) {
    throw toStorageError(error)
  }
}

function pragmaNumber(handle: BetterSqlite3.Database, name: string): number {
  return Number(handle.pragma(name, { simple: true }))
}

/**
 * Rolls back what a process was writing that was killed before the database had its write-ahead log: a connection that
 * only reads is refused until that is done. Only for a file that says it is ours.
 */
export function rollBackHalfWritten(file: string, binding: string | null): void {
  if (!existsSync(`${file}-journal`) || readFileHeader(file)?.applicationId !== APPLICATION_ID) return
  const handle = open(file, binding, false)
  try {
    // SQLite looks at the journal when the first page is asked for.
    pragmaNumber(handle, 'user_version')
  } catch (error) {
    throw toStorageError(error)
  } finally {
    handle.close()
  }
}

/** Looks before anything is written: a newer or a foreign file stays as it is, byte for byte. */
function refuseStrangers(file: string, binding: string | null): void {
  if (!existsSync(file)) return
  const header = readFileHeader(file)
  // A database without a table has one page; whether it is really empty only SQLite can tell.
  if (header !== undefined) refuseStranger(file, { ...header, isEmpty: header.pages <= 1 })
  rollBackHalfWritten(file, binding)
  const handle = open(file, binding, true)
  try {
    refuseStranger(file, {
      schemaVersion: pragmaNumber(handle, 'user_version'),
      applicationId: pragmaNumber(handle, 'application_id'),
      isEmpty: handle.prepare('select count(*) as n from sqlite_schema').pluck().get() === 0,
    })
  } catch (error) {
    throw toStorageError(error)
  } finally {
    handle.close()
  }
}

interface Marks {
  readonly applicationId: number
  readonly schemaVersion: number
  readonly isEmpty: boolean
}

function refuseStranger(file: string, { applicationId, schemaVersion, isEmpty }: Marks): void {
  if (applicationId !== APPLICATION_ID && !(isEmpty && schemaVersion === 0)) {
    throw new WeirError(
      'database_foreign',
      `${file} is a database, but not one of Weir. Nothing was changed.`,
    )
  }
  if (schemaVersion > SCHEMA_VERSION) {
    throw new WeirError(
      'database_newer',
      `${file} was written by a newer Weir (schema ${schemaVersion}; this one knows up to ${SCHEMA_VERSION}). ` +
        'Start the newer Weir, or restore a backup made by this one. Nothing was changed.',
      { details: { schema_version: schemaVersion, known_schema_version: SCHEMA_VERSION } },
    )
  }
}

/**
 * The connection recipe of RELIABILITY 0.1. SQLite's defaults differ between a new file and a reopened one
 * (the bundled build reopens WAL files with synchronous=NORMAL), so everything is set and then read back.
 */
function configure(handle: BetterSqlite3.Database): void {
  handle.pragma('journal_mode = WAL')
  handle.pragma('synchronous = FULL')
  if (process.platform === 'darwin') handle.pragma('checkpoint_fullfsync = ON')
  // The savepoint of each job keeps its undo log here; in a file it would cost more than the job.
  handle.pragma('temp_store = MEMORY')
  handle.pragma(`wal_autocheckpoint = ${WAL_AUTOCHECKPOINT_PAGES}`)
  handle.pragma(`journal_size_limit = ${JOURNAL_SIZE_LIMIT_BYTES}`)
  configureCommon(handle)
  assert(handle.pragma('journal_mode', { simple: true }) === 'wal', 'the database is in WAL mode')
  assert(pragmaNumber(handle, 'synchronous') === 2, 'every commit is synced to disk')
}

function configureCommon(handle: BetterSqlite3.Database): void {
  handle.pragma('foreign_keys = ON')
  handle.pragma('trusted_schema = OFF')
  handle.pragma('cell_size_check = ON')
  assert(pragmaNumber(handle, 'foreign_keys') === 1, 'foreign keys are enforced')
  assert(pragmaNumber(handle, 'busy_timeout') === BUSY_TIMEOUT_MS, 'the busy timeout is short')
}

/** Opens the connection that writes: checks, settings, a smoke test of the file, and migrations. */
export function openWriteHandle(file: string, binding: string | null): BetterSqlite3.Database {
  refuseStrangers(file, binding)
  const handle = open(file, binding, false)
  try {
    handle.pragma(`application_id = ${APPLICATION_ID}`)
    configure(handle)
    const health = handle.pragma('quick_check(1)', { simple: true })
    if (health !== 'ok') {
      throw damagedDatabase(String(health))
    }
    migrate(handle, MIGRATIONS)
    return handle
  } catch (error) {
    handle.close()
    throw toStorageError(error)
  }
}

/** Opens a connection that can only read; also for worker threads. */
export function openReadHandle(file: string, binding: string | null): BetterSqlite3.Database {
  const handle = open(file, binding, true)
  configureCommon(handle)
  return handle
}

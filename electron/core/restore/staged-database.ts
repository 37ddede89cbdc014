import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import type BetterSqlite3 from 'better-sqlite3'
import type { BackupKey } from '../backup/backup-key.ts'
import {
  backupNeedsBytes,
  check,
  manifestIn,
  openBackup,
  sha256OfFile,
  syncFolder,
  toDiskError,
} from '../backup/backup-task.ts'
import { damaged, type Manifest } from '../backup/manifest.ts'
import { openWriteHandle, SCHEMA_VERSION } from '../database/open-handle.ts'
import { WeirError } from '../kernel/weir-error.ts'

/** The working copy of a backup: a private file that nobody serves, thrown away unless everything with it was right. */

const DISK_FULL =
  'The disk is too full to restore a backup. Nothing was changed. Free some space and try again.'

/** Which backup is copied where. */
export interface StageInput {
  readonly backupFolder: string
  readonly target: string
  readonly sqliteBinding: string | null
  /** Of an encrypted backup. */
  readonly key?: BackupKey | null
}

/** Bytes that are on disk, of all. */
export interface StageProgress {
  readonly done: number
  readonly total: number
}

/**
 * Copies a backup and proves the copy. Errors: `backup_damaged`, `passphrase_needed`, `database_newer`, `storage_full`,
 * `storage_unavailable`.
 */
export function* stageBackup(input: StageInput): Generator<StageProgress, Manifest> {
  const { backupFolder, target, sqliteBinding } = input
  try {
    const manifest = manifestOf(backupFolder)
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
    removeSet(target)
    refuseWithoutRoom(dirname(target), manifest.size_bytes)
    yield* openBackup(backupFolder, target, input.key)
    const { rows, schemaVersion } = check(target, sqliteBinding)
    if (schemaVersion !== manifest.schema_version || JSON.stringify(rows) !== JSON.stringify(manifest.rows))
      throw damaged('it does not hold what its manifest says')
    return manifest
  } catch (error) {
    throw toDiskError(error, DISK_FULL)
  }
}

/** Brings the working copy to the schema of this Weir, and answers which that is: opening migrates, step by step. */
export function migrateStaged(file: string, sqliteBinding: string | null): number {
  return withStaged(file, sqliteBinding, (handle) => Number(handle.pragma('user_version', { simple: true })))
}

/** A working copy that has the schema of this Weir. */
export interface Converted {
  readonly schemaVersion: number
  readonly sha256: string
}

/** What can be found nowhere else: no step of the schema may lose a row of these. */
const KEPT_TABLES = ['users', 'access_tokens', 'consumption_turns', 'consumption_periods_archive']

/**
 * Brings the working copy of a database to the schema of this Weir, proves it and puts it on disk in one file. Errors:
 * `backup_damaged` for one that is not whole afterwards, and what a step of the schema throws.
 */
export function convertStaged(file: string, sqliteBinding: string | null): Converted {
  const before = check(file, sqliteBinding).rows
  const schemaVersion = migrateStaged(file, sqliteBinding)
  proveStaged(file, sqliteBinding)
  const after = check(file, sqliteBinding).rows
  for (const table of KEPT_TABLES) {
    if (after[table] !== before[table])
      throw damaged(`of ${before[table]} rows of ${table} the new schema has ${after[table]}`)
  }
  return { schemaVersion, sha256: closeStaged(file, sqliteBinding) }
}

/** Looks at every page and every reference of the working copy. Errors: `backup_damaged`. */
export function proveStaged(file: string, sqliteBinding: string | null): void {
  withStaged(file, sqliteBinding, (handle) => {
    if (handle.pragma('integrity_check(1)', { simple: true }) !== 'ok')
      throw new WeirError(
        'backup_damaged',
        'What was put together from the backup is not whole. Choose another backup.',
      )
    if ((handle.pragma('foreign_key_check') as readonly unknown[]).length > 0)
      throw new WeirError('backup_damaged', 'What was put together from the backup contradicts itself.')
  })
}

/** Puts all of the working copy on disk in one file, and answers its hash. */
export function closeStaged(file: string, sqliteBinding: string | null): string {
  withStaged(file, sqliteBinding, (handle) => {
    handle.pragma('synchronous = FULL')
    handle.pragma('wal_checkpoint(TRUNCATE)')
    // Without a write-ahead log the file is all there is; the next one to open it starts a new log.
    handle.pragma('journal_mode = DELETE')
  })
  const descriptor = openSync(file, 'r+')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  syncFolder(dirname(file))
  return sha256OfFile(file)
}

/** Before the first byte, because a disk that fills up on the way holds up everybody who records. */
function refuseWithoutRoom(folder: string, databaseBytes: number): void {
  const { bavail, bsize } = statfsSync(folder)
  const needed = backupNeedsBytes(databaseBytes)
  if (bavail * bsize >= needed) return
  throw new WeirError(
    'storage_full',
    `${DISK_FULL} It takes ${needed} bytes, and ${bavail * bsize} are free.`,
  )
}

function manifestOf(folder: string): Manifest {
  const manifest = manifestIn(folder)
  if (manifest.schema_version <= SCHEMA_VERSION) return manifest
  throw new WeirError(
    'database_newer',
    `This backup was made by a newer Weir (schema ${manifest.schema_version}; this one knows up to ${SCHEMA_VERSION}). ` +
      'Start that one to use it. Nothing was changed.',
    { details: { schema_version: manifest.schema_version, known_schema_version: SCHEMA_VERSION } },
  )
}

/** Opens the working copy for a piece of work and closes it again, everything in one file. */
export function withStaged<Result>(
  file: string,
  sqliteBinding: string | null,
  work: (handle: BetterSqlite3.Database) => Result,
): Result {
  const handle = openWriteHandle(file, sqliteBinding)
  try {
    // A crash throws the copy away as a whole; it is synced once, when it is finished.
    handle.pragma('synchronous = OFF')
    const result = work(handle)
    handle.pragma('wal_checkpoint(TRUNCATE)')
    return result
  } catch (error) {
    throw toDiskError(error, DISK_FULL)
  } finally {
    handle.close()
  }
}

/** Removes a database with its sidecars. */
export function removeSet(file: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(file + end, { force: true })
}

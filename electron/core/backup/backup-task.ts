import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type BetterSqlite3 from 'better-sqlite3'
import type { BackupReason } from '../../../shared/backup-reasons.ts'
import { APPLICATION_ID, openReadHandle, SCHEMA_VERSION } from '../database/open-handle.ts'
import { toStorageError } from '../database/storage-error.ts'
import { assert, WeirError } from '../kernel/weir-error.ts'
import type { BackupKey } from './backup-key.ts'
import { BACKUP_ID } from './backup-rules.ts'
import { decryptInPieces, encryptInPieces } from './encrypted-file.ts'
import { damaged, fileNameOf, type Manifest, manifestText, parseManifest } from './manifest.ts'

const TABLES_SQL = `select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name`

/** What making a backup needs; all of it crosses to the worker thread. */
export interface BackupInput {
  readonly databaseFile: string
  readonly sqliteBinding: string | null
  readonly backupsDir: string
  readonly id: string
  /** ISO time. */
  readonly createdAt: string
  readonly reason: BackupReason
  readonly appVersion: string
  /** What it is encrypted with; not at all when null or left out. */
  readonly key?: BackupKey | null
}

/** How much of a copy is on disk, in bytes. */
export interface CopyProgress {
  readonly done: number
  readonly total: number
}

// Each piece is synced by itself: one large flush would hold up the fsync of every limit check (PERFORMANCE.md).
const PIECE_BYTES = 8 * 1024 * 1024
// A snapshot and its synced copy are on the disk at once for a moment, and others need room to go on.
const FREE_FACTOR = 2
const FREE_SPARE_BYTES = 64 * 1024 * 1024

/** What must be free before a backup of a database of `databaseBytes` is begun. */
export function backupNeedsBytes(databaseBytes: number): number {
  return databaseBytes * FREE_FACTOR + FREE_SPARE_BYTES
}

/**
 * Makes a backup and proves it by opening the copy; yields the bytes written so far. Published by a rename at the
 * end, so a crash leaves none or a whole one. For a worker thread. Errors: `storage_full`, `storage_unavailable`, `backup_damaged`.
 */
export function* makeBackup(input: BackupInput): Generator<CopyProgress, Manifest> {
  mkdirSync(input.backupsDir, { recursive: true, mode: 0o700 })
  const partial = join(input.backupsDir, `.${input.id}.partial`)
  mkdirSync(partial, { mode: 0o700 })
  try {
    const raw = join(partial, 'snapshot.db')
    snapshot(input, raw)
    const { copied, rows, schemaVersion } = yield* sealSnapshot(input, raw, partial)
    const { encryption } = copied
    const manifest: Manifest = {
      format: encryption === undefined ? 1 : 2,
      id: input.id,
      created_at: input.createdAt,
      reason: input.reason,
      app_version: input.appVersion,
      schema_version: schemaVersion,
      size_bytes: copied.bytes,
      sha256: copied.sha256,
      rows,
      ...(encryption === undefined ? {} : { encryption }),
    }
    writeSynced(join(partial, 'manifest.json'), manifestText(manifest))
    syncFolder(partial)
    renameSync(partial, join(input.backupsDir, input.id))
    syncFolder(input.backupsDir)
    return manifest
  } catch (error) {
    throw toDiskError(error, 'The disk is full, so no backup was made. Free some space and try again.')
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

/** What the file of a backup is made of, and what it holds. */
interface Sealed {
  readonly copied: Pick<Manifest, 'sha256' | 'encryption'> & { readonly bytes: number }
  readonly rows: Record<string, number>
  readonly schemaVersion: number
}

/** Makes the file that is published of a snapshot, which goes. What is looked at is what lies there, or what is in it. */
function* sealSnapshot(
  { key, sqliteBinding }: BackupInput,
  raw: string,
  folder: string,
): Generator<CopyProgress, Sealed> {
  if (key == null) {
    const copied = yield* copyInPieces(raw, join(folder, 'auth.db'))
    rmSync(raw)
    return { copied, ...check(join(folder, 'auth.db'), sqliteBinding) }
  }
  const found = check(raw, sqliteBinding)
  const partial = join(folder, 'encrypted')
  const copied = yield* encryptInPieces(raw, partial, key)
  rmSync(raw)
  renameSync(partial, join(folder, fileNameOf(copied)))
  return { copied, ...found }
}

/** The manifest in the folder of a backup whose files are all there. Errors: `backup_damaged`. */
export function manifestIn(folder: string): Manifest {
  const manifest = parseManifest(readText(join(folder, 'manifest.json')))
  if (!existsSync(join(folder, fileNameOf(manifest)))) throw damaged('a file of it is missing')
  return manifest
}

/**
 * Copies the database of a backup into a private file, decrypted where it is encrypted, and proves the bytes; yields those
 * read so far. Errors: `backup_damaged`, `passphrase_needed` without the key.
 */
export function* openBackup(
  folder: string,
  target: string,
  key: BackupKey | null | undefined,
): Generator<CopyProgress, Manifest> {
  const manifest = manifestIn(folder)
  const file = join(folder, fileNameOf(manifest))
  const { encryption } = manifest
  if (encryption !== undefined && key == null)
    throw new WeirError(
      'passphrase_needed',
      `Backup ${manifest.id} is encrypted, and its passphrase is not known here.`,
    )
  const copied =
    encryption === undefined || key == null
      ? yield* copyInPieces(file, target)
      : yield* decryptInPieces(file, target, encryption, key)
  if (copied.sha256 !== manifest.sha256 || copied.bytes !== manifest.size_bytes)
    throw damaged('its bytes have changed')
  return manifest
}

/**
 * Proves a published backup again: hash, integrity, counts. Errors: `backup_damaged`, `passphrase_needed`,
 * `database_newer`, `storage_full`.
 */
export function verifyBackup(folder: string, sqliteBinding: string | null, key?: BackupKey | null): Manifest {
  const copy = mkScratch(folder)
  try {
    const opening = openBackup(folder, copy, key)
    let next = opening.next()
    while (next.done !== true) next = opening.next()
    const manifest = next.value
    const { rows, schemaVersion } = check(copy, sqliteBinding)
    if (schemaVersion !== manifest.schema_version || JSON.stringify(rows) !== JSON.stringify(manifest.rows)) {
      throw damaged('it does not hold what its manifest says')
    }
    return manifest
  } catch (error) {
    throw toDiskError(
      error,
      'The disk is full, so the backup could not be looked at. Free some space and try again.',
    )
  } finally {
    for (const end of ['', '-wal', '-shm']) rmSync(copy + end, { force: true })
  }
}

/** Removes what a crash has left behind. */
export function removePartials(backupsDir: string): void {
  if (!existsSync(backupsDir)) return
  for (const name of readdirSync(backupsDir)) {
    if (name.startsWith('.')) rmSync(join(backupsDir, name), { recursive: true, force: true })
    else if (BACKUP_ID.test(name)) removeUnfinishedNotes(join(backupsDir, name))
  }
}

/** What is noted beside a backup gets its name when it is whole; until then it ends so. */
function removeUnfinishedNotes(folder: string): void {
  for (const name of readdirSync(folder)) if (name.endsWith('.tmp')) rmSync(join(folder, name))
}

function mkScratch(folder: string): string {
  // Of its own each time: two workers may look at the same backup.
  return join(folder, '..', `.scratch-${randomBytes(8).toString('hex')}.db`)
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

function snapshot(input: BackupInput, target: string): void {
  const handle = openReadHandle(input.databaseFile, input.sqliteBinding)
  try {
    const bytes =
      Number(handle.pragma('page_count', { simple: true })) *
      Number(handle.pragma('page_size', { simple: true }))
    const { bavail, bsize } = statfsSync(input.backupsDir)
    const needed = backupNeedsBytes(bytes)
    if (bavail * bsize < needed) {
      throw new WeirError(
        'storage_full',
        `A backup needs ${needed} bytes and ${bavail * bsize} are free. Nothing was changed.`,
      )
    }
    // Only this copy is unsynced; it is synced piece by piece below.
    handle.pragma('synchronous = OFF')
    handle.prepare('VACUUM INTO ?').run(target)
  } finally {
    handle.close()
  }
}

/** Copies a file, synced piece by piece; yields the bytes copied so far. */
export function* copyInPieces(
  from: string,
  to: string,
): Generator<CopyProgress, { readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256')
  const piece = Buffer.alloc(PIECE_BYTES)
  const source = openSync(from, 'r')
  const target = openSync(to, 'w', 0o600)
  const total = fstatSync(source).size
  let bytes = 0
  try {
    for (;;) {
      const read = readSync(source, piece, 0, PIECE_BYTES, null)
      if (read === 0) break
      const part = piece.subarray(0, read)
      hash.update(part)
      // A short write means that the disk is full; the next one says so.
      for (let written = 0; written < read; ) written += writeSync(target, part, written)
      fdatasyncSync(target)
      bytes += read
      yield { done: bytes, total }
    }
    fsyncSync(target)
  } finally {
    closeSync(source)
    closeSync(target)
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** Looks at all of a sealed database: integrity, references, marks, rows. Errors: `backup_damaged`, `database_newer`. */
export function check(
  file: string,
  binding: string | null,
): { readonly rows: Record<string, number>; readonly schemaVersion: number } {
  const handle = openReadHandle(file, binding)
  try {
    if (handle.pragma('integrity_check(1)', { simple: true }) !== 'ok')
      throw damaged('the database in it is damaged')
    assert(
      (handle.pragma('foreign_key_check') as readonly unknown[]).length === 0,
      'every reference of a backup holds',
    )
    if (Number(handle.pragma('application_id', { simple: true })) !== APPLICATION_ID)
      throw damaged('it is not one of Weir')
    const schemaVersion = Number(handle.pragma('user_version', { simple: true }))
    if (schemaVersion > SCHEMA_VERSION) {
      throw new WeirError('database_newer', 'This backup was made by a newer Weir. Start that one to use it.')
    }
    return { rows: countRows(handle), schemaVersion }
  } catch (error) {
    // What SQLite says of a file in a backup is about the backup, not about the live database.
    throw error instanceof WeirError ? error : damaged(`the database in it cannot be read (${String(error)})`)
  } finally {
    handle.close()
    // A reader of a file in WAL mode leaves these; a backup is one file.
    for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true })
  }
}

function countRows(handle: BetterSqlite3.Database): Record<string, number> {
  const tables = handle.prepare<[], { name: string }>(TABLES_SQL).all()
  return Object.fromEntries(
    tables.map(({ name }) => [
      name,
      Number(
        handle
          .prepare(`select count(*) from ${quoted(name)}`)
          .pluck()
          .get(),
      ),
    ]),
  )
}

/** Writes a small file so that it is on the disk when this returns. */
export function writeSynced(file: string, text: string): void {
  const descriptor = openSync(file, 'w', 0o600)
  try {
    writeSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Makes the names in a folder durable. Windows cannot open a folder; its renames are journalled. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** The SHA-256 of a file, in hex; it is read in pieces. */
export function sha256OfFile(path: string): string {
  const hash = createHash('sha256')
  const piece = Buffer.alloc(HASH_PIECE_BYTES)
  const file = openSync(path, 'r')
  try {
    for (;;) {
      const read = readSync(file, piece, 0, HASH_PIECE_BYTES, null)
      if (read === 0) return hash.digest('hex')
      hash.update(piece.subarray(0, read))
    }
  } finally {
    closeSync(file)
  }
}

// Large enough that hashing is bound by the disk, small enough for any machine.
const HASH_PIECE_BYTES = 1024 * 1024

/** Whether a fault of the file system says that the disk is full. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC'
}

/** A fault of the disk or of SQLite as an error with a code; `whenFull` says what a full disk meant. Others stay as they are. */
export function toDiskError(error: unknown, whenFull: string): unknown {
  return isDiskFull(error) ? new WeirError('storage_full', whenFull, { cause: error }) : toStorageError(error)
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

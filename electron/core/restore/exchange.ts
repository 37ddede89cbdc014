import { dirname, join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { rollBackHalfWritten } from '../database/open-handle.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { type Intent, readIntent, writeIntent } from './intent.ts'
import type { RestoreFiles } from './restore-files.ts'
import { FILE_SET, type RestorePlaces } from './restore-places.ts'

/**
 * The exchange of the databases, and what a start makes of one that was interrupted: RELIABILITY 4.4. Both are the same
 * code: a restore writes its intent, closes everything, and goes through the start; a new schema is prepared by the start
 * and goes the same way. Every step may be the last one of
 * this process, and doing all of it again from any point ends the same.
 */

/** What a start found. */
export type Recovery =
  | { readonly kind: 'nothing' }
  /** The restored database is in place and must prove itself by being opened. */
  | { readonly kind: 'exchanged'; readonly intent: Intent }
  /** The old database is in place; `reason` says why the restore did not go through. */
  | { readonly kind: 'old'; readonly intent: Intent; readonly reason: string }

const KEPT_AWAY = 'The prepared database was damaged before it could take its place.'
const GONE = 'The prepared database was gone before it could take its place.'
const TAKEN_BACK = 'The new database could not be opened.'

/**
 * Ends what an earlier process began, before anything is opened: under the lock of the folder. Errors:
 * `storage_unavailable` where a person has to look; then nothing was changed.
 */
export function recoverRestore(
  files: RestoreFiles,
  places: RestorePlaces,
  sqliteBinding: string | null,
): Recovery {
  const intent = readIntent(files, places)
  if (intent === undefined) {
    // Nothing was decided, so nothing that was prepared counts.
    tidyUp(files, places)
    return { kind: 'nothing' }
  }
  if (intent.direction === 'back') return takeBack(files, places, intent)
  const kept = keptFolder(places, intent)
  const isOldKept = files.exists(join(kept, 'auth.db'))
  const isServing = files.exists(places.database)
  if (files.exists(places.staged)) {
    if (files.sha256(places.staged) === intent.staged_sha256) return exchange(files, places, intent)
    if (isServing && !isOldKept) return { kind: 'old', intent, reason: KEPT_AWAY }
    return goBack(files, places, intent)
  }
  if (!isServing) {
    if (isOldKept) return goBack(files, places, intent)
    throw stuck(places, 'neither the database nor the one that was prepared is there')
  }
  if (isPrepared(intent, places.database, sqliteBinding)) return { kind: 'exchanged', intent }
  // Still the old one: it never left its place.
  if (!isOldKept) return { kind: 'old', intent, reason: GONE }
  throw stuck(places, 'the database is neither the old nor the restored one')
}

/** The restored database proved itself: the decision is carried out and forgotten. The old one stays. */
export function finishRestore(files: RestoreFiles, places: RestorePlaces): void {
  // The intent MUST go first: without it the rest means nothing.
  files.remove(places.intent)
  if (files.exists(places.work)) files.syncFolder(places.work)
  tidyUp(files, places)
}

/** The restored database cannot be opened: the old one returns. What was restored is kept in `failed/` to be looked at. */
export function rollBack(files: RestoreFiles, places: RestorePlaces, intent: Intent): Recovery {
  return goBack(files, places, intent)
}

/** Where the old database of a restore is kept. */
export function keptFolder(places: RestorePlaces, intent: Pick<Intent, 'run_id'>): string {
  return join(places.kept, intent.run_id)
}

function exchange(files: RestoreFiles, places: RestorePlaces, intent: Intent): Recovery {
  const kept = keptFolder(places, intent)
  files.makeFolder(kept)
  files.syncFolder(places.kept)
  files.syncFolder(places.dataDir)
  // The main file MUST leave before its sidecars: from then on nothing can be opened that lacks a part.
  for (const end of FILE_SET) moveIfThere(files, places.database + end, join(kept, `auth.db${end}`))
  // The old names MUST be gone for good before the new file comes: a `-wal` of another database would ruin it.
  files.syncFolder(kept)
  files.syncFolder(places.dataDir)
  files.rename(places.staged, places.database)
  files.syncFolder(places.dataDir)
  files.syncFolder(places.work)
  return { kind: 'exchanged', intent }
}

function goBack(files: RestoreFiles, places: RestorePlaces, intent: Intent): Recovery {
  // Decided before the first step, for a crash in between leaves files that look like an exchange under way.
  writeIntent(files, places, { ...intent, direction: 'back' })
  return takeBack(files, places, intent)
}

function takeBack(files: RestoreFiles, places: RestorePlaces, intent: Intent): Recovery {
  const kept = keptFolder(places, intent)
  const isOldKept = files.exists(join(kept, 'auth.db'))
  if (!isOldKept) {
    if (files.exists(places.database)) return { kind: 'old', intent, reason: TAKEN_BACK }
    throw stuck(places, 'the database of before is not where it was kept')
  }
  if (files.exists(places.database)) {
    const failed = join(places.failed, intent.run_id)
    files.makeFolder(failed)
    // The main file last: while it is there, what lies beside it is its own and not the old one's.
    for (const end of [...FILE_SET].reverse())
      moveIfThere(files, places.database + end, join(failed, `auth.db${end}`))
    files.syncFolder(failed)
    files.syncFolder(places.dataDir)
  }
  for (const end of [...FILE_SET].reverse())
    moveIfThere(files, join(kept, `auth.db${end}`), places.database + end)
  files.syncFolder(places.dataDir)
  files.syncFolder(kept)
  return { kind: 'old', intent, reason: TAKEN_BACK }
}

function moveIfThere(files: RestoreFiles, from: string, to: string): void {
  if (files.exists(from)) files.rename(from, to)
}

function tidyUp(files: RestoreFiles, places: RestorePlaces): void {
  if (!files.exists(places.work) && !files.exists(places.lock)) return
  files.remove(places.work)
  files.remove(places.lock)
  files.syncFolder(dirname(places.lock))
}

/** Whether a database is the one that was prepared. */
function isPrepared(intent: Intent, database: string, sqliteBinding: string | null): boolean {
  // A Weir that is newer still may have opened it since.
  if (intent.kind === 'upgrade') return (schemaOf(database, sqliteBinding) ?? 0) >= intent.to_version
  return restoredAs(database, sqliteBinding) === intent.run_id
}

/** The run a database was made by; null for one no restore made, or that cannot be read. */
export function restoredAs(database: string, sqliteBinding: string | null): string | null {
  const value = readFrom(database, sqliteBinding, (handle) =>
    handle.prepare(`select value from system_settings where name = 'restored_as'`).pluck().get(),
  )
  return typeof value === 'string' ? String(JSON.parse(value)) : null
}

/** The schema of a database; null where it cannot be read. */
export function schemaOf(database: string, sqliteBinding: string | null): number | null {
  return readFrom(database, sqliteBinding, (handle) =>
    Number(handle.pragma('user_version', { simple: true })),
  )
}

/** Writes nothing, but for what a killed process has left half written. */
function readFrom<Value>(
  database: string,
  sqliteBinding: string | null,
  read: (handle: BetterSqlite3.Database) => Value,
): Value | null {
  let handle: BetterSqlite3.Database | undefined
  try {
    rollBackHalfWritten(database, sqliteBinding)
    handle = new BetterSqlite3(database, {
      readonly: true,
      ...(sqliteBinding === null ? {} : { nativeBinding: sqliteBinding }),
    })
    return read(handle)
  } catch (error) {
    // What cannot be read was not prepared by us; the caller compares with what it looks for.
    if (error instanceof Error) return null
    throw error
  } finally {
    handle?.close()
  }
}

function stuck(places: RestorePlaces, what: string): WeirError {
  return new WeirError(
    'storage_unavailable',
    `An exchange of the database was interrupted and ${what}. Nothing was changed. The databases of before are in ${places.kept}, ` +
      `backups in ${join(places.dataDir, 'backups')}; put one in place as auth.db and remove ${places.intent}.`,
  )
}

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { toIso } from '../../../shared/units.ts'
import type { BackupManifestView } from '../api.ts'
import { backupIds, listBackups } from '../backup/backup-catalogue.ts'
import type { BackupCopier } from '../backup/backup-manager.ts'
import { newBackupId } from '../backup/backup-rules.ts'
import { removePartials } from '../backup/backup-task.ts'
import { proveBackup, removeBackup } from '../backup/prove-backup.ts'
import { readFileHeader } from '../database/file-header.ts'
import { APPLICATION_ID, SCHEMA_VERSION } from '../database/open-handle.ts'
import { isDamagedDatabase } from '../database/storage-error.ts'
import type { SystemPorts } from '../kernel/ports.ts'
import type { UpgradeProgress } from '../kernel/upgrade-progress.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { schemaOf } from './exchange.ts'
import { writeIntent } from './intent.ts'
import type { RestoreFiles } from './restore-files.ts'
import type { RestorePlaces } from './restore-places.ts'
import type { Converted, StageInput, StageProgress } from './staged-database.ts'

/** The slow parts, done by a worker thread of their own. */
export interface UpgradeWorker {
  readonly copier: BackupCopier
  stage(input: StageInput, onProgress: (progress: StageProgress) => void): Promise<unknown>
  /** The task of `convertStaged`. */
  convert(staged: string): Promise<Converted>
  close(): Promise<void>
}

/** What an upgrade of the schema needs. */
export interface UpgradeParts {
  readonly ports: Pick<SystemPorts, 'clock' | 'log' | 'randomBytes'>
  readonly files: RestoreFiles
  readonly places: RestorePlaces
  readonly sqliteBinding: string | null
  /** Of this Weir. */
  readonly version: string
  readonly openWorker: () => UpgradeWorker
  /** Hears how far it is. */
  readonly told: (progress: UpgradeProgress) => void
}

/**
 * Where the database has an older schema: makes a backup and proves it, converts a copy of it, and decides to put that in
 * its place, which the start then carries out. Answers whether there is something to carry out; what is served is not
 * touched. Errors: `storage_full`, `storage_unavailable`.
 */
export async function prepareUpgrade(parts: UpgradeParts): Promise<boolean> {
  const { files, places, sqliteBinding, ports } = parts
  const from = olderSchema(places.database, sqliteBinding)
  if (from === null) return false
  ports.log.info('the database has an older schema and is converted', { from, to: SCHEMA_VERSION })
  const worker = parts.openWorker()
  const tell: Tell = (step, progress) =>
    parts.told({ from, to: SCHEMA_VERSION, step, done: progress === undefined ? null : partOf(progress) })
  try {
    const backup = await makeBackup(parts, worker, tell).catch((error: unknown) => {
      throw asDamage(error)
    })
    const converted = await convertCopy(parts, worker, backup.id, tell).catch((error: unknown) => {
      throw asFaultOfCopy(error)
    })
    writeIntent(files, places, {
      kind: 'upgrade',
      direction: 'forward',
      staged_sha256: converted.sha256,
      run_id: `upgrade-${backup.id}`,
      from_version: from,
      to_version: converted.schemaVersion,
      backup_id: backup.id,
    })
    return true
  } catch (error) {
    throw toUpgradeError(error, from)
  } finally {
    await worker.close()
  }
}

type Tell = (step: UpgradeProgress['step'], progress?: StageProgress) => void

function partOf({ done, total }: StageProgress): number {
  return total === 0 ? 1 : done / total
}

async function convertCopy(
  { places, sqliteBinding }: UpgradeParts,
  worker: UpgradeWorker,
  backupId: string,
  tell: Tell,
) {
  const backupFolder = join(places.dataDir, 'backups', backupId)
  tell('copy')
  await worker.stage({ backupFolder, target: places.staged, sqliteBinding }, (progress) =>
    tell('copy', progress),
  )
  tell('convert')
  return worker.convert(places.staged)
}

/** The schema of a database of ours that is to be converted; null for all others, of which opening says more. */
function olderSchema(database: string, sqliteBinding: string | null): number | null {
  if (!existsSync(database)) return null
  const header = readFileHeader(database)
  // SQLite would put its files beside it: what is foreign stays as it is.
  if (header !== undefined && header.pages > 1 && header.applicationId !== APPLICATION_ID) return null
  const version = schemaOf(database, sqliteBinding)
  return version !== null && version > 0 && version < SCHEMA_VERSION ? version : null
}

/** A proved backup of what is there. It is pinned, so that starts that fail again and again cannot push it out. */
async function makeBackup(
  parts: UpgradeParts,
  worker: UpgradeWorker,
  tell: Tell,
): Promise<BackupManifestView> {
  const { ports, places, sqliteBinding, version } = parts
  const backupsDir = join(places.dataDir, 'backups')
  removePartials(backupsDir)
  const now = ports.clock.now()
  const random = () => Buffer.from(ports.randomBytes(2)).readUInt16BE()
  const id = newBackupId(now, random, backupIds(backupsDir))
  const task = {
    databaseFile: places.database,
    sqliteBinding,
    backupsDir,
    id,
    createdAt: toIso(now),
    reason: 'before-migration' as const,
    appVersion: version,
  }
  tell('backup')
  await worker.copier.make(task, undefined, (done, total) => tell('backup', { done, total }))
  tell('prove')
  const made = await proveBackup(join(backupsDir, id), worker.copier.verify, ports.clock)
  for (const earlier of listBackups(backupsDir)) {
    // Of the very same bytes: one that an earlier attempt has made.
    const isSame = earlier.reason === made.reason && earlier.sha256 === made.sha256
    if (isSame && earlier.id !== id) removeBackup(backupsDir, earlier.id)
  }
  return made
}

/** While the backup is made it is the database itself that cannot be read, and not a backup that could be exchanged. */
function asDamage(error: unknown): unknown {
  if (!(error instanceof WeirError) || error.code !== 'backup_damaged') return error
  const details = { sqlite_code: 'SQLITE_CORRUPT' }
  return new WeirError('storage_unavailable', error.message, { details, cause: error })
}

/** Of the copy, whose backup was proved: the database is whole and MUST NOT be called damaged. */
function asFaultOfCopy(error: unknown): unknown {
  if (isDamagedDatabase(error))
    return new WeirError('storage_unavailable', 'The copy cannot be read.', { cause: error })
  if (!(error instanceof WeirError) || error.code !== 'backup_damaged') return error
  return new WeirError('storage_unavailable', error.message, { cause: error })
}

function toUpgradeError(error: unknown, from: number): unknown {
  if (!(error instanceof WeirError)) return error
  return new WeirError(
    error.code,
    `The database has the schema ${from}, and this Weir needs ${SCHEMA_VERSION}. A copy is converted, beside a proved ` +
      `backup, and that did not go through: ${error.message} Nothing was changed; the Weir of before can still be started.`,
    { details: error.details, cause: error },
  )
}

import type { Actor, BackupManifestView, BackupsApi } from '../api.ts'
import { SCHEMA_VERSION } from '../database/open-handle.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { JobRun, JobWork } from '../scheduler/job-work.ts'

const SCHEDULED: Actor = { name: 'job backup', via: 'job' }

type Backups = Pick<BackupsApi, 'create' | 'list' | 'entries' | 'verify'>

/**
 * Looks at every page of the database, makes a backup, opens it once, and removes those that are no longer needed. Then the one that nobody has looked at
 * for longest is proved again: disks forget, and a backup that has rotted should be known before it is needed.
 * `forgetReplaced` removes what restores took out of service long ago, and names it.
 */
export function backupJob(
  backups: Backups,
  checkDatabase: () => Promise<readonly string[]>,
  forgetReplaced: () => readonly string[],
): JobWork {
  return async (run) => {
    const before = backups.list().length
    if (run.dryRun) {
      run.log.info(`Would make a backup beside the ${before} there are`)
      return { counts: { backups_made: 0, backups_kept: before }, failures: 0, firstError: null }
    }
    run.progress('Looking at every page of the database')
    const [problem] = await checkDatabase()
    if (problem !== undefined) run.log.warn(`The database: ${problem}`)
    run.progress('Copying the database and opening the copy')
    const made = await make(backups, run)
    // Only beside a backup that was proved just now.
    const forgotten = made === null ? [] : forgetReplaced()
    for (const name of forgotten) run.log.info(`Removed the database that ${name} replaced`)
    const kept = backups.list().length
    const rot = await proveOldest(backups, made?.id, run)
    const counts = {
      backups_made: made === null ? 0 : 1,
      backups_kept: kept,
      backups_removed: made === null ? 0 : Math.max(0, before + 1 - kept),
      ...(made !== null && { size_bytes: made.size_bytes }),
    }
    const found = problem === undefined ? rot : `The database is damaged: ${problem}`
    return { counts, failures: found === null ? 0 : 1, firstError: found }
  }
}

/** Makes the backup of the day; null while somebody else makes one, which is as good. */
async function make(backups: Backups, run: JobRun): Promise<BackupManifestView | null> {
  try {
    const made = await backups.create({ reason: 'daily', signal: run.signal }, SCHEDULED)
    run.log.info(`Backup ${made.id}: ${made.size_bytes} bytes, verified`)
    return made
  } catch (error) {
    if (!(error instanceof WeirError) || error.code !== 'busy') throw error
    run.log.info('Another backup is being made right now; it stands for this one')
    return null
  }
}

/** What is wrong with the backup that was proved longest ago, or null when it is whole. */
async function proveOldest(backups: Backups, made: string | undefined, run: JobRun): Promise<string | null> {
  const [oldest] = backups
    .entries()
    .filter((entry) => entry.id !== made && isProvable(entry))
    .sort((one, other) => (one.verified_at ?? '').localeCompare(other.verified_at ?? ''))
  if (oldest === undefined || run.signal.aborted) return null
  run.progress('Opening an older backup again')
  try {
    await backups.verify(oldest.id)
    run.log.info(`Backup ${oldest.id} is still whole`)
    return null
  } catch (error) {
    if (error instanceof WeirError && error.code === 'backup_unknown') {
      run.log.info(`Backup ${oldest.id} was deleted meanwhile`)
      return null
    }
    const isRot =
      error instanceof WeirError && (error.code === 'backup_damaged' || error.code === 'database_newer')
    if (!isRot) throw error
    run.log.warn(`Backup ${oldest.id}: ${error.message}`)
    return `Backup ${oldest.id}: ${error.message}`
  }
}

/**
 * One that is known to be damaged would be the one nobody has found whole for longest every night, and one of a newer
 * Weir cannot be opened by this one, as little as one of another passphrase: no other would ever be looked at again. The
 * list shows them as they are.
 */
function isProvable({ status, lock, schema_version }: ReturnType<BackupsApi['entries']>[number]): boolean {
  return (
    status !== 'invalid' && lock !== 'locked' && schema_version !== null && schema_version <= SCHEMA_VERSION
  )
}

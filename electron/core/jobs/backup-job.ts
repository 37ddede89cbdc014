import type { Actor, BackupsApi } from '../api.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { JobWork } from '../scheduler/job-work.ts'

const SCHEDULED: Actor = { name: 'job backup', via: 'job' }

type Backups = Pick<BackupsApi, 'create' | 'list' | 'verify'>

/**
 * Makes a backup, opens it once, and removes those that are no longer needed. Then the one that nobody has looked at
 * for longest is proved again: disks forget, and a backup that has rotted should be known before it is needed.
 */
export function backupJob(backups: Backups): JobWork {
  return async (run) => {
    const before = backups.list().length
    if (run.dryRun) {
      run.log.info(`Would make a backup beside the ${before} there are`)
      return { counts: { backups_made: 0, backups_kept: before }, failures: 0, firstError: null }
    }
    run.progress('Copying the database and opening the copy')
    const made = await backups.create({ reason: 'daily', signal: run.signal }, SCHEDULED)
    run.log.info(`Backup ${made.id}: ${made.size_bytes} bytes, verified`)
    const kept = backups.list().length
    const rot = await proveOldest(backups, made.id, run)
    const counts = {
      backups_made: 1,
      backups_kept: kept,
      backups_removed: Math.max(0, before + 1 - kept),
      size_bytes: made.size_bytes,
    }
    return { counts, failures: rot === null ? 0 : 1, firstError: rot }
  }
}

/** What is wrong with the backup that was proved longest ago, or null when it is whole. */
async function proveOldest(
  backups: Backups,
  made: string,
  run: Parameters<JobWork>[0],
): Promise<string | null> {
  const [oldest] = backups
    .list()
    .filter(({ id }) => id !== made)
    .sort((one, other) => (one.verified_at ?? '').localeCompare(other.verified_at ?? ''))
  if (oldest === undefined || run.signal.aborted) return null
  run.progress('Opening an older backup again')
  try {
    await backups.verify(oldest.id)
    run.log.info(`Backup ${oldest.id} is still whole`)
    return null
  } catch (error) {
    const isRot =
      error instanceof WeirError && (error.code === 'backup_damaged' || error.code === 'database_newer')
    if (!isRot) throw error
    run.log.warn(`Backup ${oldest.id}: ${error.message}`)
    return `Backup ${oldest.id}: ${error.message}`
  }
}

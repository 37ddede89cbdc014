import type { Actor, BackupsApi } from '../api.ts'
import type { JobWork } from '../scheduler/job-work.ts'

const SCHEDULED: Actor = { name: 'job backup', via: 'job' }

/** Makes a backup, opens it once, and removes those that are no longer needed. */
export function backupJob(backups: Pick<BackupsApi, 'create' | 'list'>): JobWork {
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
    const counts = {
      backups_made: 1,
      backups_kept: kept,
      backups_removed: Math.max(0, before + 1 - kept),
      size_bytes: made.size_bytes,
    }
    return { counts, failures: 0, firstError: null }
  }
}

import { join } from 'node:path'
import type { ErrorCode } from '../../../shared/error-codes.ts'
import type { BackupManifestView } from '../api.ts'
import { noteDamage } from '../backup/prove-backup.ts'
import type { Logger } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { RestoreWorker } from './restore-worker.ts'

/** Which backup stands in for one that cannot be used. */

/**
 * Errors of looking at a backup that say nothing about it. One without its passphrase is not passed over either: whoever
 * has it would get an older one without having been asked.
 */
const NOT_OF_THE_BACKUP: readonly ErrorCode[] = [
  'storage_full',
  'shutting_down',
  'cancelled',
  'passphrase_needed',
]

/** What looking at backups needs. */
export interface Looking {
  /** Newest first. */
  readonly backups: readonly BackupManifestView[]
  readonly backupsDir: string
  readonly log: Logger
}

/**
 * The first of these that is whole, or null. Those that were proved once are looked at again: what damaged the
 * database, or another backup, may have damaged them.
 */
export async function firstWhole(
  looking: Looking,
  worker: Pick<RestoreWorker, 'verify'>,
): Promise<BackupManifestView | null> {
  for (const backup of looking.backups) {
    if (backup.verified_at === null) continue
    const folder = join(looking.backupsDir, backup.id)
    try {
      await worker.verify(folder)
      return backup
    } catch (error) {
      // Whatever is wrong with this one, also that the disk cannot read it: another may be whole.
      if (error instanceof WeirError && NOT_OF_THE_BACKUP.includes(error.code)) throw error
      looking.log.warn('a backup cannot be used to recover', { backup: backup.id, error })
      await noteIfDamaged(folder, error, looking.log)
    }
  }
  return null
}

/**
 * What a restore of `refused` is refused with: the same error, and where that backup is damaged, the next one that is
 * whole, in words and as `next_backup_id`. The damage stands beside the backup from now on.
 */
export async function withNextGood(
  error: unknown,
  refused: string,
  looking: Looking,
  worker: Pick<RestoreWorker, 'verify'>,
): Promise<unknown> {
  if (!(error instanceof WeirError) || error.code !== 'backup_damaged') return error
  // What was proposed without looking is looked at here.
  const plain = isProposing(error) && error.cause instanceof WeirError ? error.cause : error
  await noteIfDamaged(join(looking.backupsDir, refused), plain, looking.log)
  try {
    const backups = insteadOf(refused, looking.backups)
    return proposing(plain, await firstWhole({ ...looking, backups }, worker))
  } catch (cause) {
    // That there is no time or room to look for another says nothing about this one.
    looking.log.warn('no other backup was looked for', { backup: refused, error: cause })
    return error
  }
}

/** The same error with what to take instead. */
export function proposing(error: WeirError, next: BackupManifestView | null): WeirError {
  const detail =
    next === null
      ? `${error.message} No other one was found whole.`
      : `${error.message} The next good one is ${next.id}, made ${next.created_at}.`
  const details = { ...error.details, next_backup_id: next?.id ?? null }
  return new WeirError(error.code, detail, { details, cause: error })
}

/**
 * The others in the order in which they stand in for one: first the older ones, newest first, because what one wants to
 * go back behind is in every newer one; then the newer ones, oldest first.
 */
export function insteadOf(
  refused: string,
  newestFirst: readonly BackupManifestView[],
): readonly BackupManifestView[] {
  const older = newestFirst.filter(({ id }) => id < refused)
  const newer = newestFirst.filter(({ id }) => id > refused)
  return [...older, ...newer.reverse()]
}

function isProposing({ details }: WeirError): boolean {
  return 'next_backup_id' in details
}

async function noteIfDamaged(folder: string, error: unknown, log: Logger): Promise<void> {
  if (!(error instanceof WeirError) || error.code !== 'backup_damaged') return
  try {
    await noteDamage(folder, error.message)
  } catch (cause) {
    // A folder that cannot be written to must not hide what is wrong with the backup in it.
    log.warn('the damage of a backup could not be noted', { folder, error: cause })
  }
}

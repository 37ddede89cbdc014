import { DAY_MS } from '../../../shared/units.ts'
import type { BackupsApi } from '../api.ts'
import type { Clock } from '../kernel/ports.ts'

/** One is made every night. One missed night is no reason to stop tidying up; after two, something is wrong. */
const BACKUP_AGE_MAX_MS = 2 * DAY_MS

/**
 * Why no job may remove turns now, in words, or null when it may: what is removed must be in a backup that was
 * proved to open, and a recent one (RELIABILITY 3, jobs that destroy).
 */
export function removalHold(backups: Pick<BackupsApi, 'newestVerified'>, clock: Clock): string | null {
  const newest = backups.newestVerified()
  if (newest === null) return 'there is no verified backup. Make one first.'
  const ageMs = clock.now() - Date.parse(newest.created_at)
  if (ageMs <= BACKUP_AGE_MAX_MS) return null
  return `the newest verified backup is ${Math.floor(ageMs / DAY_MS)} days old. Make one first.`
}

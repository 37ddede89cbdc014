import { join } from 'node:path'
import { DAY_MS, type EpochMs } from '../../../shared/units.ts'
import type { RestoreFiles } from './restore-files.ts'
import type { RestorePlaces } from './restore-places.ts'

/** Whoever misses something in a restored database notices within days; and what was erased since must not stay for ever. */
const KEPT_MS = 30 * DAY_MS

/** `restore-20261124T013000Z-9f3a`: the run a folder is of, and when it began. */
const RUN_ID = /^(?:restore|upgrade)-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]{4}$/

/**
 * Removes the databases that restores and new schemas took out of service thirty days ago or earlier, and those that could not be opened
 * then. To be called when a backup was made and proved since: RELIABILITY 4.3, R9. Answers the runs they were of.
 */
export function forgetKept(
  files: Pick<RestoreFiles, 'list' | 'remove' | 'syncFolder'>,
  places: Pick<RestorePlaces, 'kept' | 'failed'>,
  now: EpochMs,
): readonly string[] {
  const forgotten: string[] = []
  for (const folder of [places.kept, places.failed]) {
    const old = files.list(folder).filter((name) => isOld(name, now))
    for (const name of old) files.remove(join(folder, name))
    if (old.length > 0) files.syncFolder(folder)
    forgotten.push(...old)
  }
  return forgotten
}

/** What is not named like one of ours is nobody's to remove. */
function isOld(name: string, now: EpochMs): boolean {
  const found = RUN_ID.exec(name)
  if (found === null) return false
  const [year, month, day, hour, minute, second] = found.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return now - Date.UTC(year, month - 1, day, hour, minute, second) >= KEPT_MS
}

import { BACKUP_REASONS, type BackupReason } from '../../../shared/backup-reasons.ts'
import { DAY_MS, type EpochMs, SECOND_MS } from '../../../shared/units.ts'

/** `20261124T013000Z-1f3a`: sorts by time, and the end keeps those of one second apart and in their order. */
export const BACKUP_ID = /^\d{8}T\d{6}Z-[0-9a-f]{4}$/

const END_MAX = 0xffff

/**
 * The id of a backup begun at `at`, after all of that second in `known`. The first of a second has a random end in the
 * lower half (`random` gives two bytes as a number): those that follow count on from it, and lists sort by id.
 */
export function newBackupId(at: EpochMs, random: () => number, known: readonly string[]): string {
  const second = new Date(at)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '')
  const ends = known
    .filter((id) => id.startsWith(`${second}-`))
    .map((id) => Number.parseInt(id.slice(-4), 16))
  const end = ends.length === 0 ? random() & (END_MAX >> 1) : Math.max(...ends) + 1
  // Only an older Weir gave the second half away as well; the next second is as good a name.
  if (end > END_MAX) return newBackupId(at + SECOND_MS, random, known)
  return `${second}-${end.toString(16).padStart(4, '0')}`
}

/** A backup as the rule sees it. */
export interface KeptBackup {
  readonly id: string
  readonly createdAt: EpochMs
  readonly reason: BackupReason
  readonly isVerified: boolean
}

// RELIABILITY 4.2, B7: the last three, then one a day, a week and a month for as many of each.
/** How many backups stay: the last ones, and the newest of as many days, weeks and months. */
export const KEPT = { last: 3, days: 7, weeks: 4, months: 12 } as const
/** One good backup may turn out bad; then there must be another. */
const VERIFIED_KEPT_MIN = 2

/**
 * What was made before something drastic is the way back of it: for each reason the last few stay, and all of a week, in
 * which a mistake is noticed. More than the most of one reason is a script at work, which must not fill the disk.
 */
export const KEPT_WAYS_BACK = { last: 5, days: 7, most: 20 } as const
const WAYS_BACK: readonly BackupReason[] = BACKUP_REASONS.filter(
  (reason) => reason.startsWith('before-') && !isPinned(reason),
)

/**
 * The ids that may be deleted at `now`. Never the newest verified one, never one made before a migration, and never so
 * many that fewer than two verified ones are left. Those made before something drastic take nobody's place: going back
 * three times must not cost the backup one goes back to. They have a bound of their own.
 */
export function expendableBackups(backups: readonly KeptBackup[], now: EpochMs): readonly string[] {
  const newestFirst = [...backups].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
  const unpinned = newestFirst.filter(({ reason }) => !isPinned(reason))
  const ordinary = unpinned.filter(({ reason }) => !WAYS_BACK.includes(reason))
  const kept = new Set(ordinary.slice(0, KEPT.last).map((backup) => backup.id))
  keepNewestOfEach(ordinary, KEPT.days, (at) => Math.floor(at / DAY_MS), kept)
  keepNewestOfEach(ordinary, KEPT.weeks, (at) => Math.floor(at / (7 * DAY_MS)), kept)
  keepNewestOfEach(ordinary, KEPT.months, (at) => new Date(at).toISOString().slice(0, 7), kept)
  for (const reason of WAYS_BACK) keepWaysBack(newestFirst, reason, now, kept)
  for (const backup of newestFirst.filter((one) => one.isVerified).slice(0, VERIFIED_KEPT_MIN)) {
    kept.add(backup.id)
  }
  return unpinned.filter((backup) => !kept.has(backup.id)).map((backup) => backup.id)
}

/** Whether the rule never removes a backup made for this reason: there is one for each new schema and no more. */
export function isPinned(reason: BackupReason): boolean {
  return reason === 'before-migration'
}

function keepWaysBack(
  newestFirst: readonly KeptBackup[],
  reason: BackupReason,
  now: EpochMs,
  kept: Set<string>,
): void {
  const ofReason = newestFirst.filter((backup) => backup.reason === reason)
  const young = ofReason.filter(({ createdAt }) => now - createdAt < KEPT_WAYS_BACK.days * DAY_MS)
  for (const backup of ofReason.slice(0, KEPT_WAYS_BACK.last)) kept.add(backup.id)
  for (const backup of young.slice(0, KEPT_WAYS_BACK.most)) kept.add(backup.id)
}

function keepNewestOfEach(
  newestFirst: readonly KeptBackup[],
  count: number,
  spanOf: (at: EpochMs) => number | string,
  kept: Set<string>,
): void {
  const spans = new Set<number | string>()
  for (const backup of newestFirst) {
    const span = spanOf(backup.createdAt)
    if (spans.has(span)) continue
    if (spans.size === count) return
    spans.add(span)
    kept.add(backup.id)
  }
}

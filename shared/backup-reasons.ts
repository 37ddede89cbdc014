/** What a backup was made for; those before a danger are kept for longer than the daily ones. */
export const BACKUP_REASONS = [
  'manual',
  'daily',
  'before-restore',
  'before-import',
  'before-undo',
  'before-fix',
  'before-migration',
] as const

/** One of the reasons a backup is made for. */
export type BackupReason = (typeof BACKUP_REASONS)[number]

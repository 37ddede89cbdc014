import { openReadHandle } from '../database/open-handle.ts'
import { WeirError } from '../kernel/weir-error.ts'

/** Whether backups are to be encrypted by the settings of a database nobody serves; one that cannot be read says nothing. */
export function isEncryptionWanted(database: string, sqliteBinding: string | null): boolean {
  try {
    const handle = openReadHandle(database, sqliteBinding)
    try {
      const stored = handle.prepare(`select value from system_settings where name = 'backup_encryption'`)
      return (stored.pluck().get() ?? 'null') !== 'null'
    } finally {
      handle.close()
    }
  } catch (error) {
    if (error instanceof WeirError) return false
    throw error
  }
}

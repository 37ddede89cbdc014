import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { WeirError } from '../kernel/weir-error.ts'
import { isLockedByOthers, toStorageError } from './storage-error.ts'

/** A claimed data folder; `release` gives it back. */
export interface DataFolderLock {
  release(): void
}

/**
 * Claims the data folder for this process: a tiny SQLite file held with an exclusive transaction. The kernel gives
 * the lock back when the process ends, however it ends, so no stale file can lock anybody out. The folder is taken
 * by its real path: two names of one folder are one lock.
 * Errors: `folder_in_use` (details: `data_dir`), `storage_unavailable`.
 */
export function claimDataFolder(dataDir: string, sqliteBinding: string | null): DataFolderLock {
  const file = join(realpathSync(dataDir), 'lock')
  const handle = openLockFile(file, sqliteBinding)
  try {
    handle.exec('begin exclusive')
  } catch (error) {
    handle.close()
    if (isLockedByOthers(error)) {
      throw new WeirError('folder_in_use', `Another Weir is using ${dataDir}.`, {
        details: { data_dir: dataDir },
        cause: error,
      })
    }
    throw toStorageError(error)
  }
  return { release: () => handle.close() }
}

function openLockFile(file: string, sqliteBinding: string | null): BetterSqlite3.Database {
  try {
    // No waiting: whoever has the folder keeps it for hours.
    return new BetterSqlite3(file, {
      timeout: 0,
      ...(sqliteBinding === null ? {} : { nativeBinding: sqliteBinding }),
    })
  } catch (error) {
    throw toStorageError(error)
  }
}

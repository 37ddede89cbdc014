import type { FolderLook } from '../sessions/look-at-folder.ts'
import type { ScanInput, ScanMessage, ScanResult } from '../sessions/scan-sessions.ts'
import type { VerifyReport } from '../verify/verify-task.ts'

/** What the worker thread can do: the table both ends are typed by. */
export interface WorkerTasks {
  /** Lists and reads a sessions folder. Errors: `folder_unreadable`, `cancelled`. */
  readonly 'scan-sessions': {
    readonly input: ScanInput
    readonly batch: ScanMessage
    readonly result: ScanResult
  }
  /** Counts what an import would read. */
  readonly 'look-at-folder': {
    readonly input: { readonly sessionsDir: string }
    readonly batch: never
    readonly result: FolderLook
  }
  /** SQLite's own look at the database; what it found wrong. */
  readonly 'check-database': {
    readonly input: { readonly databaseFile: string; readonly sqliteBinding: string | null }
    readonly batch: never
    readonly result: readonly string[]
  }
  /** Adds the ledger up again over a read connection of its own. */
  readonly 'verify-books': {
    readonly input: { readonly databaseFile: string; readonly sqliteBinding: string | null }
    readonly batch: never
    readonly result: VerifyReport
  }
}

import type { AuthFile, AuthReadInput } from '../auth-database/read-auth-database.ts'
import type { BackupKey } from '../backup/backup-key.ts'
import type { BackupInput, CopyProgress } from '../backup/backup-task.ts'
import type { CopiedBackup, CopyInput } from '../backup/copy-task.ts'
import type { Manifest } from '../backup/manifest.ts'
import type { ExportInput, ExportProgress } from '../exports/export-task.ts'
import type { AuthBatch, AuthLook } from '../import/auth-port.ts'
import type { ChangedScanInput } from '../import/scan-changed.ts'
import type { MeasureInput, RetrievalMeasurement } from '../intelligence/measure-retrieval.ts'
import type { RepricePlan, RepricePlanInput } from '../prices/reprice-plan.ts'
import type { RereadSession } from '../reconciliation/repair-user.ts'
import type { DriftMessage, DriftResult, DriftScanInput } from '../reconciliation/scan-drift.ts'
import type { CompareInput, Comparison } from '../restore/compare-task.ts'
import type { Carried, CarryInput, FinishInput, Sealed } from '../restore/restore-task.ts'
import type { Converted, StageInput, StageProgress } from '../restore/staged-database.ts'
import type { FolderLook } from '../sessions/look-at-folder.ts'
import type { ScanInput, ScanMessage, ScanResult } from '../sessions/scan-sessions.ts'
import type { DatabaseLook } from '../verify/check-database-task.ts'
import type { VerifyReport } from '../verify/verify-task.ts'

/** What the worker thread can do: the table both ends are typed by. */
export interface WorkerTasks {
  /** Lists and reads a sessions folder. Errors: `folder_unreadable`, `cancelled`. */
  readonly 'scan-sessions': {
    readonly input: ScanInput
    readonly batch: ScanMessage
    readonly result: ScanResult
  }
  /** Reads what has changed in a sessions folder. Errors: `folder_unreadable`, `storage_unavailable`, `cancelled`. */
  readonly 'scan-changed': {
    readonly input: ChangedScanInput
    readonly batch: ScanMessage
    readonly result: ScanResult
  }
  /** Counts what an import would read. */
  readonly 'look-at-folder': {
    readonly input: { readonly sessionsDir: string }
    readonly batch: never
    readonly result: FolderLook
  }
  /** What of an auth database of the platform could be taken. Errors: `auth_database_unreadable`. */
  readonly 'look-at-auth-database': {
    readonly input: AuthFile
    readonly batch: never
    readonly result: AuthLook
  }
  /** Reads an auth database of the platform. Errors: `auth_database_unreadable`, `cancelled`. */
  readonly 'read-auth-database': {
    readonly input: AuthReadInput
    readonly batch: AuthBatch
    readonly result: undefined
  }
  /** SQLite's own look at the database; what it found wrong. */
  readonly 'check-database': {
    readonly input: { readonly databaseFile: string; readonly sqliteBinding: string | null }
    readonly batch: never
    readonly result: DatabaseLook
  }
  /** Adds the ledger up again over a read connection of its own. */
  readonly 'verify-books': {
    readonly input: { readonly databaseFile: string; readonly sqliteBinding: string | null }
    readonly batch: never
    readonly result: VerifyReport
  }
  /** Adds up what pricing the ledger again would change. */
  readonly 'plan-reprice': {
    readonly input: RepricePlanInput
    readonly batch: never
    readonly result: RepricePlan
  }
  /** Writes a table into a file; batches are how far it is. Errors: `user_unknown`, `storage_full`, `cancelled`. */
  readonly 'export-table': {
    readonly input: ExportInput
    readonly batch: ExportProgress
    readonly result: ExportProgress
  }
  /** Compares a sessions folder with the ledger over a read connection of its own. Errors: `folder_unreadable`, `cancelled`. */
  readonly 'scan-drift': {
    readonly input: DriftScanInput
    readonly batch: DriftMessage
    readonly result: DriftResult
  }
  /** Reads some files of one user again. Errors: `folder_unreadable`. */
  readonly 'reread-sessions': {
    readonly input: {
      readonly sessionsDir: string
      readonly userId: string
      readonly sessionIds: readonly string[]
    }
    readonly batch: never
    readonly result: readonly RereadSession[]
  }
  /** Makes a backup; batches are the bytes written so far, of all. Errors: `storage_full`, `storage_unavailable`, `backup_damaged`. */
  readonly 'make-backup': {
    readonly input: BackupInput
    readonly batch: CopyProgress
    readonly result: Manifest
  }
  /** Copies a backup to a second folder. Errors: `backup_damaged`, `folder_unreadable`, `storage_full`. */
  readonly 'copy-backup': {
    readonly input: CopyInput
    readonly batch: CopyProgress
    readonly result: CopiedBackup
  }
  /** Opens a private copy of a backup. Errors: `backup_damaged`, `passphrase_needed`, `database_newer`. */
  readonly 'verify-backup': {
    readonly input: {
      readonly folder: string
      readonly sqliteBinding: string | null
      readonly key: BackupKey | null
    }
    readonly batch: never
    readonly result: Manifest
  }
  /** Reads the turns of a range for what their medians say about retrieval. */
  readonly 'measure-retrieval': {
    readonly input: MeasureInput
    readonly batch: never
    readonly result: RetrievalMeasurement
  }
  /** Says what restoring a backup would change. Errors: `backup_damaged`, `database_newer`. */
  readonly 'compare-backup': {
    readonly input: CompareInput
    readonly batch: StageProgress
    readonly result: Comparison
  }
  /** Makes the working copy of a restore. Errors: `backup_damaged`, `database_newer`. */
  readonly 'stage-backup': {
    readonly input: StageInput
    readonly batch: StageProgress
    readonly result: Manifest
  }
  /** Brings the working copy to the schema of this Weir; answers which. */
  readonly 'migrate-staged': {
    readonly input: { readonly staged: string; readonly sqliteBinding: string | null }
    readonly batch: never
    readonly result: number
  }
  /** Brings the working copy of a database to the schema of this Weir and closes it for good. Errors: `backup_damaged`. */
  readonly 'convert-staged': {
    readonly input: { readonly staged: string; readonly sqliteBinding: string | null }
    readonly batch: never
    readonly result: Converted
  }
  /** Carries what is newer than the backup into the working copy. Errors: `restore_impossible`. */
  readonly 'carry-forward': { readonly input: CarryInput; readonly batch: never; readonly result: Carried }
  /** Adds the sums of the working copy up again. */
  readonly 'recompute-staged': {
    readonly input: FinishInput
    readonly batch: never
    readonly result: { readonly turns: number }
  }
  /** Proves the working copy and closes it for good. Errors: `backup_damaged`. */
  readonly 'seal-staged': { readonly input: FinishInput; readonly batch: never; readonly result: Sealed }
}

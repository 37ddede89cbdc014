import type { BackupReason } from '../../shared/backup-reasons.ts'
import type { ExportRequest } from '../../shared/contract/exports.ts'
import type { OperationOutput, ParsedInput } from '../../shared/contract/index.ts'
import type { ReconciliationReport } from '../../shared/contract/reconciliation.ts'
import type { Actor } from './callers.ts'

/** What the three faces may ask of reconciliation, backups and jobs. */

export interface ReconciliationApi {
  /** Errors: `busy`, `folder_unreadable`, `shutting_down`. */
  start(
    input: ParsedInput<'reconciliation.start'>,
    actor: Actor,
  ): Promise<OperationOutput<'reconciliation.start'>>
  /** A whole run, for jobs. Errors: those of `start`, `cancelled`, and what stopped it. */
  run(
    input: ParsedInput<'reconciliation.start'>,
    actor: Actor,
    signal?: AbortSignal,
  ): Promise<ReconciliationReport>
  /** Errors: `run_unknown`. */
  get(runId: string): Promise<OperationOutput<'reconciliation.get'>>
  list(limit?: number): Promise<OperationOutput<'reconciliation.list'>>
  cancel(runId: string): Promise<OperationOutput<'reconciliation.cancel'>>
  /** Errors: `run_unknown`, `busy`, `invalid_request`. */
  repair(
    input: ParsedInput<'reconciliation.repair'>,
    actor: Actor,
  ): Promise<OperationOutput<'reconciliation.repair'>>
  report(
    runId: string,
    format?: 'json' | 'text' | 'csv' | 'markdown',
  ): Promise<OperationOutput<'reconciliation.report'>>
  /** Settles when the run is over, whatever became of it. Errors: `run_unknown`. */
  finished(runId: string): Promise<OperationOutput<'reconciliation.get'>>
}

/** A backup as the JSON of DESIGN 13 shows it; `verified_at` is when it was last opened and found whole. */
export interface BackupManifestView {
  readonly id: string
  readonly created_at: string
  readonly reason: BackupReason
  readonly size_bytes: number
  readonly sha256: string
  readonly schema_version: number
  readonly verified_at: string | null
}

/** Making, listing and proving backups. */
export interface BackupsApi {
  /** Resolves when the backup is on disk and was opened once. Errors: `busy`, `storage_full`, `storage_unavailable`, `backup_damaged`. */
  create(
    input: {
      readonly reason: BackupReason
      readonly signal?: AbortSignal
      /** Bytes of the copy that are on disk, and of all. */
      readonly onProgress?: (done: number, total: number) => void
    },
    actor: Actor,
  ): Promise<BackupManifestView>
  /** Newest first; a damaged one is in the list without having been proved. */
  list(): readonly BackupManifestView[]
  /** Errors: `backup_unknown`, `backup_damaged`. */
  verify(id: string): Promise<BackupManifestView>
  /** Encrypts new backups with a passphrase, or no longer with null; those that are there stay as they are. Errors: `busy`. */
  setPassphrase(passphrase: string | null, actor: Actor): Promise<OperationOutput<'backups.setPassphrase'>>
  /** Newest first, with those whose manifest cannot be read. */
  entries(): OperationOutput<'backups.list'>['backups']
  /** What there is, where, and what stays. */
  overview(): Omit<OperationOutput<'backups.list'>, 'running'>
  /** Errors: `backup_unknown`, `backup_damaged`, `folder_unreadable`, `storage_full`, `invalid_request`, `busy`. */
  copy(id: string, actor: Actor): Promise<OperationOutput<'backups.copy'>>
  newestVerified(): BackupManifestView | null
  /** Whether one is being made. */
  isWorking(): boolean
  /** Never the last verified one. Errors: `backup_unknown`, `backup_needed`, `busy`. */
  delete(id: string, actor: Actor): Promise<void>
}

/** Backups that are being made for somebody who watches. */
export interface BackupRunsApi {
  /** Errors: `busy`. */
  start(reason: BackupReason, actor: Actor): OperationOutput<'backups.create'>
  /** Errors: `run_unknown`. */
  get(runId: string): OperationOutput<'backups.getRun'>
  /** Errors: `run_unknown`. */
  cancel(runId: string): OperationOutput<'backups.cancel'>
  /** What there is, and the run that is going on. */
  list(): OperationOutput<'backups.list'>
}

/** Tables that are written into files. */
export interface ExportsApi {
  /** Errors: `busy`. */
  start(request: ExportRequest): OperationOutput<'exports.start'>
  /** Errors: `run_unknown`. */
  get(runId: string): OperationOutput<'exports.getRun'>
  /** Errors: `run_unknown`. */
  cancel(runId: string): OperationOutput<'exports.cancel'>
  /** A piece of the file from that byte on. Errors: `run_unknown`, `busy`. */
  read(runId: string, offset: number): Promise<OperationOutput<'exports.read'>>
}

export interface JobsApi {
  list(): Promise<OperationOutput<'jobs.list'>>
  /** Errors: `job_unknown`. */
  get(query: ParsedInput<'jobs.get'>): Promise<OperationOutput<'jobs.get'>>
  /** Answers at once with the run. Errors: `job_unknown`, `busy`, `shutting_down`. */
  run(
    name: ParsedInput<'jobs.run'>['job'],
    options: { readonly isDryRun: boolean },
    actor: Actor,
  ): Promise<OperationOutput<'jobs.run'>>
  /** Errors: `run_unknown`. */
  getRun(runId: string): Promise<OperationOutput<'jobs.run.get'>>
  /** Settles when a run that was started by hand is over. Errors: `run_unknown`. */
  finished(runId: string): Promise<OperationOutput<'jobs.run.get'>>
  /** Errors: `run_unknown`. */
  cancel(runId: string, actor: Actor): Promise<OperationOutput<'jobs.cancel'>>
  /** Errors: `job_unknown`, `invalid_request`. */
  update(input: ParsedInput<'jobs.update'>, actor: Actor): Promise<OperationOutput<'jobs.update'>>
  /** Errors: `job_unknown`, `invalid_request`. */
  preview(input: ParsedInput<'jobs.preview'>): OperationOutput<'jobs.preview'>
  trustClock(actor: Actor): Promise<OperationOutput<'jobs.trustClock'>>
  /** Begins to run what is due, where the ports have timers. A face calls it once it is open. */
  start(): void
  /** Whether it was begun. */
  isStarted(): boolean
  /** Looks now what is due: the machine has woken up. */
  wake(): void
}

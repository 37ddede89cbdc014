import type { OperationOutput, ParsedInput } from '../../shared/contract/index.ts'
import type { Actor } from './callers.ts'

/** What the three faces may ask of restoring. */
export interface RestoresApi {
  /** What restoring a backup would change. Errors: `backup_unknown`, `backup_damaged`, `database_newer`, `busy`. */
  plan(backupId: string): Promise<OperationOutput<'restore.plan'>>
  /**
   * Takes the passphrase of an encrypted backup until this process ends. Errors: `backup_unknown`, `backup_damaged`,
   * `passphrase_wrong`, `invalid_request`.
   */
  unlock(input: ParsedInput<'restore.unlock'>): Promise<OperationOutput<'restore.unlock'>>
  /** Answers at once with the run. Errors: `backup_unknown`, `backup_damaged`, `busy`. */
  start(input: ParsedInput<'restore.start'>, actor: Actor): OperationOutput<'restore.start'>
  /**
   * Restores the newest backup that is whole, whether the database can be read or not. Answers with the run once one was
   * found. Errors: `backup_unknown`, `restore_impossible`, `busy`.
   */
  recover(actor: Actor): Promise<OperationOutput<'restore.recover'>>
  /** Goes back to what was before a restore. Errors: `run_unknown`, `restore_impossible`, `backup_unknown`, `busy`. */
  undo(runId: string, actor: Actor): OperationOutput<'restore.undo'>
  /** Errors: `run_unknown`. */
  get(runId: string): OperationOutput<'restore.get'>
  list(): OperationOutput<'restore.list'>
  /** Stops a run while nothing was decided; later it changes nothing. Errors: `run_unknown`. */
  cancel(runId: string): OperationOutput<'restore.cancel'>
  /** Settles when the run is over, whatever became of it. Errors: `run_unknown`. */
  finished(runId: string): Promise<OperationOutput<'restore.get'>>
}

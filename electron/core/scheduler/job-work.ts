import type { JobName } from '../../../shared/contract/jobs.ts'

/** What a job is to the scheduler: a function. It knows nothing of times, runs or logs on disk. */

/** Lines of one run, for its log and the tail that is kept with it. No tokens and no prompt text. */
export interface JobLog {
  info(line: string): void
  warn(line: string): void
}

/** What a run is given. */
export interface JobRun {
  /** Change nothing, and count what would change. */
  readonly dryRun: boolean
  /** Aborted when the run is cancelled or Weir ends: stop at the next safe place by `signal.throwIfAborted()`. */
  readonly signal: AbortSignal
  readonly log: JobLog
  /** Why nothing may be removed now, or null. */
  readonly removalHold: string | null
  /** What it is doing, in words for the screen. */
  progress(phase: string): void
}

/** What came out. */
export interface JobOutcome {
  /** Numbers by name: `users_rolled_over`. Names are shown with blanks for the underscores. */
  readonly counts: Readonly<Record<string, number>>
  /** What it could not be done for; 0 when all is done. */
  readonly failures: number
  readonly firstError: string | null
}

/** Does a job once. What it throws fails the run; a failure for one user must not stop the others. */
export type JobWork = (run: JobRun) => Promise<JobOutcome>

/** The jobs of this Weir. One without work is in no list and cannot be run. */
export type JobWorks = { readonly [Name in JobName]?: JobWork }

/** When each runs until the operator decides otherwise (DESIGN 8), in the billing zone. */
export const DEFAULT_SCHEDULES: Readonly<Record<JobName, string>> = {
  hourly: '5 * * * *',
  daily: '5 0 * * *',
  monthly: '10 0 1 * *',
  reconcile: '0 2 * * 0',
  backup: '30 1 * * *',
}

/**
 * The order when several are due. A month must be closed before its turns may be removed, and a backup is to be there
 * before anything is removed or repaired.
 */
export const RUN_ORDER: readonly JobName[] = ['hourly', 'monthly', 'backup', 'daily', 'reconcile']

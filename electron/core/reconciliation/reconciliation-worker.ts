import type { RereadSession } from './repair-user.ts'
import type { DriftMessage, DriftResult } from './scan-drift.ts'

/** What reconciling asks of the worker thread. */
export interface ReconciliationWorker {
  /** Compares a folder with the ledger. Errors: `folder_unreadable`, `cancelled`, `shutting_down`, what `onMessage` throws. */
  scan(
    input: {
      readonly sessionsDir: string
      readonly userId: string | null
      /** `all` or a month. */
      readonly period: string
      readonly isFull: boolean
      readonly startedAt: number
    },
    onMessage: (message: DriftMessage) => Promise<void>,
    signal: AbortSignal,
  ): Promise<DriftResult>
  /** Reads some files of one user again. */
  reread(
    sessionsDir: string,
    userId: string,
    sessionIds: readonly string[],
  ): Promise<readonly RereadSession[]>
}

import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { EpochMs } from '../../../shared/units.ts'
import type { Actor } from '../api.ts'
import type { UnreadableFile } from '../sessions/list-session-files.ts'
import type { ScannedFile } from '../sessions/scan-sessions.ts'
import type { SessionReading } from '../sessions/session-reading.ts'

/** What importing asks of the ledger. */

/** `import` writes; `dry-run` only counts what would be written; `validate` only compares the sources and the ledger. */
export type ImportMode = 'import' | 'dry-run' | 'validate'

/** What became of the rows of some sessions; a row is a turn, or what a session spent outside its turns. */
export interface ImportEffects {
  readonly imported: number
  /** In the ledger with the same figures. */
  readonly alreadyThere: number
  /** In the ledger with other figures, recorded by someone else; left as they are. */
  readonly conflicting: number
}

/** What the ledger's turns of one user and period add up to. Tokens include those spent outside turns. */
export interface PeriodTotals {
  readonly userId: string
  /** `2026-11`, in the billing time zone. */
  readonly period: string
  /** Sessions created in the period, without the one that stands for a month taken over as sums. */
  readonly sessions: number
  readonly turns: number
  readonly successfulTurns: number
  readonly failedTurns: number
  readonly partialTurns: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly ragGuidedTurns: number
  /** Tokens saved, without those lost: the sum of the turns that saved. */
  readonly ragOutputTokensSaved: number
  /** Everything, however it was priced. */
  readonly costMicroUsd: number
  /** Of that, what files and callers reported (price source `reported`). */
  readonly reportedCostMicroUsd: number
  /** Turns that were recorded through the API (source `api`). */
  readonly apiTurns: number
}

export interface LedgerImport {
  /**
   * Writes the turns of these sessions (at most about 100, or one longer piece) in one transaction, and makes users
   * and sessions that are missing. Rows that exist are left alone. A session may come in pieces: then the later ones
   * have no tokens outside turns. `batch` is the import that can be undone, if it is one.
   */
  importSessions(sessions: readonly SessionReading[], batch?: number | null): Promise<ImportEffects>
  /** The names of those of these users there are, by their ids. */
  usersKnown(userIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** How many of the rows of these sessions the ledger has, with whatever figures. Writes nothing. */
  countKnownTurns(sessions: readonly SessionReading[]): Promise<number>
  /**
   * Remembers what was read. A file with a `problem` must not lower what is known of its session. Answers with files
   * that have lost turns the ledger holds, which is remembered as their problem.
   */
  recordFiles(files: readonly ScannedFile[]): Promise<readonly UnreadableFile[]>
  /** Up to when turns are in the sums of their month alone, by user and month such as `2026-11`. */
  prunedBefore(userIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, EpochMs>>>
  /** Archive rows for closed months of these users that have none; how many were written. */
  archiveClosedPeriods(userIds: readonly string[], batch?: number | null): Promise<number>
  /** What the ledger holds now, read back from its turns and sessions, not from counters. */
  totalsByUserAndPeriod(userIds: readonly string[]): Promise<readonly PeriodTotals[]>
  /** One line in the audit log about an import that may have written something, however it ended. */
  auditImport(actor: Actor, run: OperationOutput<'import.get'>): Promise<void>
}

import { setImmediate as nextMacrotask } from 'node:timers/promises'
import type { UnreadableFile } from '../sessions/list-session-files.ts'
import type { ScanBatch, ScanMessage, ScanResult } from '../sessions/scan-sessions.ts'
import type { LedgerImport } from './ledger-port.ts'
import { slicesOf } from './write-slices.ts'

/** One pass over a sessions folder: files that have changed are read and booked, through the path every import takes. */

/** Scans for changed files; the next message comes when `onMessage` has settled. */
export type ScanChanged = (
  sessionsDir: string,
  onMessage: (message: ScanMessage) => Promise<void>,
  signal: AbortSignal,
) => Promise<ScanResult>

/** What a pass came to. */
export interface CatchUpResult {
  readonly filesRead: number
  readonly filesUnchanged: number
  /** Changed, but written to a moment ago: the next pass reads them. */
  readonly filesUnrested: number
  /** Ledger rows written. */
  readonly turnsWritten: number
  /** Rows the ledger holds with other figures; left as they are. */
  readonly conflicting: number
  readonly problemCount: number
  /** The first of them. */
  readonly problems: readonly UnreadableFile[]
}

/** Problems that are listed; what is beyond is only counted, or a wrong folder would fill the memory. */
export const PROBLEMS_LISTED_MAX = 200

/** Users whose months are closed in one step, between which limit checks are answered. */
const USERS_A_STEP = 50

export class CatchUpRun {
  readonly #ledger: LedgerImport
  readonly #touched = new Set<string>()
  readonly #problems: UnreadableFile[] = []
  #problemCount = 0
  #filesRead = 0
  #turnsWritten = 0
  #conflicting = 0

  constructor(ledger: LedgerImport) {
    this.#ledger = ledger
  }

  /** Errors: `folder_unreadable`, `storage_full`, `storage_unavailable`, `shutting_down`, `cancelled`. */
  async work(sessionsDir: string, scan: ScanChanged, signal: AbortSignal): Promise<CatchUpResult> {
    const { filesUnchanged, filesUnrested } = await scan(
      sessionsDir,
      (message) => this.#take(message, signal),
      signal,
    )
    const users = [...this.#touched]
    for (let from = 0; from < users.length; from += USERS_A_STEP) {
      await this.#ledger.archiveClosedPeriods(users.slice(from, from + USERS_A_STEP))
    }
    return {
      filesRead: this.#filesRead,
      filesUnchanged,
      filesUnrested,
      turnsWritten: this.#turnsWritten,
      conflicting: this.#conflicting,
      problemCount: this.#problemCount,
      problems: this.#problems,
    }
  }

  async #take(message: ScanMessage, signal: AbortSignal): Promise<void> {
    if (message.kind === 'listed') return
    for (const slice of slicesOf(message.pieces)) {
      signal.throwIfAborted()
      const effect = await this.#ledger.importSessions(slice.map(({ session }) => session))
      this.#turnsWritten += effect.imported
      this.#conflicting += effect.conflicting
      if (effect.imported > 0) for (const { session } of slice) this.#touched.add(session.userId)
      // Limit checks that came meanwhile are answered before the next slice.
      await nextMacrotask()
    }
    await this.#takeFiles(message)
  }

  async #takeFiles({ files, unreadable }: ScanBatch): Promise<void> {
    // After their turns: a file must not be remembered as read before what it says is in the ledger.
    const shrunk = files.length === 0 ? [] : await this.#ledger.recordFiles(files)
    this.#filesRead += files.length
    const problems = [...unreadable, ...shrunk]
    this.#problemCount += problems.length
    this.#problems.push(...problems.slice(0, Math.max(0, PROBLEMS_LISTED_MAX - this.#problems.length)))
  }
}

import { setImmediate as nextMacrotask } from 'node:timers/promises'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { microUsdToUsd, SECOND_MS, toIso } from '../../../shared/units.ts'
import { periodText } from '../consumption/windows.ts'
import type { Clock } from '../kernel/ports.ts'
import type { UnreadableFile } from '../sessions/list-session-files.ts'
import type { ScanBatch, ScanMessage, SessionPiece } from '../sessions/scan-sessions.ts'
import type { SessionScanner } from '../sessions/session-scanner.ts'
import { AuthDatabasePart } from './auth-part.ts'
import type { AuthDatabase } from './auth-port.ts'
import { BooksOnly } from './books-only.ts'
import { FileTotals, type Mismatch } from './file-totals.ts'
import { ImportedUsers } from './imported-users.ts'
import type { ImportMode, LedgerImport } from './ledger-port.ts'
import { slicesOf } from './write-slices.ts'

/** One run of an import, from the first file to the report. */

type ImportRunState = OperationOutput<'import.get'>
type ImportReport = NonNullable<ImportRunState['report']>

/** Where an import reads; at least one of the two. */
export interface ImportSources {
  readonly sessionsDir: string | null
  readonly authDb: string | null
}

export interface ImportRunPorts {
  readonly ledger: LedgerImport
  readonly authDatabase: AuthDatabase
  readonly scanner: SessionScanner
  readonly clock: Clock
}

/** Users whose months are archived or compared in one step, between which limit checks are answered. */
const USERS_A_STEP = 50

/** Entries of a list in the report; a folder that is wrong altogether must not fill the memory with its reasons. */
const REPORT_LIST_MAX = 10_000

export class ImportRun {
  readonly runId: string
  readonly mode: ImportMode
  readonly #ports: ImportRunPorts
  readonly #sources: ImportSources
  readonly #auth: AuthDatabasePart | null
  readonly #pruned = new Map<string, ReadonlyMap<string, number>>()
  readonly #totals: FileTotals
  readonly #books: BooksOnly
  readonly #people: ImportedUsers
  readonly #startedAt: number
  readonly #startedMonotonicMs: number
  readonly #stop = new AbortController()
  readonly #unreadable: UnreadableFile[] = []
  readonly #mismatches: Mismatch[] = []
  readonly #ledgerCosts = new Map<string, number>()
  #state: Pick<ImportRunState, 'status' | 'phase' | 'error' | 'report'> = {
    status: 'running',
    phase: 'listing',
    error: null,
    report: null,
  }
  #filesTotal = 0
  #filesDone = 0
  #unreadableCount = 0
  #imported = 0
  #alreadyThere = 0
  #conflicting = 0
  #equalPairs = 0
  #isInsideSession = false
  #batch: number | null = null
  #elapsedMs: number | null = null
  #finishedAt: number | null = null

  constructor(ports: ImportRunPorts, run: ImportSources & { runId: string; mode: ImportMode; zone: string }) {
    this.#ports = ports
    this.runId = run.runId
    this.mode = run.mode
    this.#sources = { sessionsDir: run.sessionsDir, authDb: run.authDb }
    this.#auth =
      run.authDb === null
        ? null
        : new AuthDatabasePart(run.authDb, run.mode, ports.authDatabase, {
            batch: () => this.#batch,
            onUsers: (userIds) => this.#noteUsers(userIds),
            stopIfCancelled: () => this.#stop.signal.throwIfAborted(),
            onSession: (session, turns) => this.#books.add(session, turns),
            sumsOf: (userId, period) => this.#totals.sumsOf(userId, periodText(period)),
          })
    this.#totals = new FileTotals(run.zone, this.#pruned)
    this.#people = new ImportedUsers(ports.ledger)
    this.#books = new BooksOnly(this.#totals)
    this.#startedAt = ports.clock.now()
    this.#startedMonotonicMs = ports.clock.monotonicMs()
  }

  get isRunning(): boolean {
    return this.#state.status === 'running'
  }

  /** Stops at the next moment between two sessions. */
  cancel(): void {
    this.#stop.abort()
  }

  /**
   * Reads, writes and compares. Throws what stopped it; `end` must be called in any case. `beforeWriting` is waited for
   * by a run that writes, and answers under which number it is noted.
   */
  async work(beforeWriting: (signal: AbortSignal) => Promise<number | null>): Promise<void> {
    if (this.mode === 'import') {
      this.#batch = await beforeWriting(this.#stop.signal).catch((error: unknown) => {
        this.#stopIfCancelled()
        throw error
      })
    }
    if (this.#auth !== null) {
      // Before the files: their turns are priced by the prices it brings, and their users have a name then.
      this.#state.phase = 'taking'
      await this.#auth.people()
    }
    await this.#readFiles()
    if (this.#auth !== null) {
      this.#state.phase = this.mode === 'import' ? 'writing' : 'reading'
      await this.#auth.ledger()
    }
    await this.#closeAndCompare()
  }

  async #readFiles(): Promise<void> {
    const { sessionsDir } = this.#sources
    if (sessionsDir === null) return
    const input = {
      sessionsDir,
      // Comparing needs every file, also those that have not changed.
      known: new Map(),
      hashContents: this.mode === 'import',
    }
    await this.#ports.scanner.scan(input, (message) => this.#take(message))
  }

  async #closeAndCompare(): Promise<void> {
    if (this.mode === 'import') {
      const userIds = [...new Set([...this.#totals.userIds, ...(this.#auth?.userIds ?? [])])]
      this.#state.phase = 'archiving'
      await this.#forUsers(userIds, async (some) => {
        await this.#ports.ledger.archiveClosedPeriods(some, this.#batch)
      })
    }
    this.#state.phase = 'validating'
    await this.#auth?.compare()
    if (this.mode === 'dry-run') return
    await this.#forUsers(this.#totals.userIds, (some) => this.#validate(some))
  }

  /** Closes the run with its report; `error` only for a run that failed. */
  end(status: 'done' | 'cancelled' | 'failed', error: { code: string; detail: string } | null): void {
    this.#finishedAt = this.#ports.clock.now()
    this.#elapsedMs = this.#ports.clock.monotonicMs() - this.#startedMonotonicMs
    this.#state = { status, phase: 'finished', error, report: this.#report(status === 'done') }
  }

  /** The run as it stands, in the words of the contract. */
  snapshot(): ImportRunState {
    const elapsedMs = this.#elapsedMs ?? this.#ports.clock.monotonicMs() - this.#startedMonotonicMs
    return {
      run_id: this.runId,
      sessions_dir: this.#sources.sessionsDir,
      auth_db: this.#sources.authDb,
      ...this.#state,
      files_total: this.#filesTotal,
      files_done: this.#filesDone,
      auth_rows_total: this.#auth?.rowsTotal ?? 0,
      auth_rows_done: this.#auth?.rowsDone ?? 0,
      turns_written: this.#imported + (this.#auth?.turnsWritten ?? 0),
      files_per_second: elapsedMs > 0 ? Math.round((this.#filesDone * SECOND_MS) / elapsedMs) : 0,
      started_at: toIso(this.#startedAt),
      finished_at: this.#finishedAt === null ? null : toIso(this.#finishedAt),
    }
  }

  async #take(message: ScanMessage): Promise<void> {
    this.#stopIfCancelled()
    if (message.kind === 'listed') {
      this.#filesTotal = message.files
      this.#state.phase = 'reading'
      return
    }
    for (const slice of slicesOf(message.pieces)) {
      this.#stopIfCancelled()
      await this.#book(slice)
      this.#isInsideSession = slice.at(-1)?.isLast === false
      // Limit checks that came meanwhile are answered before the next slice.
      await nextMacrotask()
    }
    await this.#takeFiles(message)
  }

  async #book(pieces: readonly SessionPiece[]): Promise<void> {
    const { ledger } = this.#ports
    const sessions = pieces.map((piece) => piece.session)
    await this.#noteUsers(sessions.map((session) => session.userId))
    if (this.mode === 'import') {
      this.#state.phase = 'writing'
      const effects = await ledger.importSessions(sessions, this.#batch)
      this.#imported += effects.imported
      this.#alreadyThere += effects.alreadyThere
      this.#conflicting += effects.conflicting
    } else {
      this.#alreadyThere += await ledger.countKnownTurns(sessions)
    }
    // Only now: the report of a run that was stopped tells what it booked, not what it had read ahead.
    for (const piece of pieces) {
      this.#totals.add(piece)
      if (this.#auth !== null) this.#books.noteFile(piece.session)
    }
  }

  /** Before anything is counted of them: what is in the sums of a month alone cannot be read back turn by turn. */
  async #noteUsers(userIds: readonly string[]): Promise<void> {
    await this.#people.note(userIds)
    const others = [...new Set(userIds)].filter((userId) => !this.#pruned.has(userId))
    if (others.length === 0) return
    const found = await this.#ports.ledger.prunedBefore(others)
    for (const userId of others) this.#pruned.set(userId, found.get(userId) ?? new Map())
  }

  async #takeFiles(batch: ScanBatch): Promise<void> {
    // After their turns: a file must not be remembered as read before what it says is in the ledger.
    if (this.mode === 'import' && batch.files.length > 0) await this.#ports.ledger.recordFiles(batch.files)
    this.#filesDone = batch.filesDone
    // Files may appear while the folder is read.
    this.#filesTotal = Math.max(this.#filesTotal, batch.filesDone)
    this.#unreadableCount += batch.unreadable.length
    this.#unreadable.push(
      ...batch.unreadable.slice(0, Math.max(0, REPORT_LIST_MAX - this.#unreadable.length)),
    )
  }

  async #validate(userIds: readonly string[]): Promise<void> {
    const ledger = await this.#ports.ledger.totalsByUserAndPeriod(userIds)
    const { equalPairs, mismatches } = this.#totals.compare(userIds, ledger)
    this.#equalPairs += equalPairs
    this.#people.noteInexact(mismatches.map((one) => one.user_id))
    this.#mismatches.push(...mismatches.slice(0, Math.max(0, REPORT_LIST_MAX - this.#mismatches.length)))
    for (const { period, costMicroUsd } of ledger) {
      this.#ledgerCosts.set(period, (this.#ledgerCosts.get(period) ?? 0) + costMicroUsd)
    }
  }

  async #forUsers(
    userIds: readonly string[],
    step: (some: readonly string[]) => Promise<void>,
  ): Promise<void> {
    for (let from = 0; from < userIds.length; from += USERS_A_STEP) {
      this.#stopIfCancelled()
      await step(userIds.slice(from, from + USERS_A_STEP))
      await nextMacrotask()
    }
  }

  #stopIfCancelled(): void {
    // Whole sessions that were written stay: one of which a part is written is written to its end first.
    if (!this.#isInsideSession) this.#stop.signal.throwIfAborted()
  }

  #report(isComplete: boolean): ImportReport {
    const writtenOfBooks = this.#auth?.turnsWritten ?? 0
    const written = this.#imported + writtenOfBooks
    // Read back, what was written is there too; a run that was stopped has not read back.
    const alreadyThere = this.#alreadyThere + Math.max(0, this.#books.same - writtenOfBooks)
    const isValidated = isComplete && this.mode !== 'dry-run'
    return {
      users: new Set([...this.#totals.userIds, ...(this.#auth?.userIds ?? [])]).size,
      sessions: this.#totals.sessions,
      turns: this.#totals.turns,
      unreadable: listWithRest(this.#unreadable, this.#unreadableCount),
      imported: this.mode === 'dry-run' ? this.#totals.rows - alreadyThere : written,
      already_there: alreadyThere,
      conflicting: this.#conflicting + this.#books.others,
      accuracy_percent: isValidated ? accuracyPercent(this.#equalPairs, this.#totals.pairs) : null,
      mismatches: this.#mismatches,
      periods: this.#totals.periods().map((sum) => ({
        period: sum.period,
        users: sum.users,
        turns: sum.turns,
        input_tokens: sum.inputTokens,
        output_tokens: sum.outputTokens,
        // Files seldom tell costs; the ledger has priced every turn.
        cost_usd: microUsdToUsd(isValidated ? (this.#ledgerCosts.get(sum.period) ?? 0) : sum.costMicroUsd),
      })),
      by_user: this.#people.report(this.#totals.byUser(), isValidated).slice(0, REPORT_LIST_MAX),
      outside_turns_tokens: this.#totals.outsideTokens,
      dry_run: this.mode === 'dry-run',
      validate_only: this.mode === 'validate',
      auth_database: this.#auth?.report(isComplete) ?? null,
    }
  }
}

/** Cut off to hundredths, not rounded: 100 is only said when every pair is equal. */
function accuracyPercent(equalPairs: number, pairs: number): number | null {
  return pairs === 0 ? null : Math.floor((equalPairs * 10_000) / pairs) / 100
}

function listWithRest(listed: readonly UnreadableFile[], count: number): UnreadableFile[] {
  const rest = count - listed.length
  return rest === 0
    ? [...listed]
    : [...listed, { path: '…', reason: `${rest} more files could not be read either.` }]
}

import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { ErrorCode } from '../../../shared/error-codes.ts'
import { MINUTE_MS, SECOND_MS, toIso, toIsoOrNull } from '../../../shared/units.ts'
import type { ChangeFeed } from '../kernel/change-feed.ts'
import type { Clock, Logger, Timers } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { type CatchUpResult, CatchUpRun, type ScanChanged } from './catch-up-run.ts'
import type { LedgerImport } from './ledger-port.ts'
import { FolderWatch } from './watch-folder.ts'

/** Keeps the ledger up with the session files while Weir runs, and catches up with what happened while it did not. */

/** The part of `sessionFiles.get` that following is about. */
export type WatcherState = Omit<OperationOutput<'sessionFiles.get'>, 'writer' | 'dual_write'>

/** Which folder is to be followed, or why none is. */
export type Followed =
  | { readonly kind: 'folder'; readonly sessionsDir: string }
  | { readonly kind: 'off' | 'no_folder' | 'not_set_up' }

export interface SessionWatcherParts {
  readonly ledger: LedgerImport
  readonly scan: ScanChanged
  readonly clock: Clock
  readonly log: Logger
  /** Without them nothing starts by itself. */
  readonly timers: Timers | undefined
  readonly changes: Pick<ChangeFeed, 'publish'>
  /** Asked before every pass, so that a changed setting holds at once. */
  readonly followed: () => Promise<Followed>
  /** Whether something else writes the ledger from files just now. */
  readonly isBusy: () => boolean
}

/** A file that was written to within this time is left for the next pass: its writer may be in the middle of a turn. */
export const REST_MS = 5 * SECOND_MS

/** One that seems to be written in the future was written while the scan goes on; further ahead, a clock was wrong. */
export const AHEAD_MS = MINUTE_MS

/** After the last change a pass waits this long: an agent replaces a file several times a second while it works. */
const DEBOUNCE_MS = 2 * SECOND_MS
/** … but under a steady stream of changes not longer than this. */
const PATIENCE_MS = 30 * SECOND_MS
/** A safety net for what the system does not tell; a pass over 10 000 unchanged files takes a fraction of a second. */
const RESCAN_MS = MINUTE_MS
/** A pass must not take more than a twentieth of the time, however large the folder is. */
const PAUSE_PER_PASS = 19
/** When somebody else is reading files, or a pass failed, the next try. */
const RETRY_MS = 10 * SECOND_MS

/** What screens ask again for after turns were booked. */
const TOPICS = ['consumption', 'sessions', 'users', 'sessionFiles', 'status']

export class SessionWatcher {
  readonly #parts: SessionWatcherParts
  readonly #stop = new AbortController()
  #watch: FolderWatch | undefined
  #watched: string | undefined
  #kind: WatcherState['state'] = 'not_started'
  #timer: { readonly dueMs: number; readonly cancel: () => void } | undefined
  #changedSinceMs: number | undefined
  #running: Promise<void> | undefined
  #caughtUpAt: number | null = null
  #last: (CatchUpResult & { readonly startedAt: number; readonly tookMs: number }) | null = null
  #error: { readonly code: ErrorCode; readonly detail: string } | null = null
  #turnsWritten = 0
  #filesRead = 0

  constructor(parts: SessionWatcherParts) {
    this.#parts = parts
  }

  /** Begins to follow the folder, where the ports have timers. A face calls it once it is open. */
  start(): void {
    if (this.#parts.timers !== undefined) this.#schedule(0)
  }

  /** Looks soon: a setting has changed, or somebody asks. Nothing before `start`. */
  look(): void {
    if (this.#kind !== 'not_started') this.#schedule(0)
  }

  /** One pass now, whether or not it was started. Errors: those of a pass; `busy`, `folder_unreadable`. */
  async catchUp(): Promise<WatcherState> {
    while (this.#running !== undefined) await this.#running
    const followed = await this.#parts.followed()
    if (followed.kind !== 'folder') {
      throw new WeirError('folder_unreadable', REASONS[followed.kind])
    }
    if (this.#parts.isBusy()) throw new WeirError('busy', 'Session files are being read already.')
    await this.#pass(followed.sessionsDir)
    if (this.#error !== null) throw new WeirError(this.#error.code, this.#error.detail)
    return this.state()
  }

  state(): WatcherState {
    const last = this.#last
    return {
      state: this.#kind,
      sessions_dir: this.#watched ?? null,
      hears_changes: this.#watch?.isWhole === true,
      is_reading: this.#running !== undefined,
      caught_up_at: toIsoOrNull(this.#caughtUpAt),
      files_waiting: last?.filesUnrested ?? 0,
      has_changes: this.#changedSinceMs !== undefined,
      problem_count: last?.problemCount ?? 0,
      problems: [...(last?.problems ?? [])],
      last_pass:
        last === null
          ? null
          : {
              started_at: toIso(last.startedAt),
              took_ms: last.tookMs,
              files_read: last.filesRead,
              files_unchanged: last.filesUnchanged,
              turns_written: last.turnsWritten,
              conflicting: last.conflicting,
            },
      last_error: this.#error,
      files_read: this.#filesRead,
      turns_written: this.#turnsWritten,
    }
  }

  /** Ends a pass between two slices and waits for it. To be called before the ledger and the worker close. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#timer?.cancel()
    this.#watch?.close()
    await this.#running
  }

  #schedule(ms: number): void {
    const { timers, clock } = this.#parts
    if (timers === undefined || this.#stop.signal.aborted) return
    const dueMs = clock.monotonicMs() + ms
    // What is due sooner stays; it decides anew when it comes.
    if (this.#timer !== undefined && this.#timer.dueMs <= dueMs) return
    this.#timer?.cancel()
    const cancel = timers.after(ms, () => {
      this.#timer = undefined
      void this.#tick()
    })
    this.#timer = { dueMs, cancel }
  }

  #onChange(): void {
    const now = this.#parts.clock.monotonicMs()
    this.#changedSinceMs ??= now
    const isPatient = now - this.#changedSinceMs < PATIENCE_MS
    // Each change pushes the pass back, as long as patience lasts.
    if (isPatient) {
      this.#timer?.cancel()
      this.#timer = undefined
    }
    this.#schedule(DEBOUNCE_MS)
  }

  async #tick(): Promise<void> {
    if (this.#running !== undefined) return this.#schedule(DEBOUNCE_MS)
    try {
      const followed = await this.#parts.followed()
      if (followed.kind !== 'folder') {
        this.#leave(followed.kind)
        return this.#schedule(RESCAN_MS)
      }
      if (this.#parts.isBusy()) return this.#schedule(RETRY_MS)
      await this.#pass(followed.sessionsDir)
      this.#schedule(this.#pauseMs())
    } catch (error) {
      // Only a fault of Weir comes here; the files are looked at again all the same.
      this.#parts.log.error('following the session files failed', { area: 'sessions', error })
      this.#schedule(RETRY_MS)
    }
  }

  #pauseMs(): number {
    if (this.#error !== null) return RETRY_MS
    const pause = PAUSE_PER_PASS * (this.#last?.tookMs ?? 0)
    // Somebody waits for these; a minute is as long as the others wait without anybody writing.
    if ((this.#last?.filesUnrested ?? 0) > 0) return Math.min(RESCAN_MS, Math.max(REST_MS, pause))
    return Math.max(RESCAN_MS, pause)
  }

  #leave(kind: 'off' | 'no_folder' | 'not_set_up'): void {
    this.#kind = kind
    this.#watch?.close()
    this.#watch = undefined
    this.#watched = undefined
    this.#error = null
  }

  /** Never rejects for what the folder or the storage is: that is in the state. */
  #pass(sessionsDir: string): Promise<void> {
    const running = this.#work(sessionsDir).finally(() => {
      this.#running = undefined
    })
    this.#running = running
    return running
  }

  async #work(sessionsDir: string): Promise<void> {
    const { clock, ledger, scan, log, changes } = this.#parts
    const startedAt = clock.now()
    const startedMs = clock.monotonicMs()
    this.#changedSinceMs = undefined
    await this.#hear(sessionsDir)
    try {
      const result = await new CatchUpRun(ledger).work(sessionsDir, scan, this.#stop.signal)
      const tookMs = Math.round(clock.monotonicMs() - startedMs)
      const before = this.#last?.problemCount ?? 0
      this.#last = { ...result, startedAt, tookMs }
      this.#kind = 'following'
      this.#error = null
      // What was written to just then is left for the next pass; everything before it is in the books.
      const restedAt = result.filesUnrested === 0 ? startedAt : startedAt - REST_MS
      this.#caughtUpAt = Math.max(this.#caughtUpAt ?? restedAt, restedAt)
      this.#filesRead += result.filesRead
      this.#turnsWritten += result.turnsWritten
      this.#tell(result, tookMs, before)
    } catch (error) {
      if (this.#stop.signal.aborted) return
      if (!(error instanceof WeirError)) throw error
      const isNews = this.#error?.code !== error.code
      this.#kind = 'failing'
      this.#error = { code: error.code, detail: error.message }
      if (isNews)
        log.warn('session files could not be read in', {
          area: 'sessions',
          code: error.code,
          detail: error.message,
        })
      changes.publish('sessionFiles')
    }
  }

  #tell(result: CatchUpResult, tookMs: number, problemsBefore: number): void {
    const { log, changes } = this.#parts
    const { filesRead, turnsWritten, conflicting, problemCount } = result
    if (filesRead > 0 && (turnsWritten > 0 || conflicting > 0)) {
      log.info('session files were read in', {
        area: 'sessions',
        files: filesRead,
        turns: turnsWritten,
        conflicting,
        took_ms: tookMs,
      })
    }
    if (problemCount > problemsBefore) {
      log.warn('session files have problems; nothing was taken out of the books', {
        area: 'sessions',
        count: problemCount,
        path: result.problems.at(0)?.path,
        reason: result.problems.at(0)?.reason,
      })
    }
    if (turnsWritten > 0) for (const topic of TOPICS) changes.publish(topic)
    else if (problemCount !== problemsBefore) changes.publish('sessionFiles')
  }

  async #hear(sessionsDir: string): Promise<void> {
    if (this.#parts.timers === undefined) {
      this.#watched = sessionsDir
      return
    }
    if (this.#watch === undefined || this.#watched !== sessionsDir) {
      this.#watch?.close()
      this.#watch = new FolderWatch(sessionsDir, () => this.#onChange())
      this.#watched = sessionsDir
    }
    await this.#watch.refresh()
  }
}

const REASONS = {
  off: 'Reading session files in is switched off. Switch it on in the settings.',
  no_folder: 'No folder of session files is known. Import one, or name it in the settings.',
  not_set_up: 'Weir is not set up yet, or shows sample data. Import the session files first.',
} as const

import { CompiledQuery, type Kysely, type Transaction } from 'kysely'
import { WeirError } from '../kernel/weir-error.ts'
import { withDirectConnection } from './direct-connection.ts'
import { takeNoted } from './noted-changes.ts'
import type { Schema } from './schema.ts'
import { isLockedByOthers, toStorageError } from './storage-error.ts'

type Writer = Transaction<Schema>

interface QueuedJob {
  readonly run: (trx: Writer) => Promise<unknown>
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

interface QueuedSlice extends QueuedJob {
  readonly queuedAtMs: number
}

type Outcome = { readonly settle: () => void; readonly noted: readonly string[] }

// A batch holds the main thread for its whole length; 256 short jobs take about ten milliseconds.
const JOBS_PER_COMMIT_MAX = 256
// Someone else's lock (a sqlite3 shell) is waited for without blocking the loop, then the caller is told to come back.
const LOCK_WAIT_MS_MAX = 2_000
// Between two tries; long enough to let the loop work, short enough not to be felt.
const LOCK_RETRY_MS = 25

// A slice of long work starts only when nobody has asked for anything this long: between two of a busy agent's calls.
const QUIET_MS = 3
// … but it must get on under any load: a slice takes about ten milliseconds, so it then has a fifth of the time.
const SLICE_PATIENCE_MS = 40

const SAVEPOINT = CompiledQuery.raw('savepoint job')
const RELEASE = CompiledQuery.raw('release job')
const ROLL_BACK_TO = CompiledQuery.raw('rollback to job')

/**
 * Group commit: one transaction, and so one fsync, for all writes of one turn of the event loop.
 * Durable at nearly the price of not being durable (PERFORMANCE.md).
 */
export class GroupCommit {
  readonly #db: Kysely<Schema>
  #tell: ((topic: string) => void) | undefined
  #queue: QueuedJob[] = []
  readonly #slices: QueuedSlice[] = []
  #lastJobAtMs = Number.NEGATIVE_INFINITY
  /** Ends the pause before a slice: somebody has come. */
  #wake: (() => void) | undefined
  #flushing: Promise<void> | undefined
  /** Why nothing is taken any more; undefined while it is. */
  #refusal: (() => WeirError) | undefined
  /** Why nothing will be taken again from this file. */
  #end: (() => WeirError) | undefined

  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /** Tells of what jobs noted, once it is on disk. */
  whenNoted(tell: (topic: string) => void): void {
    this.#tell = tell
  }

  write<Result>(run: (trx: Writer) => Promise<Result>): Promise<Result> {
    const refusal = this.#refusal ?? this.#end
    if (refusal !== undefined) return Promise.reject(refusal())
    return new Promise<Result>((resolve, reject) => {
      this.#queue.push({ run, resolve: resolve as (result: unknown) => void, reject })
      this.#wake?.()
      this.#start()
    })
  }

  /** The same for one slice of long work: in a transaction of its own, when nobody else is waiting or its patience ends. */
  writeSlice<Result>(run: (trx: Writer) => Promise<Result>): Promise<Result> {
    const refusal = this.#refusal ?? this.#end
    if (refusal !== undefined) return Promise.reject(refusal())
    return new Promise<Result>((resolve, reject) => {
      const queuedAtMs = performance.now()
      this.#slices.push({ run, resolve: resolve as (result: unknown) => void, reject, queuedAtMs })
      this.#start()
    })
  }

  #start(): void {
    // The check phase comes after all input of this turn was read: what arrived together commits together.
    this.#flushing ??= new Promise<void>((done) => setImmediate(() => void this.#flushAll().then(done)))
  }

  async close(): Promise<void> {
    this.#refusal = () => new WeirError('shutting_down', 'Weir is shutting down. Try again in a moment.')
    await this.#flushing
  }

  /** Takes nothing more, for a restore; settles when what was taken is on disk. */
  async fence(): Promise<void> {
    this.#refusal = () =>
      new WeirError('restoring', 'A backup is being restored. Try again in a few seconds.')
    await this.#flushing
  }

  /** Takes nothing more from now on, whatever a restore does: for a file that is damaged. */
  refuseFrom(refusal: () => WeirError): void {
    this.#end = refusal
  }

  /** Takes jobs again: the restore was given up. */
  unfence(): void {
    this.#refusal = undefined
  }

  async #flushAll(): Promise<void> {
    while (this.#queue.length > 0 || this.#slices.length > 0) {
      const jobs = this.#queue.splice(0, JOBS_PER_COMMIT_MAX)
      if (jobs.length > 0) {
        await this.#commit(jobs)
        this.#lastJobAtMs = performance.now()
      }
      await this.#commitSliceIfDue()
      // Input that waited while this batch was written goes first into the next one.
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    this.#flushing = undefined
  }

  async #commitSliceIfDue(): Promise<void> {
    const [slice] = this.#slices
    if (slice === undefined) return
    const now = performance.now()
    const waitMs = Math.min(this.#lastJobAtMs + QUIET_MS, slice.queuedAtMs + SLICE_PATIENCE_MS) - now
    if (waitMs > 0) return this.#pause(waitMs)
    this.#slices.shift()
    await this.#commit([slice])
  }

  /** Waits, but not longer than until somebody comes. */
  #pause(ms: number): Promise<void> {
    if (this.#queue.length > 0) return Promise.resolve()
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
      const timer = setTimeout(end, ms)
      this.#wake = end
    })
  }

  async #commit(jobs: readonly QueuedJob[]): Promise<void> {
    const deadline = performance.now() + LOCK_WAIT_MS_MAX
    for (;;) {
      try {
        const outcomes = await this.#db
          .transaction()
          .execute((trx) => withDirectConnection(trx, () => runJobs(trx, jobs)))
        // Nobody hears "done" before the commit is on disk.
        for (const outcome of outcomes) outcome.settle()
        if (this.#tell !== undefined) for (const { noted } of outcomes) noted.forEach(this.#tell)
        return
      } catch (error) {
        const failure = error instanceof JobFailure ? error.cause : error
        if (failure !== error || !isLockedByOthers(error) || performance.now() > deadline) {
          for (const job of jobs) job.reject(toStorageError(failure))
          return
        }
      }
      await new Promise<void>((resolve) => setTimeout(resolve, LOCK_RETRY_MS * (0.5 + Math.random())))
    }
  }
}

/** A job that was alone in its transaction has thrown: all of it is rolled back, and that job is not tried again. */
class JobFailure extends Error {}

async function runJobs(trx: Writer, jobs: readonly QueuedJob[]): Promise<Outcome[]> {
  const [first] = jobs
  return first !== undefined && jobs.length === 1 ? [await runAlone(trx, first)] : runEach(trx, jobs)
}

/** Without a savepoint, which copies every page before its first change. */
async function runAlone(trx: Writer, job: QueuedJob): Promise<Outcome> {
  try {
    const result = await job.run(trx)
    return { settle: () => job.resolve(result), noted: takeNoted(trx) }
  } catch (cause) {
    throw new JobFailure('the only job of a transaction has failed', { cause })
  }
}

async function runEach(trx: Writer, jobs: readonly QueuedJob[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const job of jobs) {
    await trx.executeQuery(SAVEPOINT)
    try {
      const result = await job.run(trx)
      await trx.executeQuery(RELEASE)
      outcomes.push({ settle: () => job.resolve(result), noted: takeNoted(trx) })
    } catch (error) {
      takeNoted(trx)
      await undoJob(trx, error)
      const known = toStorageError(error)
      outcomes.push({ settle: () => job.reject(known), noted: [] })
    }
  }
  return outcomes
}

/** Undoes one job. On a full disk SQLite may have rolled everything back already: then the whole batch fails, of that cause. */
async function undoJob(trx: Writer, cause: unknown): Promise<void> {
  try {
    await trx.executeQuery(ROLL_BACK_TO)
    await trx.executeQuery(RELEASE)
  } catch (error) {
    // The savepoint went with the transaction; that it is missing is the consequence and not the news.
    throw toStorageError(cause) === cause ? error : cause
  }
}

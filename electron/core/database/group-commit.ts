import { CompiledQuery, type Kysely, type Transaction } from 'kysely'
import { WeirError } from '../kernel/weir-error.ts'
import type { Schema } from './schema.ts'
import { isLockedByOthers, toStorageError } from './storage-error.ts'

type Writer = Transaction<Schema>

interface QueuedJob {
  readonly run: (trx: Writer) => Promise<unknown>
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

type Outcome = { readonly job: QueuedJob; readonly settle: () => void }

// A batch holds the main thread for its whole length; 256 short jobs take about ten milliseconds.
const JOBS_PER_COMMIT_MAX = 256
// Someone else's lock (a sqlite3 shell) is waited for without blocking the loop, then the caller is told to come back.
const LOCK_WAIT_MS_MAX = 2_000
// Between two tries; long enough to let the loop work, short enough not to be felt.
const LOCK_RETRY_MS = 25

const SAVEPOINT = CompiledQuery.raw('savepoint job')
const RELEASE = CompiledQuery.raw('release job')
const ROLL_BACK_TO = CompiledQuery.raw('rollback to job')

/**
 * Group commit: one transaction, and so one fsync, for all writes of one turn of the event loop.
 * Durable at nearly the price of not being durable (PERFORMANCE.md).
 */
export class GroupCommit {
  readonly #db: Kysely<Schema>
  #queue: QueuedJob[] = []
  #flushing: Promise<void> | undefined
  #closed = false

  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  write<Result>(run: (trx: Writer) => Promise<Result>): Promise<Result> {
    if (this.#closed)
      return Promise.reject(new WeirError('shutting_down', 'Weir is shutting down. Try again in a moment.'))
    return new Promise<Result>((resolve, reject) => {
      this.#queue.push({ run, resolve: resolve as (result: unknown) => void, reject })
      // The check phase comes after all input of this turn was read: what arrived together commits together.
      this.#flushing ??= new Promise<void>((done) => setImmediate(() => void this.#flushAll().then(done)))
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#flushing
  }

  async #flushAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const jobs = this.#queue.splice(0, JOBS_PER_COMMIT_MAX)
      await this.#commit(jobs)
      // Input that waited while this batch was written goes first into the next one.
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    this.#flushing = undefined
  }

  async #commit(jobs: readonly QueuedJob[]): Promise<void> {
    const deadline = performance.now() + LOCK_WAIT_MS_MAX
    for (;;) {
      try {
        const outcomes = await this.#db.transaction().execute((trx) => runJobs(trx, jobs))
        // Nobody hears "done" before the commit is on disk.
        for (const outcome of outcomes) outcome.settle()
        return
      } catch (error) {
        if (!isLockedByOthers(error) || performance.now() > deadline) {
          for (const job of jobs) job.reject(toStorageError(error))
          return
        }
      }
      await new Promise<void>((resolve) => setTimeout(resolve, LOCK_RETRY_MS * (0.5 + Math.random())))
    }
  }
}

async function runJobs(trx: Writer, jobs: readonly QueuedJob[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const job of jobs) {
    await trx.executeQuery(SAVEPOINT)
    try {
      const result = await job.run(trx)
      await trx.executeQuery(RELEASE)
      outcomes.push({ job, settle: () => job.resolve(result) })
    } catch (error) {
      await undoJob(trx, error)
      const known = toStorageError(error)
      outcomes.push({ job, settle: () => job.reject(known) })
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

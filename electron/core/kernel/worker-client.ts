import { Worker } from 'node:worker_threads'
import { ERROR_CODES, type ErrorCode } from '../../../shared/error-codes.ts'
import { MINUTE_MS } from '../../../shared/units.ts'
import type { Clock, Logger } from './ports.ts'
import { WeirError } from './weir-error.ts'
import { within } from './within.ts'

/**
 * The main thread's end of the worker thread: named tasks with an input, batches on the way and a result.
 * The worker waits with the next batches until the earlier ones were handled, so neither side runs ahead of the other.
 */

/** What a task takes and gives. All of it must survive the structured clone between threads. */
export interface TaskShape {
  readonly input: unknown
  /** Sent on the way; `never` for tasks that only have a result. */
  readonly batch: unknown
  readonly result: unknown
}

/** Main to worker. */
export type WorkerRequest =
  | { readonly kind: 'start'; readonly id: number; readonly task: string; readonly input: unknown }
  | { readonly kind: 'acknowledge'; readonly id: number }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'end' }

/** Worker to main. After `done` or `failed` nothing more comes for that id. */
export type WorkerReply =
  | { readonly kind: 'batch'; readonly id: number; readonly batch: unknown }
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | {
      readonly kind: 'failed'
      readonly id: number
      readonly code: ErrorCode
      readonly detail: string
      /** Those of the `WeirError`: by them damage is known from a database that cannot be used just now. */
      readonly details: Readonly<Record<string, unknown>>
      readonly stack: string
    }

export interface WorkerClientOptions {
  /** Absolute path of `worker.js`, or of `worker.ts` on a Node that runs TypeScript. */
  readonly workerFile: string
  readonly clock: Clock
  readonly log: Logger
  /** Memory for the worker's objects in megabytes, 1024 unless said otherwise; a task that wants more ends the worker. */
  readonly heapMb?: number
}

export interface RunOptions<Batch> {
  /** Takes in one batch; the next one is delivered when its promise settles. What it throws ends the task. */
  readonly onBatch?: (batch: Batch) => Promise<void> | void
  /** Ends the task at the worker's next pause; the promise then rejects with `cancelled`. */
  readonly signal?: AbortSignal
}

interface Call {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  readonly onBatch: (batch: unknown) => Promise<void> | void
  /** Settles when every batch so far was handled; a result must not overtake them. */
  handled: Promise<void>
}

/** The largest file as text and once more parsed fits; a file that wants more must not take the machine's memory. */
const WORKER_HEAP_MB = 1024

/** A worker that keeps dying is not started for ever: the same file would kill it again. */
const CRASHES_A_MINUTE_MAX = 5

/** Killing a thread while it loads the database driver ends the whole process, so it is asked first. */
const END_LIMIT_MS = 8_000

/** Starts the worker with the first task, again after a crash, and ends it with `close`. */
export class WorkerClient<Tasks extends { readonly [Name in keyof Tasks]: TaskShape }> {
  readonly #options: WorkerClientOptions
  readonly #calls = new Map<number, Call>()
  #worker: Worker | undefined
  #lastId = 0
  #crashedAtMs: number[] = []
  #isClosed = false

  constructor(options: WorkerClientOptions) {
    this.#options = options
  }

  /**
   * Runs a task to its end. Errors: `cancelled`, `shutting_down`, those of the task, and `internal` when the worker
   * died (the next call starts a new one).
   */
  async run<Name extends keyof Tasks & string>(
    name: Name,
    input: Tasks[Name]['input'],
    options: RunOptions<Tasks[Name]['batch']> = {},
  ): Promise<Tasks[Name]['result']> {
    const { onBatch, signal } = options
    if (signal?.aborted) throw cancelled()
    const worker = this.#started()
    this.#lastId += 1
    const id = this.#lastId
    const cancel = () => worker.postMessage({ kind: 'cancel', id } satisfies WorkerRequest)
    signal?.addEventListener('abort', cancel, { once: true })
    worker.ref()
    try {
      return await new Promise<unknown>((resolve, reject) => {
        this.#calls.set(id, {
          resolve,
          reject,
          onBatch: onBatch ?? (() => undefined),
          handled: Promise.resolve(),
        })
        worker.postMessage({ kind: 'start', id, task: name, input } satisfies WorkerRequest)
      })
    } finally {
      signal?.removeEventListener('abort', cancel)
      this.#calls.delete(id)
      // An idle worker must not keep a finished command alive.
      if (this.#calls.size === 0) worker.unref()
    }
  }

  /** Ends the worker at its next pause; tasks that run are refused with `shutting_down`. */
  async close(): Promise<void> {
    this.#isClosed = true
    const worker = this.#worker
    this.#worker = undefined
    this.#rejectAll(new WeirError('shutting_down', 'Weir is shutting down, so this task was stopped.'))
    if (worker === undefined) return
    worker.ref()
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    worker.postMessage({ kind: 'end' } satisfies WorkerRequest)
    if ((await within(exited, END_LIMIT_MS)).kind === 'too-late') await worker.terminate()
  }

  #started(): Worker {
    if (this.#isClosed) throw new WeirError('shutting_down', 'Weir is shutting down and takes no new tasks.')
    if (this.#worker !== undefined) return this.#worker
    const minuteAgoMs = this.#options.clock.monotonicMs() - MINUTE_MS
    this.#crashedAtMs = this.#crashedAtMs.filter((at) => at > minuteAgoMs)
    if (this.#crashedAtMs.length >= CRASHES_A_MINUTE_MAX) {
      throw new WeirError(
        'internal',
        'The worker thread stopped five times within a minute. Wait a minute, then try again; the log says why it stopped.',
      )
    }
    const worker = new Worker(this.#options.workerFile, {
      name: 'weir-worker',
      resourceLimits: { maxOldGenerationSizeMb: this.#options.heapMb ?? WORKER_HEAP_MB },
      // Flags of the main process (a test runner's, a debugger's) are not the worker's.
      execArgv: [],
    })
    worker.on('message', (reply: WorkerReply) => this.#receive(worker, reply))
    worker.on('error', (error) => this.#crashed(worker, error))
    worker.on('exit', (exitCode) =>
      this.#crashed(worker, new Error(`the worker thread ended with code ${exitCode}`)),
    )
    worker.unref()
    this.#worker = worker
    return worker
  }

  #receive(worker: Worker, reply: WorkerReply): void {
    const call = this.#calls.get(reply.id)
    // A call that failed on this side is gone already; the worker learns of it by the cancel that was sent.
    if (call === undefined) return
    switch (reply.kind) {
      case 'batch':
        call.handled = call.handled.then(() => this.#handle(worker, reply.id, call, reply.batch))
        break
      case 'done':
        call.handled = call.handled.then(() => call.resolve(reply.result))
        break
      case 'failed':
        call.handled = call.handled.then(() => call.reject(errorOf(reply)))
        break
    }
  }

  /** Never rejects: what the handler throws ends the call. */
  async #handle(worker: Worker, id: number, call: Call, batch: unknown): Promise<void> {
    if (!this.#calls.has(id)) return
    try {
      await call.onBatch(batch)
      worker.postMessage({ kind: 'acknowledge', id } satisfies WorkerRequest)
    } catch (error) {
      worker.postMessage({ kind: 'cancel', id } satisfies WorkerRequest)
      this.#calls.delete(id)
      call.reject(error)
    }
  }

  /** An uncaught error is followed by the exit: only the first of the two counts. */
  #crashed(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#crashedAtMs.push(this.#options.clock.monotonicMs())
    this.#options.log.error('the worker thread stopped', {
      error: cause instanceof Error ? cause.message : String(cause),
    })
    const isOutOfMemory =
      cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY'
    const detail = isOutOfMemory
      ? 'The task needed more memory than it may take and was stopped. Nothing that was written is lost; look in the log for the last file it read.'
      : 'The task stopped unexpectedly. Nothing that was written is lost; try again, and look in the log if it happens again.'
    this.#rejectAll(new WeirError('internal', detail, { cause }))
  }

  #rejectAll(error: WeirError): void {
    const calls = [...this.#calls.values()]
    this.#calls.clear()
    for (const call of calls) call.reject(error)
  }
}

function cancelled(): WeirError {
  return new WeirError('cancelled', 'The task was cancelled.')
}

function errorOf(reply: Extract<WorkerReply, { kind: 'failed' }>): WeirError {
  const code = reply.code in ERROR_CODES ? reply.code : 'internal'
  // The stack of the other thread is the cause: without it a fault there could not be found.
  const cause = reply.stack === '' ? {} : { cause: new Error(reply.stack) }
  return new WeirError(code, reply.detail, { details: reply.details, ...cause })
}

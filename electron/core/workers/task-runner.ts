import type { ErrorCode } from '../../../shared/error-codes.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { TaskShape, WorkerReply, WorkerRequest } from '../kernel/worker-client.ts'

/** The worker's end of the protocol in `worker-client.ts`: starts tasks, sends their batches, holds them back, stops them. */

/**
 * A task: yields its batches and returns its result. It may block between two yields; there it can be stopped.
 * One that waits for something itself is an asynchronous generator.
 * `never` batches mean that it only returns.
 */
export type TaskRunner<Task extends TaskShape> = (
  input: Task['input'],
) =>
  | Generator<Task['batch'], Task['result']>
  | AsyncGenerator<Task['batch'], Task['result']>
  | Promise<Task['result']>

export type TaskRunners<Tasks extends { readonly [Name in keyof Tasks]: TaskShape }> = {
  readonly [Name in keyof Tasks]: TaskRunner<Tasks[Name]>
}

/** The part of a message port that is used. */
export interface Port {
  postMessage(reply: WorkerReply): void
  on(event: 'message', listener: (request: WorkerRequest) => void): unknown
  /** Hears nothing any more: the thread ends when nothing runs in it. */
  close(): void
}

/** Batches under way: one is written while the next is read; more would only take memory. */
const BATCHES_UNDER_WAY_MAX = 2

interface RunningTask {
  underWay: number
  isCancelled: boolean
  /** Goes on when an acknowledgement or a cancel has arrived. */
  wake: (() => void) | undefined
}

/** Answers the port's requests with these tasks, for as long as the thread lives. */
export function serveTasks<Tasks extends { readonly [Name in keyof Tasks]: TaskShape }>(
  port: Port,
  runners: TaskRunners<Tasks>,
): void {
  const running = new Map<number, RunningTask>()
  port.on('message', (request) => {
    if (request.kind === 'start') {
      const task: RunningTask = { underWay: 0, isCancelled: false, wake: undefined }
      running.set(request.id, task)
      void runTask(port, runners, request, task).finally(() => running.delete(request.id))
      return
    }
    if (request.kind === 'end') {
      for (const task of running.values()) {
        task.isCancelled = true
        task.wake?.()
      }
      port.close()
      return
    }
    const task = running.get(request.id)
    // The task ended while the message was on its way.
    if (task === undefined) return
    if (request.kind === 'acknowledge') task.underWay -= 1
    else task.isCancelled = true
    task.wake?.()
  })
}

async function runTask<Tasks extends { readonly [Name in keyof Tasks]: TaskShape }>(
  port: Port,
  runners: TaskRunners<Tasks>,
  request: Extract<WorkerRequest, { kind: 'start' }>,
  task: RunningTask,
): Promise<void> {
  const { id } = request
  try {
    if (!Object.hasOwn(runners, request.task)) throw new Error(`the worker knows no task ${request.task}`)
    // The client is typed by the same table, so the input is the task's.
    const name = request.task as keyof Tasks
    const started = runners[name](request.input as Tasks[typeof name]['input'])
    const result = started instanceof Promise ? await started : await drain(port, id, task, started)
    port.postMessage({ kind: 'done', id, result })
  } catch (error) {
    port.postMessage({ kind: 'failed', id, ...faultOf(error) })
  }
}

/** Sends what the generator yields, and lets messages in between two batches. */
async function drain(
  port: Port,
  id: number,
  task: RunningTask,
  batches: Generator<unknown, unknown> | AsyncGenerator<unknown, unknown>,
): Promise<unknown> {
  for (;;) {
    const next = await batches.next()
    if (next.done === true) return next.value
    port.postMessage({ kind: 'batch', id, batch: next.value })
    task.underWay += 1
    await letMessagesIn()
    while (task.underWay >= BATCHES_UNDER_WAY_MAX && !task.isCancelled) {
      await new Promise<void>((resolve) => {
        task.wake = resolve
      })
    }
    if (task.isCancelled) {
      // Runs the generator's `finally` blocks, which close files.
      await batches.return(undefined)
      throw new WeirError('cancelled', 'The task was cancelled.')
    }
  }
}

function letMessagesIn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function faultOf(error: unknown): {
  readonly code: ErrorCode
  readonly detail: string
  readonly details: Readonly<Record<string, unknown>>
  readonly stack: string
} {
  if (error instanceof WeirError)
    return { code: error.code, detail: error.message, details: error.details, stack: '' }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return {
    code: 'internal',
    detail: 'Something in Weir is broken; the log says what. Please report it.',
    details: {},
    stack,
  }
}

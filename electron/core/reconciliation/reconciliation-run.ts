import { setImmediate as nextMacrotask } from 'node:timers/promises'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { SECOND_MS, toIso, toIsoOrNull } from '../../../shared/units.ts'
import type { Actor } from '../api.ts'
import type { ConsumptionContext } from '../consumption/context.ts'
import type { UnreadableFile } from '../sessions/list-session-files.ts'
import { type Difference, isAutomatic, judgeUser } from './drift.ts'
import type { ReconciliationWorker } from './reconciliation-worker.ts'
import { type RereadSession, repairUser } from './repair-user.ts'
import {
  finishRun,
  insertRun,
  insertUserResult,
  markCorrected,
  type RunRow,
  saveCompared,
  setUserStatus,
  type UserResult,
} from './run-store.ts'
import type { SafetyCopy } from './safety-copy.ts'
import type { DriftMessage } from './scan-drift.ts'

/** One run of a reconciliation, from the first folder to the last repair. */

type RunState = OperationOutput<'reconciliation.get'>

export interface RunPlan {
  readonly runId: string
  readonly sessionsDir: string
  readonly fix: boolean
  readonly userId: string | null
  readonly thresholdPercent: number
  /** `all` or a month. */
  readonly period: string
  readonly isFull: boolean
}

export interface RunPorts {
  readonly context: ConsumptionContext
  readonly worker: ReconciliationWorker
  readonly safetyCopy: SafetyCopy
}

/** Entries of the list of unreadable files; a folder that is wrong altogether must not fill the memory. */
const UNREADABLE_MAX = 10_000

/** Rows written in one slice, between which limit checks are answered: a few milliseconds. */
const ROWS_A_SLICE = 100

export class ReconciliationRun {
  readonly plan: RunPlan
  readonly actor: Actor
  readonly #ports: RunPorts
  readonly #stop = new AbortController()
  readonly #startedAt: number
  readonly #startedMonotonicMs: number
  readonly #unreadable: UnreadableFile[] = []
  /** Users with something to repair without asking. */
  readonly #repairable: UserResult[] = []
  #status: RunState['status'] = 'running'
  #phase: RunState['phase'] = 'listing'
  #error: RunState['error'] = null
  #finishedAt: number | null = null
  #usersTotal = 0
  #usersDone = 0
  #filesRead = 0
  #filesUnchanged = 0
  #safetyCopyId: string | null = null
  /** Users who are not as their files say, and were not made so by this run. */
  readonly #differing = new Set<string>()

  constructor(ports: RunPorts, plan: RunPlan, actor: Actor) {
    this.#ports = ports
    this.plan = plan
    this.actor = actor
    this.#startedAt = ports.context.clock.now()
    this.#startedMonotonicMs = ports.context.clock.monotonicMs()
  }

  get isRunning(): boolean {
    return this.#status === 'running'
  }

  cancel(): void {
    this.#stop.abort()
  }

  /** Writes the run down as begun. */
  async begin(): Promise<void> {
    const { plan, actor } = this
    await this.#ports.context.database.writeSlice((trx) =>
      insertRun(trx, {
        id: plan.runId,
        started_at: this.#startedAt,
        status: 'running',
        started_by: actor.name,
        via: actor.via,
        sessions_dir: plan.sessionsDir,
        fix: plan.fix ? 1 : 0,
        threshold_percent: plan.thresholdPercent,
        period: plan.period,
      }),
    )
  }

  /** Compares and, where it was asked for, repairs. Throws what stopped it; `end` must be called in any case. */
  async work(): Promise<void> {
    const { plan } = this
    await this.#ports.worker.scan(
      {
        sessionsDir: plan.sessionsDir,
        userId: plan.userId,
        period: plan.period,
        isFull: plan.isFull,
        startedAt: this.#startedAt,
      },
      (message) => this.#take(message),
      this.#stop.signal,
    )
    if (!plan.fix || this.#repairable.length === 0) return
    this.#phase = 'fixing'
    // The copy MUST be whole before the first repair: it is the way back.
    this.#safetyCopyId = (await this.#ports.safetyCopy('before-fix')).id
    for (const result of this.#repairable) {
      this.#stop.signal.throwIfAborted()
      await this.#repair(result)
      await nextMacrotask()
    }
  }

  /** Writes the run down as over. It is over also where that fails: a full disk or a damaged database holds up nothing. */
  async end(status: 'done' | 'cancelled' | 'failed', error: RunState['error']): Promise<void> {
    const { database, clock } = this.#ports.context
    const finishedAt = clock.now()
    try {
      await database.writeSlice((trx) =>
        finishRun(trx, this.plan.runId, {
          finished_at: finishedAt,
          status,
          files_read: this.#filesRead,
          files_unchanged: this.#filesUnchanged,
          unreadable: JSON.stringify(this.#unreadable),
          safety_copy_id: this.#safetyCopyId,
          error: error === null ? null : JSON.stringify(error),
        }),
      )
    } finally {
      this.#phase = 'finished'
      this.#status = status
      this.#error = error
      this.#finishedAt = finishedAt
    }
  }

  /** Users whose books differ from their files, as far as the run has come. */
  get differingUsers(): number {
    return this.#differing.size
  }

  /** The run as far as it has come, in the words of the contract. */
  progress(): Omit<RunState, 'report'> {
    const seconds = (this.#ports.context.clock.monotonicMs() - this.#startedMonotonicMs) / SECOND_MS
    const files = this.#filesRead + this.#filesUnchanged
    return {
      run_id: this.plan.runId,
      status: this.#status,
      phase: this.#phase,
      fix: this.plan.fix,
      threshold_percent: this.plan.thresholdPercent,
      period: this.plan.period,
      sessions_dir: this.plan.sessionsDir,
      started_by: this.actor.name,
      started_at: toIso(this.#startedAt),
      finished_at: toIsoOrNull(this.#finishedAt),
      users_total: Math.max(this.#usersTotal, this.#usersDone),
      users_done: this.#usersDone,
      files_done: files,
      files_per_second: seconds > 0 ? Math.round(files / seconds) : 0,
      safety_copy_id: this.#safetyCopyId,
      error: this.#error,
    }
  }

  async #take(message: DriftMessage): Promise<void> {
    this.#stop.signal.throwIfAborted()
    if (message.kind === 'listed') {
      this.#usersTotal = message.users
      this.#phase = 'comparing'
      return
    }
    const { database, clock } = this.#ports.context
    const results = message.users.map((user): UserResult => {
      const { differences, userId } = user
      return { userId, differences, ...judgeUser(user, this.plan.thresholdPercent) }
    })
    for (const slice of slicesOf(results)) {
      await database.writeSlice(async (trx) => {
        for (const result of slice) await insertUserResult(trx, this.plan.runId, result, clock.now())
      })
      await nextMacrotask()
    }
    // After what was found: a session must not be remembered as compared before its findings are kept.
    if (message.sessions.length > 0) await database.writeSlice((trx) => saveCompared(trx, message.sessions))
    for (const { userId, status } of results) if (status !== 'ok') this.#differing.add(userId)
    this.#repairable.push(...results.filter((result) => this.#isRepairable(result)))
    this.#unreadable.push(...message.unreadable.slice(0, UNREADABLE_MAX - this.#unreadable.length))
    this.#usersDone = message.usersDone
    this.#filesRead = message.filesRead
    this.#filesUnchanged = message.filesUnchanged
  }

  #isRepairable({ status, driftPercent, differences }: UserResult): boolean {
    return (
      (status === 'drift' || status === 'manual_review') &&
      driftPercent <= this.plan.thresholdPercent &&
      differences.some(({ repair }) => isAutomatic(repair))
    )
  }

  async #repair(result: UserResult): Promise<void> {
    const { context, worker } = this.#ports
    const wanted = result.differences.filter(({ repair }) => isAutomatic(repair))
    const sessions = await worker.reread(this.plan.sessionsDir, result.userId, sessionsOf(wanted))
    const done = await applyRepairs(context, {
      runId: this.plan.runId,
      userId: result.userId,
      sessions,
      wanted,
      reason: null,
      startedAt: this.#startedAt,
      actor: this.actor,
    })
    context.log.info('reconciliation repaired a user', {
      runId: this.plan.runId,
      userId: result.userId,
      rows: done.length,
    })
    const left = result.differences.filter((one) => !done.some((other) => isSameFinding(one, other)))
    const status = left.length === 0 ? 'corrected' : judgeUserLeft(left)
    if (status === 'corrected') this.#differing.delete(result.userId)
    await context.database.writeSlice((trx) => setUserStatus(trx, this.plan.runId, result.userId, status))
  }
}

function judgeUserLeft(left: readonly Difference[]): 'drift' | 'manual_review' {
  return left.every(({ repair }) => repair === 'wait') ? 'drift' : 'manual_review'
}

/** The sessions some findings are about, each once. */
export function sessionsOf(differences: readonly Pick<Difference, 'sessionId'>[]): string[] {
  return [...new Set(differences.map((one) => one.sessionId))]
}

type Named = Pick<Difference, 'sessionId' | 'turnNumber' | 'field'>

/** Whether two findings are about the same field of the same row. */
export function isSameFinding(one: Named, other: Named): boolean {
  return one.sessionId === other.sessionId && one.turnNumber === other.turnNumber && one.field === other.field
}

/** Repairs one user in one transaction and marks the findings that were repaired. */
export function applyRepairs(
  context: ConsumptionContext,
  order: {
    readonly runId: string
    readonly userId: string
    readonly sessions: readonly RereadSession[]
    readonly wanted: readonly Pick<
      Difference,
      'sessionId' | 'turnNumber' | 'field' | 'fileValue' | 'databaseValue'
    >[]
    readonly reason: string | null
    readonly startedAt: number
    readonly actor: Actor
  },
): Promise<readonly Difference[]> {
  return context.database.writeSlice(async (trx) => {
    const isWanted = (one: Difference) =>
      order.wanted.some(
        (wish) =>
          isSameFinding(wish, one) &&
          wish.fileValue === one.fileValue &&
          wish.databaseValue === one.databaseValue,
      )
    const done = await repairUser(trx, { ...order, isWanted }, context, order.actor)
    await markCorrected(trx, order.runId, order.userId, done)
    return done
  })
}

function* slicesOf(results: readonly UserResult[]): Generator<UserResult[], void> {
  let slice: UserResult[] = []
  let rows = 0
  for (const result of results) {
    slice.push(result)
    rows += 1 + result.differences.length
    if (rows >= ROWS_A_SLICE) {
      yield slice
      slice = []
      rows = 0
    }
  }
  if (slice.length > 0) yield slice
}

/** A run that is over, as it is stored, in the words of the contract. */
export function storedRun(run: RunRow): Omit<RunState, 'report'> {
  const files = run.files_read + run.files_unchanged
  const ms = (run.finished_at ?? run.started_at) - run.started_at
  return {
    run_id: run.id,
    status: run.status,
    phase: 'finished',
    fix: run.fix === 1,
    threshold_percent: run.threshold_percent,
    period: run.period,
    sessions_dir: run.sessions_dir,
    started_by: run.started_by,
    started_at: toIso(run.started_at),
    finished_at: toIsoOrNull(run.finished_at),
    users_total: 0,
    users_done: 0,
    files_done: files,
    files_per_second: ms > 0 ? Math.round((files * SECOND_MS) / ms) : 0,
    safety_copy_id: run.safety_copy_id,
    error: run.error === null ? null : (JSON.parse(run.error) as { code: string; detail: string }),
  }
}

import type { JobName } from '../../../shared/contract/jobs.ts'
import { type EpochMs, MINUTE_MS } from '../../../shared/units.ts'
import type { Clock, Logger, Timers } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { type ClockReading, type ClockState, watchClock } from './clock-watch.ts'
import { nextInstant } from './cron-schedule.ts'
import { decideDue } from './due.ts'
import type { JobRunRow, JobStore, RunEnd } from './job-store.ts'
import { DEFAULT_SCHEDULES, type JobWorks, RUN_ORDER } from './job-work.ts'
import { type LogWriter, outcomeOf, RunLog } from './run-log.ts'

export interface SchedulerPorts {
  readonly store: JobStore
  readonly works: JobWorks
  readonly clock: Clock
  /** Without them nothing starts by itself. */
  readonly timers: Timers | undefined
  readonly log: Logger
  /** The billing zone that holds now. */
  readonly zone: () => string
  /** Where the lines of a run go besides the tail that is kept with it. */
  readonly openLog: (job: JobName) => LogWriter
  /** Why nothing may be removed besides the clock, or null. */
  readonly removalHold?: () => string | null
  /** Told of every run that has ended. Must not throw. */
  readonly onEnd: (run: JobRunRow) => Promise<void>
}

interface ActiveRun {
  /** 0 until the run is stored. */
  id: number
  readonly stop: AbortController
  phase: string
}

/** A run that is over, and of which the database does not know it yet. */
interface OpenEnd {
  readonly run: JobRunRow
  readonly end: RunEnd
  readonly at: EpochMs
}

/** A run that was started by hand. */
interface StartedRun {
  readonly row: JobRunRow
  /** Settles when it is over. */
  readonly finished: Promise<void>
}

const NO_MORE = 'Weir is shutting down and starts no job.'

/** Looks at least so often: a timer does not run while the machine sleeps, and a clock may be set. */
const LOOK_MS = MINUTE_MS
/** More wall than monotonic time than this between two looks: the machine slept, or the clock was set. */
const AWAY_MS = MINUTE_MS
/** The time seen is written at least so often, so that a restart can tell a jump from an absence. */
const CLOCK_SAVE_MS = 15 * MINUTE_MS
/** A run in which Weir ended so often is not begun again: it may be what ends it. */
const ATTEMPTS_MAX = 3

/**
 * Runs jobs when they are due, one after the other, each instant of a schedule in exactly one run. Due times come
 * from the database and never from "the timer fired": a timer only says when to look.
 */
export class Scheduler {
  readonly #ports: SchedulerPorts
  readonly #active = new Map<JobName, ActiveRun>()
  readonly #openEnds = new Map<JobName, OpenEnd>()
  readonly #starting = new Set<Promise<unknown>>()
  #clockState: ClockState
  #lastReading: ClockReading | undefined
  #clockSavedAtMs = Number.NEGATIVE_INFINITY
  #chain: Promise<void> = Promise.resolve()
  #isPassQueued = false
  #isStarted = false
  #isClosing = false
  #cancelTimer: () => void = () => undefined

  private constructor(ports: SchedulerPorts, clockState: ClockState) {
    this.#ports = ports
    this.#clockState = clockState
  }

  /** Reads what is stored and adds the jobs that are new; runs of a process that is no more are marked interrupted. */
  static async open(ports: SchedulerPorts): Promise<Scheduler> {
    const { store, clock } = ports
    const now = clock.now()
    const interrupted = await store.interruptRunning()
    if (interrupted > 0) ports.log.warn('job runs were interrupted', { area: 'jobs', runs: interrupted })
    const known = new Set((await store.jobs()).map((job) => job.name))
    for (const name of RUN_ORDER) {
      if (ports.works[name] === undefined || known.has(name)) continue
      const schedule = DEFAULT_SCHEDULES[name]
      const zone = ports.zone()
      const next_due_at = nextInstant(schedule, zone, now)
      await store.addJob({ name, schedule, zone, is_enabled: 1, next_due_at, updated_at: now })
    }
    const state = (await store.clock()) ?? { seenAt: now, suspect: null }
    const scheduler = new Scheduler(ports, state)
    scheduler.#seeClock()
    return scheduler
  }

  /** Begins to run what is due: first what was interrupted, then what was missed. */
  start(): void {
    if (this.#isStarted || this.#isClosing) return
    this.#isStarted = true
    void this.#inTurn(() => this.#goOnInterrupted())
    this.wake()
  }

  /** Whether it was started. */
  get isStarted(): boolean {
    return this.#isStarted
  }

  /** Looks now: the machine has woken up, or a schedule was changed. */
  wake(): void {
    if (!this.#isStarted || this.#isClosing || this.#isPassQueued) return
    this.#isPassQueued = true
    void this.#inTurn(() => this.#pass())
  }

  /** Why nothing may be removed now, or null. */
  removalHold(): string | null {
    this.#seeClock()
    const { suspect } = this.#clockState
    return suspect === null ? (this.#ports.removalHold?.() ?? null) : suspect.reason
  }

  /** What is known of the clock. */
  clockState(): ClockState {
    this.#seeClock()
    return this.#clockState
  }

  /** The operator says that the clock is right. */
  async trustClock(): Promise<void> {
    this.#clockState = { seenAt: this.#ports.clock.now(), suspect: null }
    await this.#ports.store.saveClock(this.#clockState)
  }

  /** What a run is doing, or null when it does not run in this process. */
  phaseOf(run: JobRunRow): string | null {
    const active = this.#active.get(run.job as JobName)
    return active?.id === run.id ? active.phase : null
  }

  /**
   * Starts a run by hand and answers it at once; it waits for its turn. Errors: `job_unknown`, `busy`, `shutting_down`.
   *
   * @returns the run, and a promise that settles when it is over
   */
  async run(name: JobName, isDryRun: boolean, startedBy: string): Promise<StartedRun> {
    const starting = this.#startByHand(name, isDryRun, startedBy)
    this.#starting.add(starting)
    try {
      return await starting
    } finally {
      this.#starting.delete(starting)
    }
  }

  async #startByHand(name: JobName, isDryRun: boolean, startedBy: string): Promise<StartedRun> {
    const { store, works, clock } = this.#ports
    if (works[name] === undefined) throw unknownJob(name)
    if (this.#isClosing) throw new WeirError('shutting_down', NO_MORE)
    const running = this.#active.get(name)
    if (running !== undefined) {
      throw new WeirError(
        'busy',
        `The job ${name} is running already. Wait until it is done, or cancel it.`,
        {
          details: { run_id: running.id === 0 ? null : `job-${running.id}` },
        },
      )
    }
    // Set before the first await: two calls at once must not both get here, and an end of Weir stops it from here on.
    const active: ActiveRun = { id: 0, stop: new AbortController(), phase: 'Starting' }
    this.#active.set(name, active)
    let row: JobRunRow
    try {
      await this.#writeOpenEnds()
      row = await store.startManual(name, isDryRun, startedBy, clock.now())
    } catch (error) {
      this.#active.delete(name)
      throw error
    }
    active.id = row.id
    active.phase = 'Waiting for its turn'
    const finished = this.#inTurn(() => this.#execute(row))
    if (!this.#isClosing) return { row, finished }
    // It was stopped before it began, and is stored as such.
    await finished
    throw new WeirError('shutting_down', NO_MORE)
  }

  /** Asks a run to stop at its next safe place. Whether it was running here. */
  cancel(runId: number): boolean {
    for (const active of this.#active.values()) {
      if (active.id !== runId) continue
      active.stop.abort(new WeirError('cancelled', 'The run was cancelled.'))
      active.phase = 'Stopping'
      return true
    }
    return false
  }

  /** Starts no more, stops what runs at its next safe place and waits for it; a scheduled run goes on at the next start. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#cancelTimer()
    for (const active of this.#active.values())
      active.stop.abort(new WeirError('shutting_down', 'Weir ended before the run did.'))
    // A run that is just being stored joins the chain, and must end while there is a database.
    await Promise.allSettled(this.#starting)
    await this.#inTurn(() => this.#writeOpenEnds())
    this.#seeClock()
    await this.#ports.store.saveClock(this.#clockState)
  }

  /** One after the other. What goes wrong with the store is told, and does not end the chain. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#chain = this.#chain.then(work).catch((error: unknown) => {
      this.#ports.log.error('the scheduler could not go on; it tries again within a minute', {
        area: 'jobs',
        error,
      })
      this.#arm(LOOK_MS)
    })
    return this.#chain
  }

  async #goOnInterrupted(): Promise<void> {
    const { store, clock, works } = this.#ports
    for (const run of await store.interrupted()) {
      if (this.#isClosing) return
      const name = run.job as JobName
      if (works[name] === undefined || this.#active.has(name)) continue
      if (run.attempts < ATTEMPTS_MAX) {
        await this.#begin(await store.restart(run.id, clock.now()))
        continue
      }
      const firstError = `Weir ended in the middle of this run ${run.attempts} times; it is not begun again.`
      const end: RunEnd = { status: 'failed', counts: {}, failures: 1, firstError, logTail: run.log_tail }
      await this.#ports.onEnd(await store.end(run.id, end, clock.now()))
    }
  }

  /** Runs everything that is due, until nothing is. */
  async #pass(): Promise<void> {
    this.#isPassQueued = false
    // First: a job whose run has not ended for the database must not begin another.
    await this.#writeOpenEnds()
    let hasRun = true
    while (hasRun && !this.#isClosing) {
      hasRun = false
      this.#seeClock()
      for (const name of RUN_ORDER) if (await this.#runIfDue(name)) hasRun = true
    }
    await this.#saveClockIfOld()
    await this.#armForNext()
  }

  async #runIfDue(name: JobName): Promise<boolean> {
    const { store, clock, works } = this.#ports
    if (this.#isClosing || works[name] === undefined || this.#active.has(name)) return false
    const job = (await store.jobs()).find((row) => row.name === name)
    if (job === undefined) return false
    const zone = this.#ports.zone()
    const now = clock.now()
    const due = decideDue({ schedule: job.schedule, zone: job.zone, nextDueAt: job.next_due_at }, zone, now)
    if (due.kind === 'not-due') return false
    if (due.kind === 'replan') {
      await store.replan(job, zone, due.nextDueAt)
      return false
    }
    // The run and the next due time MUST be stored before the work begins: a crash then leaves a run to go on with.
    const run = await store.claim(name, zone, due, now)
    if (run !== undefined) await this.#begin(run)
    return run !== undefined
  }

  async #begin(run: JobRunRow): Promise<void> {
    this.#active.set(run.job as JobName, { id: run.id, stop: new AbortController(), phase: 'Starting' })
    await this.#execute(run)
  }

  /** Works and stores how it ended. */
  async #execute(run: JobRunRow): Promise<void> {
    const { works, clock } = this.#ports
    const name = run.job as JobName
    const active = this.#active.get(name)
    const work = works[name]
    if (active === undefined || work === undefined) return
    const log = new RunLog(this.#ports.openLog(name), clock)
    log.begin(run)
    try {
      const end = await outcomeOf(async () => {
        active.stop.signal.throwIfAborted()
        active.phase = 'Running'
        return work({
          dryRun: run.is_dry_run === 1,
          signal: active.stop.signal,
          log,
          removalHold: this.removalHold(),
          progress: (phase) => {
            if (!active.stop.signal.aborted) active.phase = phase
          },
        })
      }, this.#ports.log)
      log.end(end)
      // Kept until it is stored: a database that does not answer now must not leave a run that never ends.
      this.#openEnds.set(name, { run, end: { ...end, logTail: log.tail() }, at: clock.now() })
      await this.#writeOpenEnds()
    } finally {
      log.close()
      this.#active.delete(name)
    }
  }

  async #writeOpenEnds(): Promise<void> {
    const { store, onEnd } = this.#ports
    for (const [name, { run, end, at }] of this.#openEnds) {
      const row = await store.end(run.id, end, at)
      this.#openEnds.delete(name)
      await onEnd(row)
    }
  }

  #seeClock(): void {
    const { clock, log } = this.#ports
    const reading = { wallAt: clock.now(), monotonicMs: clock.monotonicMs() }
    const before = this.#clockState
    const { state, jumpMs } = watchClock(before, this.#lastReading, reading)
    if (this.#lastReading !== undefined && Math.abs(jumpMs) > AWAY_MS)
      log.info('the machine was asleep, or the clock was set', { area: 'jobs', jump_ms: Math.round(jumpMs) })
    if (state.suspect !== null && state.suspect.since !== before.suspect?.since)
      log.warn('the clock is not believed: nothing is removed until it is steady', {
        area: 'jobs',
        reason: state.suspect.reason,
      })
    this.#lastReading = reading
    this.#clockState = state
  }

  async #saveClockIfOld(): Promise<void> {
    const nowMs = this.#ports.clock.monotonicMs()
    if (nowMs - this.#clockSavedAtMs < CLOCK_SAVE_MS) return
    await this.#ports.store.saveClock(this.#clockState)
    this.#clockSavedAtMs = nowMs
  }

  async #armForNext(): Promise<void> {
    const now = this.#ports.clock.now()
    const waits = (await this.#ports.store.jobs()).flatMap((job) =>
      job.next_due_at === null || this.#ports.works[job.name as JobName] === undefined
        ? []
        : [job.next_due_at - now],
    )
    this.#arm(Math.max(0, Math.min(LOOK_MS, ...waits)))
  }

  #arm(ms: number): void {
    this.#cancelTimer()
    if (this.#isClosing || !this.#isStarted) return
    this.#cancelTimer = this.#ports.timers?.after(ms, () => this.wake()) ?? (() => undefined)
  }
}

/** The error for a job this Weir does not have. */
export function unknownJob(name: string): WeirError {
  return new WeirError(
    'job_unknown',
    `This Weir has no job "${name}". "weir jobs list" shows those it has.`,
    {
      details: { job: name },
    },
  )
}

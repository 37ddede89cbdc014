import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import type { JobName } from '../../../shared/contract/jobs.ts'
import { type EpochMs, toIso, toIsoOrNull } from '../../../shared/units.ts'
import type { Actor, JobsApi } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import type { Database } from '../database/database.ts'
import type { Clock } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { nextInstant, nextInstants, scheduleInWords, validSchedule } from '../scheduler/cron-schedule.ts'
import {
  findJob,
  findRun,
  type JobRow,
  type JobRunRow,
  newestRun,
  pageOfRuns,
  recentRuns,
} from '../scheduler/job-store.ts'
import { DEFAULT_SCHEDULES, type JobWorks, RUN_ORDER } from '../scheduler/job-work.ts'
import { type Scheduler, unknownJob } from '../scheduler/scheduler.ts'

type Job = OperationOutput<'jobs.update'>
type Run = OperationOutput<'jobs.run'>
type ClockView = OperationOutput<'jobs.trustClock'>

/** What the manager works with. */
export interface JobManagerPorts {
  readonly database: Pick<Database, 'reader' | 'write'>
  readonly scheduler: Scheduler
  readonly works: JobWorks
  readonly clock: Clock
  readonly zone: () => string
}

// As many as bars fit beside a name.
const RECENT_RUNS = 20
const RUNS_A_PAGE = 50
const NEXT_RUNS = 5

/** The jobs as the faces see them: what is stored of them, and what the scheduler does with them now. */
export class JobManager implements JobsApi {
  readonly #ports: JobManagerPorts
  /** Manual runs under way, for who waits for one. */
  readonly #finished = new Map<number, Promise<void>>()

  constructor(ports: JobManagerPorts) {
    this.#ports = ports
  }

  async list(): Promise<OperationOutput<'jobs.list'>> {
    const jobs: Job[] = []
    for (const name of RUN_ORDER) if (this.#ports.works[name] !== undefined) jobs.push(await this.#job(name))
    return { jobs, clock: this.#clock() }
  }

  /** Errors: `job_unknown`. */
  async get(query: ParsedInput<'jobs.get'>): Promise<OperationOutput<'jobs.get'>> {
    const job = await this.#job(query.job)
    const filter = { job: query.job, status: query.status }
    const page = await pageOfRuns(
      this.#ports.database.reader,
      filter,
      query.limit ?? RUNS_A_PAGE,
      query.offset ?? 0,
    )
    return { job, runs: page.rows.map((row) => this.#onWire(row)), total_count: page.count }
  }

  /** Errors: `job_unknown`, `busy`, `shutting_down`. */
  async run(name: JobName, options: { readonly isDryRun: boolean }, actor: Actor): Promise<Run> {
    const { row, finished } = await this.#ports.scheduler.run(name, options.isDryRun, actor.name)
    this.#finished.set(
      row.id,
      finished.finally(() => this.#finished.delete(row.id)),
    )
    return this.#onWire(row)
  }

  /** Errors: `run_unknown`. */
  async getRun(runId: string): Promise<Run> {
    const row = await findRun(this.#ports.database.reader, Number(runId.slice('job-'.length)))
    if (row === undefined) throw new WeirError('run_unknown', `There is no run ${runId}.`)
    return this.#onWire(row)
  }

  async finished(runId: string): Promise<Run> {
    await this.#finished.get(Number(runId.slice('job-'.length)))
    return this.getRun(runId)
  }

  /** Errors: `run_unknown`. */
  async cancel(runId: string, actor: Actor): Promise<Run> {
    const run = await this.getRun(runId)
    if (this.#ports.scheduler.cancel(Number(runId.slice('job-'.length)))) {
      const at = this.#ports.clock.now()
      await this.#ports.database.write((trx) =>
        audit(trx, {
          at,
          actor,
          action: 'jobs.cancel',
          objectKind: 'job',
          objectId: run.job,
          after: { run_id: runId },
        }),
      )
    }
    return this.getRun(runId)
  }

  /** In force from now: nothing missed under the old schedule is caught up. Errors: `job_unknown`, `invalid_request`. */
  async update(input: ParsedInput<'jobs.update'>, actor: Actor): Promise<Job> {
    const { database, clock, works } = this.#ports
    const { job: name } = input
    if (works[name] === undefined) throw unknownJob(name)
    const now = clock.now()
    const zone = this.#ports.zone()
    const wanted = input.schedule === undefined ? undefined : validSchedule(input.schedule, zone, now)
    await database.write(async (trx) => {
      const row = await findJob(trx, name)
      if (row === undefined) throw unknownJob(name)
      const schedule = wanted ?? row.schedule
      const isEnabled = input.is_enabled ?? row.is_enabled === 1
      if (schedule === row.schedule && isEnabled === (row.is_enabled === 1)) return
      const next_due_at = isEnabled ? nextInstant(schedule, zone, now) : null
      await trx
        .updateTable('jobs')
        .set({ schedule, zone, is_enabled: isEnabled ? 1 : 0, next_due_at, updated_at: now })
        .where('name', '=', name)
        .execute()
      const before = { schedule: row.schedule, is_enabled: row.is_enabled === 1 }
      const after = { schedule, is_enabled: isEnabled }
      await audit(trx, {
        at: now,
        actor,
        action: 'jobs.update',
        objectKind: 'job',
        objectId: name,
        before,
        after,
      })
    })
    this.#ports.scheduler.wake()
    return this.#job(name)
  }

  /** Errors: `job_unknown`, `invalid_request`. */
  preview(input: ParsedInput<'jobs.preview'>): OperationOutput<'jobs.preview'> {
    if (this.#ports.works[input.job] === undefined) throw unknownJob(input.job)
    const now = this.#ports.clock.now()
    const zone = this.#ports.zone()
    const schedule = validSchedule(input.schedule, zone, now)
    return {
      schedule,
      schedule_in_words: scheduleInWords(schedule),
      time_zone: zone,
      next_runs: nextInstants(schedule, zone, now, NEXT_RUNS).map(toIso),
    }
  }

  async trustClock(actor: Actor): Promise<ClockView> {
    const before = this.#clock()
    if (!before.is_suspect) return before
    await this.#ports.scheduler.trustClock()
    const at = this.#ports.clock.now()
    const after = this.#clock()
    await this.#ports.database.write((trx) =>
      audit(trx, { at, actor, action: 'clock.trust', objectKind: 'clock', objectId: 'clock', before, after }),
    )
    return after
  }

  start(): void {
    this.#ports.scheduler.start()
  }

  isStarted(): boolean {
    return this.#ports.scheduler.isStarted
  }

  wake(): void {
    this.#ports.scheduler.wake()
  }

  /** Stops what runs at its next safe place and waits for it. */
  close(): Promise<void> {
    return this.#ports.scheduler.close()
  }

  async #job(name: JobName): Promise<Job> {
    const { reader } = this.#ports.database
    const row = await findJob(reader, name)
    if (row === undefined || this.#ports.works[name] === undefined) throw unknownJob(name)
    const recent = await recentRuns(reader, name, RECENT_RUNS)
    const newest = await newestRun(reader, name)
    const ended = recent.find((run) => run.status !== 'running')
    const last = ended === undefined ? undefined : await findRun(reader, ended.id)
    const zone = this.#ports.zone()
    return {
      job: name,
      schedule: row.schedule,
      schedule_in_words: scheduleInWords(row.schedule),
      default_schedule: DEFAULT_SCHEDULES[name],
      time_zone: zone,
      is_enabled: row.is_enabled === 1,
      next_run_at: toIsoOrNull(nextRunAt(row, zone, this.#ports.clock.now())),
      running: newest?.status === 'running' ? this.#onWire(newest) : null,
      last_run: last === undefined ? null : this.#onWire(last),
      recent: recent.toReversed().map((run) => ({
        run_id: `job-${run.id}`,
        status: run.status,
        trigger: run.trigger,
        started_at: toIso(run.started_at),
        duration_ms: run.finished_at === null ? null : Math.max(0, run.finished_at - run.started_at),
      })),
    }
  }

  #onWire(row: JobRunRow): Run {
    return {
      run_id: `job-${row.id}`,
      // The table holds names of the contract only: nobody else writes it.
      job: row.job as JobName,
      trigger: row.trigger,
      is_dry_run: row.is_dry_run === 1,
      scheduled_at: toIsoOrNull(row.scheduled_at),
      first_scheduled_at: toIsoOrNull(row.first_scheduled_at),
      instants: row.instants,
      attempts: row.attempts,
      started_by: row.started_by,
      started_at: toIso(row.started_at),
      finished_at: toIsoOrNull(row.finished_at),
      duration_ms: row.finished_at === null ? null : Math.max(0, row.finished_at - row.started_at),
      status: row.status,
      counts: JSON.parse(row.counts) as Record<string, number>,
      failures: row.failures,
      first_error: row.first_error,
      phase: row.status === 'running' ? this.#ports.scheduler.phaseOf(row) : null,
      log_tail: row.log_tail === '' ? [] : row.log_tail.split('\n'),
    }
  }

  #clock(): ClockView {
    const { suspect } = this.#ports.scheduler.clockState()
    return {
      is_suspect: suspect !== null,
      reason: suspect?.reason ?? null,
      since: toIsoOrNull(suspect?.since ?? null),
    }
  }
}

/** A due time of another zone is about to be worked out anew: what is shown is what it will be. */
function nextRunAt(row: JobRow, zone: string, now: EpochMs): EpochMs | null {
  if (row.next_due_at === null) return null
  return row.zone === zone || row.next_due_at <= now ? row.next_due_at : nextInstant(row.schedule, zone, now)
}

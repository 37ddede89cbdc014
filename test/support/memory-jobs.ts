import type { ClockState } from '../../electron/core/scheduler/clock-watch.ts'
import type { Due } from '../../electron/core/scheduler/due.ts'
import type { JobRow, JobRunRow, JobStore, RunEnd } from '../../electron/core/scheduler/job-store.ts'
import type { JobName } from '../../shared/contract/jobs.ts'

/** What the scheduler keeps, in memory: for simulations of years. That the SQL does the same is tested on the database. */
export class MemoryJobStore implements JobStore {
  readonly rows = new Map<string, JobRow>()
  readonly runs: JobRunRow[] = []
  readonly #once = new Set<string>()
  #clock: ClockState | undefined

  async clock(): Promise<ClockState | undefined> {
    return this.#clock
  }

  async saveClock(state: ClockState): Promise<void> {
    this.#clock = state
  }

  async jobs(): Promise<readonly JobRow[]> {
    return [...this.rows.values()]
  }

  async addJob(job: JobRow): Promise<void> {
    this.rows.set(job.name, job)
  }

  async replan(job: JobRow, zone: string, nextDueAt: number): Promise<void> {
    this.#moveDue(job.name, job.next_due_at, zone, nextDueAt)
  }

  #moveDue(name: string, from: number | null, zone: string, nextDueAt: number): boolean {
    const row = this.rows.get(name as JobName)
    if (row === undefined || row.next_due_at !== from) return false
    this.rows.set(row.name as JobName, { ...row, zone, next_due_at: nextDueAt })
    return true
  }

  async claim(
    name: JobName,
    zone: string,
    due: Extract<Due, { kind: 'due' }>,
    now: number,
  ): Promise<JobRunRow | undefined> {
    if (!this.#moveDue(name, due.firstAt, zone, due.nextDueAt)) return undefined
    const key = `${name} ${due.scheduledAt}`
    if (this.#once.has(key)) return undefined
    this.#once.add(key)
    return this.#add({
      job: name,
      trigger: due.trigger,
      is_dry_run: 0,
      scheduled_at: due.scheduledAt,
      first_scheduled_at: due.firstAt,
      instants: due.instants,
      started_by: 'schedule',
      started_at: now,
    })
  }

  async startManual(name: JobName, isDryRun: boolean, startedBy: string, now: number): Promise<JobRunRow> {
    return this.#add({
      job: name,
      trigger: 'manual',
      is_dry_run: isDryRun ? 1 : 0,
      scheduled_at: null,
      first_scheduled_at: null,
      instants: 0,
      started_by: startedBy,
      started_at: now,
    })
  }

  async interruptRunning(): Promise<number> {
    const running = this.runs.filter((run) => run.status === 'running')
    for (const run of running) this.#change(run.id, { status: 'interrupted' })
    return running.length
  }

  async interrupted(): Promise<readonly JobRunRow[]> {
    return this.runs.filter((run) => run.status === 'interrupted' && run.scheduled_at !== null)
  }

  async restart(id: number, now: number): Promise<JobRunRow> {
    const attempts = (this.runs[id - 1]?.attempts ?? 0) + 1
    return this.#change(id, { status: 'running', trigger: 'catch-up', attempts, started_at: now })
  }

  async end(id: number, end: RunEnd, now: number): Promise<JobRunRow> {
    const { status, failures, firstError, logTail } = end
    const counts = JSON.stringify(end.counts)
    return this.#change(id, {
      status,
      failures,
      counts,
      first_error: firstError,
      log_tail: logTail,
      finished_at: now,
    })
  }

  #add(
    run: Omit<
      JobRunRow,
      'id' | 'attempts' | 'finished_at' | 'status' | 'counts' | 'failures' | 'first_error' | 'log_tail'
    >,
  ): JobRunRow {
    const row: JobRunRow = {
      ...run,
      id: this.runs.length + 1,
      attempts: 1,
      finished_at: null,
      status: 'running',
      counts: '{}',
      failures: 0,
      first_error: null,
      log_tail: '',
    }
    this.runs.push(row)
    return row
  }

  #change(id: number, members: Partial<JobRunRow>): JobRunRow {
    const row = this.runs[id - 1]
    if (row === undefined) throw new Error(`there is no run ${id}`)
    const changed = { ...row, ...members }
    this.runs[id - 1] = changed
    return changed
  }
}

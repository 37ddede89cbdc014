import type { Selectable } from 'kysely'
import type { JobName } from '../../../shared/contract/jobs.ts'
import type { EpochMs } from '../../../shared/units.ts'
import type { Database, Reader, Writer } from '../database/database.ts'
import type { JobRunsTable, JobsTable } from '../database/jobs-tables.ts'
import type { ClockState } from './clock-watch.ts'
import type { Due } from './due.ts'

/** The SQL of `jobs`, `job_runs` and `scheduler_clock`. */

export type JobRow = Readonly<Selectable<JobsTable>>
export type JobRunRow = Readonly<Selectable<JobRunsTable>>

/** How a run ended. */
export interface RunEnd {
  readonly status: Exclude<JobRunRow['status'], 'running'>
  readonly counts: Readonly<Record<string, number>>
  readonly failures: number
  readonly firstError: string | null
  readonly logTail: string
}

/** What the scheduler keeps on disk. Every method is one transaction. */
export interface JobStore {
  clock(): Promise<ClockState | undefined>
  saveClock(state: ClockState): Promise<void>
  jobs(): Promise<readonly JobRow[]>
  /** Adds a job that is not there yet. */
  addJob(job: JobRow): Promise<void>
  /** Stores another due time, unless the job was given another schedule since it was read. */
  replan(job: JobRow, zone: string, nextDueAt: EpochMs): Promise<void>
  /**
   * Takes the due instants of a job: the run is there and the next due time is stored, or neither. Undefined when
   * the job is no longer due then (it was switched off or given another schedule meanwhile), and when that instant
   * has a run already; then the due time is moved on all the same.
   */
  claim(
    name: JobName,
    zone: string,
    due: Extract<Due, { kind: 'due' }>,
    now: EpochMs,
  ): Promise<JobRunRow | undefined>
  startManual(name: JobName, isDryRun: boolean, startedBy: string, now: EpochMs): Promise<JobRunRow>
  /** Marks runs of a process that is no more. */
  interruptRunning(): Promise<number>
  /** Scheduled runs that were interrupted, oldest first. */
  interrupted(): Promise<readonly JobRunRow[]>
  restart(id: number, now: EpochMs): Promise<JobRunRow>
  end(id: number, end: RunEnd, now: EpochMs): Promise<JobRunRow>
}

// Two years of hourly runs and ever so many of the others; older ones are not what anybody looks for.
const RUNS_KEPT = 20_000

/** The store over the database. */
export class DatabaseJobStore implements JobStore {
  readonly #database: Pick<Database, 'reader' | 'write'>

  constructor(database: Pick<Database, 'reader' | 'write'>) {
    this.#database = database
  }

  async clock(): Promise<ClockState | undefined> {
    const row = await this.#database.reader.selectFrom('scheduler_clock').selectAll().executeTakeFirst()
    if (row === undefined) return undefined
    const { suspect_reason: reason, suspect_since: since, suspect_ms_left: msLeft } = row
    return {
      seenAt: row.seen_at,
      suspect: reason === null || since === null ? null : { reason, since, msLeft },
    }
  }

  async saveClock(state: ClockState): Promise<void> {
    const row = {
      seen_at: state.seenAt,
      suspect_reason: state.suspect?.reason ?? null,
      suspect_since: state.suspect?.since ?? null,
      suspect_ms_left: Math.round(state.suspect?.msLeft ?? 0),
    }
    await this.#database.write((trx) =>
      trx
        .insertInto('scheduler_clock')
        .values({ only: 1, ...row })
        .onConflict((conflict) => conflict.column('only').doUpdateSet(row))
        .execute(),
    )
  }

  jobs(): Promise<readonly JobRow[]> {
    return this.#database.reader.selectFrom('jobs').selectAll().execute()
  }

  async addJob(job: JobRow): Promise<void> {
    await this.#database.write((trx) =>
      trx
        .insertInto('jobs')
        .values(job)
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    )
  }

  async replan(job: JobRow, zone: string, nextDueAt: EpochMs): Promise<void> {
    await this.#database.write((trx) => moveDue(trx, job.name, job.next_due_at, zone, nextDueAt))
  }

  claim(
    name: JobName,
    zone: string,
    due: Extract<Due, { kind: 'due' }>,
    now: EpochMs,
  ): Promise<JobRunRow | undefined> {
    return this.#database.write(async (trx) => {
      const isStillDue = await moveDue(trx, name, due.firstAt, zone, due.nextDueAt)
      if (!isStillDue) return undefined
      return trx
        .insertInto('job_runs')
        .values({
          job: name,
          trigger: due.trigger,
          is_dry_run: 0,
          scheduled_at: due.scheduledAt,
          first_scheduled_at: due.firstAt,
          instants: due.instants,
          started_by: 'schedule',
          started_at: now,
          finished_at: null,
          status: 'running',
          first_error: null,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst()
    })
  }

  startManual(name: JobName, isDryRun: boolean, startedBy: string, now: EpochMs): Promise<JobRunRow> {
    return this.#database.write((trx) =>
      trx
        .insertInto('job_runs')
        .values({
          job: name,
          trigger: 'manual',
          is_dry_run: isDryRun ? 1 : 0,
          scheduled_at: null,
          first_scheduled_at: null,
          instants: 0,
          started_by: startedBy,
          started_at: now,
          finished_at: null,
          status: 'running',
          first_error: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow(),
    )
  }

  async interruptRunning(): Promise<number> {
    const result = await this.#database.write((trx) =>
      trx
        .updateTable('job_runs')
        .set({ status: 'interrupted' })
        .where('status', '=', 'running')
        .executeTakeFirst(),
    )
    return Number(result.numUpdatedRows)
  }

  interrupted(): Promise<readonly JobRunRow[]> {
    return this.#database.reader
      .selectFrom('job_runs')
      .selectAll()
      .where('status', '=', 'interrupted')
      .where('scheduled_at', 'is not', null)
      .orderBy('id')
      .execute()
  }

  restart(id: number, now: EpochMs): Promise<JobRunRow> {
    return this.#database.write((trx) =>
      trx
        .updateTable('job_runs')
        .set((eb) => ({
          status: 'running' as const,
          trigger: 'catch-up' as const,
          attempts: eb('attempts', '+', 1),
          started_at: now,
          finished_at: null,
        }))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow(),
    )
  }

  end(id: number, end: RunEnd, now: EpochMs): Promise<JobRunRow> {
    return this.#database.write(async (trx) => {
      const row = await trx
        .updateTable('job_runs')
        .set({
          status: end.status,
          finished_at: now,
          counts: JSON.stringify(end.counts),
          failures: end.failures,
          first_error: end.firstError,
          log_tail: end.logTail,
        })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow()
      await trx
        .deleteFrom('job_runs')
        .where('id', '<=', id - RUNS_KEPT)
        .execute()
      return row
    })
  }
}

/** Moves the due time on from the one that was read: what the operator changed since then is not written over. */
async function moveDue(
  trx: Writer,
  name: string,
  from: EpochMs | null,
  zone: string,
  nextDueAt: EpochMs,
): Promise<boolean> {
  const moved = await trx
    .updateTable('jobs')
    .set({ zone, next_due_at: nextDueAt })
    .where('name', '=', name)
    .where('next_due_at', '=', from)
    .executeTakeFirst()
  return moved.numUpdatedRows > 0n
}

/** One job, or undefined. */
export function findJob(db: Reader | Writer, name: JobName): Promise<JobRow | undefined> {
  return db.selectFrom('jobs').selectAll().where('name', '=', name).executeTakeFirst()
}

/** One run, or undefined. */
export function findRun(db: Reader, id: number): Promise<JobRunRow | undefined> {
  return db.selectFrom('job_runs').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Of a run what a row of bars shows; the tail of its log is a hundred lines, and stays where it is. */
export type RunInShort = Pick<JobRunRow, 'id' | 'status' | 'trigger' | 'started_at' | 'finished_at'>

/** The last runs of a job that were in earnest, newest first. */
export function recentRuns(db: Reader, job: JobName, limit: number): Promise<RunInShort[]> {
  return db
    .selectFrom('job_runs')
    .select(['id', 'status', 'trigger', 'started_at', 'finished_at'])
    .where('job', '=', job)
    .where('is_dry_run', '=', 0)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** The newest run of a job, also one that changes nothing; undefined before the first. */
export function newestRun(db: Reader, job: JobName): Promise<JobRunRow | undefined> {
  return db
    .selectFrom('job_runs')
    .selectAll()
    .where('job', '=', job)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** Which runs of a job, newest first. */
export interface RunsFilter {
  readonly job: JobName
  readonly status?: JobRunRow['status'] | undefined
}

/** The runs of a job, newest first, and how many there are in all. */
export async function pageOfRuns(
  db: Reader,
  filter: RunsFilter,
  limit: number,
  offset: number,
): Promise<{ readonly rows: readonly JobRunRow[]; readonly count: number }> {
  let query = db.selectFrom('job_runs').where('job', '=', filter.job)
  if (filter.status !== undefined) query = query.where('status', '=', filter.status)
  const { count } = await query.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  const rows = await query.selectAll().orderBy('id', 'desc').limit(limit).offset(offset).execute()
  return { rows, count: Number(count) }
}

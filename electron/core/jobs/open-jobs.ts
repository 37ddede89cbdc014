import { join } from 'node:path'
import type { AlertsApi, JobsApi, ReadinessCheck } from '../api.ts'
import type { ConsumptionContext } from '../consumption/context.ts'
import type { ChangeFeed } from '../kernel/change-feed.ts'
import type { SystemPorts } from '../kernel/ports.ts'
import { DatabaseJobStore, type JobRunRow } from '../scheduler/job-store.ts'
import type { JobWork, JobWorks } from '../scheduler/job-work.ts'
import { Scheduler } from '../scheduler/scheduler.ts'
import { dailyJob } from './daily-job.ts'
import { hourlyJob } from './hourly-job.ts'
import { openJobLog } from './job-log-file.ts'
import { JobManager } from './job-manager.ts'
import { jobsOnTime } from './jobs-on-time.ts'
import { monthlyJob } from './monthly-job.ts'

/** What the jobs are made of; the composition root knows where it all is. */
export interface JobParts {
  readonly dataDir: string
  readonly ports: SystemPorts
  readonly context: ConsumptionContext
  readonly changes: Pick<ChangeFeed, 'publish'>
  readonly alerts: Pick<AlertsApi, 'raise'>
  /** Writes down which enforcement mode and override have ended by themselves. */
  readonly noteEnds: () => Promise<void>
  /** The work of jobs that live elsewhere; one that is left out is in no list. */
  readonly reconcile?: JobWork
  readonly backup?: JobWork
  /** Why old turns must not be removed besides a clock that is not believed: no verified backup, say; or null. */
  readonly removalHold?: () => string | null
}

/** Opens the jobs. They start by themselves after `start()`, where there are timers. */
export async function openJobs(
  parts: JobParts,
): Promise<{ readonly jobs: JobsApi & { close(): Promise<void> }; readonly check: ReadinessCheck }> {
  const { context, ports } = parts
  const { database, clock } = context
  const zone = () => context.settings().time_zone
  const tools = { database, clock, zone }
  const works: JobWorks = {
    hourly: hourlyJob({ ...tools, noteEnds: parts.noteEnds }),
    daily: dailyJob({ ...tools, retentionDays: () => context.settings().retention_days }),
    monthly: monthlyJob(context),
    ...(parts.reconcile === undefined ? {} : { reconcile: parts.reconcile }),
    ...(parts.backup === undefined ? {} : { backup: parts.backup }),
  }
  const logPlace = { folder: join(parts.dataDir, 'logs'), log: ports.log, keeper: ports.logKeeper }
  const scheduler = await Scheduler.open({
    store: new DatabaseJobStore(database),
    works,
    clock,
    timers: ports.timers,
    log: ports.log,
    zone,
    openLog: (job) => openJobLog(logPlace, job),
    ...(parts.removalHold === undefined ? {} : { removalHold: parts.removalHold }),
    onEnd: (run) => tellEnd(run, parts),
  })
  const jobs = new JobManager({ database, scheduler, works, clock, zone })
  return { jobs, check: jobsOnTime(jobs, clock) }
}

/** What everybody is told of a run that has ended; a bell that cannot be rung does not undo the run. */
async function tellEnd(run: JobRunRow, { ports, changes, alerts }: JobParts): Promise<void> {
  changes.publish('jobs')
  ports.log.info('job ended', { area: 'jobs', job: run.job, run_id: `job-${run.id}`, status: run.status })
  if (run.status !== 'failed' && run.status !== 'partial') return
  try {
    await alerts.raise({
      kind: 'job_failed',
      onceKey: `job-${run.id}`,
      severity: run.status === 'failed' ? 'critical' : 'warning',
      title:
        run.status === 'failed' ? `The job ${run.job} failed` : `The job ${run.job} left something undone`,
      detail: `${run.first_error ?? 'The log of the run says why.'} Look at the run, then run the job again.`,
      link: `/jobs?job=${run.job}`,
      isOperatorsOwn: run.trigger === 'manual',
    })
    changes.publish('alerts')
  } catch (error) {
    ports.log.error('an alert of a job could not be raised', { area: 'jobs', job: run.job, error })
  }
}

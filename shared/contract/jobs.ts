import { z } from 'zod'
import { operation } from './operation.ts'

/** The jobs that keep Weir tidy: when each runs, what its runs did, and starting one by hand. */

/** Every job; which of them a Weir has is in `jobs.list`. */
export const JOB_NAMES = ['hourly', 'daily', 'monthly', 'reconcile', 'backup'] as const

export type JobName = (typeof JOB_NAMES)[number]

const nullableText = z.string().nullable()
const jobName = z.enum(JOB_NAMES)
const runId = z.string().regex(/^job-\d{1,15}$/, 'must be a run id like job-12')
const schedule = z.string().trim().min(1).max(100)

export const jobRun = z.object({
  run_id: z.string(),
  job: jobName,
  /** `catch-up`: the time had passed while Weir was not there. */
  trigger: z.enum(['schedule', 'catch-up', 'manual']),
  is_dry_run: z.boolean(),
  /** The instant of the schedule it is for; null for a manual run. */
  scheduled_at: nullableText,
  /** The first missed instant, when it stands for several. */
  first_scheduled_at: nullableText,
  /** How many instants of the schedule it stands for: 1, and more when several were missed. */
  instants: z.number(),
  /** How often it was begun; more than once when Weir ended in the middle of it. */
  attempts: z.number(),
  started_by: z.string(),
  started_at: z.string(),
  finished_at: nullableText,
  duration_ms: z.number().nullable(),
  /** `partial`: done for all but those it failed for. `interrupted`: Weir ended; a scheduled one goes on at the next start. */
  status: z.enum(['running', 'done', 'partial', 'failed', 'cancelled', 'interrupted']),
  counts: z.record(z.string(), z.number()),
  /** What it could not be done for: users, mostly. */
  failures: z.number(),
  first_error: nullableText,
  /** What it is doing, in words, while it runs. */
  phase: nullableText,
  log_tail: z.array(z.string()),
})

const job = z.object({
  job: jobName,
  /** Five fields: minute, hour, day of month, month, day of week; in the billing time zone. */
  schedule: z.string(),
  schedule_in_words: z.string(),
  default_schedule: z.string(),
  time_zone: z.string(),
  is_enabled: z.boolean(),
  /** Null when it is disabled. */
  next_run_at: nullableText,
  running: jobRun.nullable(),
  last_run: jobRun.nullable(),
  /** The last runs that were no dry runs, oldest first, 20 at most. */
  recent: z.array(
    z.object({
      run_id: z.string(),
      status: jobRun.shape.status,
      trigger: jobRun.shape.trigger,
      started_at: z.string(),
      duration_ms: z.number().nullable(),
    }),
  ),
})

const clock = z.object({
  /** While true, jobs remove nothing. */
  is_suspect: z.boolean(),
  reason: nullableText,
  since: nullableText,
})

export const jobOperations = {
  'jobs.list': operation({
    method: 'GET',
    path: '/api/v1/admin/jobs',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'The jobs with their schedules, when each runs next, and how the last runs went',
    input: z.strictObject({}),
    output: z.object({ jobs: z.array(job), clock }),
    errors: [],
    example: {},
    command: 'jobs list',
  }),
  'jobs.get': operation({
    method: 'GET',
    path: '/api/v1/admin/jobs/{job}',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'One job with its last runs, newest first',
    input: z.strictObject({
      job: jobName,
      status: jobRun.shape.status.optional(),
      limit: z.coerce.number().int().min(1).max(200).optional(),
      offset: z.coerce.number().int().min(0).optional(),
    }),
    output: z.object({ job, runs: z.array(jobRun), total_count: z.number() }),
    errors: ['job_unknown'],
    example: { job: 'hourly' },
  }),
  'jobs.run': operation({
    method: 'POST',
    path: '/api/v1/admin/jobs/{job}/run',
    scopes: ['admin'],
    effect: 'write',
    status: 202,
    summary: 'Run a job now; answers with a run to follow',
    description:
      'The schedule stays as it is. `dry_run` changes nothing and counts what would change. A job never runs twice at once.',
    input: z.strictObject({ job: jobName, dry_run: z.boolean().optional() }),
    output: jobRun,
    errors: ['job_unknown', 'busy', 'shutting_down'],
    example: { job: 'hourly', dry_run: true },
    command: 'jobs run',
  }),
  'jobs.run.get': operation({
    method: 'GET',
    path: '/api/v1/admin/jobs/runs/{run_id}',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'How far a run of a job is, or how it ended',
    input: z.strictObject({ run_id: runId }),
    output: jobRun,
    errors: ['run_unknown'],
    example: { run_id: 'job-1' },
  }),
  'jobs.cancel': operation({
    method: 'POST',
    path: '/api/v1/admin/jobs/runs/{run_id}/cancel',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Stop a run at its next safe place; what it did so far stays. One that is over stays as it is',
    input: z.strictObject({ run_id: runId }),
    output: jobRun,
    errors: ['run_unknown'],
    example: { run_id: 'job-1' },
  }),
  'jobs.update': operation({
    method: 'PATCH',
    path: '/api/v1/admin/jobs/{job}',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Change when a job runs, or switch it off and on',
    description: 'A new schedule holds from now: what was missed under the old one is not caught up.',
    input: z.strictObject({
      job: jobName,
      schedule: schedule.optional(),
      is_enabled: z.boolean().optional(),
    }),
    output: job,
    errors: ['job_unknown', 'invalid_request'],
    example: { job: 'backup', schedule: '30 1 * * *' },
  }),
  'jobs.preview': operation({
    method: 'GET',
    path: '/api/v1/admin/jobs/{job}/preview',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'What a schedule means: in words, and the next five times; changes nothing',
    input: z.strictObject({ job: jobName, schedule }),
    output: z.object({
      schedule: z.string(),
      schedule_in_words: z.string(),
      time_zone: z.string(),
      next_runs: z.array(z.string()),
    }),
    errors: ['job_unknown', 'invalid_request'],
    example: { job: 'backup', schedule: '30 1 * * *' },
  }),
  'jobs.trustClock': operation({
    method: 'POST',
    path: '/api/v1/admin/clock/trust',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Say that the clock is right after it jumped: jobs may remove old turns again',
    input: z.strictObject({}),
    output: clock,
    errors: [],
    example: {},
  }),
}

import { describe, expect, test } from 'vitest'
import type { OperationOutput } from '../../shared/contract/index.ts'
import { ok, refusal, runWith } from './fake-context.ts'

type Run = OperationOutput<'jobs.run'>
type Job = OperationOutput<'jobs.list'>['jobs'][number]

const RUN: Run = {
  run_id: 'job-7',
  job: 'hourly',
  trigger: 'manual',
  is_dry_run: false,
  scheduled_at: null,
  first_scheduled_at: null,
  instants: 0,
  attempts: 1,
  started_by: 'Olga',
  started_at: '2026-11-24T10:20:00.000Z',
  finished_at: null,
  duration_ms: null,
  status: 'running',
  counts: {},
  failures: 0,
  first_error: null,
  phase: 'Tidying hours',
  log_tail: [],
}
const DONE: Run = {
  ...RUN,
  status: 'done',
  finished_at: '2026-11-24T10:20:01.000Z',
  duration_ms: 1000,
  counts: { users: 1200, idle_hours: 3 },
}
const JOB: Job = {
  job: 'hourly',
  schedule: '5 * * * *',
  schedule_in_words: 'At 5 minutes past the hour',
  default_schedule: '5 * * * *',
  time_zone: 'UTC',
  is_enabled: true,
  next_run_at: '2026-11-24T11:05:00.000Z',
  running: null,
  last_run: null,
  recent: [],
}
const CLOCK = { is_suspect: false, reason: null, since: null }

describe('jobs run', () => {
  test('waits for the run and says what it did', async () => {
    const ran = await runWith('jobs run hourly', { 'jobs.run': ok(RUN), 'jobs.run.get': ok(DONE) })
    expect(ran).toMatchObject({ code: 0, stdout: 'hourly is done: users 1,200, idle hours 3\n' })
    expect(ran.calls[0]).toEqual({ name: 'jobs.run', input: { job: 'hourly' } })
  })

  test('--dry-run is asked for, and --json prints the run', async () => {
    const dry = { ...DONE, is_dry_run: true }
    const ran = await runWith('jobs run hourly --dry-run --json', { 'jobs.run': ok(dry) })
    expect(ran.calls[0]?.input).toEqual({ job: 'hourly', dry_run: true })
    expect(JSON.parse(ran.stdout)).toMatchObject({
      run_id: 'job-7',
      job: 'hourly',
      trigger: 'manual',
      status: 'done',
      counts: { users: 1200, idle_hours: 3 },
    })
  })

  test.each([
    ['failed', 3],
    ['partial', 1],
    ['cancelled', 130],
  ] as const)('a run that is %s ends with exit code %d', async (status, code) => {
    const ended = { ...DONE, status, failures: 1, first_error: 'User bob: no' }
    const ran = await runWith('jobs run hourly', { 'jobs.run': ok(ended) })
    expect(ran.code).toBe(code)
    expect(ran.stdout).toContain('User bob: no')
  })

  test('Ctrl-C cancels the run', async () => {
    const ran = await runWith(
      'jobs run hourly',
      {
        'jobs.run': ok(RUN),
        'jobs.run.get': ok({ ...DONE, status: 'cancelled' }),
        'jobs.cancel': ok(RUN),
      },
      { interruptsAtFirstPause: true },
    )
    expect(ran.calls.map(({ name }) => name)).toContain('jobs.cancel')
    expect(ran.code).toBe(130)
  })

  test('all runs one after the other, a failure does not stop the others', async () => {
    const jobs = [JOB, { ...JOB, job: 'daily' as const }]
    const ran = await runWith('jobs run all --json', {
      'jobs.list': ok({ jobs, clock: CLOCK }),
      'jobs.run': ({ job }) => ok({ ...DONE, job, status: job === 'hourly' ? 'failed' : 'done' }),
    })
    const { runs } = JSON.parse(ran.stdout) as { runs: Run[] }
    expect(runs.map(({ job, status }) => [job, status])).toEqual([
      ['hourly', 'failed'],
      ['daily', 'done'],
    ])
    expect(ran.code).not.toBe(0)
  })

  test('one that runs already is refused, and a name that is none is wrong usage', async () => {
    const ran = await runWith('jobs run hourly', { 'jobs.run': refusal('busy', 'It runs already.') })
    expect(ran.code).not.toBe(0)
    expect(ran.stderr).toContain('It runs already.')
    expect(await runWith('jobs run weekly')).toMatchObject({ code: 2, calls: [] })
  })
})

test('jobs list shows when each runs next, and warns of a clock that is not believed', async () => {
  const clock = { is_suspect: true, reason: 'The clock was set back', since: RUN.started_at }
  const ran = await runWith('jobs list', { 'jobs.list': ok({ jobs: [JOB], clock }) })
  expect(ran.stdout).toMatch(/hourly\s+5 \* \* \* \*\s+UTC\s+2026-11-24T11:05:00.000Z\s+never/)
  expect(ran.stderr).toContain('nothing is removed')
})

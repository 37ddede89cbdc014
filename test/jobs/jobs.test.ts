import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dispatchToAnswer } from '../../electron/operations/dispatch.ts'
import type { OperationInput, OperationName, OperationOutput } from '../../shared/contract/index.ts'
import type { JobName } from '../../shared/contract/jobs.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/units.ts'
import { TestClock } from '../support/clock.ts'
import { ATLAS } from '../support/consumption.ts'
import { sessionOf, temporaryFolder, turnOf, writeSessionFile } from '../support/session-files.ts'
import { openWeir, type TestWeir } from '../support/weir.ts'

const CALLER = { name: 'Olga', via: 'window', scope: 'admin', userId: null, tokenId: null } as const

let own: TestWeir
let clock: TestClock

beforeEach(async () => {
  clock = new TestClock()
  own = await openWeir(clock)
  await ask('users.create', { id: 'alice', username: 'Alice' })
})

afterEach(async () => {
  expect((await own.weir.verify()).differences).toEqual([])
  await own.close()
})

async function ask<Name extends OperationName>(
  name: Name,
  input: OperationInput<Name>,
): Promise<OperationOutput<Name>> {
  const answer = await dispatchToAnswer(own.weir, name, input, CALLER)
  if (!answer.ok) throw Object.assign(new Error(answer.problem.detail), { code: answer.problem.code })
  return answer.value
}

async function run(job: JobName, isDryRun = false): Promise<OperationOutput<'jobs.run.get'>> {
  const { run_id } = await ask('jobs.run', { job, ...(isDryRun && { dry_run: true }) })
  await own.weir.jobs.finished(run_id)
  return ask('jobs.run.get', { run_id })
}

const TURN = { user_id: 'alice', session_id: 's1', ...ATLAS, input_tokens: 100, output_tokens: 10 } as const

const turn = (turn_number: number) => ask('turns.record', { ...TURN, turn_number })

const months = async () => (await ask('consumption.history', { user_id: 'alice' })).periods

test('closing a month twice archives it once; a dry run says whom it would close and changes nothing', async () => {
  await turn(1)
  clock.advance(8 * DAY_MS)
  const dry = await run('monthly', true)
  expect(dry).toMatchObject({ status: 'done', is_dry_run: true, counts: { users_rolled_over: 1 } })
  expect(await months()).toEqual([])
  expect(await run('monthly')).toMatchObject({ counts: { users_rolled_over: 1, months_archived: 1 } })
  expect(await run('monthly')).toMatchObject({ counts: { users_rolled_over: 0, months_archived: 0 } })
  expect(await months()).toMatchObject([{ period: '2026-11', total_turns: 1, models_used: ['atlas'] }])
  // A dry run is no run the schedule is judged by.
  expect((await ask('jobs.get', { job: 'monthly' })).job.recent).toHaveLength(2)
})

test('no turn is removed without a recent backup that was proved to open', async () => {
  await turn(1)
  clock.advance(100 * DAY_MS)
  await run('monthly')
  const without = await run('daily')
  expect(without).toMatchObject({ status: 'done', counts: { turns_removed: 0 } })
  expect(without.log_tail.join('\n')).toContain('there is no verified backup')
  await run('backup')
  clock.advance(3 * DAY_MS)
  const stale = await run('daily')
  expect(stale).toMatchObject({ counts: { turns_removed: 0 } })
  expect(stale.log_tail.join('\n')).toContain('is 3 days old')
  await run('backup')
  expect(await run('daily')).toMatchObject({ counts: { turns_removed: 1 } })
})

test('old turns of archived months leave the ledger; sums stay, and one that is told again is not counted twice', async () => {
  await turn(1)
  await turn(2)
  clock.advance(100 * DAY_MS)
  const before = await ask('consumption.summary', { user_id: 'alice', period: 'all' })
  expect(await run('daily', true)).toMatchObject({ counts: { turns_removed: 0 } })
  await run('monthly')
  await run('backup')
  expect(await run('daily', true)).toMatchObject({ counts: { turns_removed: 2 } })
  expect(await run('daily')).toMatchObject({ status: 'done', counts: { turns_removed: 2 } })
  expect(await run('daily')).toMatchObject({ counts: { turns_removed: 0 } })
  expect((await own.weir.verify()).differences).toEqual([])
  const after = await ask('consumption.summary', { user_id: 'alice', period: 'all' })
  expect(after.total_input_tokens).toBe(before.total_input_tokens)
  await expect(
    ask('turns.record', { ...TURN, turn_number: 1, occurred_at: '2026-11-24T10:20:00Z' }),
  ).rejects.toMatchObject({ code: 'turn_conflict' })
})

test('a user whose old turns retention has removed can be deleted, and the books stay right', async () => {
  await ask('users.create', { id: 'bob', username: 'Bob' })
  await turn(1)
  await ask('turns.record', { ...TURN, user_id: 'bob', turn_number: 1 })
  clock.advance(95 * DAY_MS)
  await turn(2)
  await run('monthly')
  await run('backup')
  expect(await run('daily')).toMatchObject({ counts: { turns_removed: 2 } })
  await ask('users.delete', { id: 'alice', turns: 'removed', confirm: 'alice' })
  expect((await own.weir.verify()).differences).toEqual([])
  expect((await ask('consumption.systemSummary', { period: 'all' })).total_turns).toBe(1)
})

test('what retention removed, reconciliation does not bring back', async () => {
  const folder = temporaryFolder()
  writeSessionFile(folder.path, 'alice', 's1', sessionOf([turnOf(), turnOf({ turn: 2 })]))
  const started = await ask('import.start', { sessions_dir: folder.path })
  await own.weir.imports.finished(started.run_id)
  clock.advance(150 * DAY_MS)
  await run('monthly')
  await run('backup')
  const removed = await run('daily')
  expect(removed.counts['turns_removed']).toBeGreaterThan(0)
  const total = (await ask('consumption.summary', { user_id: 'alice', period: 'all' })).total_input_tokens
  const compared = await run('reconcile')
  expect(compared.counts['corrected']).toBe(0)
  const again = await ask('import.start', { sessions_dir: folder.path })
  await own.weir.imports.finished(again.run_id)
  const after = await ask('consumption.summary', { user_id: 'alice', period: 'all' })
  expect(after.total_input_tokens).toBe(total)
  folder.remove()
})

test('while the clock is not believed nothing is removed, until the operator says that it is right', async () => {
  await turn(1)
  clock.set('2027-04-01T10:00:00Z')
  const { clock: seen } = await ask('jobs.list', {})
  expect(seen).toMatchObject({ is_suspect: true })
  await run('monthly')
  await run('backup')
  const held = await run('daily')
  expect(held.counts['turns_removed']).toBe(0)
  expect(held.log_tail.join('\n')).toContain('were kept')
  expect(await ask('jobs.trustClock', {})).toEqual({ is_suspect: false, reason: null, since: null })
  const { entries } = await ask('audit.list', {})
  expect(entries.filter(({ action }) => action === 'clock.trust')).toMatchObject([
    { before: { is_suspect: true }, after: { is_suspect: false } },
  ])
  expect(await run('daily')).toMatchObject({ counts: { turns_removed: 1 } })
})

test('the hourly job gives expired reservations back, starts idle hours again and notes grants that are over, once', async () => {
  await ask('grants.create', {
    id: 'alice',
    limit: 'prompts_per_hour',
    amount: 5,
    expires_at: '2026-11-24T11:00:00Z',
    reason: 'A demo',
  })
  await ask('limits.check', { user_id: 'alice', estimated_input_tokens: 500 })
  clock.advance(25 * HOUR_MS)
  const counts = { idle_hours: 1, reservations_expired: 1, grants_ended: 1 }
  expect(await run('hourly')).toMatchObject({ status: 'done', counts })
  expect(await run('hourly')).toMatchObject({ counts: { idle_hours: 0, grants_ended: 0 } })
  const { entries } = await ask('audit.list', {})
  expect(entries.filter(({ action }) => action === 'grants.end')).toHaveLength(1)
  const file = join(own.dataDir, 'logs', 'consumption_hourly.log')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readFileSync(file, 'utf8')).toContain('Ended: done')
})

test('without a folder of session files there is nothing to reconcile, and that is no error', async () => {
  const report = await run('reconcile')
  expect(report).toMatchObject({ status: 'done', first_error: null })
  expect(report.log_tail.join('\n')).toContain('No folder of session files is known yet')
})

test('a job that fails rings once, is not ready, and shows in the metrics', async () => {
  const folder = temporaryFolder()
  writeSessionFile(folder.path, 'alice', 's1', sessionOf([turnOf()]))
  const { run_id } = await ask('reconciliation.start', { sessions_dir: folder.path })
  await own.weir.reconciliation.finished(run_id)
  rmSync(folder.path, { recursive: true })
  clock.advance(MINUTE_MS)
  const failed = await run('reconcile')
  expect(failed).toMatchObject({ status: 'failed', failures: 1 })
  const { alerts } = await ask('alerts.list', {})
  expect(alerts).toMatchObject([{ kind: 'job_failed', link: '/jobs?job=reconcile' }])
  const { checks } = await ask('readiness.get', {})
  expect(checks.find(({ id }) => id === 'jobs_ran')).toMatchObject({ state: 'attention' })
  const { samples } = await own.weir.metrics.collect()
  expect(samples).toContainEqual(
    expect.objectContaining({ name: 'weir_job_last_run_ok', value: 0, labels: { job: 'reconcile' } }),
  )
})

test('for how many users files and ledger differ, and by how much at most, is in the metrics', async () => {
  const folder = temporaryFolder()
  writeSessionFile(folder.path, 'alice', 's1', sessionOf([turnOf({ turn_output_tokens: 0 })]))
  const started = await ask('import.start', { sessions_dir: folder.path })
  await own.weir.imports.finished(started.run_id)
  const drift = async () =>
    (await own.weir.metrics.collect()).samples
      .filter(({ name }) => name.includes('drift'))
      .map(({ name, value }) => [name, value])
  expect(await drift()).toEqual([
    ['weir_users_with_drift', 0],
    ['weir_drift_ratio_max', 0],
  ])
  writeSessionFile(folder.path, 'alice', 's1', sessionOf([turnOf({ turn_output_tokens: 100 })]))
  const { run_id } = await ask('reconciliation.start', { sessions_dir: folder.path })
  await own.weir.reconciliation.finished(run_id)
  const [users, largest] = await drift()
  expect(users).toEqual(['weir_users_with_drift', 1])
  expect(largest?.[1]).toBeGreaterThan(0.1)
  folder.remove()
})

test('the daily backup is made and proved; a dry run makes none', async () => {
  await run('backup', true)
  expect(own.weir.backups.list()).toEqual([])
  expect(await run('backup')).toMatchObject({ status: 'done', counts: { backups_made: 1 } })
  expect(own.weir.backups.list()).toMatchObject([{ reason: 'daily' }])
})

test('the daily backup removes what restores replaced a month ago, and nothing that is not theirs', async () => {
  const kept = join(own.dataDir, 'quarantine')
  const old = 'restore-20261020T100000Z-0a1b'
  const young = 'restore-20261120T100000Z-0a1b'
  for (const name of [old, young, 'mine']) mkdirSync(join(kept, name), { recursive: true })
  expect(await run('backup', true)).toMatchObject({ status: 'done' })
  expect(readdirSync(kept).sort()).toEqual(['mine', old, young])
  expect((await run('backup')).log_tail.join('\n')).toContain(old)
  expect(readdirSync(kept).sort()).toEqual(['mine', young])
})

test('a schedule is shown with its next five times, changed with an audit entry, and refused when it makes no sense', async () => {
  const preview = await ask('jobs.preview', { job: 'backup', schedule: '0 4 * * 1' })
  expect(preview).toMatchObject({ schedule_in_words: 'At 04:00, only on Monday', time_zone: 'UTC' })
  expect(preview.next_runs).toHaveLength(5)
  expect(preview.next_runs[0]).toBe('2026-11-30T04:00:00.000Z')
  const changed = await ask('jobs.update', { job: 'backup', schedule: '0 4 * * 1' })
  expect(changed).toMatchObject({ schedule: '0 4 * * 1', next_run_at: '2026-11-30T04:00:00.000Z' })
  expect(await ask('jobs.update', { job: 'backup', is_enabled: false })).toMatchObject({
    is_enabled: false,
    next_run_at: null,
  })
  await expect(ask('jobs.update', { job: 'backup', schedule: 'soon' })).rejects.toMatchObject({
    code: 'invalid_request',
  })
  const { entries } = await ask('audit.list', {})
  expect(entries.filter(({ action }) => action === 'jobs.update')).toHaveLength(2)
})

test('a run that is over stays as it is when somebody cancels it; one that never was is unknown', async () => {
  const done = await run('hourly')
  expect(await ask('jobs.cancel', { run_id: done.run_id })).toMatchObject({ status: 'done' })
  await expect(ask('jobs.cancel', { run_id: 'job-999' })).rejects.toMatchObject({ code: 'run_unknown' })
})

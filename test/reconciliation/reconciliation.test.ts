import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dispatchToAnswer } from '../../electron/operations/dispatch.ts'
import type { OperationInput, OperationName, OperationOutput } from '../../shared/contract/index.ts'
import type { ReconciliationReport } from '../../shared/contract/reconciliation.ts'
import { renderReport } from '../../shared/reconciliation-report.ts'
import { MINUTE_MS } from '../../shared/units.ts'
import { TestClock } from '../support/clock.ts'
import { damageTables } from '../support/damage.ts'
import { sessionOf, temporaryFolder, turnOf, writeSessionFile } from '../support/session-files.ts'
import { openWeir, type TestWeir } from '../support/weir.ts'

let folder: ReturnType<typeof temporaryFolder>
let own: TestWeir
let clock: TestClock

const CALLER = { name: 'Olga', via: 'window', scope: 'admin', userId: null, tokenId: null } as const

beforeEach(async () => {
  folder = temporaryFolder()
  clock = new TestClock()
  own = await openWeir(clock)
})

afterEach(async () => {
  await own.close()
  folder.remove()
})

async function ask<Name extends OperationName>(
  name: Name,
  input: OperationInput<Name>,
): Promise<OperationOutput<Name>> {
  const answer = await dispatchToAnswer(own.weir, name, input, CALLER)
  if (!answer.ok) throw Object.assign(new Error(answer.problem.detail), { code: answer.problem.code })
  return answer.value
}

/** A session of two turns with something outside them, written and imported. */
async function importTwoTurns(): Promise<void> {
  write(100)
  const run = await ask('import.start', { sessions_dir: folder.path })
  await own.weir.imports.finished(run.run_id)
  clock.advance(MINUTE_MS)
}

function write(inputTokens: number): void {
  const turns = [turnOf({ turn_input_tokens: inputTokens }), turnOf({ turn: 2 })]
  writeSessionFile(
    folder.path,
    'alice',
    's1',
    sessionOf(turns, { input_tokens: inputTokens + 150, output_tokens: 20 }),
  )
}

async function reconcile(input: OperationInput<'reconciliation.start'> = {}): Promise<ReconciliationReport> {
  const { run_id } = await ask('reconciliation.start', input)
  await own.weir.reconciliation.finished(run_id)
  const run = await ask('reconciliation.get', { run_id })
  if (run.report === null) throw new Error('a run that is over has a report')
  clock.advance(MINUTE_MS)
  return run.report
}

function change(statement: string): void {
  const db = new BetterSqlite3(join(own.dataDir, 'auth.db'))
  db.exec(statement)
  db.close()
}

test('without a known folder it says what to do; with one it remembers it', async () => {
  await expect(ask('reconciliation.start', {})).rejects.toMatchObject({ code: 'folder_unreadable' })
  write(100)
  const report = await reconcile({ sessions_dir: folder.path })
  expect(report.users).toMatchObject([{ user_id: 'alice', status: 'missing_db_record' }])
  expect((await ask('reconciliation.list', {})).sessions_dir).toBe(folder.path)
})

test('a turn that is gone from the database is put back, once, with the sums as they were', async () => {
  await importTwoTurns()
  const before = await own.weir.consumption.summary('alice', 'all')
  change('DELETE FROM consumption_turns WHERE turn_number = 2')
  const seen = await reconcile({ threshold_percent: 50 })
  expect(seen.users[0]).toMatchObject({
    status: 'drift',
    findings: [
      { session_id: 's1', turn_number: 2, cause: 'missing_in_database', repair: 'add', file_value: 110 },
    ],
  })
  const fixed = await reconcile({ fix: true, threshold_percent: 50 })
  expect(fixed.users[0]).toMatchObject({ status: 'corrected', findings: [{ state: 'corrected' }] })
  expect((await own.weir.verify()).differences).toEqual([])
  const after = await own.weir.consumption.summary('alice', 'all')
  // When it was asked and reconciled is all that is new.
  const figures = ({
    generated_at: _at,
    last_updated_at: _u,
    last_drift_percent: _d,
    last_reconciled_at: _r,
    ...rest
  }: typeof after) => rest
  expect(figures(after)).toEqual(figures(before))
  expect((await reconcile({ fix: true })).summary).toMatchObject({ ok: 1, corrected: 0 })
  const { entries } = await ask('audit.list', {})
  expect(entries.filter((entry) => entry.action === 'reconciliation.fix')).toHaveLength(1)
})

test('a check that finds drift is a warning the log screen counts; one that finds none, or repairs all, is not', async () => {
  await importTwoTurns()
  const warnings = () => own.log.lines.filter(({ fields }) => fields?.['event'] === 'drift_warning')
  await reconcile()
  expect(warnings()).toEqual([])
  change('DELETE FROM consumption_turns WHERE turn_number = 2')
  await reconcile({ threshold_percent: 50 })
  expect(warnings()).toMatchObject([{ level: 'warn', fields: { users: 1 } }])
  await reconcile({ fix: true, threshold_percent: 50 })
  expect(warnings()).toHaveLength(1)
})

test('before the first repair the database is copied, and the copy is as it was', async () => {
  await importTwoTurns()
  change('DELETE FROM consumption_turns WHERE turn_number = 2')
  const { run_id } = await reconcile({ fix: true, threshold_percent: 100 })
  const { safety_copy_id } = await ask('reconciliation.get', { run_id })
  const file = join(own.dataDir, 'backups', safety_copy_id ?? '', 'auth.db')
  expect(existsSync(file)).toBe(true)
  const copy = new BetterSqlite3(file, { readonly: true })
  expect(copy.prepare('SELECT count(*) FROM consumption_turns').pluck().get()).toBe(2)
  copy.close()
})

test('one that comes upon damage is over, although that cannot be written down, and holds up nothing', async () => {
  await importTwoTurns()
  const backup = await own.weir.backups.create({ reason: 'manual' }, CALLER)
  damageTables(join(own.dataDir, 'auth.db'), ['reconciliation_users'])
  const { run_id } = await ask('reconciliation.start', {})
  const over = { status: 'failed', phase: 'finished', error: { code: 'storage_unavailable' } }
  expect(await own.weir.reconciliation.finished(run_id)).toMatchObject(over)
  expect((await ask('status.get', {})).storage).toMatchObject({ state: 'damaged' })
  expect((await ask('reconciliation.list', {})).runs[0]).toMatchObject(over)
  const recovered = await ask('restore.recover', { confirm: true })
  expect(await own.weir.restores.finished(recovered.run_id)).toMatchObject({
    status: 'done',
    backup_id: backup.id,
  })
})

test('drift above the threshold waits for a person, who repairs it row by row with a reason', async () => {
  await importTwoTurns()
  change('DELETE FROM consumption_turns WHERE turn_number = 2')
  const seen = await reconcile({ fix: true })
  expect(seen.users[0]).toMatchObject({ status: 'manual_review', findings: [{ state: 'open' }] })
  const ids = seen.users[0]?.findings.map((one) => one.id) ?? []
  const reason = 'I saw it in the file'
  const done = await ask('reconciliation.repair', { run_id: seen.run_id, finding_ids: ids, reason })
  expect(done).toMatchObject({ repaired: 1, run: { report: { users: [{ status: 'corrected' }] } } })
  await expect(
    ask('reconciliation.repair', { run_id: seen.run_id, finding_ids: ids, reason }),
  ).rejects.toMatchObject({ code: 'invalid_request' })
  expect((await own.weir.verify()).differences).toEqual([])
  const { entries } = await ask('audit.list', {})
  const entry = entries.find((one) => one.action === 'reconciliation.repair')
  expect(JSON.stringify(entry)).toContain(reason)
})

test('nothing becomes smaller without a person, whatever the threshold', async () => {
  await importTwoTurns()
  write(40)
  const seen = await reconcile({ fix: true, threshold_percent: 100 })
  expect(seen.users[0]).toMatchObject({
    status: 'manual_review',
    findings: [
      { turn_number: 1, field: 'input_tokens', file_value: 40, database_value: 100, repair: 'confirm' },
    ],
  })
  const ids = seen.users[0]?.findings.map((one) => one.id) ?? []
  await ask('reconciliation.repair', { run_id: seen.run_id, finding_ids: ids, reason: 'counted twice' })
  expect((await own.weir.verify()).differences).toEqual([])
  expect((await reconcile()).summary.ok).toBe(1)
})

test('a change in the database is seen although the file is as it was', async () => {
  await importTwoTurns()
  expect((await reconcile()).summary).toMatchObject({ ok: 1, files_read: 1 })
  expect((await reconcile()).summary).toMatchObject({ ok: 1, files_read: 0, files_unchanged: 1 })
  change("UPDATE consumption_turns SET status = 'failed' WHERE turn_number = 1")
  const seen = await reconcile()
  expect(seen.users[0]?.findings).toMatchObject([
    { field: 'status', file_value: 'success', database_value: 'failed' },
  ])
})

test('a removed file lowers nobody: it is a finding, and the turns stay', async () => {
  await importTwoTurns()
  rmSync(join(folder.path, 'alice', 's1.json'))
  const seen = await reconcile({ fix: true, threshold_percent: 100 })
  expect(seen.users[0]).toMatchObject({
    status: 'missing_files',
    findings: [{ turn_number: null, field: 'file', cause: 'missing_in_file', repair: 'restore_file' }],
  })
  rmSync(join(folder.path, 'alice'), { recursive: true })
  expect((await reconcile()).users[0]).toMatchObject({ status: 'missing_files' })
  expect((await own.weir.consumption.summary('alice', 'all')).total_turns).toBe(2)
})

test('turns that retention took out of the ledger are no drift', async () => {
  await importTwoTurns()
  change(`DELETE FROM consumption_turns WHERE turn_number = 2;
    INSERT INTO pruned_periods SELECT key, 202611, ${Date.parse('2026-11-20T00:00:00Z')} FROM users`)
  expect((await reconcile({ fix: true })).users[0]).toMatchObject({ status: 'ok', findings: [] })
})

/** November closed, its turns removed by the nightly job itself. */
async function pruneNovember(): Promise<void> {
  await importTwoTurns()
  clock.set('2027-06-02T10:00:00Z')
  await ask('limits.check', { user_id: 'alice' })
  // Nothing is removed without a backup, nor by a clock that has jumped.
  await own.weir.backups.create({ reason: 'manual' }, CALLER)
  await ask('jobs.trustClock', {})
  const { run_id } = await ask('jobs.run', { job: 'daily' })
  await own.weir.jobs.finished(run_id)
  expect((await ask('consumption.turns', { user_id: 'alice' })).turns).toEqual([])
}

test('a sealed month is compared by its totals: as long as they are the same, retention is no drift', async () => {
  await pruneNovember()
  const report = await reconcile({ fix: true, full: true })
  expect(report.users[0]).toMatchObject({ status: 'ok', drift_percent: 0, findings: [] })
})

test('a sealed month whose file says more or fewer turns than were booked is named, and never repaired', async () => {
  await pruneNovember()
  write(130)
  const more = await reconcile({ fix: true })
  expect(more.users[0]).toMatchObject({
    status: 'manual_review',
    findings: [
      {
        session_id: 's1',
        turn_number: null,
        field: 'total_tokens',
        file_value: 300,
        database_value: 270,
        cause: 'pruned_by_retention',
        repair: 'restore_file',
        state: 'open',
      },
    ],
  })
  writeSessionFile(folder.path, 'alice', 's1', sessionOf([turnOf()]))
  const fewer = await reconcile({ fix: true })
  expect(
    fewer.users[0]?.findings.map((one) => [one.field, one.file_value, one.database_value, one.cause]),
  ).toEqual([
    ['turns', 1, 2, 'pruned_by_retention'],
    ['total_tokens', 110, 270, 'pruned_by_retention'],
  ])
  expect((await own.weir.verify()).differences).toEqual([])
  expect((await ask('consumption.history', { user_id: 'alice' })).periods).toMatchObject([
    { period: '2026-11', total_tokens: 270 },
  ])
})

test('a file that turns up for a month retention has emptied is named: its turns were never counted', async () => {
  await pruneNovember()
  writeSessionFile(folder.path, 'alice', 'late', sessionOf([turnOf()], { id: 'late' }))
  expect((await reconcile({ fix: true })).users[0]?.findings).toMatchObject([
    { session_id: 'late', field: 'turns', file_value: 1, database_value: 0, cause: 'pruned_by_retention' },
    { session_id: 'late', field: 'total_tokens', file_value: 110, database_value: 0 },
  ])
})

test('one month is compared alone', async () => {
  await importTwoTurns()
  change('DELETE FROM consumption_turns WHERE turn_number = 2')
  expect((await reconcile({ period: '2026-10' })).summary.ok).toBe(1)
  expect((await reconcile({ period: '2026-11' })).summary.manual_review).toBe(1)
})

test('a run can be cancelled, and what is not known is refused', async () => {
  await importTwoTurns()
  const { run_id } = await ask('reconciliation.start', {})
  await ask('reconciliation.cancel', { run_id })
  expect(['cancelled', 'done']).toContain((await own.weir.reconciliation.finished(run_id)).status)
  await expect(ask('reconciliation.cancel', { run_id: 'none' })).rejects.toMatchObject({
    code: 'run_unknown',
  })
})

test('every form of the report holds the same findings, and nothing a spreadsheet would run', async () => {
  await importTwoTurns()
  change('DELETE FROM consumption_turns WHERE turn_number = 2')
  const { run_id } = await reconcile()
  const report = await ask('reconciliation.report', { run_id })
  expect(report).toMatchObject({ run_id, summary: { manual_review: 1 } })
  for (const format of ['text', 'csv', 'markdown'] as const) {
    const rendered = await ask('reconciliation.report', { run_id, format })
    expect('content' in rendered && rendered.content, format).toMatch(/s1/)
  }
  const evil = structuredClone(report) as ReconciliationReport
  const finding = evil.users[0]?.findings[0]
  if (finding !== undefined) finding.file_value = '=cmd|"/c calc"!A1'
  expect(renderReport(evil, 'csv').content).toContain(`"'=cmd|""/c calc""!A1"`)
})

test('a closed month never becomes smaller, not even by a person; the screen says why', async () => {
  await importTwoTurns()
  clock.set('2026-12-02T10:00:00Z')
  await ask('limits.check', { user_id: 'alice' })
  write(40)
  const seen = await reconcile()
  const ids = seen.users[0]?.findings.map((one) => one.id) ?? []
  await expect(
    ask('reconciliation.repair', { run_id: seen.run_id, finding_ids: ids, reason: 'counted twice' }),
  ).rejects.toThrow('2026-11 is closed for alice')
  expect((await own.weir.verify()).differences).toEqual([])
})

import { expect, test } from 'vitest'
import { ok, runWith } from './fake-context.ts'

const TOTALS = {
  turns: 12,
  sessions: 3,
  input_tokens: 900,
  output_tokens: 90,
  cost_usd: 0.5,
  users: 1,
  profiles: 0,
  tokens: 2,
  prices: 0,
  sessions_reckoned: 2,
  staying: { other_imports: 123, corrected: 0, added_to: 0, told_outside: 0, in_month_sums: 0, rows: 0 },
}
const BATCH = {
  id: 'import-1',
  started_at: '2026-11-24T10:00:00.000Z',
  finished_at: '2026-11-24T10:01:00.000Z',
  sessions_dir: '/agent/sessions',
  auth_db: null,
  started_by: 'Olga',
  via: 'window' as const,
  state: 'done' as const,
  turns: 12,
  users: 1,
  undo: null,
  undo_error: null,
  undone_at: null,
  undone_by: null,
  undone: null,
}
const PLAN = { import: BATCH, totals: TOTALS, dry_run: true, blocked: null }

test('import --list names what was imported, and says so when nothing is known', async () => {
  const listed = await runWith('import --list', { 'imports.list': ok({ imports: [BATCH] }) })
  expect(listed.stdout).toContain('import-1')
  expect(listed.stdout).toContain('/agent/sessions')
  const none = await runWith('import --list', { 'imports.list': ok({ imports: [] }) })
  expect(none.stdout).toContain('No import has written anything yet')
})

test('import --undo says what would go and what stays, and does nothing without --yes', async () => {
  const looked = await runWith('import --undo import-1 --dry-run', { 'imports.undo': ok(PLAN) })
  expect(looked.code).toBe(0)
  expect(looked.stdout).toContain('123 turns')
  const asked = await runWith('import --undo import-1', { 'imports.undo': ok(PLAN) })
  expect(asked.code).toBe(1)
  expect(asked.stderr).toContain('--yes')
})

test('import --undo --yes follows the undoing to its end', async () => {
  const done = await runWith('import --undo import-1 --yes', {
    'imports.undo': ok(PLAN),
    'imports.get': ok({ ...BATCH, state: 'undone' as const, undone: TOTALS }),
  })
  expect(done.code).toBe(0)
  expect(done.stdout).toContain('123 turns')
})

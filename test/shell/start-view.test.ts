import { expect, test } from 'vitest'
import { UPGRADE_STEPS } from '../../electron/core/kernel/upgrade-progress.ts'
import { newRun, withStep } from '../../electron/core/restore/restore-runs.ts'
import { recoveryView, startLines, startPage, upgradeView } from '../../electron/shell/start-view.ts'
import { RESTORE_STEPS } from '../../shared/contract/restore.ts'

const begun = newRun(
  {
    run_id: 'restore-20261124T013000Z-9f3a',
    kind: 'restore',
    backup_id: '20261124T013000Z-9f3a',
    backup_created_at: '2026-11-24T01:30:00.000Z',
    undoes: null,
    started_by: 'Olga',
  },
  Date.parse('2026-11-24T10:20:00Z'),
)

test('converting a database shows which step it is at, what is behind it and what comes', () => {
  for (const [at, step] of UPGRADE_STEPS.entries()) {
    const { steps, text } = upgradeView({ from: 3, to: 9, step, done: null })
    expect(steps.map(({ state }) => state)).toEqual(
      UPGRADE_STEPS.map((_, index) => (index < at ? 'done' : index === at ? 'running' : 'waiting')),
    )
    expect(text).toContain('schema 3, and this Weir needs 9')
  }
})

test('recovering shows the look for a backup first, then every step of the restore, and how much was copied', () => {
  expect(recoveryView(null).steps).toMatchObject([{ state: 'running' }])
  const run = withStep(withStep(begun, 'validate', { state: 'done' }), 'stage', {
    state: 'running',
    figures: { bytes: 30, bytes_total: 40 },
  })
  const { steps, done } = recoveryView(withStep(run, 'safety_backup', { state: 'skipped' }))
  expect(steps).toHaveLength(RESTORE_STEPS.length + 1)
  expect(steps.map(({ state }) => state).slice(0, 5)).toEqual(['done', 'done', 'done', 'running', 'waiting'])
  expect(done).toBe(0.75)
  expect(recoveryView(begun).done).toBeNull()
})

test('the page says in words what its marks say, shows how far a step is, and runs and loads nothing', () => {
  const view = upgradeView({ from: 3, to: 9, step: 'copy', done: 0.256 })
  expect(startLines(view)).toContain('value="26"')
  expect(startLines({ ...view, done: null })).not.toContain('value=')
  expect(startLines(view).match(/, (done|now|not yet)</g)).toEqual([
    ', done<',
    ', done<',
    ', now<',
    ', not yet<',
  ])
  const page = startPage(view)
  expect(page).toContain(startLines(view))
  expect(page).toContain("default-src 'none'")
  expect(page).not.toMatch(/<script|src=|href=/)
})

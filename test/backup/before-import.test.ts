import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'

let open: TestWeir
beforeEach(async () => {
  open = await openWeir(SYSTEM_CLOCK)
})
afterEach(() => open.close())

/** A folder with one session of a user, of so many turns. */
function folderOf(userId: string, turns: number): string {
  const folder = join(open.dataDir, '..', 'files')
  mkdirSync(join(folder, userId), { recursive: true })
  const workflow_history = Array.from({ length: turns }, (_, index) => ({
    turn: index + 1,
    turn_input_tokens: 10,
    turn_output_tokens: 5,
    timestamp: '2026-11-20T10:00:00Z',
  }))
  const session = { created_at: '2026-11-20T10:00:00Z', last_turn_data: { workflow_history } }
  writeFileSync(join(folder, userId, 's-1.json'), JSON.stringify(session))
  return folder
}

async function importFrom(folder: string, dry_run = false) {
  const { run_id } = await open.weir.imports.start({ sessions_dir: folder, dry_run }, OPERATOR)
  return open.weir.imports.finished(run_id)
}

const reasons = () => open.weir.backups.list().map(({ reason }) => reason)

test('an import into a database that holds turns makes a backup first; one into an empty database does not', async () => {
  expect(await importFrom(folderOf('alice', 1))).toMatchObject({ status: 'done', turns_written: 1 })
  expect(reasons()).toEqual([])
  expect(await importFrom(folderOf('alice', 3), true)).toMatchObject({ status: 'done' })
  expect(reasons(), 'a dry run writes nothing and needs none').toEqual([])
  expect(await importFrom(folderOf('alice', 3))).toMatchObject({ status: 'done', turns_written: 2 })
  expect(reasons()).toEqual(['before-import'])
  const [backup] = open.weir.backups.entries()
  // Made before the first turn was written, and proved.
  expect(backup).toMatchObject({ status: 'verified' })
  expect(backup?.rows).not.toBeNull()
  const before = open.weir.backups.list()[0]
  const plan = await open.weir.restores.plan(before?.id ?? '')
  expect(plan.counts.find(({ subject }) => subject === 'turns')).toMatchObject({ in_backup: 1, now: 3 })
})

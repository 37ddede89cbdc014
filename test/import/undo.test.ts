import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Weir } from '../../electron/core/api.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { TestClock } from '../support/clock.ts'
import { turnInput } from '../support/consumption.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { sessionOf, temporaryFolder, turnOf, writeSessionFile } from '../support/session-files.ts'
import { VirtualTimers } from '../support/virtual-time.ts'
import { configOf, freshDataDir, OPERATOR } from '../support/weir.ts'

/** Undoing an import of real files in a whole Weir. */

const SESSIONS = 70

let data: ReturnType<typeof freshDataDir>
let files: ReturnType<typeof temporaryFolder>
let clock: TestClock
let timers: VirtualTimers
let weir: Weir

const open = () =>
  createWeir(configOf(data.dataDir), {
    clock,
    log: recordingLog(),
    randomBytes: (count) => randomBytes(count),
    timers,
  })

beforeEach(async () => {
  data = freshDataDir()
  files = temporaryFolder()
  clock = new TestClock()
  timers = new VirtualTimers(clock)
  weir = await open()
  await weir.users.create({ id: 'ben', username: 'Ben' }, OPERATOR)
  await weir.consumption.recordTurn(turnInput({ user_id: 'ben' }))
  for (let index = 0; index < SESSIONS; index += 1)
    writeSessionFile(files.path, 'alice', `s${index}`, sessionOf([turnOf(), turnOf({ turn: 2 })]))
})

afterEach(async () => {
  await weir.close()
  data.remove()
  files.remove()
})

async function importFiles(): Promise<string> {
  const { run_id } = await weir.imports.start({ sessions_dir: files.path }, OPERATOR)
  expect((await weir.imports.finished(run_id)).status).toBe('done')
  return run_id
}

const userIds = async () =>
  (await weir.consumption.users({ limit: 50, offset: 0 })).users.map((user) => user.user_id).sort()

test('an import that is undone leaves what was recorded, and no user, folder or difference behind', async () => {
  const id = await importFiles()
  const plan = await weir.importBatches.undo({ id, dry_run: true }, OPERATOR)
  expect(plan).toMatchObject({ blocked: null, totals: { turns: 2 * SESSIONS, sessions: SESSIONS, users: 1 } })
  expect(await userIds()).toEqual(['alice', 'ben'])

  await weir.importBatches.undo({ id, confirm: id }, OPERATOR)
  await weir.importBatches.finished()
  const { imports } = await weir.importBatches.list()
  expect(imports).toMatchObject([{ id, state: 'undone', undone_by: 'Olga', undone: plan.totals }])
  expect(await userIds()).toEqual(['ben'])
  expect((await weir.verify()).differences).toEqual([])
  expect((await weir.suggestions()).sessions_dir).toBeNull()
  expect((await weir.backups.list()).map((backup) => backup.reason)).toContain('before-undo')
  const { entries } = await weir.audit.list({ limit: 20 })
  expect(entries.filter((entry) => entry.action === 'imports.undo')).toHaveLength(1)
})

test('who was used since the import is counted beforehand among what stays, and stays', async () => {
  writeSessionFile(files.path, 'cora', 's0', sessionOf([turnOf()]))
  const id = await importFiles()
  await weir.consumption.recordTurn(turnInput({ user_id: 'alice', session_id: 'own' }))
  await weir.consumption.admit({ user_id: 'cora' })
  const { totals } = await weir.importBatches.undo({ id, dry_run: true }, OPERATOR)
  expect(totals).toMatchObject({ users: 0, staying: { rows: 2 } })
  await weir.importBatches.undo({ id, confirm: id }, OPERATOR)
  await weir.importBatches.finished()
  expect((await weir.importBatches.get(id)).undone).toEqual(totals)
  expect(await userIds()).toEqual(['alice', 'ben', 'cora'])
})

/** What somebody else does to the database file. */
function alter(statement: string): void {
  const handle = new BetterSqlite3(join(data.dataDir, 'auth.db'))
  handle.exec(statement)
  handle.close()
}

/** After the first thirty sessions no slice can be written, as on a full disk, until the fault is gone. */
const BREAK = `CREATE TRIGGER fault BEFORE DELETE ON import_sessions
  WHEN (SELECT count(*) FROM import_sessions) <= ${SESSIONS - 30}
  BEGIN SELECT RAISE(ABORT, 'no room is left'); END`

/** Begins to undo the import, and breaks that off when a part of it is out. */
async function breakOff(id: string): Promise<void> {
  alter(BREAK)
  await weir.importBatches.undo({ id, confirm: id }, OPERATOR)
  await weir.importBatches.finished()
  const batch = await weir.importBatches.get(id)
  expect(batch).toMatchObject({ state: 'undoing', undo: null, undone: { sessions: 30 } })
  expect(batch.undo_error).toContain('goes on by itself')
  expect((await weir.verify()).differences).toEqual([])
}

test('an undoing that is broken off goes on by itself after some seconds, and no import begins before', async () => {
  const id = await importFiles()
  await breakOff(id)
  await expect(weir.imports.start({ sessions_dir: files.path }, OPERATOR)).rejects.toMatchObject({
    code: 'busy',
  })
  clock.set(clock.now() + 6_000)
  await timers.fireAll()
  await weir.importBatches.finished()
  expect(await weir.importBatches.get(id)).toMatchObject({ state: 'undoing', undone: { sessions: 30 } })

  alter('DROP TRIGGER fault')
  await timers.fireAll()
  await weir.importBatches.finished()
  expect(await weir.importBatches.get(id)).toMatchObject({
    state: 'undone',
    undo_error: null,
    undone: { turns: 2 * SESSIONS, sessions: SESSIONS, users: 1 },
  })
  expect((await weir.verify()).differences).toEqual([])
  await importFiles()
})

test('an undoing that is broken off is gone on with at once when it is asked for again, and ends with Weir', async () => {
  const id = await importFiles()
  await breakOff(id)
  const plan = await weir.importBatches.undo({ id, dry_run: true }, OPERATOR)
  expect(plan).toMatchObject({ blocked: null, totals: { sessions: SESSIONS - 30 } })
  expect(timers.count).toBe(1)
  await weir.close()
  expect(timers.count).toBe(0)

  weir = await open()
  await weir.importBatches.finished()
  alter('DROP TRIGGER fault')
  // Who asks twice is not told that it cannot be done.
  const ask = () => weir.importBatches.undo({ id, confirm: id }, OPERATOR)
  await Promise.all([ask(), ask()])
  await weir.importBatches.finished()
  expect(await weir.importBatches.get(id)).toMatchObject({ state: 'undone', undone: { sessions: SESSIONS } })
  expect(timers.count).toBe(0)
})

test('no import is undone while a restore is being prepared; one that was broken off waits for its end', async () => {
  const id = await importFiles()
  const restore = async () => {
    const [backup] = await weir.backups.list()
    return weir.restores.start({ backup_id: backup?.id ?? '', confirm: true }, OPERATOR)
  }
  const cancel = async (run_id: string) => {
    await weir.restores.cancel(run_id)
    expect((await weir.restores.finished(run_id)).status).toBe('cancelled')
  }
  const first = await restore()
  await expect(weir.importBatches.undo({ id, confirm: id }, OPERATOR)).rejects.toMatchObject({
    code: 'busy',
    message: expect.stringContaining('restored') as unknown,
  })
  await cancel(first.run_id)

  await breakOff(id)
  alter('DROP TRIGGER fault')
  const second = await restore()
  await timers.fireAll()
  expect(await weir.importBatches.get(id)).toMatchObject({ state: 'undoing', undo: null })
  await cancel(second.run_id)
  await timers.fireAll()
  await weir.importBatches.finished()
  expect(await weir.importBatches.get(id)).toMatchObject({ state: 'undone' })
})

test('all undoings that Weir ended in the middle of are gone on with at the next start', async () => {
  const id = await importFiles()
  const second = await importFiles()
  await weir.close()
  alter("UPDATE import_batches SET state = 'undoing', undo_by = 'Olga', undo_via = 'window'")
  weir = await open()
  await weir.importBatches.finished()
  expect(await weir.importBatches.get(id)).toMatchObject({ state: 'undone', undone: { turns: 0 } })
  expect(await weir.importBatches.get(second)).toMatchObject({ state: 'undone' })
  expect(await userIds()).toEqual(['ben'])
  expect((await weir.verify()).differences).toEqual([])
})

test('an undoing that Weir ended in the middle of is gone on with at the next start', async () => {
  const id = await importFiles()
  await weir.close()
  alter("UPDATE import_batches SET state = 'undoing', undo_by = 'Olga', undo_via = 'window'")
  weir = await open()
  await weir.importBatches.finished()
  expect(await weir.importBatches.get(id)).toMatchObject({ state: 'undone', undone: { turns: 2 * SESSIONS } })
  expect((await weir.verify()).differences).toEqual([])
})

test('an import is not undone without its id, not twice, and not while its folder is followed by choice', async () => {
  const first = await importFiles()
  const second = await importFiles()
  await expect(weir.importBatches.undo({ id: second }, OPERATOR)).rejects.toMatchObject({
    code: 'invalid_request',
  })
  // The first one has named the folder: the second one found it so.
  await expect(weir.importBatches.undo({ id: second, confirm: second }, OPERATOR)).rejects.toMatchObject({
    code: 'import_not_undoable',
  })
  await weir.importBatches.undo({ id: first, confirm: first }, OPERATOR)
  await weir.importBatches.finished()
  expect(await weir.importBatches.get(first)).toMatchObject({
    state: 'undone',
    undone: { turns: 0, staying: { other_imports: 2 * SESSIONS } },
  })
  await expect(weir.importBatches.undo({ id: first, confirm: first }, OPERATOR)).rejects.toMatchObject({
    code: 'import_not_undoable',
  })
  expect(await userIds()).toEqual(['alice', 'ben'])
})

test('an undoing is cancelled before anything is taken out', async () => {
  const id = await importFiles()
  const { import: begun } = await weir.importBatches.undo({ id, confirm: id }, OPERATOR)
  expect(begun.undo?.phase).toBe('backing_up')
  await weir.importBatches.cancelUndo(id)
  await weir.importBatches.finished()
  expect(await weir.importBatches.get(id)).toMatchObject({ state: 'done', undo: null, undone: null })
  expect(await userIds()).toEqual(['alice', 'ben'])
})

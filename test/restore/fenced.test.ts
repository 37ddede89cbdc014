import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createWeir, openForRescue } from '../../electron/core/weir.ts'
import { LoginCodes } from '../../electron/http/login-codes.ts'
import { buildHttp } from '../../electron/http/server.ts'
import { sessionOf, temporaryFolder, turnOf, writeSessionFile } from '../support/session-files.ts'
import { configOf, OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'
import { ended, makeBackup, record, turnsOf, value } from './restore-fixture.ts'

let open: TestWeir
beforeEach(async () => {
  open = await openWeir(SYSTEM_CLOCK)
})
afterEach(() => open.close())

test('while a backup is restored a check is answered or told to come back, and every recorded turn is kept', async () => {
  const { weir } = open
  await weir.users.create({ id: 'alice', username: 'alice' }, OPERATOR)
  const backup = await makeBackup(weir)
  const app = await buildHttp({
    weir,
    port: () => 5055,
    face: 'browser',
    rendererDir: null,
    loginCodes: new LoginCodes(weir.ports),
    log: open.log,
    clock: SYSTEM_CLOCK,
  })
  const ask = async (token: string, url: string, payload?: object) =>
    app.inject({
      method: payload === undefined ? 'GET' : 'POST',
      url,
      headers: { host: '127.0.0.1:5055', authorization: `Bearer ${token}` },
      ...(payload === undefined ? {} : { payload }),
    })
  const { token } = await weir.tokens.create({ name: 'agent', scope: 'executor' }, OPERATOR)
  const local = weir.tokens.issueLocal()
  const begun = await ask(local, '/api/v1/admin/restore', { backup_id: backup, confirm: true })
  expect(begun.statusCode).toBe(202)
  const { run_id } = begun.json<{ run_id: string }>()
  const recorded: number[] = []
  const statuses = new Set<number>()
  for (let turn = 1; ; turn += 1) {
    const answer = await ask(token, '/api/v1/consumption/turns', {
      user_id: 'alice',
      session_id: 's-alice',
      turn_number: turn,
      provider: 'anthropic',
      model: 'claude-sonnet-4-5',
      input_tokens: 1,
      output_tokens: 1,
    })
    statuses.add(answer.statusCode)
    if (answer.statusCode === 201) recorded.push(turn)
    else {
      expect(answer.json()).toMatchObject({ code: 'restoring' })
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    }
    // Whoever follows it is answered all the time.
    const followed = await ask(local, `/api/v1/admin/restore/${run_id}`)
    expect(followed.statusCode).toBe(200)
    if (followed.json<{ status: string }>().status !== 'running') break
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  expect([...statuses].sort()).toEqual([201, 503])
  expect(await ended(weir, run_id)).toMatchObject({ status: 'done' })
  expect(await turnsOf(weir, 'alice')).toEqual(recorded)
  expect((await ask(token, '/api/v1/limits/check', { user_id: 'alice' })).statusCode).toBe(200)
  expect((await ask(local, '/readyz')).statusCode).toBe(200)
  await app.close()
})

test('a database that cannot be opened is replaced by a backup, and its files are kept', async () => {
  const { weir, dataDir } = open
  const { ports } = weir
  await weir.users.create({ id: 'alice', username: 'alice' }, OPERATOR)
  await record(weir, 'alice', 1)
  const { token } = await weir.tokens.create({ name: 'agent', scope: 'executor' }, OPERATOR)
  const backup = await makeBackup(weir)
  await weir.close()
  const damaged = Buffer.from(readFileSync(join(dataDir, 'auth.db'))).fill(0x55, 0, 4096)
  writeFileSync(join(dataDir, 'auth.db'), damaged)
  const rescue = openForRescue(configOf(dataDir), ports)
  const plan = await rescue.restores.plan(backup)
  expect(plan.live_problem).toContain('tokens')
  expect(plan.counts.find(({ subject }) => subject === 'turns')).toMatchObject({ now: null, after: 1 })
  const { run_id } = rescue.restores.start({ backup_id: backup, confirm: true }, OPERATOR)
  const run = await rescue.restores.finished(run_id)
  expect(run).toMatchObject({ status: 'done', safety_backup_id: null })
  expect(run.steps.find(({ step }) => step === 'safety_backup')?.state).toBe('skipped')
  expect(readFileSync(join(run.kept_in ?? '', 'auth.db')).equals(damaged)).toBe(true)
  await rescue.close()
  const restored = await createWeir(configOf(dataDir), ports)
  open = { ...open, weir: restored, close: () => restored.close() }
  expect(await turnsOf(restored, 'alice')).toEqual([1])
  // Which tokens were revoked since nobody can tell any more.
  expect(await restored.tokens.authenticate(token)).toBeUndefined()
  expect((await restored.verify()).differences).toEqual([])
  expect((await value(restored, 'restore.list', {})).restores).toMatchObject([{ run_id, can_undo: false }])
})

test('where the database cannot be opened, the session files are found by the settings of the backup', async () => {
  const { weir, dataDir } = open
  const { ports } = weir
  const files = temporaryFolder()
  writeSessionFile(files.path, 'alice', 's1', sessionOf([turnOf()], { id: 's1' }))
  const imported = await value(weir, 'import.start', { sessions_dir: files.path })
  await weir.imports.finished(imported.run_id)
  const backup = await makeBackup(weir)
  await weir.close()
  writeFileSync(join(dataDir, 'auth.db'), 'not a database')
  // Written after the backup, and in no database any more.
  writeSessionFile(files.path, 'alice', 's1', sessionOf([turnOf(), turnOf({ turn: 2 })], { id: 's1' }))
  const rescue = openForRescue(configOf(dataDir), ports)
  expect((await rescue.restores.plan(backup)).files).toMatchObject({ missing: 1 })
  const { run_id } = rescue.restores.start({ backup_id: backup, confirm: true }, OPERATOR)
  const run = await rescue.restores.finished(run_id)
  expect(run.steps.find(({ step }) => step === 'replay_files')).toMatchObject({ state: 'done' })
  await rescue.close()
  const restored = await createWeir(configOf(dataDir), ports)
  open = { ...open, weir: restored, close: () => restored.close() }
  expect(await turnsOf(restored, 'alice')).toEqual([1, 2])
  files.remove()
})

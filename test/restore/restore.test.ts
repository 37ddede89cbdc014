import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { manifestText, parseManifest } from '../../electron/core/backup/manifest.ts'
import { SCHEMA_VERSION } from '../../electron/core/database/open-handle.ts'
import { OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'
import { call, ended, makeBackup, record, restore, turnsOf, value } from './restore-fixture.ts'

let open: TestWeir
beforeEach(async () => {
  open = await openWeir(SYSTEM_CLOCK)
})
afterEach(() => open.close())

const limitOf = async (id: number) => {
  const { profiles } = await value(open.weir, 'profiles.list', {})
  return profiles.find((one) => one.id === id)?.prompts_per_hour
}

const userOf = async (id: string) =>
  (await value(open.weir, 'users.list', {})).users.find((user) => user.id === id)

async function firstProfile() {
  const [profile] = (await value(open.weir, 'profiles.list', {})).profiles
  if (profile === undefined) throw new Error('there are shipped profiles')
  return profile
}

describe('a restore', () => {
  test('goes back to the limits of the backup and keeps every turn recorded since', async () => {
    const { weir } = open
    const profile = await firstProfile()
    await weir.users.create({ id: 'alice', username: 'alice' }, OPERATOR)
    await record(weir, 'alice', 1)
    const backup = await makeBackup(weir)
    await value(weir, 'profiles.update', { id: profile.id, name: profile.name, prompts_per_hour: 3 })
    await weir.users.create({ id: 'bob', username: 'bob' }, OPERATOR)
    await record(weir, 'alice', 2)
    await record(weir, 'bob', 1)
    const run = await restore(weir, backup)
    expect(run).toMatchObject({ status: 'done', error: null, backup_id: backup, can_undo: true })
    expect(run.steps.map(({ step, state }) => `${step} ${state}`)).toEqual([
      'validate done',
      'safety_backup done',
      'stage done',
      'carry_forward done',
      'replay_files skipped',
      'fence done',
      'recompute done',
      'check done',
      'swap done',
      'reopen done',
    ])
    expect(await limitOf(profile.id)).toBe(profile.prompts_per_hour)
    expect(await turnsOf(weir, 'alice')).toEqual([1, 2])
    expect(await turnsOf(weir, 'bob')).toEqual([1])
    expect((await weir.verify()).differences).toEqual([])
    expect(await weir.status()).toMatchObject({ state: 'running', restored_as: run.run_id })
    // The one object goes on as if nothing had happened.
    await record(weir, 'alice', 3)
    expect(await turnsOf(weir, 'alice')).toEqual([1, 2, 3])
    expect(existsSync(join(open.dataDir, 'restore.lock'))).toBe(false)
    expect(existsSync(join(open.dataDir, 'restore'))).toBe(false)
    expect(readdirSync(run.kept_in ?? '')).toContain('auth.db')
  })

  test('keeps the mark of a turn that used more than it had reserved', async () => {
    const { weir } = open
    await weir.users.create({ id: 'alice', username: 'alice' }, OPERATOR)
    await record(weir, 'alice', 1)
    const backup = await makeBackup(weir)
    const admitted = await value(weir, 'limits.check', {
      user_id: 'alice',
      estimated_input_tokens: 1,
      estimated_output_tokens: 1,
    })
    await value(weir, 'turns.record', {
      user_id: 'alice',
      session_id: 'overshooting',
      turn_number: 1,
      provider: 'acme',
      model: 'atlas',
      input_tokens: 100,
      output_tokens: 10,
      admission_id: admitted.admission_id ?? '',
    })
    await restore(weir, backup)
    const { turns } = await value(weir, 'consumption.turns', { user_id: 'alice', session_id: 'overshooting' })
    expect(turns).toMatchObject([{ exceeded_reservation: { input_tokens: 1, output_tokens: 1 } }])
  })

  test('never brings a revoked token back, keeps one made since, and shuts who was shut out since', async () => {
    const { weir } = open
    await weir.users.create({ id: 'eve', username: 'eve' }, OPERATOR)
    const old = await weir.tokens.create({ name: 'old', scope: 'executor' }, OPERATOR)
    const kept = await weir.tokens.create({ name: 'kept', scope: 'executor' }, OPERATOR)
    const backup = await makeBackup(weir)
    await weir.tokens.revoke(old.id, OPERATOR)
    const made = await weir.tokens.create({ name: 'made since', scope: 'admin' }, OPERATOR)
    await value(weir, 'users.update', { id: 'eve', is_active: false })
    const local = weir.tokens.issueLocal()
    await restore(weir, backup)
    expect(await weir.tokens.authenticate(old.token)).toBeUndefined()
    expect(await weir.tokens.authenticate(kept.token)).toMatchObject({ name: 'kept' })
    expect(await weir.tokens.authenticate(made.token)).toMatchObject({ name: 'made since' })
    // The token of run.json belongs to the process, which is the same.
    expect(await weir.tokens.authenticate(local)).toMatchObject({ scope: 'admin' })
    expect(await userOf('eve')).toMatchObject({ is_active: false })
  })

  test('of a user who was erased since brings the account back, shut, and its tokens stay dead', async () => {
    const { weir } = open
    await weir.users.create({ id: 'gone', username: 'gone' }, OPERATOR)
    const token = await weir.tokens.create({ name: 'g', scope: 'user', user_id: 'gone' }, OPERATOR)
    await record(weir, 'gone', 1)
    const backup = await makeBackup(weir)
    await value(weir, 'users.delete', { id: 'gone', turns: 'removed', confirm: 'gone' })
    const plan = await value(weir, 'restore.plan', { backup_id: backup })
    expect(plan.counts.find(({ subject }) => subject === 'users')).toMatchObject({ comes_back: 1, after: 1 })
    expect(plan.counts.find(({ subject }) => subject === 'turns')).toMatchObject({ now: 0, comes_back: 1 })
    await restore(weir, backup)
    expect(await userOf('gone')).toMatchObject({ is_active: false })
    expect(await turnsOf(weir, 'gone')).toEqual([1])
    expect(await weir.tokens.authenticate(token.token)).toBeUndefined()
  })

  test('gives everybody a number of their own, also where numbers were given twice', async () => {
    const { weir } = open
    await weir.users.create({ id: 'first', username: 'first' }, OPERATOR)
    await weir.users.create({ id: 'erased', username: 'erased' }, OPERATOR)
    await record(weir, 'erased', 1)
    const backup = await makeBackup(weir)
    // The newest number of the books becomes free and is given again: to another user, session and turn.
    await value(weir, 'users.delete', { id: 'erased', turns: 'removed', confirm: 'erased' })
    for (const id of ['second', 'third', 'fourth']) {
      await weir.users.create({ id, username: id }, OPERATOR)
      for (const turn of [1, 2]) await record(weir, id, turn)
    }
    expect(await restore(weir, backup)).toMatchObject({ status: 'done', error: null })
    for (const id of ['second', 'third', 'fourth']) expect(await turnsOf(weir, id)).toEqual([1, 2])
    expect(await turnsOf(weir, 'erased')).toEqual([1])
    expect((await weir.verify()).differences).toEqual([])
  })

  test('of the backup of a job does not run that job again, and keeps how it ended', async () => {
    const { weir } = open
    const { run_id } = await value(weir, 'jobs.run', { job: 'backup' })
    const before = await weir.jobs.finished(run_id)
    expect(before.status).toBe('done')
    const [backup] = weir.backups.list()
    await restore(weir, backup?.id ?? '')
    const { job, runs } = await value(weir, 'jobs.get', { job: 'backup' })
    expect(runs).toMatchObject([{ status: 'done', log_tail: before.log_tail }])
    expect(job.last_run).toMatchObject({ status: 'done' })
  })

  test('takes the rules of the backup and leaves how things are: folders, sources, what is followed', async () => {
    const { weir } = open
    await weir.users.create({ id: 'alice', username: 'alice' }, OPERATOR)
    const backup = await makeBackup(weir)
    const second = join(open.dataDir, '..', 'second')
    mkdirSync(second, { recursive: true })
    const places = { backup_copy_dir: second, dashboards_source: 'files', watch_sessions: false } as const
    await value(weir, 'settings.update', { ...places, reservation_minutes: 15 })
    await restore(weir, backup)
    const { settings } = await value(weir, 'settings.get', {})
    const settingOf = (name: string) => settings.find((one) => one.name === name)?.value
    expect(settingOf('backup_copy_dir')).toBe(second)
    expect(settingOf('dashboards_source')).toBe('files')
    expect(settingOf('watch_sessions')).toBe(false)
    expect(settingOf('reservation_minutes')).toBe(10)
  })

  test('is undone: limits are those of before, and what was recorded in between stays', async () => {
    const { weir } = open
    const profile = await firstProfile()
    await weir.users.create({ id: 'alice', username: 'alice' }, OPERATOR)
    const backup = await makeBackup(weir)
    await value(weir, 'profiles.update', { id: profile.id, name: profile.name, prompts_per_hour: 7 })
    const { run_id } = await restore(weir, backup)
    expect(await limitOf(profile.id)).toBe(profile.prompts_per_hour)
    await record(weir, 'alice', 1)
    const undone = await ended(weir, (await value(weir, 'restore.undo', { run_id, confirm: true })).run_id)
    expect(undone).toMatchObject({ kind: 'undo', status: 'done', undoes: run_id })
    expect(await limitOf(profile.id)).toBe(7)
    expect(await turnsOf(weir, 'alice')).toEqual([1])
    const { restores, running } = await value(weir, 'restore.list', {})
    expect(running).toBeNull()
    expect(restores.map((one) => [one.run_id, one.undone_by, one.can_undo])).toEqual([
      [undone.run_id, null, true],
      [run_id, undone.run_id, false],
    ])
    expect(await call(weir, 'restore.undo', { run_id, confirm: true })).toMatchObject({
      ok: false,
      problem: { code: 'restore_impossible' },
    })
  })

  test('of a backup made by a newer Weir is refused with the reason, and nothing is changed', async () => {
    const { weir, dataDir } = open
    await weir.users.create({ id: 'alice', username: 'alice' }, OPERATOR)
    const backup = await makeBackup(weir)
    const file = join(dataDir, 'backups', backup, 'manifest.json')
    const manifest = parseManifest(readFileSync(file, 'utf8'))
    writeFileSync(file, manifestText({ ...manifest, schema_version: SCHEMA_VERSION + 1 }))
    expect(await call(weir, 'restore.plan', { backup_id: backup })).toMatchObject({
      ok: false,
      problem: { code: 'database_newer' },
    })
    const run = await restore(weir, backup)
    expect(run).toMatchObject({ status: 'failed', error: { code: 'database_newer' }, kept_in: null })
    expect(await userOf('alice')).toMatchObject({ is_active: true })
    expect(existsSync(join(dataDir, 'restore'))).toBe(false)
    expect(await weir.status()).toMatchObject({ state: 'running', restored_as: null })
  })

  test('that is cancelled before the decision leaves everything as it was', async () => {
    const { weir } = open
    await weir.users.create({ id: 'alice', username: 'alice' }, OPERATOR)
    const backup = await makeBackup(weir)
    await weir.users.create({ id: 'bob', username: 'bob' }, OPERATOR)
    const { run_id } = await value(weir, 'restore.start', { backup_id: backup, confirm: true })
    expect(await call(weir, 'restore.start', { backup_id: backup, confirm: true })).toMatchObject({
      problem: { code: 'busy' },
    })
    expect((await value(weir, 'restore.list', {})).running?.run_id).toBe(run_id)
    expect((await value(weir, 'status.get', {})).running_restore).toMatchObject({ run_id, steps_total: 10 })
    await value(weir, 'restore.cancel', { run_id })
    const run = await ended(weir, run_id)
    expect(run).toMatchObject({ status: 'cancelled', kept_in: null })
    expect((await value(weir, 'status.get', {})).running_restore).toBeNull()
    expect((await value(weir, 'users.list', {})).users.map(({ id }) => id).sort()).toEqual(['alice', 'bob'])
    await record(weir, 'alice', 1)
    expect(existsSync(join(open.dataDir, 'restore'))).toBe(false)
  })

  test('stands in the audit log and among the alerts of the restored database', async () => {
    const { weir } = open
    const backup = await makeBackup(weir)
    const { run_id } = await restore(weir, backup)
    const { entries } = await weir.audit.list({ limit: 5, offset: 0 })
    expect(entries.find(({ action }) => action === 'restore.start')).toMatchObject({
      object_id: backup,
      after: { run_id, status: 'done' },
    })
    // What was noted before the restore is still there.
    expect(entries.some(({ action }) => action === 'backups.create')).toBe(true)
    const { alerts } = await weir.alerts.list({ limit: 5 })
    expect(alerts[0]).toMatchObject({ title: 'A backup was restored', kind: 'backup' })
  })
})

test('a backup or a restore nobody made is unknown', async () => {
  const { weir } = open
  for (const name of ['restore.get', 'restore.cancel'] as const)
    expect(await call(weir, name, { run_id: 'restore-none' })).toMatchObject({
      problem: { code: 'run_unknown' },
    })
  expect(await call(weir, 'restore.plan', { backup_id: '../etc' })).toMatchObject({
    problem: { code: 'backup_unknown' },
  })
})

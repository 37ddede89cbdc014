import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Caller, Weir } from '../../electron/core/api.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { dispatchToAnswer } from '../../electron/operations/dispatch.ts'
import type { OperationInput, OperationName, OperationOutput } from '../../shared/contract/index.ts'
import { configOf, OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'

const CALLER: Caller = { ...OPERATOR, scope: 'admin', userId: null, tokenId: null }

let open: TestWeir
beforeEach(async () => {
  open = await openWeir(SYSTEM_CLOCK)
})
afterEach(() => open.close())

function call<Name extends OperationName>(name: Name, input: OperationInput<Name>) {
  return dispatchToAnswer(open.weir, name, input, CALLER)
}

async function value<Name extends OperationName>(
  name: Name,
  input: OperationInput<Name>,
): Promise<OperationOutput<Name>> {
  const answer = await call(name, input)
  if (!answer.ok) throw new Error(answer.problem.detail)
  return answer.value as OperationOutput<Name>
}

async function ended(run_id: string): Promise<OperationOutput<'backups.getRun'>> {
  return vi.waitFor(
    async () => {
      const run = await value('backups.getRun', { run_id })
      expect(run.status).not.toBe('running')
      return run
    },
    { timeout: 20_000 },
  )
}

async function makeOne(): Promise<string> {
  const run = await ended((await value('backups.create', {})).run_id)
  if (run.backup === null) throw new Error(run.error?.detail)
  return run.backup.id
}

const problem = (code: string) => ({ ok: false, problem: { code } })

describe('backups for the operator', () => {
  test('a backup is followed to its end and stands in the list, verified', async () => {
    const { run_id } = await value('backups.create', {})
    expect((await value('backups.list', {})).running?.run_id).toBe(run_id)
    expect(await call('backups.create', {})).toMatchObject(problem('busy'))
    const run = await ended(run_id)
    expect(run).toMatchObject({ status: 'done', phase: 'finished', reason: 'manual', error: null })
    expect(run.bytes_done).toBe(run.bytes_total)
    expect(run.bytes_total).toBe(run.backup?.size_bytes)
    const { backups, running } = await value('backups.list', {})
    expect(running).toBeNull()
    expect(backups).toMatchObject([{ ...run.backup, status: 'verified', problem: null }])
    expect(await call('backups.getRun', { run_id: 'backup-none' })).toMatchObject(problem('run_unknown'))
  })

  test('a backup that is cancelled leaves nothing behind', async () => {
    const { run_id } = await value('backups.create', {})
    await value('backups.cancel', { run_id })
    // Either the stop came in time, or the copy was whole already; a half one is never listed.
    const run = await ended(run_id)
    const { backups } = await value('backups.list', {})
    expect(backups.length).toBe(run.status === 'cancelled' ? 0 : 1)
  })

  test('a backup whose manifest cannot be read is listed with the reason and cannot be proved', async () => {
    const id = await makeOne()
    writeFileSync(join(open.dataDir, 'backups', id, 'manifest.json'), '{')
    expect((await value('backups.list', {})).backups).toMatchObject([
      { id, status: 'invalid', problem: expect.stringContaining('damaged'), size_bytes: null },
    ])
    expect(await call('backups.verify', { backup_id: id })).toMatchObject(problem('backup_damaged'))
    await value('backups.delete', { backup_id: id })
    expect((await value('backups.list', {})).backups).toEqual([])
  })

  test('the last verified backup is never deleted, an older one is, and the audit log names it', async () => {
    const first = await makeOne()
    expect(await call('backups.delete', { backup_id: first })).toMatchObject(problem('backup_needed'))
    const second = await makeOne()
    await value('backups.delete', { backup_id: first })
    expect((await value('backups.list', {})).backups.map(({ id }) => id)).toEqual([second])
    const { entries } = await open.weir.audit.list({ limit: 1, offset: 0 })
    expect(entries[0]).toMatchObject({ action: 'backups.delete', object_id: first })
    expect(await call('backups.delete', { backup_id: first })).toMatchObject(problem('backup_unknown'))
    expect((await value('backups.verify', { backup_id: second })).verified_at).not.toBeNull()
  })

  test('readiness and metrics know the newest verified backup', async () => {
    const look = async () => (await open.weir.readiness.run()).checks.find(({ id }) => id === 'backup')
    const names = async () => (await open.weir.metrics.collect()).samples.map(({ name }) => name)
    expect(await look()).toMatchObject({ state: 'attention' })
    expect(await names()).not.toContain('weir_backup_age_seconds')
    await makeOne()
    expect(await look()).toMatchObject({ state: 'ok' })
    expect(await names()).toContain('weir_backup_age_seconds')
  })
})

test('a backup put back by hand, with the old files moved aside together, is what Weir opens', async () => {
  await open.weir.users.create({ id: 'before', username: 'before' }, OPERATOR)
  const id = await makeOne()
  await open.weir.users.create({ id: 'after', username: 'after' }, OPERATOR)
  const known = async (weir: Weir) =>
    (await weir.consumption.users({ limit: 10, offset: 0 })).users.map((user) => user.user_id).sort()
  expect(await known(open.weir)).toEqual(['after', 'before'])
  await open.weir.close()
  const aside = join(open.dataDir, 'aside')
  mkdirSync(aside)
  for (const name of ['auth.db', 'auth.db-wal', 'auth.db-shm']) {
    const file = join(open.dataDir, name)
    if (existsSync(file)) renameSync(file, join(aside, name))
  }
  copyFileSync(join(open.dataDir, 'backups', id, 'auth.db'), join(open.dataDir, 'auth.db'))
  const { dataDir } = open
  const weir = await createWeir(configOf(dataDir), open.weir.ports)
  const close = async () => {
    await weir.close()
    rmSync(dirname(dataDir), { recursive: true })
  }
  open = { ...open, weir, close }
  expect(await known(weir)).toEqual(['before'])
  expect((await weir.verify()).differences).toEqual([])
})

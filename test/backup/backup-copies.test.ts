import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Caller } from '../../electron/core/api.ts'
import { backupJob } from '../../electron/core/jobs/backup-job.ts'
import type { JobRun } from '../../electron/core/scheduler/job-work.ts'
import { dispatchToAnswer } from '../../electron/operations/dispatch.ts'
import { OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'

const CALLER: Caller = { ...OPERATOR, scope: 'admin', userId: null, tokenId: null }

let open: TestWeir
let target: string
beforeEach(async () => {
  open = await openWeir(SYSTEM_CLOCK)
  target = mkdtempSync(join(tmpdir(), 'weir-second-'))
})
afterEach(async () => {
  await open.close()
  rmSync(target, { recursive: true, force: true })
})

const make = () => open.weir.backups.create({ reason: 'manual' }, OPERATOR)
const choose = (folder: string | null) => open.weir.settings.update({ backup_copy_dir: folder }, OPERATOR)
const entry = (id: string) => open.weir.backups.entries().find((one) => one.id === id)
const copyOf = (id: string) => entry(id)?.copy
const settled = (id: string) =>
  vi.waitFor(
    () => {
      const copy = copyOf(id)
      expect(copy?.state).toMatch(/copied|failed/)
      return copy
    },
    { timeout: 20_000 },
  )
const readiness = async () => (await open.weir.readiness.run()).checks.find(({ id }) => id === 'backup-copy')
const copyAgain = (backup_id: string) => dispatchToAnswer(open.weir, 'backups.copy', { backup_id }, CALLER)

describe('the second folder', () => {
  test('without one a backup stays where it is, and copying it is refused with the way to choose one', async () => {
    const { id } = await make()
    expect(copyOf(id)).toBeNull()
    expect(await copyAgain(id)).toMatchObject({ ok: false, problem: { code: 'invalid_request' } })
    expect(await readiness()).toMatchObject({ state: 'ok' })
  })

  test('each new backup is copied there, byte for byte, and the list says where and when', async () => {
    await choose(target)
    const made = await make()
    const copy = await settled(made.id)
    expect(copy).toMatchObject({ state: 'copied', path: join(target, made.id), problem: null })
    expect(readdirSync(target)).toEqual([made.id])
    for (const name of ['auth.db', 'manifest.json'])
      expect(readFileSync(join(target, made.id, name))).toEqual(
        readFileSync(join(open.dataDir, 'backups', made.id, name)),
      )
    expect(await readiness()).toMatchObject({ state: 'ok' })
    expect(open.weir.backups.overview()).toMatchObject({ copy_dir: target })
  })

  test('a copy that fails leaves the backup verified, raises an alert, and is made again by hand', async () => {
    await choose(target)
    const away = `${target}-unplugged`
    renameSync(target, away)
    const { id } = await make()
    expect(await settled(id)).toMatchObject({ state: 'failed', problem: expect.stringContaining('attached') })
    expect(entry(id)).toMatchObject({ status: 'verified' })
    // The folder was not made: an empty mount point must not be filled.
    expect(existsSync(target)).toBe(false)
    expect(await readiness()).toMatchObject({ state: 'attention', fix: { path: '/backups' } })
    const { alerts } = await open.weir.alerts.list({})
    expect(alerts).toMatchObject([{ kind: 'backup', link: '/backups' }])
    renameSync(away, target)
    expect(await copyAgain(id)).toMatchObject({ ok: true, value: { id, copy: { state: 'copied' } } })
    expect(await readiness()).toMatchObject({ state: 'ok' })
    const { entries } = await open.weir.audit.list({ object_kind: 'backup' })
    expect(entries[0]).toMatchObject({ action: 'backups.copy', object_id: id })
  })

  test('what is wrong there already is replaced by a whole copy, also what a crash left half done', async () => {
    await choose(target)
    const { id } = await make()
    await settled(id)
    truncateSync(join(target, id, 'auth.db'), 10)
    mkdirSync(join(target, `.${id}.partial`))
    expect(await copyAgain(id)).toMatchObject({ ok: true })
    expect(readFileSync(join(target, id, 'auth.db'))).toEqual(
      readFileSync(join(open.dataDir, 'backups', id, 'auth.db')),
    )
    expect(readdirSync(target)).toEqual([id])
  })

  test('a backup whose bytes have changed is not copied', async () => {
    const { id } = await make()
    await choose(target)
    appendFileSync(join(open.dataDir, 'backups', id, 'auth.db'), 'x')
    expect(await copyAgain(id)).toMatchObject({ ok: false, problem: { code: 'backup_damaged' } })
    expect(readdirSync(target)).toEqual([])
    expect(await copyAgain('20200101T000000Z-0000')).toMatchObject({
      ok: false,
      problem: { code: 'backup_unknown' },
    })
  })

  test('what the rule removes here is removed there, and what else is in that folder stays', async () => {
    await choose(target)
    writeFileSync(join(target, 'mine.txt'), 'not of Weir')
    const ids: string[] = []
    for (let count = 0; count < 5; count += 1) {
      const { id } = await make()
      await settled(id)
      ids.push(id)
    }
    const here = open.weir.backups.list().map(({ id }) => id)
    expect(here.length).toBeLessThan(ids.length)
    expect(readdirSync(target).sort()).toEqual([...here, 'mine.txt'].sort())
  })

  test('a folder that is missing, no folder, or that of the backups itself is refused', async () => {
    writeFileSync(join(target, 'file'), '')
    for (const folder of [
      'relative',
      join(target, 'nowhere'),
      join(target, 'file'),
      join(open.dataDir, 'backups'),
    ])
      await expect(choose(folder)).rejects.toMatchObject({ code: 'folder_unreadable' })
    await choose(target)
    await choose(null)
    expect(open.weir.backups.overview().copy_dir).toBeNull()
  })
})

describe('backups that have rotted', () => {
  const flip = (id: string) => appendFileSync(join(open.dataDir, 'backups', id, 'auth.db'), 'x')

  test('a damaged one is listed with the reason until it is found whole again', async () => {
    const { id } = await make()
    const file = join(open.dataDir, 'backups', id, 'auth.db')
    const whole = readFileSync(file)
    flip(id)
    await expect(open.weir.backups.verify(id)).rejects.toMatchObject({ code: 'backup_damaged' })
    expect(entry(id)).toMatchObject({ status: 'invalid', problem: expect.stringContaining('changed') })
    expect(open.weir.backups.newestVerified()).toBeNull()
    writeFileSync(file, whole)
    await open.weir.backups.verify(id)
    expect(entry(id)).toMatchObject({ status: 'verified', problem: null, is_last_verified: true })
  })

  const run: JobRun = {
    dryRun: false,
    signal: new AbortController().signal,
    removalHold: null,
    progress: () => undefined,
    log: { info: () => undefined, warn: () => undefined },
  }
  /** The job over a database that is whole, with nothing to be forgotten. */
  const nightly = (backups: Parameters<typeof backupJob>[0]) =>
    backupJob(
      backups,
      async () => [],
      () => [],
    )(run)

  test('the nightly job goes on with the others when one is damaged, or of a newer Weir', async () => {
    const first = await make()
    flip(first.id)
    const second = await make()
    // Says of itself that it was made by a Weir to come, and was never opened here.
    const newer = await make()
    const folder = join(open.dataDir, 'backups', newer.id)
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, schema_version: 9999 }))
    rmSync(join(folder, 'verified.json'))
    await expect(open.weir.backups.verify(first.id)).rejects.toMatchObject({ code: 'backup_damaged' })
    const proved = () => entry(second.id)?.verified_at ?? ''
    const before = proved()
    expect(await nightly(open.weir.backups)).toMatchObject({
      failures: 0,
      counts: { backups_made: 1 },
    })
    expect(proved() > before).toBe(true)
  })

  test('the nightly job takes a backup that is being made by hand for its own, and one that is gone for none', async () => {
    const first = await make()
    const { backups } = open.weir
    const byHand = make()
    expect(await nightly(backups)).toMatchObject({
      failures: 0,
      counts: { backups_made: 0 },
    })
    await byHand
    const isGone: typeof backups.verify = async () => {
      await backups.delete(first.id, OPERATOR)
      return backups.verify(first.id)
    }
    const losing = {
      create: backups.create.bind(backups),
      list: () => backups.list(),
      entries: () => backups.entries().filter(({ id }) => id === first.id),
      verify: isGone,
    }
    expect(await nightly(losing)).toMatchObject({ failures: 0, firstError: null })
  })

  test('the nightly job proves the one nobody looked at for longest again, and says which is damaged', async () => {
    const first = await make()
    expect(await nightly(open.weir.backups)).toMatchObject({ failures: 0, firstError: null })
    // Not simply the newest: two of one second are in the order of their random ends.
    const second = open.weir.backups.list().find(({ id }) => id !== first.id)
    // The job has just opened the first one again, so the second one was not looked at for longer.
    flip(second?.id ?? '')
    const firstError = expect.stringContaining(`Backup ${second?.id}: `)
    expect(await nightly(open.weir.backups)).toMatchObject({ failures: 1, firstError })
    expect(entry(second?.id ?? '')).toMatchObject({ status: 'invalid' })
    expect(entry(first.id)).toMatchObject({ status: 'verified' })
  })
})

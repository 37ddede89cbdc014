import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BackupKeys } from '../../electron/core/backup/backup-keys.ts'
import { isDamagedDatabase } from '../../electron/core/database/storage-error.ts'
import type { RestoreWorker } from '../../electron/core/restore/restore-worker.ts'
import { createWeir, openForRescue } from '../../electron/core/weir.ts'
import { openRestoreWorker } from '../../electron/core/workers/restore-worker.ts'
import { openOrRecover } from '../../electron/shell/open-or-recover.ts'
import { recoveryView } from '../../electron/shell/start-view.ts'
import { damageTables } from '../support/damage.ts'
import { sessionOf, temporaryFolder, turnOf, writeSessionFile } from '../support/session-files.ts'
import { configOf, OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'
import { call, ended, makeBackup, type Run, record, turnsOf, value } from './restore-fixture.ts'

const COUNTERS = ['users', 'user_consumption', 'consumption_turns']

let open: TestWeir
let sessions: ReturnType<typeof temporaryFolder>
beforeEach(async () => {
  sessions = temporaryFolder()
  open = await openWeir(SYSTEM_CLOCK, { sessionsDir: sessions.path })
})
afterEach(async () => {
  await open.close()
  sessions.remove()
})

const file = () => join(open.dataDir, 'auth.db')
const storage = async () => (await value(open.weir, 'status.get', {})).storage
const check = () => call(open.weir, 'limits.check', { user_id: 'alice' })

/** A user with one turn in the backup, and two more that only the session files hold. */
async function backedUp(): Promise<string> {
  const { weir } = open
  await weir.users.create({ id: 'alice', username: 'alice' }, OPERATOR)
  await record(weir, 'alice', 1)
  const backup = await makeBackup(weir)
  writeSessionFile(sessions.path, 'alice', 's-alice', sessionOf([1, 2, 3].map((turn) => turnOf({ turn }))))
  return backup
}

/** A user who came after the backup, with a file that was read in. */
async function importBob(): Promise<void> {
  writeSessionFile(sessions.path, 'bob', 's-bob', sessionOf([1, 2].map((turn) => turnOf({ turn }))))
  const { run_id } = await value(open.weir, 'import.start', { sessions_dir: sessions.path })
  await open.weir.imports.finished(run_id)
}

function carriedBy(run: Run): string {
  return run.steps.find(({ step }) => step === 'carry_forward')?.detail ?? ''
}

async function recover() {
  return ended(open.weir, (await value(open.weir, 'restore.recover', { confirm: true })).run_id)
}

describe('a database that turns out to be damaged while it is served', () => {
  test('is shown, is not written to any more, and checks get the answer set for that', async () => {
    const backup = await backedUp()
    expect(await storage()).toEqual({ state: 'ok', found_at: null, detail: null, backup: null })
    damageTables(file(), COUNTERS)
    expect(await check()).toMatchObject({ ok: true, value: { allowed: true, bypassed: true } })
    expect(await storage()).toMatchObject({
      state: 'damaged',
      detail: expect.stringContaining('SQLITE_CORRUPT'),
      backup: { id: backup },
    })
    // Whatever is asked: a database that loses pages is not given more to lose.
    expect(await call(open.weir, 'profiles.create', { name: 'New' })).toMatchObject({
      problem: { code: 'storage_unavailable', detail: expect.stringContaining('damaged') },
    })
    expect(open.log.lines.some(({ message }) => message.startsWith('the database is damaged'))).toBe(true)
  })

  test('refuses checks where that is what was chosen', async () => {
    await backedUp()
    await value(open.weir, 'enforcement.set', { mode: 'on', when_unavailable: 'closed' })
    damageTables(file(), COUNTERS)
    expect(await check()).toMatchObject({ ok: false, problem: { code: 'limits_unavailable' } })
  })

  test('is recovered by one call: the newest backup, what the files hold, and the damaged one kept', async () => {
    const backup = await backedUp()
    damageTables(file(), COUNTERS)
    await check()
    const run = await recover()
    expect(run).toMatchObject({ status: 'done', backup_id: backup, error: null })
    expect(await turnsOf(open.weir, 'alice')).toEqual([1, 2, 3])
    expect((await open.weir.verify()).differences).toEqual([])
    expect(await storage()).toMatchObject({ state: 'ok' })
    expect(await check()).toMatchObject({ ok: true, value: { allowed: true } })
    expect(readdirSync(run.kept_in ?? '')).toContain('auth.db')
    const { entries } = await value(open.weir, 'audit.list', { action: 'restore.start' })
    expect(entries).toMatchObject([{ object_id: backup, after: { run_id: run.run_id, status: 'done' } }])
    // It is written to again.
    await record(open.weir, 'alice', 4)
  })

  test('keeps the turns of everybody the backup knows where only the users cannot be read', async () => {
    await backedUp()
    await importBob()
    await record(open.weir, 'alice', 7)
    damageTables(file(), ['users'])
    const run = await recover()
    expect(run).toMatchObject({ status: 'done', error: null })
    expect(carriedBy(run)).toContain('3 turns')
    expect(carriedBy(run)).toContain('Not readable: users.')
    expect(await turnsOf(open.weir, 'alice')).toEqual([1, 2, 3, 7])
    // Whom only the damaged users knew comes back by the files.
    expect(await turnsOf(open.weir, 'bob')).toEqual([1, 2])
    expect((await open.weir.verify()).differences).toEqual([])
  })

  test('is recovered also where the settings cannot be read, whose time zone is compared with that of the backup', async () => {
    await backedUp()
    await record(open.weir, 'alice', 7)
    damageTables(file(), ['system_settings'])
    const run = await recover()
    expect(run).toMatchObject({ status: 'done', error: null })
    expect(carriedBy(run)).toContain('Not readable: settings.')
    expect(await turnsOf(open.weir, 'alice')).toEqual([1, 2, 3, 7])
  })

  test('says that nothing of anybody could be kept where nobody can be told by number', async () => {
    await backedUp()
    await importBob()
    await record(open.weir, 'alice', 7)
    damageTables(file(), ['users', 'sqlite_autoindex_users_1'])
    const run = await recover()
    expect(run).toMatchObject({ status: 'done', error: null })
    expect(carriedBy(run)).toMatch(/Not readable: users, .*grants, ledger, records\.$/)
    expect(await turnsOf(open.weir, 'alice')).toEqual([1, 2, 3])
    expect(await turnsOf(open.weir, 'bob')).toEqual([1, 2])
    expect((await open.weir.verify()).differences).toEqual([])
  })

  test('is found by the look at all pages, before anybody comes upon it', async () => {
    await backedUp()
    damageTables(file(), ['audit_log'])
    expect(await storage()).toMatchObject({ state: 'ok' })
    const { checks } = await value(open.weir, 'readiness.get', {})
    expect(checks.find(({ id }) => id === 'integrity')).toMatchObject({ state: 'attention' })
    expect(await storage()).toMatchObject({ state: 'damaged' })
  })

  test('is found by the nightly job, which says so', async () => {
    await backedUp()
    damageTables(file(), ['champion_cases'])
    const { run_id } = await value(open.weir, 'jobs.run', { job: 'backup' })
    await open.weir.jobs.finished(run_id).catch(() => undefined)
    expect(await storage()).toMatchObject({ state: 'damaged' })
  })
})

describe('recovering', () => {
  test('leaves out backups that are damaged as well, and says so when none is whole', async () => {
    const older = await backedUp()
    const newer = await makeBackup(open.weir)
    spoil(newer)
    expect(await recover()).toMatchObject({ status: 'done', backup_id: older })
    for (const { id } of open.weir.backups.list()) if (id !== newer) spoil(id)
    expect(await call(open.weir, 'restore.recover', { confirm: true })).toMatchObject({
      problem: { code: 'backup_unknown', detail: expect.stringContaining('weir import') },
    })
  })

  test('goes on to an older backup where the disk cannot read the newest', async () => {
    const older = await backedUp()
    const sealed = join(open.dataDir, 'backups', await makeBackup(open.weir), 'auth.db')
    rmSync(sealed)
    // Reading it fails as on a bad sector: with a fault of the file system, and not with other bytes.
    mkdirSync(sealed)
    expect(await recover()).toMatchObject({ status: 'done', backup_id: older })
  })

  test('can look at a backup while the nightly job proves the very same', async () => {
    const folder = join(open.dataDir, 'backups', await backedUp())
    const { workerFile } = configOf(open.dataDir)
    const keys = new BackupKeys(open.dataDir)
    const workers = [1, 2].map(() => openRestoreWorker(workerFile, open.weir.ports, null, keys))
    const manyTimes = async (worker: RestoreWorker) => {
      for (let time = 0; time < 40; time += 1) await worker.verify(folder)
    }
    const proved = await Promise.allSettled(workers.map(manyTimes))
    await Promise.all(workers.map((worker) => worker.close()))
    expect(proved.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    expect(readdirSync(join(open.dataDir, 'backups')).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test("that has not begun when Weir is closed never begins: the folder may be another one's by then", async () => {
    await backedUp()
    await makeBackup(open.weir)
    const { restores } = open.weir
    const recovering = restores.recover(OPERATOR).then(
      ({ run_id }) => run_id,
      (error: unknown) => error,
    )
    const planning = restores.plan(open.weir.backups.list()[0]?.id ?? '').catch((error: unknown) => error)
    await open.weir.close()
    expect(await planning).toMatchObject({ code: 'busy' })
    expect(await recovering).toMatchObject({ code: 'shutting_down' })
    expect(() =>
      restores.start({ backup_id: open.weir.backups.list()[0]?.id ?? '', confirm: true }, OPERATOR),
    ).toThrow('shutting down')
    await expect(restores.recover(OPERATOR)).rejects.toMatchObject({ code: 'shutting_down' })
    await expect(restores.plan(open.weir.backups.list()[0]?.id ?? '')).rejects.toMatchObject({
      code: 'shutting_down',
    })
    expect(existsSync(join(open.dataDir, 'quarantine'))).toBe(false)
    expect(existsSync(join(open.dataDir, 'restores'))).toBe(false)
    open = {
      ...open,
      weir: await createWeir(configOf(open.dataDir, { sessionsDir: sessions.path }), open.weir.ports),
    }
  })

  test('is offered by a start that finds the database damaged, and done after a yes', async () => {
    await backedUp()
    await open.weir.close()
    const bytes = readFileSync(file())
    bytes.fill(0xa5, 0, 4_096 * 8)
    writeFileSync(file(), bytes)
    const config = configOf(open.dataDir, { sessionsDir: sessions.path })
    const failure = await createWeir(config, open.weir.ports).catch((error: unknown) => error)
    expect(isDamagedDatabase(failure)).toBe(true)
    const { ports } = open.weir
    const seen: (readonly string[])[] = []
    const start = (wish: boolean) =>
      openOrRecover({
        open: () => createWeir(config, ports),
        rescue: () => openForRescue(config, ports),
        ask: async (why) => {
          expect(why).toContain('The database is damaged')
          return wish
        },
        actor: OPERATOR,
        follow: (run) => void seen.push(recoveryView(run).steps.map(({ state }) => state)),
        pause,
      })
    await expect(start(false)).rejects.toMatchObject({ code: 'cancelled' })
    expect(readFileSync(file()).equals(bytes), 'after a no nothing was changed').toBe(true)
    expect(seen).toEqual([])
    open = { ...open, weir: await start(true) }
    // The operator sees it begin with the look for a backup, and end with every step behind it.
    expect(seen[0]).toEqual(['running'])
    expect(new Set(seen.at(-1))).toEqual(new Set(['done']))
    expect(await turnsOf(open.weir, 'alice')).toEqual([1, 2, 3])
    expect(existsSync(join(open.dataDir, 'quarantine'))).toBe(true)
  })
})

function spoil(backup: string): void {
  const sealed = join(open.dataDir, 'backups', backup, 'auth.db')
  const bytes = readFileSync(sealed)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  writeFileSync(sealed, bytes)
}

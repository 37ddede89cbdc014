import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Weir, WeirConfig } from '../../electron/core/api.ts'
import { keepFilesPrivate } from '../../electron/core/kernel/data-folder-path.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { TestClock } from '../support/clock.ts'
import { turnInput } from '../support/consumption.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { configOf, freshDataDir, OPERATOR } from '../support/weir.ts'

let dataDir: string
let remove: () => void
let clock: TestClock
let opened: Weir[]

beforeEach(() => {
  const fresh = freshDataDir()
  dataDir = fresh.dataDir
  remove = fresh.remove
  clock = new TestClock()
  opened = []
})

afterEach(async () => {
  for (const weir of opened) await weir.close()
  remove()
})

async function open(config: Partial<WeirConfig> = {}): Promise<Weir> {
  const ports = { clock, log: recordingLog(), randomBytes: (count: number) => randomBytes(count) }
  const weir = await createWeir(configOf(dataDir, config), ports)
  opened.push(weir)
  return weir
}

const close = async (weir: Weir) => {
  opened = opened.filter((one) => one !== weir)
  await weir.close()
}

const statusOf = async (weir: Weir) => OPERATIONS['status.get'].output.parse(await weir.status())

describe('an empty data folder', () => {
  test('becomes a Weir that is ready and waits for its first run', async () => {
    const weir = await open()
    expect(await weir.isReady()).toBe(true)
    expect(await statusOf(weir)).toMatchObject({
      state: 'running',
      version: '0.0.0-test',
      face: 'command-line',
      api_url: null,
      data_dir: dataDir,
      schema_version: 12,
      time_zone: 'UTC',
      current_period: '2026-11',
      enforcement: { mode: 'on', reason: null, until: null },
      override_until: null,
      users: 0,
      turns: 0,
      first_run: true,
      is_sample: false,
      executor_tokens: 0,
      running_import: null,
      running_restore: null,
      running_reprice: null,
      restored_as: null,
      started_at: '2026-11-24T10:00:00.000Z',
      now: '2026-11-24T10:20:00.000Z',
    })
    expect((await weir.verify()).differences).toEqual([])
    const { profiles } = OPERATIONS['profiles.list'].output.parse(await weir.profiles.list())
    expect(profiles.map((profile) => profile.name)).toEqual(['Free', 'Pro', 'Enterprise', 'Unlimited'])
  })

  test.skipIf(process.platform === 'win32')(
    'is readable by its owner only, as every face sees to before it opens it',
    async () => {
      const before = process.umask()
      keepFilesPrivate()
      try {
        await open()
        const modes = readdirSync(dataDir).map((name) => [
          name,
          (statSync(join(dataDir, name)).mode & 0o777).toString(8),
        ])
        expect((statSync(dataDir).mode & 0o777).toString(8)).toBe('700')
        expect(modes.map(([name]) => name)).toEqual(
          expect.arrayContaining(['auth.db', 'auth.db-wal', 'lock']),
        )
        expect(modes.filter(([, mode]) => mode !== '600')).toEqual([])
      } finally {
        process.umask(before)
      }
    },
  )

  test('may be left empty: the first run is over then, also after a restart', async () => {
    const weir = await open()
    expect(OPERATIONS['setup.startEmpty'].output.parse(await weir.startEmpty(OPERATOR))).toEqual({
      first_run: false,
    })
    await close(weir)
    expect((await statusOf(await open())).first_run).toBe(false)
  })

  test('takes the sample, which is marked as such and whose books are right', async () => {
    const weir = await open()
    const loaded = OPERATIONS['setup.loadSample'].output.parse(await weir.loadSample(OPERATOR))
    expect(loaded).toMatchObject({ users: 6, sessions: 198 })
    expect(await statusOf(weir)).toMatchObject({
      first_run: false,
      is_sample: true,
      users: 6,
      turns: loaded.turns,
    })
    expect((await weir.verify()).differences).toEqual([])
    const everybody = await weir.consumption.systemSummary('all')
    expect(everybody).toMatchObject({
      total_users: 6,
      total_turns: loaded.turns,
      total_sessions: loaded.sessions,
    })
    const rows = (await weir.consumption.users({ sort: 'usage_percent', order: 'desc' })).users
    expect(new Set(rows.map((row) => row.status)).size).toBeGreaterThan(1)
    await expect(weir.loadSample(OPERATOR)).rejects.toMatchObject({ code: 'not_empty' })
    expect((await weir.consumption.systemSummary('all')).total_turns).toBe(loaded.turns)
  })

  test('lets go of the sample, as often as it is loaded, and begins at the first screen again', async () => {
    const weir = await open()
    for (let time = 0; time < 2; time += 1) {
      const loaded = await weir.loadSample(OPERATOR)
      expect((await weir.alerts.list({ limit: 100 })).alerts.length).toBeGreaterThan(0)
      const removed = OPERATIONS['setup.removeSample'].output.parse(await weir.removeSample(OPERATOR))
      expect(removed).toEqual({ users: 6, turns: loaded.turns, first_run: true })
      expect(await statusOf(weir)).toMatchObject({ first_run: true, is_sample: false, users: 0, turns: 0 })
      expect(await weir.consumption.systemSummary('all')).toMatchObject({ total_turns: 0, total_sessions: 0 })
      expect((await weir.alerts.list({ limit: 100 })).alerts).toEqual([])
      expect((await weir.verify()).differences).toEqual([])
    }
    expect(await weir.removeSample(OPERATOR)).toEqual({ users: 0, turns: 0, first_run: false })
  })

  test('keeps whoever is not of the sample when it lets go of it', async () => {
    const weir = await open()
    await weir.loadSample(OPERATOR)
    await weir.users.create({ id: 'sample-real', username: 'Real' }, OPERATOR)
    await weir.users.create({ id: 'ann', username: 'Ann' }, OPERATOR)
    expect(await weir.removeSample(OPERATOR)).toMatchObject({ users: 6, first_run: false })
    expect(await statusOf(weir)).toMatchObject({ first_run: false, is_sample: false, users: 2 })
  })
})

describe('a data folder in use', () => {
  test('is refused to a second Weir, which changes nothing', async () => {
    const weir = await open()
    await expect(open()).rejects.toMatchObject({ code: 'folder_in_use', details: { data_dir: dataDir } })
    expect(await weir.isReady()).toBe(true)
  })

  test('is free again after the end, and everything is still there', async () => {
    const weir = await open()
    await weir.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
    await weir.consumption.recordTurn(turnInput())
    await close(weir)
    const again = await open()
    expect(await statusOf(again)).toMatchObject({ users: 1, turns: 1, first_run: false })
    expect((await again.verify()).differences).toEqual([])
  })

  test('is free again after a start that failed', async () => {
    mkdirSync(dataDir)
    writeFileSync(join(dataDir, 'auth.db'), 'not a database, but long enough to be looked at as one')
    await expect(open()).rejects.toMatchObject({ code: 'storage_unavailable' })
    await expect(open()).rejects.toMatchObject({ code: 'storage_unavailable' })
  })
})

describe('the end', () => {
  test('refuses what comes after it', async () => {
    const weir = await open()
    await weir.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
    await close(weir)
    await expect(weir.consumption.recordTurn(turnInput())).rejects.toMatchObject({ code: 'shutting_down' })
    await expect(weir.verify()).rejects.toMatchObject({ code: 'shutting_down' })
  })

  test('lets what was asked before it finish', async () => {
    const weir = await open()
    await weir.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
    const asked = Array.from({ length: 50 }, (_, index) =>
      weir.consumption.recordTurn(turnInput({ turn_number: index + 1 })),
    )
    await close(weir)
    expect((await Promise.all(asked)).every((answer) => !answer.replayed)).toBe(true)
    expect((await statusOf(await open())).turns).toBe(50)
  })
})

describe('what the first screen offers', () => {
  test('is the folder it is told, looked at without reading it in', async () => {
    const sessionsDir = join(dataDir, '..', 'sessions')
    mkdirSync(join(sessionsDir, 'alice'), { recursive: true })
    writeFileSync(join(sessionsDir, 'alice', 's1.json'), '{}')
    const weir = await open({ sessionsDir })
    weir.announceUrl('http://127.0.0.1:5055/')
    const offered = OPERATIONS['setup.suggestions'].output.parse(await weir.suggestions())
    expect(offered).toMatchObject({
      data_dir: dataDir,
      time_zone: 'UTC',
      api_url: 'http://127.0.0.1:5055/',
      sessions_dir: sessionsDir,
      folder: { exists: true, readable: true, users: 1, files: 1, problem: null },
    })
    expect((await weir.suggestions(join(dataDir, 'nowhere'))).folder).toMatchObject({
      exists: false,
      readable: false,
    })
  })
})

import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listBackups } from '../../electron/core/backup/backup-catalogue.ts'
import { isPinned } from '../../electron/core/backup/backup-rules.ts'
import { Database } from '../../electron/core/database/database.ts'
import { SCHEMA_VERSION } from '../../electron/core/database/open-handle.ts'
import { isDamagedDatabase } from '../../electron/core/database/storage-error.ts'
import { UPGRADE_STEPS, type UpgradeProgress } from '../../electron/core/kernel/upgrade-progress.ts'
import { WeirError } from '../../electron/core/kernel/weir-error.ts'
import { openWhole } from '../../electron/core/restore/open-whole.ts'
import type { RestoreFiles } from '../../electron/core/restore/restore-files.ts'
import { type RestorePlaces, restorePlaces } from '../../electron/core/restore/restore-places.ts'
import { prepareUpgrade } from '../../electron/core/restore/upgrade.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { configOf, SYSTEM_CLOCK } from '../support/weir.ts'
import { Crash, crashingFiles } from './crash-points.ts'
import { oldDatabase, wholeVersion, workerHere } from './upgrade-fixture.ts'

const LAST = SCHEMA_VERSION - 1
const VERSIONS = Array.from({ length: LAST }, (_, index) => index + 1)
/** In `npm test` the points of the last schema are crashed at; with the fault tests those of every schema there was. */
const IS_FULL = process.env['WEIR_RESTORE_PAIRS_STEP'] === '1'
const CRASHED = IS_FULL ? VERSIONS : [LAST]
/** Ends of two starts in a row are tried in steps of so many points. */
const PAIR_STEP = IS_FULL ? 3 : 12
const POINTS_MAX = 100
const NEVER = Number.POSITIVE_INFINITY
const ports = { clock: SYSTEM_CLOCK, log: recordingLog(), randomBytes: (count: number) => randomBytes(count) }

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weir-upgrade-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

let made = 0
function olderFolder(version: number): RestorePlaces {
  made += 1
  const dataDir = join(root, String(made))
  oldDatabase(dataDir, version)
  return restorePlaces(dataDir)
}

const nobody = (): void => undefined

/** A start over real files; `step` stands where the worker could be cut off. */
async function start(
  places: RestorePlaces,
  files: RestoreFiles,
  step: () => void = () => undefined,
  canOpen = true,
) {
  const shared = { files, places, sqliteBinding: null }
  return openWhole({
    ...shared,
    log: ports.log,
    upgrade: () =>
      prepareUpgrade({
        ...shared,
        ports,
        version: '2.0.0',
        openWorker: () => workerHere(step),
        told: nobody,
      }),
    open: async () => {
      if (!canOpen) throw new Error('this Weir has a fault')
      await Database.open({ file: places.database, sqliteBinding: null }).close()
    },
  })
}

/** A start whose process ends at the step of the worker, or the change of a file, that has this number. */
async function crashedStart(places: RestorePlaces, at: number): Promise<boolean> {
  let points = 0
  const files = crashingFiles(NEVER)
  const point = (): void => {
    if (points === at) throw new Crash(`at point ${at}`)
    points += 1
  }
  const counted = { ...files }
  for (const name of ['makeFolder', 'write', 'rename', 'remove', 'syncFolder'] as const) {
    const change = files[name] as (...args: string[]) => void
    Object.assign(counted, {
      [name]: (...args: string[]) => {
        point()
        change(...args)
      },
    })
  }
  try {
    await start(places, counted, point)
    return true
  } catch (error) {
    if (!(error instanceof Crash)) throw error
    return false
  }
}

/** Where the old database is, whole and with its log, once the new one serves. */
const keptOf = (places: RestorePlaces) =>
  readdirSync(places.kept).map((name) => join(places.kept, name, 'auth.db'))

describe('a database with an older schema', () => {
  test.each(VERSIONS)(
    'of version %i is converted beside the old one, which is kept and backed up',
    async (from) => {
      const places = olderFolder(from)
      const found = await start(places, crashingFiles(NEVER))
      expect(found).toMatchObject([
        { kind: 'exchanged', intent: { kind: 'upgrade', from_version: from, to_version: SCHEMA_VERSION } },
      ])
      expect(wholeVersion(places.database)).toBe(SCHEMA_VERSION)
      expect(keptOf(places).map(wholeVersion)).toEqual([from])
      const [backup] = listBackups(join(places.dataDir, 'backups'))
      expect(backup).toMatchObject({
        reason: 'before-migration',
        schema_version: from,
        sha256: expect.any(String),
      })
      expect(backup?.verified_at).not.toBeNull()
      expect(isPinned('before-migration')).toBe(true)
      expect(wholeVersion(join(places.dataDir, 'backups', backup?.id ?? '', 'auth.db'))).toBe(from)
      expect(existsSync(places.work)).toBe(false)
      // The second start finds nothing to do.
      expect(await start(places, crashingFiles(NEVER))).toEqual([])
      expect(listBackups(join(places.dataDir, 'backups'))).toHaveLength(1)
    },
  )

  test.each(CRASHED)(
    'of version %i is whole in its old or its new schema wherever the process ends, and new at the next start',
    async (from) => {
      const seen = new Set<number>()
      let points = 0
      for (; points < POINTS_MAX; points += 1) {
        const places = olderFolder(from)
        const isThrough = await crashedStart(places, points)
        // While the old one is on its way to where it is kept there is none; only a start puts its parts together again.
        if (existsSync(places.database)) seen.add(wholeVersion(places.database))
        await start(places, crashingFiles(NEVER))
        expect(wholeVersion(places.database), `after point ${points}`).toBe(SCHEMA_VERSION)
        expect(keptOf(places).map(wholeVersion)).toEqual([from])
        expect(existsSync(places.work)).toBe(false)
        const backups = listBackups(join(places.dataDir, 'backups'))
        expect(backups.filter(({ verified_at }) => verified_at !== null).length).toBeGreaterThan(0)
        if (isThrough) break
      }
      expect([...seen].sort((one, other) => one - other)).toEqual([from, SCHEMA_VERSION])
      expect(points).toBeGreaterThan(20)
      expect(points).toBeLessThan(POINTS_MAX)
    },
    120_000,
  )

  test('is whole also when the next start ends early as well', async () => {
    let pairs = 0
    for (let first = 0; first < POINTS_MAX; first += PAIR_STEP) {
      let isFirstThrough = false
      for (let second = 0; second < POINTS_MAX; second += PAIR_STEP) {
        const places = olderFolder(LAST)
        isFirstThrough = await crashedStart(places, first)
        const isThrough = await crashedStart(places, second)
        await start(places, crashingFiles(NEVER))
        expect(wholeVersion(places.database), `after ${first} and ${second}`).toBe(SCHEMA_VERSION)
        expect(keptOf(places).map(wholeVersion)).toEqual([LAST])
        pairs += 1
        if (isThrough) break
      }
      if (isFirstThrough) break
    }
    expect(pairs).toBeGreaterThan(IS_FULL ? 50 : 5)
  }, 600_000)

  test('returns to its place when this Weir cannot open the new one, however often that is tried', async () => {
    const places = olderFolder(LAST)
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await expect(start(places, crashingFiles(NEVER), undefined, false)).rejects.toThrow(
        'this Weir has a fault',
      )
      expect(wholeVersion(places.database)).toBe(LAST)
      // One backup and one to look at, so that a service that is started again and again does not fill the disk.
      expect(listBackups(join(places.dataDir, 'backups'))).toHaveLength(1)
      expect(readdirSync(places.failed)).toHaveLength(1)
    }
  })

  test('that is damaged is not touched, and no backup of it counts', async () => {
    const places = olderFolder(LAST)
    rmSync(`${places.database}-wal`)
    const bytes = readFileSync(places.database)
    bytes.fill(0xa5, 3 * 4_096, 30 * 4_096)
    writeFileSync(places.database, bytes)
    const failure = await start(places, crashingFiles(NEVER)).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringContaining('Nothing was changed'),
    })
    expect(isDamagedDatabase(failure), 'recovering is offered').toBe(true)
    expect(readFileSync(places.database).equals(bytes)).toBe(true)
    expect(listBackups(join(places.dataDir, 'backups'))).toEqual([])
  })

  test('is not called damaged where a converted copy of it is: recovering would throw away what is whole', async () => {
    const places = olderFolder(LAST)
    const lost = new WeirError('backup_damaged', 'of 40 rows of consumption_turns the new schema has 39')
    const openWorker = () => ({ ...workerHere(() => undefined), convert: () => Promise.reject(lost) })
    const shared = { files: crashingFiles(NEVER), places, sqliteBinding: null }
    const failure = await prepareUpgrade({
      ...shared,
      ports,
      version: '2.0.0',
      openWorker,
      told: nobody,
    }).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringContaining('the new schema has 39'),
    })
    expect(isDamagedDatabase(failure)).toBe(false)
    expect(wholeVersion(places.database)).toBe(LAST)
  })

  test('of somebody else stays as it is, byte for byte, with nothing beside it', async () => {
    const places = olderFolder(LAST)
    rmSync(`${places.database}-wal`)
    const bytes = readFileSync(places.database)
    bytes.writeUInt32BE(0x01020304, 68)
    writeFileSync(places.database, bytes)
    await expect(start(places, crashingFiles(NEVER))).rejects.toMatchObject({ code: 'database_foreign' })
    expect(readFileSync(places.database).equals(bytes)).toBe(true)
    expect(existsSync(join(places.dataDir, 'backups'))).toBe(false)
    expect(existsSync(`${places.database}-wal`)).toBe(false)
  })
})

test('a whole Weir over an older database serves the new one and tells in its log and alerts where the old one is', async () => {
  const places = olderFolder(LAST)
  appendFileSync(join(places.dataDir, 'settings.json'), '{}')
  const told: UpgradeProgress[] = []
  const onUpgrade = (progress: UpgradeProgress) => void told.push(progress)
  const weir = await createWeir(configOf(places.dataDir, { onUpgrade }), ports)
  try {
    expect((await weir.status()).schema_version).toBe(SCHEMA_VERSION)
    // Whoever waits for it hears of every step, in their order, and how much of the copies is on disk.
    expect([...new Set(told.map(({ step }) => step))]).toEqual(UPGRADE_STEPS)
    expect(told.every(({ from, to }) => from === LAST && to === SCHEMA_VERSION)).toBe(true)
    for (const step of ['backup', 'copy'])
      expect(told).toContainEqual(expect.objectContaining({ step, done: 1 }))
    const [backup] = weir.backups.entries()
    expect(backup).toMatchObject({ reason: 'before-migration', status: 'verified', is_pinned: true })
    const { entries } = await weir.audit.list({ limit: 20, offset: 0 })
    expect(entries.find(({ action }) => action === 'database.upgrade')).toMatchObject({
      object_id: backup?.id,
      before: { schema_version: LAST },
      after: { schema_version: SCHEMA_VERSION },
    })
    const { alerts } = await weir.alerts.list({ limit: 5 })
    expect(alerts[0]).toMatchObject({ title: 'The database was converted for this Weir' })
  } finally {
    await weir.close()
  }
})

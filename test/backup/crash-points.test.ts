import { createHash, randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BackupCopies } from '../../electron/core/backup/backup-copies.ts'
import { BackupKeys } from '../../electron/core/backup/backup-keys.ts'
import { BackupManager } from '../../electron/core/backup/backup-manager.ts'
import { BACKUP_ID } from '../../electron/core/backup/backup-rules.ts'
import { makeBackup, verifyBackup } from '../../electron/core/backup/backup-task.ts'
import { copyBackup } from '../../electron/core/backup/copy-task.ts'
import { Database } from '../../electron/core/database/database.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { MINUTE_MS } from '../../shared/units.ts'
import { endingBefore } from '../restore/crash-points.ts'
import { record } from '../restore/restore-fixture.ts'
import { TestClock } from '../support/clock.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { configOf, freshDataDir, OPERATOR } from '../support/weir.ts'

/** In `npm test` every second end and some pairs of ends; all of them with the fault tests. */
const IS_FULL = process.env['WEIR_RESTORE_PAIRS_STEP'] === '1'
const STEP = IS_FULL ? 1 : 2
const PAIR_STEP = IS_FULL ? 1 : 24
/** A pair takes a tenth of a second; a busy machine is given ten times that for all of them. */
const LIMIT_MS = (IS_FULL ? 60 : 5) * MINUTE_MS
const NEVER = Number.POSITIVE_INFINITY
/** There is an end to making a backup. */
const CHANGES_MAX = 200
/** What may stand beside a backup. */
const NAMES = ['auth.db', 'manifest.json', 'verified.json', 'copy.json']

const { dataDir: root, remove } = freshDataDir()
const seeded = join(root, 'seeded')
const clock = new TestClock('2026-11-24T10:20:00Z')
/** Oldest first; the next backup is one too many, and the rule gives up the oldest. */
const earlier: string[] = []
let live: string

beforeAll(async () => {
  const ports = { clock, log: recordingLog(), randomBytes: (count: number) => randomBytes(count) }
  const weir = await createWeir(configOf(join(seeded, 'data')), ports)
  mkdirSync(join(seeded, 'second'))
  await weir.users.create({ id: 'alice', username: 'alice' }, OPERATOR)
  for (const turn of [1, 2, 3]) {
    await record(weir, 'alice', turn)
    earlier.push((await weir.backups.create({ reason: 'manual' }, OPERATOR)).id)
    clock.advance(MINUTE_MS)
  }
  await weir.close()
  const folder = join(seeded, 'data', 'backups')
  // As a second folder that was there from the first backup on would have them.
  for (const id of earlier) cpSync(join(folder, id), join(seeded, 'second', id), { recursive: true })
  live = digest(join(seeded, 'data', 'auth.db'))
})
afterAll(remove)

/** All that is served, without the log that says who made a backup. */
function digest(file: string): string {
  const handle = new BetterSqlite3(file, { readonly: true })
  try {
    const hash = createHash('sha256')
    const tables = handle
      .prepare<[], string>(
        `select name from sqlite_schema where type = 'table' and name not in ('audit_log', 'sqlite_sequence')
         order by name`,
      )
      .pluck()
      .all()
    expect(tables).toContain('consumption_turns')
    for (const table of tables)
      hash.update(`${table} ${JSON.stringify(handle.prepare(`select * from [${table}]`).raw().all())}`)
    return hash.digest('hex')
  } finally {
    handle.close()
  }
}

let folders = 0
function prepared(): string {
  folders += 1
  const folder = join(root, String(folders))
  cpSync(seeded, folder, { recursive: true })
  for (const id of earlier) {
    const copy = { path: join(folder, 'second', id), at: '2026-11-24T10:30:00.000Z', problem: null }
    writeFileSync(join(folder, 'data', 'backups', id, 'copy.json'), JSON.stringify(copy))
  }
  return folder
}

/** The tasks of the worker thread in this one, where a test can end them. */
function drained<Result>(task: Generator<unknown, Result>): Result {
  for (;;) {
    const { done, value } = task.next()
    if (done === true) return value
  }
}

/** A process over the folder: `work` with its backups, and its end. */
async function inProcess(
  folder: string,
  work: (open: () => BackupManager, copied: () => Promise<void>) => Promise<unknown>,
): Promise<void> {
  const dataDir = join(folder, 'data')
  const databaseFile = join(dataDir, 'auth.db')
  const database = Database.open({ file: databaseFile, sqliteBinding: null })
  const ports = { clock, log: recordingLog(), randomBytes: (count: number) => randomBytes(count) }
  const copies = new BackupCopies({
    ports,
    backupsDir: join(dataDir, 'backups'),
    targetDir: () => join(folder, 'second'),
    copier: async (input) => drained(copyBackup(input)),
    alerts: { raise: async () => ({ raised: false }) },
    isAwaitedAtEnd: true,
  })
  const open = () =>
    new BackupManager({
      ports,
      database,
      // Nothing here sets a passphrase.
      wish: { write: async () => undefined, written: async () => undefined },
      databaseFile,
      sqliteBinding: null,
      dataDir,
      version: '0.0.0-test',
      copier: {
        make: async (input) => drained(makeBackup(input)),
        verify: async (backup) => verifyBackup(backup, null),
      },
      copies,
      keys: new BackupKeys(dataDir),
    })
  try {
    // Closing waits for what is being copied, and can be done again.
    await work(open, () => copies.close())
  } finally {
    await copies.close()
    await database.close()
  }
}

/** Makes a backup until the end comes; answers how many changes there were. */
async function make(folder: string, at: number, torn = false): Promise<number> {
  let changes = 0
  await inProcess(folder, async (open, copied) => {
    const backups = open()
    changes = await endingBefore(at, torn, async () => {
      await backups.create({ reason: 'manual' }, OPERATOR)
      // The copy goes on beside it, and ends with the process.
      await copied()
    })
  })
  return changes
}

/** The next start, with what it goes on with. */
async function start(folder: string, at = NEVER, torn = false): Promise<number> {
  let changes = 0
  await inProcess(folder, async (open, copied) => {
    changes = await endingBefore(at, torn, async () => {
      const backups = open()
      await backups.resume()
      await copied()
    })
  })
  return changes
}

const seededBackups = join(seeded, 'data', 'backups')

function expectSame(one: string, other: string, when: string): void {
  for (const name of ['auth.db', 'manifest.json']) {
    const isSame = readFileSync(join(one, name)).equals(readFileSync(join(other, name)))
    expect(isSame, `${when}: ${name} of ${one}`).toBe(true)
  }
}

/** Whether the new backup is there: whole, proved and copied, with nothing half done beside it and nothing else changed. */
async function outcome(folder: string, when: string): Promise<'none' | 'new'> {
  const backups = join(folder, 'data', 'backups')
  const names = readdirSync(backups).sort()
  expect(
    names.filter((name) => !BACKUP_ID.test(name)),
    `${when}: half a backup`,
  ).toEqual([])
  const made = names.filter((name) => !earlier.includes(name))
  expect(made.length, when).toBeLessThanOrEqual(1)
  for (const id of names) {
    expect(
      readdirSync(join(backups, id)).filter((name) => !NAMES.includes(name)),
      when,
    ).toEqual([])
  }
  for (const [at, id] of earlier.entries()) {
    // The oldest may go, and only when there is one more.
    if (at === 0 && made.length === 1 && !names.includes(id)) continue
    expectSame(join(backups, id), join(seededBackups, id), when)
    const proof = readFileSync(join(backups, id, 'verified.json'))
    expect(proof.equals(readFileSync(join(seededBackups, id, 'verified.json'))), when).toBe(true)
  }
  const second = join(folder, 'second')
  const copied = readdirSync(second).sort()
  expect(
    copied.filter((name) => !BACKUP_ID.test(name)),
    `${when}: half a copy`,
  ).toEqual([])
  for (const id of copied)
    expectSame(join(second, id), join(made.includes(id) ? backups : seededBackups, id), when)
  for (const id of made) {
    expect(verifyBackup(join(backups, id), null).id, when).toBe(id)
    expect(existsSync(join(backups, id, 'verified.json')), `${when}: proved`).toBe(true)
    expect(copied, `${when}: copied`).toContain(id)
  }
  expect(digest(join(folder, 'data', 'auth.db')), `${when}: what is served`).toBe(live)
  return made.length === 1 ? 'new' : 'none'
}

test('a process that ends at any step of making a backup leaves none or a whole one, which the next start proves', {
  timeout: LIMIT_MS,
}, async () => {
  const ends = { none: 0, new: 0 }
  let steps = 0
  for (const torn of [false, true]) {
    // With every second end, those that tear nothing and those that do take turns.
    for (let at = torn ? STEP - 1 : 0; ; at += STEP) {
      expect(at, 'there is an end').toBeLessThan(CHANGES_MAX)
      const folder = prepared()
      const changes = await make(folder, at, torn)
      await start(folder)
      ends[await outcome(folder, `end before change ${at}, torn ${torn}`)] += 1
      rmSync(folder, { recursive: true })
      steps = Math.max(steps, changes)
      if (changes < at) break
    }
  }
  process.stdout.write(
    `${steps} steps of making a backup: ${ends.none} ends left none, ${ends.new} a whole one\n`,
  )
  expect(ends.none).toBeGreaterThan(5)
  expect(ends.new).toBeGreaterThan(5)
})

test(
  'and one that ends again at any step of tidying up leaves the same',
  async () => {
    let pairs = 0
    for (let first = 0; ; first += 1) {
      let isFirstThrough = false
      for (let second = first % PAIR_STEP; ; second += PAIR_STEP) {
        const folder = prepared()
        isFirstThrough = (await make(folder, first, true)) < first
        const isThrough = (await start(folder, second, true)) < second
        await start(folder)
        await outcome(folder, `ends before changes ${first} and ${second}`)
        rmSync(folder, { recursive: true })
        pairs += 1
        if (isThrough) break
        expect(second, 'there is an end').toBeLessThan(CHANGES_MAX)
      }
      if (isFirstThrough) break
    }
    process.stdout.write(`${pairs} pairs of ends\n`)
    expect(pairs).toBeGreaterThan(IS_FULL ? 500 : 50)
  },
  LIMIT_MS,
)

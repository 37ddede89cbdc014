import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { APPLICATION_ID } from '../../electron/core/database/open-handle.ts'
import { finishRestore, recoverRestore, rollBack } from '../../electron/core/restore/exchange.ts'
import { type Intent, writeIntent } from '../../electron/core/restore/intent.ts'
import { REAL_FILES, type RestoreFiles } from '../../electron/core/restore/restore-files.ts'
import { type RestorePlaces, restorePlaces } from '../../electron/core/restore/restore-places.ts'
import { newRun } from '../../electron/core/restore/restore-runs.ts'
import { leaveHalfWritten } from '../support/hot-journal.ts'
import { Crash, crashingFiles } from './crash-points.ts'

const RUN_ID = 'restore-20261124T101500Z-1f2e'
const CHANGES_MAX = 60
/** In `npm test` every fifth second crash; all of them with the fault tests. */
const PAIR_STEP = Number(process.env['WEIR_RESTORE_PAIRS_STEP'] ?? 5)
const QUICK = crashingFiles(Number.POSITIVE_INFINITY)

let root: string
let places: RestorePlaces
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weir-exchange-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

let made = 0
/** A data folder in which everything is prepared: the old database with its sidecars, the new one, no decision yet. */
function prepared(): RestorePlaces {
  made += 1
  const dataDir = join(root, String(made))
  mkdirSync(join(dataDir, 'restore'), { recursive: true })
  places = restorePlaces(dataDir)
  writeFileSync(places.database, template('old'))
  writeFileSync(`${places.database}-wal`, 'log of old')
  writeFileSync(`${places.database}-shm`, 'index of old')
  writeFileSync(places.staged, template('new'))
  return places
}

const templates = new Map<string, Buffer>()
function template(who: 'old' | 'new'): Buffer {
  const known = templates.get(who)
  if (known !== undefined) return known
  const file = join(root, `${who}.db`)
  database(file, who)
  templates.set(who, readFileSync(file))
  return readFileSync(file)
}

function database(file: string, who: 'old' | 'new'): void {
  const handle = new BetterSqlite3(file)
  handle.exec('create table system_settings (name TEXT PRIMARY KEY, value TEXT)')
  const insert = handle.prepare('insert into system_settings values (?, ?)')
  insert.run('who', who)
  if (who === 'new') insert.run('restored_as', JSON.stringify(RUN_ID))
  handle.close()
}

function intentOf(at: RestorePlaces): Intent {
  const run = newRun(
    {
      run_id: RUN_ID,
      kind: 'restore',
      backup_id: '20261124T013000Z-9f3a',
      backup_created_at: '2026-11-24T01:30:00.000Z',
      undoes: null,
      started_by: 'Olga',
    },
    0,
  )
  return {
    kind: 'restore',
    direction: 'forward',
    run_id: RUN_ID,
    staged_sha256: REAL_FILES.sha256(at.staged),
    run,
  }
}

/** Who is served, and that the old set is whole: in its place or kept, all of it or none. */
function outcome(at: RestorePlaces): 'old' | 'new' {
  const kept = join(at.kept, RUN_ID, 'auth.db')
  const isKept = REAL_FILES.exists(kept)
  const old = isKept ? kept : at.database
  const bytes = readFileSync(old)
  expect(bytes.includes('restored_as')).toBe(false)
  expect(readFileSync(`${old}-wal`, 'utf8')).toBe('log of old')
  // SQLite makes its index of the log anew whenever it likes.
  expect(REAL_FILES.exists(`${old}-shm`)).toBe(true)
  if (!isKept) return 'old'
  for (const end of ['-wal', '-shm']) expect(REAL_FILES.exists(at.database + end)).toBe(false)
  expect(readFileSync(at.database).includes('restored_as')).toBe(true)
  return 'new'
}

/** Nothing half done lies beside the two, whatever was interrupted. */
function expectTidy(at: RestorePlaces): void {
  const names = REAL_FILES.list(at.dataDir).filter((name) => !name.startsWith('auth.db'))
  // The one that went, and the one that could not be opened, are kept on purpose.
  const kept = [at.kept, at.failed]
  expect(names.filter((name) => !kept.some((folder) => basename(folder) === name))).toEqual([])
  for (const folder of kept) expect(REAL_FILES.list(folder).filter((name) => name !== RUN_ID)).toEqual([])
}

/** A start: recovers, opens (here: believes it), finishes. */
function start(files: RestoreFiles, at: RestorePlaces, canOpenRestored = true): void {
  const recovery = recoverRestore(files, at, null)
  if (recovery.kind === 'exchanged' && !canOpenRestored) rollBack(files, at, recovery.intent)
  if (recovery.kind !== 'nothing') finishRestore(files, at)
}

/** Decides and starts, and ends where `files` says. Answers whether it got to the end. */
function untilCrash(work: () => void): boolean {
  try {
    work()
    return true
  } catch (error) {
    if (!(error instanceof Crash)) throw error
    return false
  }
}

describe('a process that ends during the exchange', () => {
  test.each([
    ['carried through', true],
    ['taken back', false],
  ])('at any step of one that is %s leaves the old or the new database, whole', (_name, canOpen) => {
    const seen = new Set<string>()
    for (const torn of [false, true]) {
      for (let at = 0; at < CHANGES_MAX; at += 1) {
        const here = prepared()
        const files = crashingFiles(at, torn)
        const isThrough = untilCrash(() => {
          writeIntent(files, here, intentOf(here))
          start(files, here, canOpen)
        })
        start(QUICK, here, canOpen)
        expectTidy(here)
        const ended = outcome(here)
        seen.add(ended)
        if (!canOpen) expect(ended).toBe('old')
        expect(REAL_FILES.exists(here.intent)).toBe(false)
        if (isThrough) break
        expect(at, 'there is an end').toBeLessThan(CHANGES_MAX - 1)
      }
    }
    expect([...seen].sort()).toEqual(canOpen ? ['new', 'old'] : ['old'])
  })

  test.each([
    ['carried through', true],
    ['taken back', false],
  ])('and again at any step of its recovery, %s, leaves the old or the new one, whole', (_name, canOpen) => {
    let pairs = 0
    for (let first = 0; first < CHANGES_MAX; first += 1) {
      let isFirstThrough = false
      for (let second = 0; second < CHANGES_MAX; second += PAIR_STEP) {
        const here = prepared()
        const files = crashingFiles(first)
        isFirstThrough = untilCrash(() => {
          writeIntent(files, here, intentOf(here))
          start(files, here, canOpen)
        })
        const again = crashingFiles(second)
        const isThrough = untilCrash(() => start(again, here, canOpen))
        start(QUICK, here, canOpen)
        expectTidy(here)
        const ended = outcome(here)
        if (!canOpen) expect(ended).toBe('old')
        pairs += 1
        if (isThrough) break
      }
      if (isFirstThrough) break
    }
    expect(pairs).toBeGreaterThan(PAIR_STEP === 1 ? 100 : 30)
  })
})

describe('a start that finds', () => {
  test('no decision throws away what was prepared and changes nothing else', () => {
    const here = prepared()
    expect(recoverRestore(REAL_FILES, here, null)).toEqual({ kind: 'nothing' })
    expect(REAL_FILES.exists(here.work)).toBe(false)
    expect(outcome(here)).toBe('old')
  })

  test('a prepared database that has changed keeps the old one', () => {
    const here = prepared()
    writeIntent(REAL_FILES, here, intentOf(here))
    writeFileSync(here.staged, 'something else')
    expect(recoverRestore(REAL_FILES, here, null)).toMatchObject({ kind: 'old' })
    expect(outcome(here)).toBe('old')
  })

  test('a prepared database that is gone keeps the old one', () => {
    const here = prepared()
    writeIntent(REAL_FILES, here, intentOf(here))
    rmSync(here.staged)
    expect(recoverRestore(REAL_FILES, here, null)).toMatchObject({ kind: 'old' })
    expect(outcome(here)).toBe('old')
  })

  test('the old one moved away and the new one gone puts the old one back', () => {
    const here = prepared()
    const intent = intentOf(here)
    writeIntent(REAL_FILES, here, intent)
    mkdirSync(join(here.kept, RUN_ID), { recursive: true })
    for (const end of ['', '-wal', '-shm'])
      REAL_FILES.rename(here.database + end, join(here.kept, RUN_ID, `auth.db${end}`))
    rmSync(here.staged)
    expect(recoverRestore(REAL_FILES, here, null)).toMatchObject({ kind: 'old' })
    expect(outcome(here)).toBe('old')
  })

  test('a database that is neither asks for a person and touches nothing', () => {
    const here = prepared()
    writeIntent(REAL_FILES, here, intentOf(here))
    const recovery = recoverRestore(REAL_FILES, here, null)
    expect(recovery.kind).toBe('exchanged')
    rmSync(here.database)
    database(here.database, 'old')
    const before = readFileSync(here.database)
    expect(() => recoverRestore(REAL_FILES, here, null)).toThrow(/neither the old nor the restored/)
    expect(readFileSync(here.database).equals(before)).toBe(true)
    expect(REAL_FILES.exists(here.intent)).toBe(true)
  })

  test('the new one in place, half written by a process that was killed, knows it again', () => {
    const here = prepared()
    writeIntent(REAL_FILES, here, intentOf(here))
    expect(recoverRestore(REAL_FILES, here, null).kind).toBe('exchanged')
    const whole = join(root, 'whole.db')
    database(whole, 'new')
    const handle = new BetterSqlite3(whole)
    handle.pragma(`application_id = ${APPLICATION_ID}`)
    handle.close()
    leaveHalfWritten(whole, here.database)
    expect(recoverRestore(REAL_FILES, here, null).kind).toBe('exchanged')
    expect(REAL_FILES.exists(`${here.database}-journal`)).toBe(false)
  })

  test('the journal of the old one takes it along, so that it can be rolled back where it is kept', () => {
    const here = prepared()
    writeFileSync(`${here.database}-journal`, 'journal of old')
    writeIntent(REAL_FILES, here, intentOf(here))
    expect(recoverRestore(REAL_FILES, here, null).kind).toBe('exchanged')
    expect(REAL_FILES.exists(`${here.database}-journal`)).toBe(false)
    expect(readFileSync(join(here.kept, RUN_ID, 'auth.db-journal'), 'utf8')).toBe('journal of old')
  })

  test('no database at all asks for a person', () => {
    const here = prepared()
    writeIntent(REAL_FILES, here, intentOf(here))
    rmSync(here.staged)
    for (const end of ['', '-wal', '-shm']) rmSync(here.database + end)
    expect(() => recoverRestore(REAL_FILES, here, null)).toThrow(/neither the database nor/)
  })

  test('a note of a decision it cannot read asks for a person', () => {
    const here = prepared()
    writeFileSync(here.intent, '{"direction":"forward"}')
    expect(() => recoverRestore(REAL_FILES, here, null)).toThrow(/cannot be read/)
    expect(REAL_FILES.exists(here.staged)).toBe(true)
  })
})

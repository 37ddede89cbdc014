import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Database } from '../../electron/core/database/database.ts'
import {
  APPLICATION_ID,
  openReadHandle,
  openWriteHandle,
  SCHEMA_VERSION,
} from '../../electron/core/database/open-handle.ts'
import { leaveHalfWritten } from '../support/hot-journal.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-open-'))
  file = join(folder, 'auth.db')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = () => openWriteHandle(file, null)

/** Every file of the folder with a digest of its bytes. */
const snapshot = () =>
  readdirSync(folder)
    .sort()
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}`,
    )

const pragmas = (handle: BetterSqlite3.Database, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, handle.pragma(name, { simple: true })]))

describe('the connection that writes', () => {
  test('opens what a process left half written that was killed, rolled back, and no file of another', () => {
    const whole = join(folder, 'whole.db')
    openWriteHandle(whole, null).close()
    leaveHalfWritten(whole, file)
    const handle = open()
    expect(pragmas(handle, ['integrity_check', 'user_version'])).toEqual({
      integrity_check: 'ok',
      user_version: SCHEMA_VERSION,
    })
    expect(handle.prepare('select distinct text from filler').pluck().all()).toEqual(['x'.repeat(200)])
    handle.close()
    const foreign = new BetterSqlite3(whole)
    foreign.pragma('application_id = 7')
    foreign.close()
    leaveHalfWritten(whole, file)
    const before = snapshot()
    expect(open).toThrow('not one of Weir')
    expect(snapshot()).toEqual(before)
  })

  test.each(['a new file', 'a file that is opened again'])(
    'syncs every commit, checks foreign keys and waits only briefly: %s',
    (what) => {
      if (what !== 'a new file') open().close()
      const handle = open()
      expect(
        pragmas(handle, [
          'journal_mode',
          'synchronous',
          'foreign_keys',
          'busy_timeout',
          'trusted_schema',
          'cell_size_check',
          'application_id',
          'user_version',
        ]),
      ).toEqual({
        journal_mode: 'wal',
        synchronous: 2,
        foreign_keys: 1,
        busy_timeout: 200,
        trusted_schema: 0,
        cell_size_check: 1,
        application_id: APPLICATION_ID,
        user_version: SCHEMA_VERSION,
      })
      handle.close()
    },
  )

  test('takes an empty file for a new database', () => {
    writeFileSync(file, '')
    open().close()
    expect(pragmas(new BetterSqlite3(file), ['user_version'])).toEqual({ user_version: SCHEMA_VERSION })
  })

  test('knows its own file again', () => {
    const first = open()
    first.exec(`insert into system_settings (name, value, updated_at) values ('x', '1', 0)`)
    first.close()
    const second = open()
    expect(second.prepare('select count(*) from system_settings').pluck().get()).toBe(1)
    second.close()
  })
})

describe('the connection that reads', () => {
  test('cannot write', () => {
    open().close()
    const handle = openReadHandle(file, null)
    expect(() =>
      handle.exec(`insert into system_settings (name, value, updated_at) values ('x', '1', 0)`),
    ).toThrow(expect.objectContaining({ code: 'SQLITE_READONLY' }))
    expect(pragmas(handle, ['foreign_keys', 'busy_timeout'])).toEqual({ foreign_keys: 1, busy_timeout: 200 })
    handle.close()
  })
})

describe('a file that is not for this Weir stays as it is, byte for byte', () => {
  test('a database of a newer Weir', () => {
    const handle = open()
    handle.pragma(`user_version = ${SCHEMA_VERSION + 1}`)
    handle.pragma('wal_checkpoint(TRUNCATE)')
    handle.close()
    const before = snapshot()
    expect(open).toThrow(
      expect.objectContaining({
        code: 'database_newer',
        details: { schema_version: SCHEMA_VERSION + 1, known_schema_version: SCHEMA_VERSION },
      }),
    )
    expect(() => Database.open({ file, sqliteBinding: null })).toThrow(
      expect.objectContaining({ code: 'database_newer' }),
    )
    expect(snapshot()).toEqual(before)
  })

  test('a database of another program, whatever its journal', () => {
    for (const journal of ['delete', 'wal']) {
      file = join(folder, `${journal}.db`)
      const foreign = new BetterSqlite3(file)
      foreign.pragma(`journal_mode = ${journal}`)
      foreign.exec('create table things (id integer primary key); insert into things values (1)')
      foreign.close()
      const before = snapshot()
      expect(open).toThrow(expect.objectContaining({ code: 'database_foreign' }))
      expect(snapshot()).toEqual(before)
    }
  })

  test('an empty database that another program has marked as its own', () => {
    const foreign = new BetterSqlite3(file)
    foreign.pragma('user_version = 7')
    foreign.close()
    const before = snapshot()
    expect(open).toThrow(expect.objectContaining({ code: 'database_foreign' }))
    expect(snapshot()).toEqual(before)
  })

  test('a text', () => {
    writeFileSync(file, 'Dear diary, today I was mistaken for a database.\n'.repeat(100))
    const before = snapshot()
    expect(open).toThrow(
      expect.objectContaining({ code: 'storage_unavailable', details: { sqlite_code: 'SQLITE_NOTADB' } }),
    )
    expect(snapshot()).toEqual(before)
  })

  test('a folder', () => {
    mkdirSync(file)
    expect(open).toThrow(expect.objectContaining({ code: 'storage_unavailable' }))
    expect(readdirSync(file)).toEqual([])
  })

  test('a damaged database of ours', () => {
    const handle = open()
    const insert = handle.prepare(
      `insert into system_settings (name, value, updated_at) values (?, '"x"', 0)`,
    )
    for (let index = 0; index < 2_000; index += 1) insert.run(`setting ${index}`)
    handle.pragma('wal_checkpoint(TRUNCATE)')
    handle.close()
    const bytes = readFileSync(file)
    // The header stays; everything from the middle on becomes rubbish.
    bytes.fill(0x5a, Math.floor(bytes.length / 2))
    writeFileSync(file, bytes)
    expect(open).toThrow(
      expect.objectContaining({ code: 'storage_unavailable', details: { sqlite_code: 'SQLITE_CORRUPT' } }),
    )
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })
})

describe('an open database', () => {
  test('tells its size and the version of its schema', async () => {
    const database = Database.open({ file, sqliteBinding: null })
    expect(database.schemaVersion()).toBe(SCHEMA_VERSION)
    expect(database.sizeBytes()).toBeGreaterThan(4_096)
    await database.close()
  })

  test('leaves one file behind when it is closed', async () => {
    const database = Database.open({ file, sqliteBinding: null })
    await database.close()
    expect(readdirSync(folder)).toEqual(['auth.db'])
  })

  test('shows a reader one state for as long as it reads', async () => {
    const database = Database.open({ file, sqliteBinding: null })
    const add = (name: string) =>
      database.write((trx) =>
        trx.insertInto('system_settings').values({ name, value: '1', updated_at: 0 }).execute(),
      )
    await add('one')
    const counts = await database.read(async (db) => {
      const count = async () => (await db.selectFrom('system_settings').select('name').execute()).length
      const before = await count()
      // Deliberately not waited for inside: a reader must never see half of what others do meanwhile.
      const writing = add('two')
      await new Promise((resolve) => setTimeout(resolve, 50))
      return { before, after: await count(), writing }
    })
    await counts.writing
    expect([counts.before, counts.after]).toEqual([1, 1])
    expect(await database.reader.selectFrom('system_settings').select('name').execute()).toHaveLength(2)
    await database.close()
  })
})

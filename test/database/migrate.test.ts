import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { migrate } from '../../electron/core/database/migrate.ts'
import { MIGRATIONS, type MigrationStep } from '../../migrations/index.ts'

const SNAPSHOT = join(import.meta.dirname, '../../migrations/schema.snapshot.sql')

let handle: BetterSqlite3.Database

beforeEach(() => {
  handle = new BetterSqlite3(':memory:')
})

afterEach(() => handle.close())

const tables = () =>
  handle
    .prepare<[], string>(`select name from sqlite_schema where type = 'table' order by name`)
    .pluck()
    .all()
const version = () => handle.pragma('user_version', { simple: true })

const FIRST: MigrationStep = {
  version: 1,
  name: '0001-first',
  statements: ['create table one (a integer) strict'],
}
const BROKEN: MigrationStep = {
  version: 2,
  name: '0002-broken',
  statements: [
    'create table two (a integer) strict',
    'insert into one values (1)',
    'insert into nowhere values (1)',
  ],
}

describe('the schema', () => {
  test('after all steps is the one in migrations/schema.snapshot.sql (WEIR_UPDATE_SNAPSHOT=1 writes it)', () => {
    migrate(handle, MIGRATIONS)
    const rows = handle
      .prepare<[], string>(
        `select sql from sqlite_schema where sql is not null order by type = 'index', type = 'trigger', type = 'view', name`,
      )
      .pluck()
      .all()
    const text = `-- The schema after step ${version()}, as SQLite keeps it. Made by test/database/migrate.test.ts; compared by it too.\n\n${rows.map((sql) => `${sql};`).join('\n\n')}\n`
    if (process.env['WEIR_UPDATE_SNAPSHOT'] === '1') writeFileSync(SNAPSHOT, text)
    expect(existsSync(SNAPSHOT) && readFileSync(SNAPSHOT, 'utf8')).toBe(text)
  })

  test('has only strict tables, and no foreign key points nowhere', () => {
    migrate(handle, MIGRATIONS)
    const loose = handle
      .prepare(
        `select name from pragma_table_list where type = 'table' and strict = 0 and name not like 'sqlite_%'`,
      )
      .pluck()
      .all()
    expect(loose).toEqual([])
    expect(handle.pragma('foreign_key_check')).toEqual([])
  })
})

describe('the steps', () => {
  test('are numbered one by one, each named after its number', () => {
    expect(MIGRATIONS.map((step) => step.version)).toEqual(MIGRATIONS.map((_, index) => index + 1))
    for (const step of MIGRATIONS) {
      expect(step.name.startsWith(String(step.version).padStart(4, '0'))).toBe(true)
      expect(existsSync(join(import.meta.dirname, `../../migrations/${step.name}.ts`)), step.name).toBe(true)
    }
  })

  test('run once: the second time there is nothing to do', () => {
    expect(migrate(handle, MIGRATIONS)).toEqual(MIGRATIONS.map((step) => step.name))
    const before = tables()
    expect(migrate(handle, MIGRATIONS)).toEqual([])
    expect(tables()).toEqual(before)
  })

  test('are all or nothing: one that fails half way leaves the version before it', () => {
    expect(() => migrate(handle, [FIRST, BROKEN])).toThrow('nowhere')
    expect(version()).toBe(1)
    expect(tables()).toEqual(['one'])
    expect(handle.prepare('select count(*) from one').pluck().get()).toBe(0)
    const mended = { ...BROKEN, statements: BROKEN.statements.slice(0, 2) }
    expect(migrate(handle, [FIRST, mended])).toEqual(['0002-broken'])
    expect(version()).toBe(2)
  })

  test('are never skipped: a step whose predecessor is missing does not run', () => {
    expect(() =>
      migrate(handle, [{ ...BROKEN, statements: ['create table two (a integer) strict'] }]),
    ).toThrow('assertion failed')
    expect(version()).toBe(0)
    expect(tables()).toEqual([])
  })
})

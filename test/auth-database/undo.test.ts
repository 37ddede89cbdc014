import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { expect, test, vi } from 'vitest'
import { HOUR_MS } from '../../shared/units.ts'
import { ask, bring, clock, file, own } from './auth-fixture.ts'
import { writePlatformDatabase } from './platform-database.ts'

/** Undoing what an auth database has brought. */

const TABLES = [
  'users',
  'access_tokens',
  'consumption_profiles',
  'model_prices',
  'sessions',
  'consumption_turns',
] as const
const SUMS = [
  'consumption_periods_archive',
  'user_periods',
  'user_hours',
  'pruned_periods',
  'pruned_turn_sums',
  'session_periods',
] as const

function rowsOf(): Record<string, number> {
  const handle = new BetterSqlite3(join(own.dataDir, 'auth.db'), { readonly: true })
  const count = (table: string) =>
    handle.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n ?? -1
  const rows = Object.fromEntries([...TABLES, ...SUMS].map((table) => [table, count(table)]))
  handle.close()
  return rows
}

test('users, tokens, profiles, prices, turns and closed months of an auth database go with its import', async () => {
  const before = rowsOf()
  writePlatformDatabase(file)
  await bring()
  const brought = rowsOf()
  for (const table of [...TABLES, 'consumption_periods_archive', 'pruned_turn_sums'])
    expect(brought[table], table).toBeGreaterThan(before[table] ?? 0)
  const [batch] = (await ask('imports.list', {})).imports
  const id = batch?.id ?? ''
  const { totals } = await ask('imports.undo', { id, dry_run: true })
  await ask('imports.undo', { id, confirm: id })
  await own.weir.importBatches.finished()
  expect(await ask('imports.get', { id })).toMatchObject({
    state: 'undone',
    undo_error: null,
    undone: totals,
  })
  expect(rowsOf()).toEqual(before)
  expect((await ask('books.verify', {})).differences).toEqual([])
})

test('what a second import of an auth database brings as well stays when the first one is undone', async () => {
  writePlatformDatabase(file)
  await bring()
  const brought = rowsOf()
  await bring()
  const [, first] = (await ask('imports.list', {})).imports
  const id = first?.id ?? ''
  await ask('imports.undo', { id, confirm: id })
  await own.weir.importBatches.finished()
  expect(rowsOf()).toEqual(brought)
  expect((await ask('books.verify', {})).differences).toEqual([])
})

test('they go also when time passes between one row and the next, as it does', async () => {
  const before = rowsOf()
  writePlatformDatabase(file)
  const start = clock.now()
  let ticks = 0
  const ticking = vi.spyOn(clock, 'now').mockImplementation(() => {
    ticks += 1
    return start + ticks
  })
  await bring()
  ticking.mockRestore()
  clock.set(start + HOUR_MS)
  const [batch] = (await ask('imports.list', {})).imports
  const id = batch?.id ?? ''
  await ask('imports.undo', { id, confirm: id })
  await own.weir.importBatches.finished()
  expect(rowsOf()).toEqual(before)
})

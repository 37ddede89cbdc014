import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { expect, test } from 'vitest'
import { createWeir } from '../../electron/core/weir.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { sessionOf, turnOf, writeSessionFile } from '../support/session-files.ts'
import { configOf } from '../support/weir.ts'
import { ask, bring, clock, file, folder, goOnWith, own } from './auth-fixture.ts'
import { PLATFORM, turn, writePlatformDatabase } from './platform-database.ts'

/** Why rows of the table were not taken, by what they are called. */
const refusals = (report: Awaited<ReturnType<typeof bring>>, table: string) =>
  Object.fromEntries(
    report.auth_database.rejects.filter((one) => one.table === table).map((one) => [one.row, one.reason]),
  )

function price(model: string) {
  return {
    provider: 'Friendli',
    model,
    input_cost_per_million: 1.5,
    output_cost_per_million: 4,
    is_manual_entry: 1,
  }
}

test('a price whose model Weir would take for a pattern is refused with a reason', async () => {
  writePlatformDatabase(file, { ...PLATFORM, llm_model_costs: ['/(/', 'gpt*', '/x', 'fine'].map(price) })
  const report = await bring()
  const reason = 'Its model is no name of a model: one has no * in it and begins with no slash.'
  expect(refusals(report, 'llm_model_costs')).toEqual({
    'Friendli /(/': reason,
    'Friendli gpt*': reason,
    'Friendli /x': reason,
  })
  expect((await ask('prices.list', { source: 'operator' })).prices).toMatchObject([{ model_pattern: 'fine' }])
})

test('a price in the database whose pattern is broken is left out with a warning, and never stops the start', async () => {
  await ask('prices.set', {
    provider: 'Friendli',
    model_pattern: 'fine',
    input_usd_per_million: 1,
    output_usd_per_million: 2,
  })
  const { dataDir, close } = own
  await own.weir.close()
  const db = new BetterSqlite3(join(dataDir, 'auth.db'))
  db.exec(`INSERT INTO model_prices (provider, model_pattern, input_micro_usd_per_million, output_micro_usd_per_million,
    valid_from, source, created_at) VALUES ('friendli', '/(/', 1, 1, 0, 'operator', 0)`)
  db.close()
  const log = recordingLog()
  const weir = await createWeir(configOf(dataDir), { clock, log, randomBytes })
  goOnWith({ ...own, weir, close: () => weir.close().then(close) })
  expect(log.lines.filter(({ level }) => level === 'warn')).toContainEqual({
    level: 'warn',
    message: 'Prices of model patterns that are no regular expressions are left out.',
    fields: { model_patterns: ['/(/'] },
  })
  expect(
    await ask('prices.lookUp', { provider: 'friendli', model: 'fine', input_tokens: 1_000_000 }),
  ).toMatchObject({ cost_usd: 1, source: 'operator' })
})

test("users without a profile of their own get the platform's default one, and are equal the next time", async () => {
  const users = [{ id: 'cid', username: 'cid', consumption_profile_id: null }]
  writePlatformDatabase(file, { ...PLATFORM, users })
  await bring()
  const cid = async () => (await ask('users.list', {})).users.find(({ id }) => id === 'cid')
  const first = await cid()
  expect(first).toMatchObject({ profile_name: 'Team' })
  const again = (await bring()).auth_database.tables.find(({ table }) => table === 'users')
  expect(again).toMatchObject({ found: 1, imported: 0, already_there: 1, conflicting: 0 })
  expect(await cid()).toEqual(first)
})

test('a user whose profile is not taken is refused with a reason, instead of going without limits', async () => {
  const users = [
    { id: 'cid', username: 'cid', consumption_profile_id: 2 },
    { id: 'dora', username: 'dora', consumption_profile_id: 9 },
  ]
  writePlatformDatabase(file, { ...PLATFORM, users })
  const reasons = {
    cid: 'Its profile, number 2, is not taken.',
    dora: 'Its profile, number 9, is not in the database.',
  }
  expect(refusals(await bring({ dry_run: true }), 'users')).toEqual(reasons)
  expect(refusals(await bring(), 'users')).toEqual(reasons)
  expect(refusals(await bring(), 'users')).toEqual(reasons)
  expect((await ask('users.list', {})).users.filter(({ id }) => id in reasons)).toEqual([])
})

test('what a refused user has used waits with them, and comes once their profile is right', async () => {
  const cid = { id: 'cid', username: 'cid', consumption_profile_id: 9 }
  const tables = {
    ...PLATFORM,
    consumption_turns: [turn({ user_id: 'cid', session_id: 'c1', turn_number: 1 })],
    consumption_periods_archive: [
      { user_id: 'cid', period: '2026-05', total_input_tokens: 7, successful_turns: 1 },
    ],
  }
  const isThere = async () => (await ask('users.list', {})).users.some(({ id }) => id === 'cid')
  writePlatformDatabase(file, { ...tables, users: [cid] })
  const reason = 'Its user is not taken; the row of the user says why.'
  for (const dry_run of [true, false]) {
    const report = await bring({ dry_run })
    expect(refusals(report, 'consumption_turns')).toEqual({ 'cid c1 1': reason })
    expect(refusals(report, 'consumption_periods_archive')).toEqual({ 'cid 2026-05': reason })
    expect(await isThere()).toBe(false)
  }
  rmSync(file)
  writePlatformDatabase(file, { ...tables, users: [{ ...cid, consumption_profile_id: 1 }] })
  expect((await bring()).auth_database.rejects.filter(({ row }) => row.startsWith('cid'))).toEqual([])
  expect((await ask('users.list', {})).users.find(({ id }) => id === 'cid')).toMatchObject({
    profile_name: 'Team',
  })
  expect((await ask('consumption.turns', { user_id: 'cid' })).turns).toHaveLength(1)
})

test('a month no calendar of Weir has is refused, and the others come', async () => {
  const months = ['0001-01', '1899-12', '2026-05'].map((period) => ({ user_id: 'alice', period }))
  writePlatformDatabase(file, { ...PLATFORM, consumption_periods_archive: months })
  const reason = 'period is no month like 2025-11.'
  expect(refusals(await bring(), 'consumption_periods_archive')).toEqual({
    'alice 0001-01': reason,
    'alice 1899-12': reason,
  })
  expect((await ask('consumption.history', { user_id: 'alice' })).periods).toMatchObject([
    { period: '2026-05' },
  ])
})

test('a row that a table of Weir cannot hold is refused by itself, and the rows beside it come', async () => {
  const users = ['ann', 'nul', 'zoe'].map((id) => ({ id, username: id === 'nul' ? '\0x' : id }))
  writePlatformDatabase(file, { ...PLATFORM, users })
  const report = await bring()
  expect(refusals(report, 'users')).toEqual({ nul: 'It holds something that Weir cannot keep.' })
  expect(report.auth_database.tables.find(({ table }) => table === 'users')).toMatchObject({
    found: 3,
    imported: 2,
    rejected: 1,
  })
  const listed = (await ask('users.list', {})).users.map(({ id }) => id)
  expect(listed).toEqual(expect.arrayContaining(['ann', 'zoe']))
  expect(listed).not.toContain('nul')
})

test('a price Weir has is found again whatever the capitals, and one of another provider is not taken for it', async () => {
  const llm_model_costs = [price('House-Model'), { ...price('house-model'), provider: 'Google' }]
  writePlatformDatabase(file, { ...PLATFORM, llm_model_costs })
  for (const provider of ['friendli', 'Azure'])
    await ask('prices.set', {
      provider,
      model_pattern: 'house-MODEL',
      input_usd_per_million: 1.5,
      output_usd_per_million: 4,
    })
  const prices = (await bring()).auth_database.tables.find(({ table }) => table === 'llm_model_costs')
  expect(prices).toMatchObject({ found: 2, imported: 1, already_there: 1, conflicting: 0 })
})

test('a month the platform has only some turns of is named as differing, by a dry run and by the import alike', async () => {
  const consumption_periods_archive = [
    {
      user_id: 'bob',
      period: '2026-10',
      total_input_tokens: 900,
      total_output_tokens: 10,
      successful_turns: 1,
    },
  ]
  writePlatformDatabase(file, { ...PLATFORM, consumption_periods_archive })
  const dry = (await bring({ dry_run: true })).auth_database
  expect(dry.conflicts.map((one) => one.reason)).toEqual([
    'Weir would close this month by its turns: input_tokens 900 there, 100 here.',
  ])
  const months = {
    table: 'consumption_periods_archive',
    found: 1,
    imported: 0,
    already_there: 0,
    conflicting: 1,
  }
  expect(dry.tables).toContainEqual({ ...months, rejected: 0 })
  expect((await bring()).auth_database.tables).toContainEqual({ ...months, rejected: 0 })
})

test('a month whose turns add up to what the platform closed it with is taken', async () => {
  const consumption_periods_archive = [
    {
      user_id: 'bob',
      period: '2026-10',
      total_input_tokens: 100,
      total_output_tokens: 10,
      successful_turns: 1,
    },
  ]
  writePlatformDatabase(file, { ...PLATFORM, consumption_periods_archive })
  const months = {
    table: 'consumption_periods_archive',
    found: 1,
    imported: 1,
    already_there: 0,
    conflicting: 0,
  }
  expect((await bring({ dry_run: true })).auth_database.tables).toContainEqual({ ...months, rejected: 0 })
  expect((await bring()).auth_database.tables).toContainEqual({ ...months, rejected: 0 })
  expect((await bring()).auth_database.tables).toContainEqual({
    ...months,
    imported: 0,
    already_there: 1,
    rejected: 0,
  })
})

test('session files of a month that came as sums are read back exactly, whatever of it they tell', async () => {
  writePlatformDatabase(file)
  await bring()
  const june = { created_at: '2026-06-03T12:00:00', input_tokens: 150, output_tokens: 10 }
  const july = { created_at: '2026-07-03T12:00:00' }
  writeSessionFile(
    folder.path,
    'alice',
    'june',
    sessionOf([turnOf({ timestamp: '2026-06-03T12:00:00Z' })], june),
  )
  writeSessionFile(
    folder.path,
    'alice',
    'july',
    sessionOf([turnOf({ timestamp: '2026-07-03T12:00:00Z' })], july),
  )
  for (const validate_only of [false, true]) {
    const { run_id } = await ask('import.start', { sessions_dir: folder.path, validate_only })
    const { report } = await own.weir.imports.finished(run_id)
    expect(report).toMatchObject({ sessions: 2, turns: 2, accuracy_percent: 100, mismatches: [] })
    expect(report?.periods).toMatchObject([{ input_tokens: 150 }, { input_tokens: 100 }])
  }
  expect((await own.weir.verify()).differences).toEqual([])
})

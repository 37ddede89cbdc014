import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { expect, test } from 'vitest'
import { MINUTE_MS } from '../../shared/units.ts'
import { sessionOf, turnOf, writeSessionFile } from '../support/session-files.ts'
import { ask, bring, clock, file, folder, own } from './auth-fixture.ts'
import { ALICES_TOKEN, PLATFORM, type Tables, turn, writePlatformDatabase } from './platform-database.ts'

function tally(report: Awaited<ReturnType<typeof bring>>) {
  return Object.fromEntries(
    report.auth_database.tables.map((one) => [
      one.table,
      [one.found, one.imported, one.already_there, one.conflicting, one.rejected],
    ]),
  )
}

const userNamed = async (id: string) => (await ask('users.list', {})).users.find((user) => user.id === id)

const users = async () =>
  (await ask('consumption.users', {})).users.map((user) => [user.user_id, user.username])

test('a dry run says what would come, and writes nothing', async () => {
  writePlatformDatabase(file)
  const report = await bring({ dry_run: true })
  expect(tally(report)).toEqual({
    consumption_profiles: [2, 1, 0, 0, 1],
    users: [3, 2, 0, 0, 1],
    access_tokens: [3, 1, 0, 0, 2],
    llm_model_costs: [3, 2, 0, 0, 1],
    consumption_turns: [5, 3, 0, 0, 2],
    consumption_periods_archive: [2, 1, 0, 0, 1],
  })
  expect(report).toMatchObject({ users: 2, sessions: 2, turns: 3, imported: 3, accuracy_percent: null })
  expect(await users()).toEqual([])
  expect((await ask('tokens.list', {})).tokens).toEqual([])
})

test('an auth database brings people, tokens, prices, closed months and turns, and reading back proves it', async () => {
  writePlatformDatabase(file)
  const before = readFileSync(file)
  const report = await bring()
  expect(tally(report)).toEqual({
    consumption_profiles: [2, 1, 0, 0, 1],
    users: [3, 2, 0, 0, 1],
    access_tokens: [3, 1, 0, 0, 2],
    llm_model_costs: [3, 2, 0, 0, 1],
    consumption_turns: [5, 3, 0, 0, 2],
    consumption_periods_archive: [2, 1, 0, 0, 1],
  })
  expect(report).toMatchObject({ users: 2, sessions: 2, turns: 3, imported: 3, accuracy_percent: 100 })
  expect(report.auth_database).toMatchObject({ accuracy_percent: 100, conflicts: [] })
  expect(readFileSync(file).equals(before)).toBe(true)

  expect(await userNamed('alice')).toMatchObject({
    username: 'Alice A.',
    email: 'alice@example.test',
    display_name: 'Alice',
    profile_name: 'Team',
    is_admin: true,
  })
  expect(await userNamed('bob')).toMatchObject({ is_active: false, profile_name: 'Team' })
  const { profiles } = await ask('profiles.list', {})
  expect(profiles.find(({ name }) => name === 'Team')).toMatchObject({
    prompts_per_hour: 60,
    input_tokens_per_month: 900_000,
    output_tokens_per_month: null,
    is_default: false,
  })
  expect(
    await ask('prices.lookUp', { provider: 'Friendli', model: 'house-model', input_tokens: 1_000_000 }),
  ).toMatchObject({
    cost_usd: 1.5,
    source: 'operator',
  })
  const { turns } = await ask('consumption.turns', { user_id: 'alice' })
  expect(turns.map((one) => [one.turn_number, one.status, one.total_tokens, one.cost_usd])).toEqual([
    [2, 'failed', 60, 0],
    [1, 'success', 110, 0.25],
  ])
  expect((await own.weir.verify()).differences).toEqual([])
})

test('a closed month without turns comes as its sums, and turns of it that are told later are not counted twice', async () => {
  writePlatformDatabase(file)
  await bring()
  const june = async () => (await ask('consumption.history', { user_id: 'alice' })).periods
  expect(await june()).toMatchObject([
    {
      period: '2026-06',
      total_input_tokens: 5000,
      total_output_tokens: 700,
      successful_turns: 40,
      failed_turns: 2,
      estimated_cost_usd: 1.25,
      champion_cases_created: 3,
      adjustment_input_tokens: 0,
      adjustment_turns: 0,
    },
  ])
  writeSessionFile(
    folder.path,
    'alice',
    'june',
    sessionOf([turnOf({ timestamp: '2026-06-03T12:00:00Z' })], { created_at: '2026-06-03T12:00:00' }),
  )
  const { run_id } = await ask('import.start', { sessions_dir: folder.path })
  await own.weir.imports.finished(run_id)
  expect(await june()).toMatchObject([{ total_input_tokens: 5000, adjustment_input_tokens: 0 }])
  expect((await own.weir.verify()).differences).toEqual([])
})

test('a month the platform has closed is closed by its turns where there are some, and a difference is named', async () => {
  writePlatformDatabase(file, {
    ...PLATFORM,
    consumption_periods_archive: [
      {
        user_id: 'bob',
        period: '2026-10',
        total_input_tokens: 900,
        total_output_tokens: 10,
        successful_turns: 1,
      },
    ],
  })
  const report = await bring()
  expect(report.auth_database.conflicts).toEqual([
    {
      table: 'consumption_periods_archive',
      row: 'bob 2026-10',
      reason: 'Weir has closed this month by its turns: input_tokens 900 there, 100 here.',
    },
  ])
  expect((await ask('consumption.history', { user_id: 'bob' })).periods).toMatchObject([
    { period: '2026-10', total_input_tokens: 100 },
  ])
  expect((await own.weir.verify()).differences).toEqual([])
})

test("the platform's own tokens keep working, for their user and nothing more", async () => {
  writePlatformDatabase(file)
  expect(await own.weir.tokens.authenticate(ALICES_TOKEN)).toBeUndefined()
  await bring()
  expect(await own.weir.tokens.authenticate(ALICES_TOKEN)).toMatchObject({ scope: 'user', userId: 'alice' })
  expect(await own.weir.tokens.authenticate(`${ALICES_TOKEN}x`)).toBeUndefined()
  expect((await ask('tokens.list', {})).tokens).toMatchObject([
    { name: 'Production', prefix: 'tda_9f8Z', created_at: '2026-10-01T08:00:00.000Z' },
  ])
  await ask('tokens.revoke', { id: 1 })
  expect(await own.weir.tokens.authenticate(ALICES_TOKEN)).toBeUndefined()
})

test('what cannot be taken is listed row by row with its reason, and tables that stay behind are named', async () => {
  writePlatformDatabase(file, { ...PLATFORM, auth_tokens: [{ id: 1, token_hash: 'x' }] })
  const { rejects, not_taken } = (await bring()).auth_database
  expect(Object.fromEntries(rejects.map((one) => [`${one.table} ${one.row}`, one.reason]))).toEqual({
    'consumption_profiles Broken': 'prompts_per_hour is no whole number from 0 on.',
    'users ../evil': 'id is nothing Weir can use as an id.',
    'access_tokens Old (tda_old…)':
      'Its hash is no SHA-256, by which Weir knows tokens. Make a new token for its user.',
    'access_tokens Gone (tda_gone…)': 'It was revoked.',
    'llm_model_costs any fallback':
      'It is the price for unknown models. Weir has its own; set it under Costs & prices.',
    'consumption_turns alice s1 2': 'It is there twice; the first one is taken.',
    'consumption_turns bob s2 2': 'created_at is no time.',
    'consumption_periods_archive alice June': 'period is no month like 2025-11.',
  })
  expect(not_taken).toEqual([
    { table: 'auth_tokens', rows: 1, reason: 'They are logins of the platform, not tokens of programs.' },
    { table: 'users.password_hash', rows: 0, reason: 'Nobody logs in to Weir with a password.' },
  ])
})

test('bringing it twice adds nothing the second time, and comparing says so', async () => {
  writePlatformDatabase(file)
  await bring()
  const state = async () => [
    await users(),
    await ask('prices.list', { source: 'operator' }),
    (await own.weir.verify()).checked,
  ]
  const before = await state()
  const again = await bring()
  expect(tally(again)).toEqual({
    consumption_profiles: [2, 0, 1, 0, 1],
    users: [3, 0, 2, 0, 1],
    access_tokens: [3, 0, 1, 0, 2],
    llm_model_costs: [3, 0, 2, 0, 1],
    consumption_turns: [5, 0, 3, 0, 2],
    consumption_periods_archive: [2, 0, 1, 0, 1],
  })
  expect(again).toMatchObject({ imported: 0, already_there: 3, accuracy_percent: 100 })
  expect(await state()).toEqual(before)
  expect((await bring({ validate_only: true })).auth_database.accuracy_percent).toBe(100)
})

test('with session files beside it a turn told by both counts once, and users of folders get their names', async () => {
  writePlatformDatabase(file)
  // The file knows the first turn, and has counted the second one outside its turns.
  writeSessionFile(
    folder.path,
    'alice',
    's1',
    sessionOf([turnOf({ turn_cost: 0.25 })], { input_tokens: 200, output_tokens: 10 }),
  )
  const run = await ask('import.start', { sessions_dir: folder.path })
  await own.weir.imports.finished(run.run_id)
  clock.advance(MINUTE_MS)
  expect(await users()).toEqual([['alice', 'alice']])
  const report = await bring({ sessions_dir: folder.path })
  expect(report).toMatchObject({
    users: 2,
    sessions: 2,
    turns: 3,
    imported: 2,
    accuracy_percent: 100,
    mismatches: [],
  })
  expect(await users()).toEqual(expect.arrayContaining([['alice', 'Alice A.']]))
  // 100 of the first turn, 60 of the second, and 40 that are still outside.
  expect(await ask('consumption.summary', { user_id: 'alice' })).toMatchObject({
    total_turns: 2,
    total_input_tokens: 200,
  })
  expect((await own.weir.verify()).differences).toEqual([])
  expect(await bring({ sessions_dir: folder.path })).toMatchObject({ imported: 0, accuracy_percent: 100 })
})

test('what Weir has otherwise stays as it is, and is named', async () => {
  await ask('users.create', { id: 'alice', username: 'Mine' })
  await own.weir.consumption.recordTurn({
    user_id: 'alice',
    session_id: 's1',
    turn_number: 1,
    provider: 'Google',
    model: 'gemini-2.0-flash',
    input_tokens: 111,
    output_tokens: 10,
    occurred_at: '2026-11-10T12:00:00Z',
  })
  writePlatformDatabase(file)
  const { conflicts, accuracy_percent } = (await bring()).auth_database
  expect(conflicts.map((one) => `${one.table} ${one.row}`)).toEqual([
    'users alice',
    'consumption_turns alice s1 1',
  ])
  expect(accuracy_percent).toBeLessThan(100)
  expect(await userNamed('alice')).toMatchObject({ username: 'Mine', email: null })
  const { turns } = await ask('consumption.turns', { user_id: 'alice' })
  expect(turns.find((one) => one.turn_number === 1)).toMatchObject({ input_tokens: 111 })
})

test('whatever subset of tables and columns is there is taken', async () => {
  const tables: Tables = {
    users: [{ id: 'alice' }],
    consumption_turns: [
      {
        user_id: 'alice',
        session_id: 's1',
        turn_number: 1,
        created_at: '2026-11-10T12:00:00+00:00',
        input_tokens: 5,
      },
    ],
    llm_model_costs: [{ model: 'nameless', input_cost_per_million: 1 }],
  }
  writePlatformDatabase(file, tables)
  const report = await bring()
  expect(tally(report)).toMatchObject({ users: [1, 1, 0, 0, 0], consumption_turns: [1, 1, 0, 0, 0] })
  expect(report.auth_database.not_taken.map(({ table, reason }) => `${table}: ${reason}`)).toEqual([
    'consumption_profiles: There is no such table in the database.',
    'access_tokens: There is no such table in the database.',
    'llm_model_costs: It has no column provider, output_cost_per_million.',
    'consumption_periods_archive: There is no such table in the database.',
  ])
  expect(await ask('consumption.turns', { user_id: 'alice' })).toMatchObject({
    turns: [{ input_tokens: 5, output_tokens: 0, model: 'unknown', status: 'success' }],
  })
})

test('a look says what could be taken, without reading the rows', async () => {
  writePlatformDatabase(file, { users: [{ id: 'alice' }], auth_tokens: [{ id: 1 }] })
  const look = await ask('import.lookAtAuthDatabase', { auth_db: file })
  expect(look.tables).toEqual([{ table: 'users', rows: 1 }])
  expect(look.not_taken.map(({ table }) => table)).toContain('auth_tokens')
})

test('everybody the sources tell of is listed, with whom Weir knew before', async () => {
  await ask('users.create', { id: 'bob', username: 'Bob' })
  writePlatformDatabase(file)
  expect((await bring({ dry_run: true })).by_user).toMatchObject([
    { user_id: 'alice', username: null, turns: 2, input_tokens: 160, is_exact: null },
    { user_id: 'bob', username: 'Bob', turns: 1, is_exact: null },
  ])
  expect((await bring()).by_user).toMatchObject([
    { user_id: 'alice', username: null, is_exact: true },
    { user_id: 'bob', username: 'Bob', is_exact: true },
  ])
})

test('a file that is no auth database is refused before anything is written', async () => {
  writeFileSync(file, 'not a database at all, but long enough to look like one'.repeat(200))
  const refused = (auth_db: string) =>
    ask('import.start', { auth_db, sessions_dir: folder.path }).then(() => undefined, String)
  expect(await refused(file)).toContain('it is no SQLite database')
  expect(await refused(join(folder.path, 'missing.db'))).toContain('there is no such file')
  expect(await refused(join(own.dataDir, 'auth.db'))).toContain('it is a database of Weir')
  const views = new BetterSqlite3(join(folder.path, 'views.db'))
  views.exec(
    'CREATE VIEW users AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id FROM n',
  )
  views.close()
  expect(await refused(join(folder.path, 'views.db'))).toContain('none of the tables')
  const other = new BetterSqlite3(join(folder.path, 'other.db'))
  other.exec('CREATE TABLE songs (name)')
  other.close()
  expect(await refused(join(folder.path, 'other.db'))).toContain('none of the tables')
  await expect(ask('import.start', {})).rejects.toMatchObject({ code: 'invalid_request' })
  await expect(ask('import.start', { auth_db: file })).rejects.toMatchObject({
    code: 'auth_database_unreadable',
  })
})

test('one that is stopped half way leaves whole transactions, and running it again goes on from there', async () => {
  const turns = Array.from({ length: 2000 }, (_, at) =>
    turn({
      session_id: `s${at % 40}`,
      turn_number: 1 + Math.floor(at / 40),
      input_tokens: 1,
      output_tokens: 0,
    }),
  )
  writePlatformDatabase(file, { ...PLATFORM, consumption_turns: turns })
  const { run_id } = await ask('import.start', { auth_db: file })
  while ((await ask('import.get', { run_id })).turns_written < 100) await new Promise(setImmediate)
  await ask('import.cancel', { run_id })
  const stopped = await own.weir.imports.finished(run_id)
  expect(stopped.status).toBe('cancelled')
  expect(stopped.turns_written).toBeLessThan(2000)
  expect(stopped.auth_rows_done).toBeLessThan(stopped.auth_rows_total)
  expect((await own.weir.verify()).differences).toEqual([])
  expect(await bring()).toMatchObject({
    turns: 2000,
    imported: 2000 - stopped.turns_written,
    accuracy_percent: 100,
  })
  expect((await own.weir.verify()).differences).toEqual([])
})

import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { openConsumption, type TestConsumption, turnInput } from '../support/consumption.ts'
import { announceSeed, Random } from '../support/random.ts'
import { bookRandomLedger } from '../support/random-ledger.ts'

const random = new Random(announceSeed('verify'))
const USERS = ['alice', 'bob'] as const

let weir: TestConsumption

/** Two months of random sessions, an open reservation, and one closed month. */
beforeEach(async () => {
  weir = await openConsumption()
  for (const user of USERS) await weir.addUser(user)
  await bookRandomLedger(weir, random, { users: USERS, sessions: 12, days: 50 })
  await weir.consumption.recordTurn(turnInput({ session_id: 'last' }))
  weir.clock.set('2026-12-01T08:00:00Z')
  await weir.consumption.recordTurn(
    turnInput({ session_id: 'last', turn_number: 2, rag_used: true, rag_tokens_saved: 3 }),
  )
  await weir.consumption.admit({ user_id: 'alice', estimated_input_tokens: 5 })
})

afterEach(() => weir.close())

/** Tampers with the file as a stranger would. */
function tamper(sql: string): void {
  const handle = new BetterSqlite3(weir.file)
  handle.exec(sql)
  handle.close()
}

describe('the books', () => {
  test('are right when nobody has touched them, and something was compared', () => {
    const report = OPERATIONS['books.verify'].output.parse(weir.verify())
    expect(report.differences).toEqual([])
    expect(report.checked).toBeGreaterThan(100)
  })

  test('of an empty Weir are right', async () => {
    const fresh = await openConsumption()
    expect(fresh.verify()).toEqual({ checked: 0, differences: [] })
    await fresh.close()
  })

  test.each([
    [
      'user_periods',
      'update user_periods set input_tokens = input_tokens + 1 where rowid_of = 1',
      'input_tokens',
    ],
    ['user_period_models', 'update user_period_models set turns = turns + 1 where rowid_of = 1', 'turns'],
    [
      'system_period_models',
      'update system_period_models set cost_micro_usd = cost_micro_usd + 1 where rowid_of = 1',
      'cost_micro_usd',
    ],
    [
      'session_periods',
      'update session_periods set dearest_turn_micro_usd = dearest_turn_micro_usd + 1 where period <> 0',
      'dearest_turn_micro_usd',
    ],
    [
      'session_periods (whole life)',
      'update session_periods set last_turn_at = last_turn_at + 1 where period = 0',
      'last_turn_at',
    ],
    [
      'user_hours',
      'update user_hours set failed_turns = failed_turns + 1 where rowid_of = 1',
      'failed_turns',
    ],
    [
      'system_hours',
      'update system_hours set output_tokens = output_tokens + 1 where rowid_of = 1',
      'output_tokens',
    ],
    [
      'user_periods (sessions)',
      'update user_periods set sessions = sessions + 1 where rowid_of = 1',
      'sessions',
    ],
    [
      'user_consumption',
      'update user_consumption set rag_output_tokens_saved = rag_output_tokens_saved + 1',
      'rag_output_tokens_saved',
    ],
    [
      'user_consumption (reservations)',
      'update user_consumption set reserved_input_tokens = reserved_input_tokens + 1',
      'reserved_input_tokens',
    ],
    [
      'system_hours',
      'delete from system_hours where hour_started_at = (select max(hour_started_at) from system_hours where turns > 0)',
      'turns',
    ],
    ['user_hours', 'insert into user_hours (user_key, hour_started_at, turns) values (1, 0, 4)', 'turns'],
    [
      'consumption_periods_archive',
      'drop trigger consumption_periods_archive_is_immutable; update consumption_periods_archive set successful_turns = 1000000',
      'successful_turns',
    ],
  ] as const)('are wrong when %s is tampered with: %s', (table, sql, field) => {
    // Tables without a row id are limited by hand: the first row is enough.
    const name = /(?:update|from) (\w+)/.exec(sql)?.[1] ?? ''
    tamper(sql.includes('rowid_of = 1') ? sql.replace('rowid_of = 1', firstRowOf(name)) : sql)
    const { differences } = weir.verify()
    expect(differences.map((difference) => [difference.table, difference.field])).toContainEqual([
      table,
      field,
    ])
    expect(differences.every((difference) => difference.expected !== difference.found)).toBe(true)
  })

  test('are wrong when a turn is taken out of the ledger or changed in it', () => {
    tamper('delete from consumption_turns where id = (select max(id) from consumption_turns)')
    const missing = weir.verify().differences
    expect(new Set(missing.map((difference) => difference.table)).size).toBeGreaterThan(4)
    expect(missing).toContainEqual({
      table: 'user_periods',
      key: '1 202612',
      field: 'input_tokens',
      expected: 0,
      found: 100,
    })
  })

  test('may have more in the ledger than in a closed month: turns that came late', async () => {
    await weir.consumption.recordTurn(turnInput({ session_id: 'late', occurred_at: '2026-11-24T00:00:00Z' }))
    expect(weir.verify().differences).toEqual([])
  })

  test('are named up to a number that a person can look at', () => {
    tamper(
      'update session_periods set turns = turns + 1, input_tokens = input_tokens + 1, output_tokens = output_tokens + 1, cost_micro_usd = cost_micro_usd + 1',
    )
    tamper(
      'update user_hours set turns = turns + 1, input_tokens = input_tokens + 1, output_tokens = output_tokens + 1, cost_micro_usd = cost_micro_usd + 1',
    )
    tamper(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 300) insert into user_hours (user_key, hour_started_at, turns) select 1, i, 1 from n`,
    )
    expect(weir.verify().differences).toHaveLength(200)
  })
})

function firstRowOf(table: string): string {
  const handle = new BetterSqlite3(weir.file, { readonly: true })
  const row = handle.prepare(`select * from ${table} limit 1`).get() as Readonly<Record<string, number>>
  handle.close()
  const keys = ['user_key', 'period', 'model_key', 'hour_started_at'].filter((key) => key in row)
  return keys.map((key) => `${key} = ${row[key]}`).join(' and ')
}

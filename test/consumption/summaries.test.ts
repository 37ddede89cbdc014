import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OPERATIONS, type OperationOutput } from '../../shared/contract/index.ts'
import { addPeriods } from '../../shared/time-window.ts'
import { DAY_MS, HOUR_MS, percentOf, toIso } from '../../shared/units.ts'
import { openConsumption, type TestConsumption, turnInput } from '../support/consumption.ts'
import { announceSeed, Random } from '../support/random.ts'
import { bookRandomLedger, type RandomLedger } from '../support/random-ledger.ts'

const random = new Random(announceSeed('summaries'))
const USERS = ['alice', 'bob', 'carol'] as const
/** More than any random ledger uses in a month: with less, some seeds had the quota refuse the three checks below. */
const INPUT_LIMIT = 2_000_000

let weir: TestConsumption
let ledger: RandomLedger

beforeAll(async () => {
  weir = await openConsumption()
  for (const user of USERS)
    await weir.addUser(user, { limits: { input_tokens_per_month: INPUT_LIMIT, prompts_per_day: 50 } })
  ledger = await bookRandomLedger(weir, random, { users: USERS, sessions: 60, days: 75 })
  for (let index = 0; index < 3; index += 1)
    expect(await weir.consumption.admit({ user_id: 'alice', estimated_output_tokens: 9 })).toMatchObject({
      kind: 'allowed',
    })
})

afterAll(async () => {
  expect(weir.verify().differences).toEqual([])
  await weir.close()
})

const summaryOf = async (user: string, range?: string) =>
  OPERATIONS['consumption.summary'].output.parse(await weir.consumption.summary(user, range))
const everybody = async (range?: string) =>
  OPERATIONS['consumption.systemSummary'].output.parse(await weir.consumption.systemSummary(range))

const sum = <Item>(items: readonly Item[], of: (item: Item) => number) =>
  items.reduce((total, item) => total + of(item), 0)
const monthOf = (at: number) => toIso(at).slice(0, 7)
const isIn = (range: string) => (at: number) => range === 'all' || monthOf(at) === range
const usd = (microUsd: number) => microUsd / 1e6

/** What a summary must say, added up in memory from what was booked. */
function expected(user: string | null, range: string) {
  const mine = (item: { readonly userId: string }) => user === null || item.userId === user
  const turns = ledger.turns.filter((turn) => mine(turn) && isIn(range)(turn.occurredAt))
  const sessions = ledger.sessions.filter((session) => mine(session) && isIn(range)(session.createdAt))
  const outsideInput = sum(sessions, (session) => session.outsideInput)
  const outsideOutput = sum(sessions, (session) => session.outsideOutput)
  const input = sum(turns, (turn) => turn.inputTokens) + outsideInput
  const output = sum(turns, (turn) => turn.outputTokens) + outsideOutput
  const count = (status: string) => turns.filter((turn) => turn.status === status).length
  const guided = turns.filter((turn) => turn.ragUsed)
  return {
    turns,
    figures: {
      total_input_tokens: input,
      total_output_tokens: output,
      total_tokens: input + output,
      outside_turns_input_tokens: outsideInput,
      outside_turns_output_tokens: outsideOutput,
      total_turns: turns.length,
      successful_turns: count('success'),
      failed_turns: count('failed'),
      partial_turns: count('partial'),
      success_rate_percent: percentOf(count('success'), turns.length),
      rag_guided_turns: guided.length,
      rag_activation_rate_percent: percentOf(guided.length, turns.length),
      rag_output_tokens_saved: sum(guided, (turn) => Math.max(0, turn.ragTokensSaved)),
      rag_output_tokens_lost: sum(guided, (turn) => Math.max(0, -turn.ragTokensSaved)),
      total_sessions: sessions.length,
    },
    // Tokens outside turns are priced by the catalogue: a dollar per million in, two out.
    costUsd: usd(sum(turns, (turn) => turn.cost) + outsideInput + 2 * outsideOutput),
  }
}

type Charts = Pick<
  OperationOutput<'consumption.systemSummary'>,
  'velocity_data' | 'activity' | 'model_distribution' | 'turns_last_24h'
>

function checkCharts(summary: Charts, user: string | null, range: string): void {
  const { turns, figures, costUsd } = expected(user, range)
  const mine = ledger.turns.filter((turn) => user === null || turn.userId === user)
  const now = weir.clock.now()
  const firstHour = Math.floor(now / HOUR_MS) * HOUR_MS - 23 * HOUR_MS
  expect(summary.velocity_data.map((point) => point.hour_started_at)).toEqual(
    Array.from({ length: 24 }, (_, index) => toIso(firstHour + index * HOUR_MS)),
  )
  for (const point of summary.velocity_data) {
    const hour = mine.filter(
      (turn) => toIso(Math.floor(turn.occurredAt / HOUR_MS) * HOUR_MS) === point.hour_started_at,
    )
    expect([point.turns, point.failed_turns]).toEqual([
      hour.length,
      hour.filter((turn) => turn.status === 'failed').length,
    ])
  }
  expect(summary.turns_last_24h).toBe(mine.filter((turn) => turn.occurredAt >= firstHour).length)
  expect(sum(summary.model_distribution, (model) => model.turns)).toBe(turns.length)
  for (const share of summary.model_distribution) {
    const of = turns.filter((turn) => turn.model === share.model)
    expect([share.turns, share.percent_of_turns]).toEqual([of.length, percentOf(of.length, turns.length)])
  }
  expect(summary.activity.bucket).toBe(range === 'all' ? 'month' : 'day')
  for (const point of summary.activity.points) {
    const of = turns.filter((turn) => toIso(turn.occurredAt).startsWith(point.label))
    expect([point.label, point.turns]).toEqual([point.label, of.length])
  }
  expect(sum(summary.activity.points, (point) => point.input_tokens)).toBe(figures.total_input_tokens)
  expect(sum(summary.activity.points, (point) => point.cost_usd)).toBeCloseTo(costUsd, 6)
}

describe.each(['2026-11', '2026-10', '2026-09', 'all'])('the figures of %s', (range) => {
  test.each(USERS)('of %s are the sums of what was booked', async (user) => {
    const summary = await summaryOf(user, range)
    const { figures, costUsd } = expected(user, range)
    expect(summary).toMatchObject(figures)
    expect(summary.estimated_cost_usd).toBeCloseTo(costUsd, 6)
    checkCharts(summary, user, range)
  })

  test('of everybody are the sums of all users', async () => {
    const summary = await everybody(range)
    const { figures, turns, costUsd } = expected(null, range)
    expect(summary).toMatchObject(figures)
    expect(summary.estimated_cost_usd).toBeCloseTo(costUsd, 6)
    expect(summary).toMatchObject({
      total_users: 3,
      active_users: new Set(turns.map((turn) => turn.userId)).size,
    })
    checkCharts(summary, null, range)
  })
})

describe('a summary', () => {
  test('of now is that of the running month', async () => {
    const { generated_at: _now, ...current } = await summaryOf('alice')
    expect(await summaryOf('alice', '2026-11')).toMatchObject(current)
    expect(current).toMatchObject({
      range: '2026-11',
      current_period: '2026-11',
      period_ends_at: '2026-12-01T00:00:00.000Z',
    })
  })

  test('shows limits and requests of now, whatever month it speaks of', async () => {
    for (const range of ['2026-10', 'all', undefined]) {
      expect(await summaryOf('alice', range)).toMatchObject({
        requests_this_hour: 3,
        requests_today: 3,
        requests_day_remaining: 47,
        reserved_output_tokens: 27,
        prompts_per_hour_limit: null,
        requests_hour_remaining: null,
        input_tokens_limit: INPUT_LIMIT,
        hour_reset_at: '2026-11-24T11:00:00.000Z',
      })
    }
  })

  test('lists every day of a month that has come, and every month from the first to the last', async () => {
    const november = await summaryOf('alice', '2026-11')
    expect(november.activity.points).toHaveLength(24)
    expect(november.activity.points[0]).toMatchObject({
      label: '2026-11-01',
      starts_at: '2026-11-01T00:00:00.000Z',
    })
    expect((await summaryOf('alice', '2026-10')).activity.points).toHaveLength(31)
    const life = (await everybody('all')).activity.points.map((point) => point.label)
    expect(life).toEqual(life.map((_, index) => addPeriods(life[0] ?? '', index)))
    expect((await everybody('all')).periods).toEqual([...life].reverse())
  })

  test('of a month without anything is all zeros and divides by none of them', async () => {
    const empty = await summaryOf('alice', '2020-02')
    expect(empty).toMatchObject({
      total_tokens: 0,
      success_rate_percent: 0,
      estimated_cost_usd: 0,
      model_distribution: [],
      models_used: [],
    })
    expect(empty.activity.points).toHaveLength(29)
    expect(empty.top_expensive_questions).toEqual([])
    expect((await everybody('2031-01')).activity.points).toEqual([])
  })

  test('of a Weir without users is all zeros', async () => {
    const fresh = await openConsumption()
    const summary = OPERATIONS['consumption.systemSummary'].output.parse(
      await fresh.consumption.systemSummary('all'),
    )
    expect(summary).toMatchObject({
      total_users: 0,
      active_users: 0,
      total_turns: 0,
      success_rate_percent: 0,
      first_usage_at: null,
      periods: [],
    })
    expect(summary.velocity_data).toHaveLength(24)
    await fresh.close()
  })

  test('tells the sessions of the last hour from those of the last day', async () => {
    const fresh = await openConsumption()
    await fresh.addUser('alice')
    const at = (ms: number) => toIso(fresh.clock.now() - ms)
    await fresh.consumption.recordTurn(turnInput({ session_id: 'now', occurred_at: at(0) }))
    await fresh.consumption.recordTurn(turnInput({ session_id: 'earlier', occurred_at: at(2 * HOUR_MS) }))
    await fresh.consumption.recordTurn(turnInput({ session_id: 'before', occurred_at: at(DAY_MS + 1) }))
    expect(await fresh.consumption.summary('alice')).toMatchObject({
      active_sessions: 1,
      sessions_last_24h: 2,
      total_sessions: 3,
    })
    await fresh.close()
  })

  test('counts the users at 80 percent of any limit', async () => {
    const fresh = await openConsumption()
    await fresh.addUser('full', { limits: { prompts_per_hour: 5 } })
    await fresh.addUser('empty', { limits: { prompts_per_hour: 5 } })
    for (let index = 0; index < 4; index += 1) await fresh.consumption.admit({ user_id: 'full' })
    expect(await fresh.consumption.systemSummary()).toMatchObject({
      users_at_or_over_80_percent: 1,
      requests_this_hour: 4,
      requests_today: 4,
    })
    await fresh.close()
  })
})

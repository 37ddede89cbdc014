import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { medianOf } from '../../electron/core/intelligence/comparison.ts'
import { OPERATIONS, type ParsedInput } from '../../shared/contract/index.ts'
import { ATLAS, turnInput } from '../support/consumption.ts'
import { OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'

const NOW = Date.parse('2026-11-24T12:00:00Z')
const CLOCK = { ...SYSTEM_CLOCK, now: () => NOW }

let opened: TestWeir
let turnNumber = 0

beforeEach(async () => {
  opened = await openWeir(CLOCK)
  turnNumber = 0
  for (const id of ['alice', 'bob']) await opened.weir.users.create({ id, username: id }, OPERATOR)
  // Output at two dollars for a million, so that a saved token is two micro-dollars.
  await opened.weir.prices.set(
    {
      provider: ATLAS.provider,
      model_pattern: ATLAS.model,
      input_usd_per_million: 1,
      output_usd_per_million: 2,
      valid_from: '2026-01-01T00:00:00Z',
    },
    OPERATOR,
  )
})

afterEach(() => opened.close())

async function record(members: Partial<ParsedInput<'turns.record'>> = {}): Promise<void> {
  turnNumber += 1
  await opened.weir.consumption.recordTurn(turnInput({ turn_number: turnNumber, ...members }))
}

async function summary(query: ParsedInput<'intelligence.summary'> = {}) {
  return OPERATIONS['intelligence.summary'].output.parse(await opened.weir.intelligence.summary(query))
}

describe('what retrieval brought', () => {
  test('is shown with what it lost beside what it saved, each at the price of its turn', async () => {
    await record({ rag_used: true, rag_tokens_saved: 500_000 })
    await record({ rag_used: true, rag_tokens_saved: -100_000 })
    await record()
    const found = await summary()
    expect(found).toMatchObject({
      total_turns: 3,
      rag_guided_turns: 2,
      rag_output_tokens_saved: 500_000,
      rag_output_tokens_lost: 100_000,
      rag_cost_saved_usd: 0.8,
      unmeasured_turns: 0,
    })
    expect(found.models).toEqual([
      {
        ...ATLAS,
        rag_guided_turns: 2,
        tokens_saved: 500_000,
        tokens_lost: 100_000,
        cost_saved_usd: 1,
        cost_lost_usd: 0.2,
        usd_per_million: 2,
      },
    ])
  })

  test('says the same as the dashboard, for everybody and for one user', async () => {
    await record({ rag_used: true, rag_tokens_saved: 10 })
    await record({ user_id: 'bob', session_id: 's2' })
    const all = await summary({ period: 'all' })
    const dashboard = await opened.weir.consumption.systemSummary('all')
    expect(all.rag_activation_rate_percent).toBe(dashboard.rag_activation_rate_percent)
    const bob = await summary({ user_id: 'bob' })
    expect(bob).toMatchObject({ username: 'bob', total_turns: 1, rag_guided_turns: 0, models: [] })
    await expect(summary({ user_id: 'nobody' })).rejects.toMatchObject({ code: 'user_unknown' })
  })

  test('is compared only when both sides have twenty turns, and durations only where they were sent', async () => {
    for (let at = 0; at < 20; at += 1) {
      await record({ rag_used: true, input_tokens: 100, output_tokens: at, duration_ms: 1000 + at })
      if (at < 19) await record({ input_tokens: 300, output_tokens: 0, status: 'failed' })
    }
    const early = await summary()
    expect(early.comparison).toMatchObject({ is_comparable: false, turns_min: 20 })
    await record({ input_tokens: 300, output_tokens: 0 })
    const { comparison } = await summary()
    expect(comparison.is_comparable).toBe(true)
    expect(comparison.is_duration_comparable).toBe(false)
    expect(comparison.with_retrieval).toEqual({
      turns: 20,
      median_total_tokens: 109.5,
      median_output_tokens: 9.5,
      successful_turns: 20,
      success_percent: 100,
      timed_turns: 20,
      median_duration_ms: 1009.5,
    })
    expect(comparison.without_retrieval).toMatchObject({
      turns: 20,
      median_total_tokens: 300,
      success_percent: 5,
      timed_turns: 0,
      median_duration_ms: null,
    })
  })

  test('is followed by day within a month and by month over all time', async () => {
    await record({
      rag_used: true,
      rag_tokens_saved: 7,
      occurred_at: '2026-10-03T10:00:00Z',
      session_id: 'old',
    })
    await record({ rag_used: true, rag_tokens_saved: 5, occurred_at: '2026-11-02T10:00:00Z' })
    await record({ occurred_at: '2026-11-02T11:00:00Z' })
    const month = await summary({ period: '2026-11' })
    expect(month.trend.bucket).toBe('day')
    expect(month.trend.points.filter((point) => point.turns > 0)).toEqual([
      expect.objectContaining({ label: '2026-11-02', turns: 2, rag_guided_turns: 1, tokens_saved: 5 }),
    ])
    const all = await summary({ period: 'all' })
    expect(
      all.trend.points.map((point) => [point.label, point.rag_guided_turns, point.tokens_saved]),
    ).toEqual([
      ['2026-10', 1, 7],
      ['2026-11', 1, 5],
    ])
  })

  test('counts champion cases of the range, those of the last week, and leads to the newest', async () => {
    await opened.weir.consumption.countCase({
      user_id: 'alice',
      case_id: 'case-7',
      session_id: 's1',
      turn_number: 3,
    })
    await opened.weir.consumption.countCase({ user_id: 'bob', idempotency_key: 'k1' })
    const { champion_cases: cases } = await summary()
    expect(cases).toMatchObject({ created: 2, created_last_7_days: 2 })
    expect(cases.newest.map((one) => [one.username, one.case_id, one.session_id, one.turn_number])).toEqual([
      ['alice', 'case-7', 's1', 3],
      ['bob', null, null, null],
    ])
  })

  test('is measured again after a new turn, and not before', async () => {
    await record({ rag_used: true })
    expect((await summary()).comparison.with_retrieval.turns).toBe(1)
    expect((await summary()).comparison.with_retrieval.turns).toBe(1)
    await record({ rag_used: true })
    expect((await summary()).comparison.with_retrieval.turns).toBe(2)
  })
})

test('the median is the middle, or the mean of the two in the middle, of nothing nothing', () => {
  expect(medianOf([])).toBeNull()
  expect(medianOf([7])).toBe(7)
  expect(medianOf([9, 1, 5])).toBe(5)
  expect(medianOf([10, 1, 4, 2])).toBe(3)
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CheckAnswer } from '../../electron/core/api.ts'
import { OPERATIONS, type ParsedInput } from '../../shared/contract/index.ts'
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../shared/units.ts'
import { OPERATOR, openConsumption, type TestConsumption, turnInput } from '../support/consumption.ts'

let weir: TestConsumption

beforeEach(async () => {
  weir = await openConsumption()
})

afterEach(async () => {
  expect(weir.verify().differences).toEqual([])
  await weir.close()
})

const check = (members: Partial<ParsedInput<'limits.check'>> = {}) =>
  weir.consumption.admit({ user_id: 'alice', ...members })
const allowed = (answer: CheckAnswer) => {
  if (answer.kind !== 'allowed') throw new Error(`refused: ${answer.code}`)
  return OPERATIONS['limits.check'].output.parse(answer.answer)
}
const codeOf = (answer: CheckAnswer) => (answer.kind === 'refused' ? answer.code : 'yes')
const limitOf = (answer: CheckAnswer, policy: string) =>
  allowed(answer).limits.find((limit) => limit.policy === policy)

describe('a clock that is set back', () => {
  test('gives nobody an allowance twice, and says when the hour really ends', async () => {
    await weir.addUser('alice', { limits: { prompts_per_hour: 2, prompts_per_day: 3 } })
    await check()
    await check()
    weir.clock.set('2026-11-24T08:00:00Z')
    expect(await check()).toMatchObject({
      code: 'hourly_limit_exceeded',
      details: { used: 2, resets_at: '2026-11-24T11:00:00.000Z' },
    })
    weir.clock.set('2026-11-22T08:00:00Z')
    expect(codeOf(await check())).toBe('hourly_limit_exceeded')
    expect(await weir.counters('alice')).toMatchObject({ hour_requests: 2, day_requests: 2 })
    weir.clock.set('2026-11-24T11:00:00Z')
    expect(codeOf(await check())).toBe('yes')
    expect(codeOf(await check())).toBe('daily_limit_exceeded')
  })

  test('into the last month closes nothing again and starts nothing again', async () => {
    await weir.addUser('alice', { limits: { input_tokens_per_month: 1_000 } })
    await weir.consumption.recordTurn(turnInput())
    weir.clock.set('2026-12-01T00:00:00Z')
    await weir.consumption.recordTurn(turnInput({ turn_number: 2, input_tokens: 300 }))
    const archived = await weir.archive()
    weir.clock.set('2026-11-30T23:00:00Z')
    await check()
    await weir.consumption.recordTurn(turnInput({ turn_number: 3, input_tokens: 7 }))
    expect(await weir.counters('alice')).toMatchObject({ period: 202612, input_tokens: 300 })
    expect(await weir.archive()).toEqual(archived)
    expect(await weir.consumption.summary('alice')).toMatchObject({
      current_period: '2026-12',
      range: '2026-12',
      period_started_at: '2026-12-01T00:00:00.000Z',
      total_input_tokens: 300,
      input_tokens_remaining: 700,
    })
    expect(await check({ estimated_input_tokens: 701, dry_run: true })).toMatchObject({
      details: { used: 300, resets_at: '2027-01-01T00:00:00.000Z' },
    })
    weir.clock.set('2026-12-01T01:00:00Z')
    expect(limitOf(await check(), 'input_tokens_per_month')?.used).toBe(300)
  })
})

describe('hours and days', () => {
  test('begin again at the first touch after their end, each by itself', async () => {
    await weir.addUser('alice', { limits: { prompts_per_hour: 5, prompts_per_day: 5 } })
    for (let index = 0; index < 3; index += 1) await check()
    await weir.consumption.recordTurn(turnInput())
    weir.clock.set('2026-11-24T10:59:59.999Z')
    expect(limitOf(await check(), 'prompts_per_hour')?.used).toBe(4)
    weir.clock.advance(1)
    const nextHour = await check()
    expect(limitOf(nextHour, 'prompts_per_hour')?.used).toBe(1)
    expect(limitOf(nextHour, 'prompts_per_day')?.used).toBe(5)
    expect(await weir.counters('alice')).toMatchObject({
      peak_requests_per_hour: 4,
      peak_requests_per_day: 5,
      day_input_tokens: 100,
    })
    weir.clock.set('2026-11-25T00:00:00Z')
    const tomorrow = await check()
    expect(limitOf(tomorrow, 'prompts_per_day')?.used).toBe(1)
    expect(await weir.counters('alice')).toMatchObject({
      day_input_tokens: 0,
      input_tokens: 100,
      peak_requests_per_day: 5,
    })
  })

  test('are those of the billing zone', async () => {
    await weir.settings.change({ time_zone: 'Asia/Kathmandu' }, OPERATOR)
    await weir.addUser('alice', { limits: { prompts_per_hour: 9, prompts_per_day: 9 } })
    const answer = await check()
    expect(limitOf(answer, 'prompts_per_hour')?.resets_at).toBe('2026-11-24T11:15:00.000Z')
    expect(limitOf(answer, 'prompts_per_day')?.resets_at).toBe('2026-11-24T18:15:00.000Z')
    expect(limitOf(answer, 'input_tokens_per_month')?.resets_at).toBe('2026-11-30T18:15:00.000Z')
  })

  test('a reader sees them begin again before anybody has written', async () => {
    await weir.addUser('alice', { limits: { prompts_per_hour: 5 } })
    await check()
    await weir.consumption.recordTurn(turnInput())
    weir.clock.advance(2 * DAY_MS + 2 * HOUR_MS + SECOND_MS)
    expect(await weir.consumption.summary('alice')).toMatchObject({
      requests_this_hour: 0,
      requests_today: 0,
      tokens_today: 0,
      total_tokens: 110,
    })
    expect((await weir.consumption.users({})).users[0]).toMatchObject({
      requests_this_hour: 0,
      requests_today: 0,
      total_tokens: 110,
    })
  })
})

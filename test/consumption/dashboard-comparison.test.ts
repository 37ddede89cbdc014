import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openConsumption, type TestConsumption, turnInput } from '../support/consumption.ts'

let weir: TestConsumption

beforeEach(async () => {
  weir = await openConsumption()
  weir.clock.set(Date.parse('2026-11-10T12:30:00Z'))
  await weir.addUser('alice', { limits: { prompts_per_day: 10 } })
  await weir.addUser('bob', { limits: { prompts_per_day: 10 } })
})

afterEach(() => weir.close())

async function record(number: number, at: string, members: object = {}): Promise<void> {
  await weir.consumption.recordTurn(turnInput({ turn_number: number, occurred_at: at, ...members }))
}

describe('the dashboard', () => {
  test('shows as last month what is the last one when it is asked, over the end of a year as well', async () => {
    weir.clock.set(Date.parse('2026-12-31T23:00:00Z'))
    await record(1, '2026-11-10T11:00:00Z')
    await record(2, '2026-12-10T11:00:00Z', { output_tokens: 7 })
    const november = await weir.consumption.systemSummary('previous')
    expect(november).toMatchObject({ range: '2026-11', total_turns: 1 })
    expect(november).toEqual(await weir.consumption.systemSummary('2026-11'))
    weir.clock.set(Date.parse('2027-01-01T01:00:00Z'))
    expect(await weir.consumption.summary('alice', 'previous')).toMatchObject({
      range: '2026-12',
      total_turns: 1,
    })
  })

  test('compares the running month with the same part of the month before, not with the whole of it', async () => {
    await record(1, '2026-10-10T11:00:00Z')
    await record(2, '2026-10-10T12:10:00Z', { status: 'failed' })
    await record(3, '2026-10-20T12:00:00Z')
    await record(4, '2026-11-02T12:00:00Z')
    const now = await weir.consumption.systemSummary('current')
    expect(now.previous).toMatchObject({
      period: '2026-10',
      starts_at: '2026-10-01T00:00:00.000Z',
      ends_at: '2026-10-10T12:30:00.000Z',
      turns: 2,
      failed_turns: 1,
    })
    // A closed month stands beside the whole of the one before.
    const october = await weir.consumption.summary('alice', '2026-10')
    expect(october.previous).toMatchObject({
      period: '2026-09',
      ends_at: '2026-10-01T00:00:00.000Z',
      turns: 0,
    })
    expect((await weir.consumption.systemSummary('all')).previous).toBeUndefined()
  })

  test('names the users at 80 % of a limit or more, the nearest first', async () => {
    for (let at = 0; at < 9; at += 1) await weir.consumption.admit({ user_id: 'alice' })
    for (let at = 0; at < 8; at += 1) await weir.consumption.admit({ user_id: 'bob' })
    const { near_limit_users: near, users_at_or_over_80_percent: count } =
      await weir.consumption.systemSummary('current')
    expect(count).toBe(2)
    expect(near?.map((user) => [user.user_id, user.usage_percent, user.usage_limit])).toEqual([
      ['alice', 90, 'prompts_per_day'],
      ['bob', 80, 'prompts_per_day'],
    ])
  })
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { archiveClosedPeriods, importSessions } from '../../electron/core/consumption/ledger-import.ts'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { openConsumption, sessionReading, type TestConsumption, turnInput } from '../support/consumption.ts'

let weir: TestConsumption

beforeEach(async () => {
  weir = await openConsumption()
  await weir.addUser('alice', { limits: { prompts_per_hour: 3, input_tokens_per_month: 1_000 } })
})

afterEach(async () => {
  expect(weir.verify().differences).toEqual([])
  await weir.close()
})

/** Four checks of which one is refused, and three turns of two models. */
async function busyNovember(): Promise<void> {
  for (let index = 0; index < 4; index += 1) await weir.consumption.admit({ user_id: 'alice' })
  await weir.consumption.recordTurn(turnInput())
  await weir.consumption.recordTurn(
    turnInput({ turn_number: 2, model: 'compass', status: 'failed', output_tokens: 20 }),
  )
  await weir.consumption.recordTurn(turnInput({ turn_number: 3, session_id: 's2', cost_usd: 0.5 }))
}

const history = async (limit?: number) =>
  OPERATIONS['consumption.history'].output.parse(await weir.consumption.history('alice', limit)).periods

describe('a new month', () => {
  test('archives the old one at the first touch, with models, providers, peaks and limits', async () => {
    await busyNovember()
    weir.clock.set('2026-11-30T23:59:59.999Z')
    await weir.consumption.admit({ user_id: 'alice' })
    expect(await history()).toEqual([])
    weir.clock.advance(1)
    await weir.consumption.admit({ user_id: 'alice' })
    const [november, ...others] = await history()
    expect(others).toEqual([])
    expect(november).toMatchObject({
      period: '2026-11',
      period_started_at: '2026-11-01T00:00:00.000Z',
      period_ended_at: '2026-12-01T00:00:00.000Z',
      archived_at: '2026-12-01T00:00:00.000Z',
      total_input_tokens: 300,
      total_output_tokens: 40,
      total_turns: 3,
      successful_turns: 2,
      failed_turns: 1,
      total_sessions: 2,
      estimated_cost_usd: 0.50028,
      fallback_priced_turns: 1,
      blocked_requests: 1,
      peak_requests_per_hour: 3,
      peak_requests_per_day: 3,
      models_used: ['atlas', 'compass'],
      providers_used: ['acme'],
      limits_known: true,
      prompts_per_hour_limit: 3,
      prompts_per_day_limit: null,
      input_tokens_limit: 1_000,
      output_tokens_limit: null,
      adjustment_turns: 0,
      adjustment_input_tokens: 0,
      adjustment_output_tokens: 0,
    })
    expect(await weir.counters('alice')).toMatchObject({
      period: 202612,
      input_tokens: 0,
      blocked_requests: 0,
      peak_requests_per_hour: 1,
      hour_requests: 1,
    })
  })

  test('is begun by a turn as well as by a check, and only once', async () => {
    await busyNovember()
    weir.clock.set('2026-12-03T00:00:00Z')
    await Promise.all([
      weir.consumption.recordTurn(turnInput({ turn_number: 4 })),
      weir.consumption.admit({ user_id: 'alice' }),
      weir.consumption.recordTurn(turnInput({ turn_number: 5 })),
    ])
    expect(await history()).toHaveLength(1)
    expect(await weir.counters('alice')).toMatchObject({
      period: 202612,
      input_tokens: 200,
      sessions: 0,
      hour_requests: 1,
    })
  })

  test('is not begun by a trial check or a reader, who see its figures nevertheless', async () => {
    await busyNovember()
    weir.clock.set('2026-12-03T00:00:00Z')
    const answer = await weir.consumption.admit({
      user_id: 'alice',
      dry_run: true,
      estimated_input_tokens: 1_000,
    })
    expect(answer.kind).toBe('allowed')
    expect(await weir.consumption.summary('alice')).toMatchObject({
      current_period: '2026-12',
      range: '2026-12',
      total_turns: 0,
      input_tokens_remaining: 1_000,
      blocked_requests: 0,
    })
    expect(await history()).toEqual([])
    expect(await weir.counters('alice')).toMatchObject({ period: 202611, input_tokens: 300 })
  })

  test('that files told of before it began starts at what they told, for readers and for the next check alike', async () => {
    weir.clock.set('2026-11-30T23:59:00Z')
    const ahead = sessionReading('alice', 'ahead', [
      { occurredAt: Date.parse('2026-12-01T00:00:30Z'), inputTokens: 900 },
    ])
    await weir.database.write((trx) => importSessions(trx, [ahead], weir.context))
    expect(await weir.counters('alice')).toMatchObject({ period: 202611, input_tokens: 0 })
    weir.clock.set('2026-12-01T00:00:00Z')
    const ask = { user_id: 'alice', estimated_input_tokens: 200 }
    expect(await weir.consumption.admit({ ...ask, dry_run: true })).toMatchObject({
      kind: 'refused',
      details: { used: 900 },
    })
    expect(await weir.consumption.summary('alice')).toMatchObject({
      total_input_tokens: 900,
      input_tokens_remaining: 100,
      total_sessions: 1,
    })
    expect((await weir.consumption.users({})).users[0]).toMatchObject({
      total_input_tokens: 900,
      input_percent: 90,
    })
    expect(await weir.consumption.admit(ask)).toMatchObject({ kind: 'refused', details: { used: 900 } })
  })

  test('months in which nothing happened leave no row', async () => {
    await busyNovember()
    weir.clock.set('2027-02-15T00:00:00Z')
    await weir.consumption.admit({ user_id: 'alice' })
    weir.clock.set('2027-04-15T00:00:00Z')
    await weir.consumption.recordTurn(turnInput({ turn_number: 9 }))
    weir.clock.set('2027-05-15T00:00:00Z')
    await weir.consumption.admit({ user_id: 'alice' })
    expect((await history()).map((row) => row.period)).toEqual(['2027-04', '2027-02', '2026-11'])
    expect((await history(1)).map((row) => row.period)).toEqual(['2027-04'])
  })

  test('a user who never did anything has no history', async () => {
    weir.clock.set('2027-02-15T00:00:00Z')
    await weir.consumption.admit({ user_id: 'alice' })
    expect(await history()).toEqual([])
  })

  test('the limits kept with it are those in force when it was closed', async () => {
    await busyNovember()
    await weir.setLimits('of alice', { prompts_per_hour: 7 })
    weir.clock.set('2026-12-01T00:00:00Z')
    await weir.consumption.admit({ user_id: 'alice' })
    await weir.setLimits('of alice', { prompts_per_hour: 9 })
    expect((await history())[0]?.prompts_per_hour_limit).toBe(7)
  })
})

describe('a turn that arrives after its month was closed', () => {
  beforeEach(async () => {
    await busyNovember()
    weir.clock.set('2026-12-02T08:00:00Z')
    await weir.consumption.admit({ user_id: 'alice' })
  })

  test('is an adjustment of that month; the archive row stays as it was', async () => {
    const before = await weir.archive()
    const late = turnInput({
      turn_number: 4,
      occurred_at: '2026-11-30T22:00:00Z',
      input_tokens: 1_000,
      output_tokens: 3,
    })
    const { turn } = await weir.consumption.recordTurn(late)
    expect(turn.period).toBe('2026-11')
    expect(await weir.archive()).toEqual(before)
    const [november] = await history()
    expect(november).toMatchObject({
      total_input_tokens: 300,
      adjustment_input_tokens: 1_000,
      adjustment_output_tokens: 3,
      adjustment_turns: 1,
    })
    expect(await weir.counters('alice')).toMatchObject({ period: 202612, input_tokens: 0 })
    expect((await weir.consumption.admit({ user_id: 'alice', estimated_input_tokens: 1_000 })).kind).toBe(
      'allowed',
    )
  })

  test('is in the figures of that month and of the whole life', async () => {
    await weir.consumption.recordTurn(turnInput({ turn_number: 4, occurred_at: '2026-11-30T22:00:00Z' }))
    expect(await weir.consumption.summary('alice', '2026-11')).toMatchObject({
      range: '2026-11',
      total_turns: 4,
      total_input_tokens: 400,
    })
    expect(await weir.consumption.summary('alice', 'all')).toMatchObject({
      range: 'all',
      total_turns: 4,
      total_input_tokens: 400,
    })
    expect(await weir.consumption.summary('alice')).toMatchObject({ range: '2026-12', total_turns: 0 })
  })

  test('the archive cannot be changed, not even by a direct statement', async () => {
    const change = weir.database.write((trx) =>
      trx.updateTable('consumption_periods_archive').set({ input_tokens: 1 }).execute(),
    )
    await expect(change).rejects.toThrow('a closed month never changes')
    expect((await weir.archive())[0]?.input_tokens).toBe(300)
  })
})

describe('counters that are not sums of turns', () => {
  beforeEach(async () => {
    await busyNovember()
    weir.clock.set('2026-12-02T08:00:00Z')
  })

  const ofRange = async (range: string) => {
    const summary = await weir.consumption.summary('alice', range)
    return [summary.blocked_requests, summary.peak_requests_per_hour, summary.peak_requests_per_day]
  }

  test('of a month that is over are shown before anybody has closed it, and after', async () => {
    expect(await ofRange('2026-11')).toEqual([1, 3, 3])
    await weir.consumption.admit({ user_id: 'alice' })
    expect(await ofRange('2026-11')).toEqual([1, 3, 3])
    expect(await ofRange('2026-12')).toEqual([0, 1, 1])
  })

  test('are zero for a month in which nothing happened', async () => {
    await weir.consumption.admit({ user_id: 'alice' })
    expect(await ofRange('2026-10')).toEqual([0, 0, 0])
    expect(await ofRange('2027-10')).toEqual([0, 0, 0])
  })

  test('of the whole life are those of all months together, peaks the highest of them', async () => {
    expect(await ofRange('all')).toEqual([1, 3, 3])
    for (let index = 0; index < 5; index += 1) await weir.consumption.admit({ user_id: 'alice' })
    expect(await ofRange('all')).toEqual([3, 3, 3])
    const everybody = await weir.consumption.systemSummary('all')
    expect(everybody.blocked_requests).toBe(3)
    expect((await weir.consumption.systemSummary('2026-11')).blocked_requests).toBe(1)
    expect((await weir.consumption.systemSummary()).blocked_requests).toBe(2)
  })
})

describe('months that were imported', () => {
  test('are archived when they are over, without limits that nobody knows', async () => {
    await busyNovember()
    await weir.consumption.recordTurn(turnInput({ turn_number: 7, occurred_at: '2026-09-05T00:00:00Z' }))
    const archived = await weir.database.write((trx) => archiveClosedPeriods(trx, 'alice', weir.context))
    expect(archived).toBe(1)
    const [september] = await history()
    expect(september).toMatchObject({
      period: '2026-09',
      limits_known: false,
      prompts_per_hour_limit: null,
      total_turns: 1,
      total_sessions: 0,
    })
    expect(await weir.database.write((trx) => archiveClosedPeriods(trx, 'alice', weir.context))).toBe(0)
    expect(await weir.database.write((trx) => archiveClosedPeriods(trx, 'nobody', weir.context))).toBe(0)
  })

  test('the running month of a user who was idle keeps its own peaks and limits when it is closed by an import', async () => {
    await busyNovember()
    weir.clock.set('2026-12-02T08:00:00Z')
    await weir.database.write((trx) => archiveClosedPeriods(trx, 'alice', weir.context))
    expect((await history())[0]).toMatchObject({
      period: '2026-11',
      limits_known: true,
      peak_requests_per_hour: 3,
    })
  })
})

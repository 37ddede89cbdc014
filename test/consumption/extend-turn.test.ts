import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConsumptionManager } from '../../electron/core/consumption/consumption-manager.ts'
import { PriceBook } from '../../electron/core/pricing/price-book.ts'
import type { ModelPrice } from '../../electron/core/pricing/token-price.ts'
import { OPERATIONS, type ParsedInput } from '../../shared/contract/index.ts'
import { TOKENS_MAX } from '../../shared/units.ts'
import { ATLAS, openConsumption, type TestConsumption, turnInput } from '../support/consumption.ts'

let weir: TestConsumption

beforeEach(async () => {
  weir = await openConsumption()
  await weir.addUser('alice')
})

afterEach(async () => {
  expect(weir.verify().differences).toEqual([])
  await weir.close()
})

/** 100 input and 10 output tokens of Alice's turn cost 120 micro-dollars; the extension adds 40 and 5. */
const extension = (members: Partial<ParsedInput<'turns.extend'>> = {}) =>
  weir.consumption.extendTurn({
    session_id: 's1',
    turn_number: 1,
    user_id: 'alice',
    input_tokens: 40,
    output_tokens: 5,
    idempotency_key: 'k1',
    ...members,
  })

describe('extending a turn', () => {
  test('adds to the turn, the counters, today, and what the session and the hour are summed to', async () => {
    await weir.consumption.recordTurn(turnInput())
    const answer = await extension({ cached_input_tokens: 7, reason: 'chart' })
    expect(OPERATIONS['turns.extend'].output.parse(answer)).toMatchObject({
      replayed: false,
      turn: { input_tokens: 140, output_tokens: 15, cached_input_tokens: 7, price_source: 'catalogue' },
    })
    const counters = await weir.counters('alice')
    expect(counters).toMatchObject({
      input_tokens: 140,
      output_tokens: 15,
      day_input_tokens: 140,
      day_output_tokens: 15,
      successful_turns: 1,
      cost_micro_usd: counters.day_cost_micro_usd,
    })
    const summary = await weir.consumption.summary('alice')
    expect(summary.top_expensive_queries[0]).toMatchObject({ cost_usd: counters.cost_micro_usd / 1e6 })
    expect(summary.total_turns).toBe(1)
  })

  test('counts once, also when five say the same at once, and says so', async () => {
    await weir.consumption.recordTurn(turnInput())
    const answers = await Promise.all(Array.from({ length: 5 }, () => extension()))
    expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1)
    expect((await weir.counters('alice')).input_tokens).toBe(140)
    await expect(extension({ input_tokens: 41 })).rejects.toMatchObject({
      code: 'turn_conflict',
      details: { differing: ['input_tokens'] },
    })
    await expect(extension({ cost_usd: 0 })).rejects.toMatchObject({ code: 'turn_conflict' })
    expect((await extension({ idempotency_key: 'k2' })).turn.input_tokens).toBe(180)
    await weir.consumption.recordTurn(turnInput({ turn_number: 2 }))
    expect((await extension({ turn_number: 2 })).replayed).toBe(false)
  })

  test('leaves the recorded turn a turn that may be recorded again', async () => {
    await weir.consumption.recordTurn(turnInput({ cost_usd: 0.0005 }))
    await extension({ cost_usd: 0.0001 })
    const again = await weir.consumption.recordTurn(turnInput({ cost_usd: 0.0005 }))
    expect([again.replayed, again.turn.input_tokens, again.turn.cost_usd]).toEqual([true, 140, 0.0006])
    await expect(weir.consumption.recordTurn(turnInput({ input_tokens: 140 }))).rejects.toMatchObject({
      code: 'turn_conflict',
    })
  })

  test('of a closed month adjusts that month; its archive row and the running month stay', async () => {
    await weir.consumption.recordTurn(turnInput())
    weir.clock.set('2026-12-03T08:00:00Z')
    await extension()
    expect((await weir.archive())[0]).toMatchObject({ period: 202611, input_tokens: 100, output_tokens: 10 })
    expect(await weir.counters('alice')).toMatchObject({
      period: 202612,
      input_tokens: 0,
      day_input_tokens: 0,
    })
    const [month] = (await weir.consumption.history('alice')).periods
    expect(month).toMatchObject({ adjustment_input_tokens: 40, adjustment_output_tokens: 5 })
  })

  test('of what is not there is refused, and so is more than a turn can have', async () => {
    await expect(extension()).rejects.toMatchObject({ code: 'turn_unknown' })
    await weir.consumption.recordTurn(turnInput())
    await expect(extension({ turn_number: 2 })).rejects.toMatchObject({ code: 'turn_unknown' })
    await expect(extension({ user_id: 'carol' })).rejects.toMatchObject({ code: 'user_unknown' })
    await expect(extension({ input_tokens: TOKENS_MAX })).rejects.toMatchObject({ code: 'invalid_request' })
    expect((await weir.counters('alice')).input_tokens).toBe(100)
  })
})

describe('the cost of an extension', () => {
  const price = (model: string, inputMicroUsd: number, members: Partial<ModelPrice> = {}): ModelPrice => ({
    provider: ATLAS.provider,
    modelPattern: model,
    source: 'catalogue',
    validFrom: 0,
    inputMicroUsdPerMillion: inputMicroUsd * 1_000_000,
    outputMicroUsdPerMillion: 0,
    cachedInputMicroUsdPerMillion: null,
    steps: [],
    ...members,
  })
  const costs = async () => (await weir.counters('alice')).cost_micro_usd
  const withPrices = (prices: readonly ModelPrice[]) => {
    const book = new PriceBook(prices)
    return new ConsumptionManager({ ...weir.context, prices: () => book })
  }
  const more = { session_id: 's1', turn_number: 1, input_tokens: 40 } as const

  test('that is told is added; of what is told nothing the turn is priced with all its tokens', async () => {
    await weir.consumption.recordTurn(turnInput())
    await extension({ cost_usd: 0.001 })
    expect(await costs()).toBe(120 + 1000)
    // The tokens of a told cost are paid: 100 + 40 in, 10 + 5 out at their price, and the told cost.
    await extension({ idempotency_key: 'k2' })
    expect(await costs()).toBe(120 + 50 + 1000)
  })

  test('of a turn whose cost was told is the added tokens’ own price', async () => {
    await weir.consumption.recordTurn(turnInput({ cost_usd: 0.5 }))
    expect((await extension()).turn).toMatchObject({ cost_usd: 0.50005, price_source: 'reported' })
  })

  test('follows the price of today, and what was booked never becomes less', async () => {
    await withPrices([price('atlas', 1)]).recordTurn(turnInput())
    await withPrices([price('atlas', 2)]).extendTurn({ ...more, idempotency_key: 'dearer' })
    expect(await costs()).toBe(280)
    const cheaper = await withPrices([price('atlas', 1)]).extendTurn({ ...more, idempotency_key: 'cheaper' })
    expect([await costs(), cheaper.turn.price_source]).toEqual([320, 'catalogue'])
  })

  test('takes a turn out of those priced by fallback once its model has a price', async () => {
    await weir.consumption.recordTurn(turnInput({ model: 'new' }))
    expect((await weir.counters('alice')).fallback_priced_turns).toBe(1)
    const priced = withPrices([price('new', 9, { source: 'operator' })])
    const { turn } = await priced.extendTurn({ ...more, idempotency_key: 'k1' })
    expect(turn).toMatchObject({ cost_usd: 0.00126, price_source: 'operator' })
    expect((await weir.counters('alice')).fallback_priced_turns).toBe(0)
  })
})

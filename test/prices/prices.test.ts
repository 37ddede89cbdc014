import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConsumptionManager } from '../../electron/core/consumption/consumption-manager.ts'
import { PriceManager } from '../../electron/core/prices/price-manager.ts'
import { OPERATIONS, type OperationName } from '../../shared/contract/index.ts'
import { bearer, harness } from '../http/http-harness.ts'
import { ATLAS, OPERATOR, openConsumption, type TestConsumption, turnInput } from '../support/consumption.ts'

let weir: TestConsumption
let prices: PriceManager
let consumption: ConsumptionManager
let turnNumber = 0

beforeEach(async () => {
  weir = await openConsumption()
  prices = await PriceManager.open(weir.database, weir.clock, weir.settings)
  consumption = new ConsumptionManager({ ...weir.context, prices: () => prices.book() })
  turnNumber = 0
  await weir.addUser('alice')
})

afterEach(() => weir.close())

async function costOfTurn(members: Parameters<typeof turnInput>[0] = {}): Promise<number> {
  turnNumber += 1
  const turn = turnInput({ turn_number: turnNumber, input_tokens: 1_000_000, output_tokens: 0, ...members })
  return (await consumption.recordTurn(turn)).turn.cost_usd
}

const setPrice = (input: number, members: object = {}) =>
  prices.set(
    {
      provider: ATLAS.provider,
      model_pattern: ATLAS.model,
      input_usd_per_million: input,
      output_usd_per_million: 2 * input,
      ...members,
    },
    OPERATOR,
  )

describe('a price of the operator', () => {
  test('counts for the next recorded turn and not for the ones before', async () => {
    expect(await costOfTurn()).toBe(1)
    const { price, replaced } = OPERATIONS['prices.set'].output.parse(await setPrice(7))
    expect([price.source, replaced]).toEqual(['operator', null])
    weir.clock.advance(1000)
    expect(await costOfTurn()).toBe(7)
    expect(await costOfTurn({ occurred_at: '2026-11-01T00:00:00Z' })).toBe(1)
    expect(weir.verify().differences).toEqual([])
  })

  test('deleted gives way to what was before, and set again with its date is back', async () => {
    const { price } = await setPrice(7, { valid_from: '2026-11-01T00:00:00Z' })
    expect(await costOfTurn()).toBe(7)
    expect(OPERATIONS['prices.delete'].output.parse(await prices.delete(price.id, OPERATOR)).price).toEqual(
      price,
    )
    expect(await costOfTurn()).toBe(1)
    await expect(prices.delete(price.id, OPERATOR)).rejects.toMatchObject({ code: 'price_unknown' })
    await setPrice(7, { valid_from: price.valid_from })
    expect(await costOfTurn()).toBe(7)
  })

  test('set twice for the same date is one price, and both changes are in the log', async () => {
    await setPrice(7, { valid_from: '2026-11-01T00:00:00Z' })
    const again = await setPrice(8, { valid_from: '2026-11-01T00:00:00Z' })
    expect(again.replaced?.input_usd_per_million).toBe(7)
    const list = await prices.list({ source: 'operator' })
    expect(list.prices.map((one) => one.input_usd_per_million)).toEqual([8])
    const log = await weir.database.reader.selectFrom('audit_log').selectAll().execute()
    expect(log.map((row) => [row.action, JSON.parse(row.after ?? '{}').input_usd_per_million])).toEqual([
      ['prices.set', 7],
      ['prices.set', 8],
    ])
  })

  test('of a broken expression is refused, and a price of the catalogue is not deleted', async () => {
    await expect(setPrice(1, { model_pattern: '/(/' })).rejects.toMatchObject({ code: 'invalid_request' })
    await weir.database.write((trx) =>
      trx
        .insertInto('model_prices')
        .values({
          provider: 'x',
          model_pattern: 'y',
          input_micro_usd_per_million: 1,
          output_micro_usd_per_million: 1,
          cached_input_micro_usd_per_million: null,
          tiers: null,
          valid_from: 0,
          source: 'catalogue',
          catalogue_version: 'test',
          created_at: 0,
        })
        .execute(),
    )
    const list = await prices.list({ source: 'catalogue' })
    await expect(prices.delete(list.prices[0]?.id ?? 0, OPERATOR)).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })
})

describe('the price list', () => {
  test('has what is used first, and says how often', async () => {
    await setPrice(3, { model_pattern: 'unused', valid_from: '2026-01-01T00:00:00Z' })
    await setPrice(3, { valid_from: '2026-01-01T00:00:00Z' })
    await costOfTurn()
    await costOfTurn()
    const list = OPERATIONS['prices.list'].output.parse(await prices.list({}))
    expect(list.prices.map((one) => [one.model_pattern, one.turns_this_month])).toEqual([
      ['atlas', 2],
      ['unused', 0],
    ])
    expect([list.total_count, list.operator_prices, list.fallback.is_default]).toEqual([2, 2, true])
    expect((await prices.list({ used: true })).total_count).toBe(1)
    expect((await prices.list({ search: 'acme UNU' })).total_count).toBe(1)
    expect((await prices.list({ limit: 1, offset: 1 })).prices).toHaveLength(1)
  })
})

describe('the fallback price', () => {
  test('can be set and given back, and counts for models nobody has a price for', async () => {
    const unknown = { provider: 'nobody', model: 'nothing' }
    expect(await costOfTurn(unknown)).toBe(1)
    const set = await prices.setFallback({ input_usd_per_million: 9, output_usd_per_million: 1 }, OPERATOR)
    expect(OPERATIONS['prices.setFallback'].output.parse(set)).toMatchObject({
      input_usd_per_million: 9,
      is_default: false,
    })
    expect(await costOfTurn(unknown)).toBe(9)
    expect((await prices.setFallback({ reset: true }, OPERATOR)).is_default).toBe(true)
    expect(await costOfTurn(unknown)).toBe(1)
    await expect(prices.setFallback({ input_usd_per_million: 9 }, OPERATOR)).rejects.toMatchObject({
      code: 'invalid_request',
    })
    expect((await prices.costs()).totals.fallback_priced_turns).toBe(3)
  })
})

describe('looking a price up', () => {
  test('says for any time what a turn recorded then costs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 50_000_000 })), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 0, max: 3_000_000 }),
        fc.integer({ min: 0, max: 3_000_000 }),
        async (versions, day, input_tokens, output_tokens) => {
          const at = (days: number) => new Date(Date.UTC(2026, 3, 1) + days * 86_400_000).toISOString()
          const model = `model-${turnNumber}`
          for (const [from, microUsd] of versions)
            await setPrice(microUsd / 1e6, { model_pattern: model, valid_from: at(from) })
          const asked = { provider: ATLAS.provider, model, input_tokens, output_tokens, at: at(day) }
          const found = OPERATIONS['prices.lookUp'].output.parse(await prices.lookUp(asked))
          const cost = await costOfTurn({ model, input_tokens, output_tokens, occurred_at: at(day) })
          expect(found.cost_usd).toBe(cost)
          const inForce = [...versions].reverse().filter(([from]) => from <= day)
          const newest = inForce.reduce<readonly [number, number] | undefined>(
            (best, one) => (best === undefined || one[0] > best[0] ? one : best),
            undefined,
          )
          expect(found.source).toBe(newest === undefined ? 'fallback' : 'operator')
          if (newest === undefined) return
          // Half up, in whole numbers.
          const exact = BigInt(newest[1]) * (BigInt(input_tokens) + 2n * BigInt(output_tokens))
          expect(BigInt(Math.round(cost * 1e6))).toBe((exact + 500_000n) / 1_000_000n)
        },
      ),
      { numRuns: 25 },
    )
    expect(weir.verify().differences).toEqual([])
  })
})

describe('the costs', () => {
  test('of a month add up by provider, model and user', async () => {
    await weir.addUser('bob')
    await setPrice(4, { provider: '*', model_pattern: 'shared', valid_from: '2026-01-01T00:00:00Z' })
    await costOfTurn({ cached_input_tokens: 500_000 })
    await costOfTurn({ user_id: 'bob', session_id: 's2', model: 'shared', provider: 'other' })
    await costOfTurn({ occurred_at: '2026-10-05T00:00:00Z', session_id: 's3' })
    const costs = OPERATIONS['costs.summary'].output.parse(await prices.costs())
    expect(costs.totals).toMatchObject({ cost_usd: 5, turns: 2, sessions: 2, cached_input_percent: 25 })
    expect(costs.totals).toMatchObject({ cost_per_turn_usd: 2.5, cost_per_session_usd: 2.5 })
    expect(costs.providers.map((row) => [row.provider, row.cost_usd])).toEqual([
      ['other', 4],
      ['acme', 1],
    ])
    expect(costs.models.map((row) => [row.model, row.price_source])).toEqual([
      ['shared', 'operator'],
      ['atlas', 'fallback'],
    ])
    expect(costs.users.map((row) => [row.user_id, row.cost_usd])).toEqual([
      ['bob', 4],
      ['alice', 1],
    ])
    expect(costs.periods).toEqual(['2026-11', '2026-10'])
    expect((await prices.costs('all')).totals.cost_usd).toBe(6)
    expect((await prices.costs('2026-01')).totals).toMatchObject({ cost_usd: 0, cost_per_turn_usd: 0 })
  })
})

describe('a collection', () => {
  const subscribe = (collection_id: string) =>
    consumption.countSubscription({ user_id: 'alice', collection_id })

  test('counts once for a user, however often and whenever it is told', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => subscribe('c-1')))
    expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1)
    const second = OPERATIONS['consumption.collectionSubscription'].output.parse(await subscribe('c-2'))
    expect(second).toEqual({
      replayed: false,
      user_id: 'alice',
      current_period: '2026-11',
      collections_subscribed: 2,
    })
    expect((await consumption.summary('alice')).collections_subscribed).toBe(2)
    weir.clock.set('2026-12-01T00:00:00Z')
    expect(await subscribe('c-1')).toMatchObject({ replayed: true, collections_subscribed: 0 })
    expect((await weir.archive())[0]).toMatchObject({ period: 202611, collections_subscribed: 2 })
    await expect(
      consumption.countSubscription({ user_id: 'nobody', collection_id: 'c' }),
    ).rejects.toMatchObject({ code: 'user_unknown' })
  })
})

describe('over HTTP', () => {
  const NAMES = Object.keys(OPERATIONS).filter(
    (name) => name.startsWith('prices.') || name.startsWith('costs.'),
  ) as OperationName[]

  test.each(NAMES)('%s is for admins only', async (name) => {
    const http = await harness()
    const { method, path } = OPERATIONS[name]
    const url = path.replace('{id}', '1')
    for (const who of ['executor', 'user'] as const) {
      const answer = await http.call({ method, url, headers: bearer(who) })
      expect([name, who, answer.statusCode]).toEqual([name, who, 403])
    }
    await http.app.close()
  })
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { diffCatalogues } from '../../electron/core/prices/catalogue-update.ts'
import { PriceManager } from '../../electron/core/prices/price-manager.ts'
import { bundledCatalogue, CATALOGUE_VERSION } from '../../electron/core/pricing/bundled-catalogue.ts'
import { replaceCatalogue } from '../../electron/core/pricing/price-store.ts'
import type { ModelPrice } from '../../electron/core/pricing/token-price.ts'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { OPERATOR, openConsumption, type TestConsumption, turnInput } from '../support/consumption.ts'

/** The catalogue of an older Weir: one price higher, one model not yet there, one that is gone since. */
const OLD = 'genai-prices 0.0.1, reading 1'
const GONE: ModelPrice = {
  provider: 'openai',
  modelPattern: 'long-gone',
  source: 'catalogue',
  validFrom: 0,
  inputMicroUsdPerMillion: 1,
  outputMicroUsdPerMillion: 1,
  cachedInputMicroUsdPerMillion: null,
  steps: [],
}
const isDearer = (price: ModelPrice) => price.provider === 'openai' && price.modelPattern === 'gpt-4o-mini'
const isMissing = (price: ModelPrice) =>
  price.provider === 'google' && price.modelPattern === '*gemini-2.0-flash'

let weir: TestConsumption
let prices: PriceManager

beforeEach(async () => {
  weir = await openConsumption()
  const bundled = await bundledCatalogue()
  const old = bundled
    .filter((price) => !isMissing(price))
    .map((price) => (isDearer(price) ? { ...price, inputMicroUsdPerMillion: 300_000 } : price))
  await weir.database.write((trx) => replaceCatalogue(trx, [...old, GONE], OLD, weir.clock.now()))
  prices = await PriceManager.open(weir.database, weir.clock, weir.settings)
  await weir.addUser('alice')
})
afterEach(() => weir.close())

const update = async (dry_run: boolean) =>
  OPERATIONS['prices.updateCatalogue'].output.parse(await prices.updateCatalogue({ dry_run }, OPERATOR))
const costOf = async (model: string) =>
  (await prices.lookUp({ provider: 'openai', model, input_tokens: 1_000_000 })).cost_usd
const audited = async () =>
  (
    await weir.database.reader
      .selectFrom('audit_log')
      .selectAll()
      .where('action', '=', 'prices.updateCatalogue')
      .execute()
  ).length

describe('updating the catalogue', () => {
  test('says first what is new, changed by how much, and removed, those in use before the others, and changes nothing', async () => {
    await weir.consumption.recordTurn(turnInput({ provider: 'openai', model: 'gpt-4o-mini' }))
    expect((await prices.list({})).catalogue).toMatchObject({
      version: OLD,
      bundled_version: CATALOGUE_VERSION,
    })
    const report = await update(true)
    expect(report).toMatchObject({ from_version: OLD, to_version: CATALOGUE_VERSION, changed: 1, removed: 1 })
    expect(report.new).toBeGreaterThanOrEqual(1)
    expect(report.rows.length).toBe(report.new + report.changed + report.removed)
    expect(report.rows[0]).toMatchObject({
      result: 'changed',
      model_pattern: 'gpt-4o-mini',
      before: { input_usd_per_million: 0.3 },
      after: { input_usd_per_million: 0.15 },
      change_percent: -50,
      turns_this_month: 1,
    })
    expect(report.rows).toContainEqual(
      expect.objectContaining({ result: 'removed', model_pattern: 'long-gone', after: null }),
    )
    expect(report.rows).toContainEqual(
      expect.objectContaining({ result: 'new', model_pattern: '*gemini-2.0-flash', before: null }),
    )
    expect(await costOf('gpt-4o-mini')).toBe(0.3)
    expect(await costOf('long-gone')).toBeGreaterThan(0)
    expect(await audited()).toBe(0)
  })

  test('holds from the next turn on, leaves prices of one’s own before it, and done again changes nothing', async () => {
    const own = {
      provider: 'openai',
      model_pattern: 'gpt-4o',
      input_usd_per_million: 7,
      output_usd_per_million: 7,
    }
    await prices.set(own, OPERATOR)
    const looked = await update(true)
    expect(await update(false)).toEqual(looked)
    expect(await costOf('gpt-4o-mini')).toBe(0.15)
    expect(await costOf('gpt-4o')).toBe(7)
    expect((await prices.list({})).catalogue.version).toBe(CATALOGUE_VERSION)
    expect(await audited()).toBe(1)
    expect(await update(false)).toMatchObject({ new: 0, changed: 0, removed: 0, rows: [] })
    expect(await audited()).toBe(1)
  })
})

test('two catalogues differ also where only a step, a date or the price of cached input is another', () => {
  const price = { ...GONE, cachedInputMicroUsdPerMillion: 1 }
  const step = { ...GONE, steps: [], overInputTokens: 200_000, daySeconds: null }
  const results = (before: ModelPrice, after: ModelPrice) =>
    diffCatalogues([before], [after], () => 0).rows.map((row) => row.result)
  expect(results(GONE, price)).toEqual([])
  expect(results(GONE, { ...price, cachedInputMicroUsdPerMillion: 2 })).toEqual(['changed'])
  expect(results(GONE, { ...GONE, steps: [step] })).toEqual(['changed'])
  expect(results(GONE, { ...GONE, validFrom: 5 })).toEqual(['new', 'removed'])
})

import { afterEach, beforeEach, expect, test } from 'vitest'
import { bundledCatalogue, CATALOGUE_VERSION } from '../../electron/core/pricing/bundled-catalogue.ts'
import { loadPriceBook, seedPriceCatalogue } from '../../electron/core/pricing/price-catalogue.ts'
import { listPrices, replaceCatalogue } from '../../electron/core/pricing/price-store.ts'
import { priceTurn } from '../../electron/core/pricing/price-turn.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'

let opened: TestDatabase

beforeEach(async () => {
  opened = await openTestDatabase()
})

afterEach(() => opened.close())

async function addOperatorPrice(): Promise<void> {
  await opened.database.write(async (trx) => {
    await trx
      .insertInto('model_prices')
      .values({
        provider: 'Google',
        model_pattern: 'gemini-2.0-flash',
        input_micro_usd_per_million: 3_000_000,
        output_micro_usd_per_million: 3_000_000,
        cached_input_micro_usd_per_million: null,
        tiers: null,
        valid_from: 0,
        source: 'operator',
        catalogue_version: null,
        created_at: opened.clock.now(),
      })
      .execute()
  })
}

const GEMINI = {
  provider: 'Google',
  model: 'gemini-2.0-flash',
  inputTokens: 1000,
  cachedInputTokens: 0,
  outputTokens: 0,
}

test('the first start writes the catalogue, the second finds it there', async () => {
  const now = opened.clock.now()
  expect(await seedPriceCatalogue(opened.database, now)).toEqual({ seeded: true })
  expect(await seedPriceCatalogue(opened.database, now + 1)).toEqual({ seeded: false })
  expect(await listPrices(opened.database.reader)).toEqual(await bundledCatalogue())
})

test('a start of a newer Weir keeps the catalogue there is; put in its place, the new one leaves the operator’s prices', async () => {
  const now = opened.clock.now()
  await addOperatorPrice()
  const old = (await bundledCatalogue()).slice(0, 3)
  await opened.database.write((trx) => replaceCatalogue(trx, old, 'genai-prices 0.0.1, reading 1', now))
  expect(await seedPriceCatalogue(opened.database, now)).toEqual({ seeded: false })
  const catalogue = await bundledCatalogue()
  expect((await listPrices(opened.database.reader)).length).toBe(4)
  await opened.database.write((trx) => replaceCatalogue(trx, catalogue, CATALOGUE_VERSION, now))
  const rows = await opened.database.reader
    .selectFrom('model_prices')
    .select((eb) => ['source', 'catalogue_version', eb.fn.countAll<number>().as('count')])
    .groupBy(['source', 'catalogue_version'])
    .orderBy('source')
    .execute()
  expect(rows).toEqual([
    { source: 'catalogue', catalogue_version: CATALOGUE_VERSION, count: catalogue.length },
    { source: 'operator', catalogue_version: null, count: 1 },
  ])
})

test('the book that is loaded prices as the catalogue does, with the operator’s prices on top', async () => {
  const turn = { ...GEMINI, occurredAt: opened.clock.now() }
  await seedPriceCatalogue(opened.database, opened.clock.now())
  const before = await loadPriceBook(opened.database.reader)
  expect(priceTurn(before, turn)).toEqual({ costMicroUsd: 100, source: 'catalogue' })
  await addOperatorPrice()
  expect(priceTurn(before, turn).source).toBe('catalogue')
  expect(priceTurn(await loadPriceBook(opened.database.reader), turn)).toEqual({
    costMicroUsd: 3000,
    source: 'operator',
  })
})

test('an empty table prices everything by fallback', async () => {
  const book = await loadPriceBook(opened.database.reader)
  expect(priceTurn(book, { ...GEMINI, occurredAt: opened.clock.now() })).toEqual({
    costMicroUsd: 1000,
    source: 'fallback',
  })
})

test('a price with broken tiers is named, not guessed at', async () => {
  await addOperatorPrice()
  await opened.database.write((trx) => trx.updateTable('model_prices').set({ tiers: '{"a":1}' }).execute())
  await expect(loadPriceBook(opened.database.reader)).rejects.toMatchObject({ code: 'internal' })
})

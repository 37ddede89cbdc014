import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConsumptionManager } from '../../electron/core/consumption/consumption-manager.ts'
import { readEntry } from '../../electron/core/prices/price-file.ts'
import { PriceManager } from '../../electron/core/prices/price-manager.ts'
import { seedPriceCatalogue } from '../../electron/core/pricing/price-catalogue.ts'
import { OPERATIONS, type ParsedInput } from '../../shared/contract/index.ts'
import { ENTRIES_MAX, priceEntriesOf, priceFilePieces } from '../../shared/price-file-pieces.ts'
import { OPERATOR, openConsumption, type TestConsumption, turnInput } from '../support/consumption.ts'
import { announceSeed } from '../support/random.ts'

const SEED = announceSeed('importing prices')

const ENTRY = {
  litellm_provider: 'acme',
  mode: 'chat',
  input_cost_per_token: 1.5e-7,
  output_cost_per_token: 6e-7,
}
const FLASH = {
  litellm_provider: 'gemini',
  mode: 'chat',
  input_cost_per_token: 1e-7,
  output_cost_per_token: 4e-7,
  cache_read_input_token_cost: 2.5e-8,
}

describe('an entry of a price file', () => {
  test('is read as decimals: no figure is off by the last digit of a binary fraction', () => {
    const read = (value: unknown) => readEntry('m', { ...ENTRY, input_cost_per_token: value })
    const figure = (value: unknown) => {
      const entry = read(value)
      return entry.kind === 'price' ? entry.inputMicroUsdPerMillion : entry.reason
    }
    expect([1.5e-7, 2.1875e-6, 1.88e-5, 0.0000025, 0, 1].map(figure)).toEqual([
      150_000, 2_187_500, 18_800_000, 2_500_000, 0, 1e12,
    ])
    expect(['1.5e-7', '0.0000005', '.5E-6', '2'].map(figure)).toEqual([
      150_000,
      500_000,
      500_000,
      'A price is more than a dollar for a token.',
    ])
    // Finer than a micro-dollar a million tokens: half up.
    expect([5e-13, 4.9e-13, 1.5e-12].map(figure)).toEqual([1, 0, 2])
    for (const bad of [-1e-7, Number.NaN, Number.POSITIVE_INFINITY, 'cheap', '', true, {}, '1e-9999']) {
      expect(figure(bad), String(bad)).toContain('is not a number of dollars')
    }
  })

  test('names provider and model as the price table does', () => {
    const names = (name: string, litellm_provider: string) => {
      const entry = readEntry(name, { ...ENTRY, litellm_provider })
      return entry.kind === 'price' ? `${entry.provider} ${entry.model}` : entry.reason
    }
    expect(names('gemini/gemini-2.5-pro', 'gemini')).toBe('google gemini-2.5-pro')
    expect(names('gemini-2.5-pro', 'vertex_ai-language-models')).toBe('google gemini-2.5-pro')
    expect(names('amazon.nova-lite-v1:0', 'bedrock_converse')).toBe('aws amazon.nova-lite-v1:0')
    expect(names('openrouter/anthropic/claude-3', 'openrouter')).toBe('openrouter anthropic/claude-3')
    expect(names('davinci-002', 'text-completion-openai')).toBe('openai davinci-002')
    expect(names('openai/*', 'openai')).toBe('It stands for several models.')
    expect(names('m', ' ')).toBe('It names no provider.')
  })

  test('that cannot be used says why', () => {
    const reason = (name: string, entry: unknown) => {
      const read = readEntry(name, entry)
      return read.kind === 'unusable' ? read.reason : 'usable'
    }
    expect(reason('sample_spec', ENTRY)).toContain('example')
    expect(reason('m', null)).toContain('not an object')
    expect(reason('m', { litellm_provider: 'x', output_cost_per_image: 1 })).toContain(
      'not paid for by the token',
    )
    expect(reason('m', { ...ENTRY, output_cost_per_token: null })).toContain('no price for output')
    expect(reason('m', { ...ENTRY, input_cost_per_token: undefined })).toContain('no price for input')
    expect(reason('m', { ...ENTRY, mode: 'embedding', output_cost_per_token: null })).toBe('usable')
    expect(reason('m'.repeat(201), ENTRY)).toContain('too long')
  })

  test('keeps other prices for long prompts, each step from the one below', () => {
    const entry = readEntry('m', {
      ...ENTRY,
      input_cost_per_token_above_200k_tokens: 3e-7,
      output_cost_per_token_above_128k_tokens: 9e-7,
    })
    expect(entry).toMatchObject({
      steps: [
        { overInputTokens: 128_000, inputMicroUsdPerMillion: 150_000, outputMicroUsdPerMillion: 900_000 },
        { overInputTokens: 200_000, inputMicroUsdPerMillion: 300_000, outputMicroUsdPerMillion: 900_000 },
      ],
    })
  })

  test('may have a provider called like a member of every object', () => {
    const prices = { input_cost_per_token: 0, output_cost_per_token: 0 }
    for (const provider of ['valueOf', 'constructor', '__proto__'])
      expect(readEntry('a-model', { litellm_provider: provider, ...prices }).kind).toBe('price')
  })

  test('of any shape is understood or refused with a reason, and never anything else', () => {
    const value = fc.oneof(fc.double(), fc.string(), fc.jsonValue())
    fc.assert(
      fc.property(
        fc.string(),
        fc.oneof(
          fc.jsonValue(),
          fc.record({
            litellm_provider: value,
            input_cost_per_token: value,
            output_cost_per_token: value,
            input_cost_per_token_above_200k_tokens: value,
          }),
        ),
        (name, entry) => {
          const read = readEntry(name, entry)
          if (read.kind === 'unusable') return read.reason.endsWith('.')
          return [read.inputMicroUsdPerMillion, read.outputMicroUsdPerMillion].every(Number.isSafeInteger)
        },
      ),
      { numRuns: 500, seed: SEED },
    )
  })
})

describe('a price file', () => {
  test('is cut into pieces that fit a request and hold every model once', () => {
    const models = Object.fromEntries(
      Array.from({ length: 2000 }, (_, at) => [
        `m${at}`,
        { ...ENTRY, max_tokens: 4096, source: 'x'.repeat(200) },
      ]),
    )
    const entries = priceEntriesOf(JSON.stringify(models)) ?? {}
    expect(entries['m7']).toEqual(ENTRY)
    const pieces = priceFilePieces(entries)
    expect(Object.assign({}, ...pieces)).toEqual(entries)
    for (const piece of pieces) {
      expect(Object.keys(piece).length).toBeLessThanOrEqual(ENTRIES_MAX)
      expect(JSON.stringify(piece).length).toBeLessThan(60_000)
    }
  })

  test('that is something else is not taken for one', () => {
    for (const text of ['', '{', '[]', '3', '{"a": 1}', 'null']) expect(priceEntriesOf(text), text).toBeNull()
    expect(priceFilePieces({})).toEqual([])
  })
})

describe('imported prices', () => {
  let weir: TestConsumption
  let prices: PriceManager
  let consumption: ConsumptionManager
  let turn = 0
  beforeEach(async () => {
    weir = await openConsumption()
    await seedPriceCatalogue(weir.database, weir.clock.now())
    prices = await PriceManager.open(weir.database, weir.clock, weir.settings)
    consumption = new ConsumptionManager({ ...weir.context, prices: () => prices.book() })
    await weir.addUser('alice')
    turn = 0
  })
  afterEach(() => weir.close())

  const bring = async (entries: ParsedInput<'prices.import'>['entries'], members: object = {}) =>
    OPERATIONS['prices.import'].output.parse(await prices.import({ entries, ...members }, OPERATOR))
  const costOf = async (provider: string, model: string, members: object = {}) => {
    turn += 1
    const figures = { turn_number: turn, input_tokens: 1_000_000, output_tokens: 0 }
    return (await consumption.recordTurn(turnInput({ provider, model, ...figures, ...members }))).turn
  }
  const rowCount = async () => (await prices.list({})).total_count

  test('are only looked at first, then count from the next turn on, and doing it again changes nothing', async () => {
    const before = await rowCount()
    const dear = { ...FLASH, input_cost_per_token: 2e-7 }
    const looked = await bring({ 'gemini/gemini-2.0-flash': dear, 'acme/new': ENTRY }, { dry_run: true })
    expect(looked).toMatchObject({
      new: 1,
      changed: 1,
      rows: [
        {
          result: 'changed',
          provider: 'google',
          change_percent: 100,
          before: { input_usd_per_million: 0.1 },
        },
        { result: 'new', provider: 'acme', before: null, after: { output_usd_per_million: 0.6 } },
      ],
    })
    expect([await rowCount(), (await costOf('Google', 'gemini-2.0-flash')).cost_usd]).toEqual([before, 0.1])
    await bring({ 'gemini/gemini-2.0-flash': dear, 'acme/new': ENTRY })
    weir.clock.advance(1000)
    const priced = await costOf('Google', 'gemini-2.0-flash')
    expect([priced.cost_usd, priced.price_source]).toEqual([0.2, 'catalogue'])
    expect((await costOf('acme', 'new')).cost_usd).toBe(0.15)
    const again = await bring({ 'gemini/gemini-2.0-flash': dear, 'acme/new': ENTRY })
    expect([again.same, again.rows.length, await rowCount()]).toEqual([2, 2, before + 2])
    // What is older than the import keeps the catalogue's price.
    expect(
      (await costOf('Google', 'gemini-2.0-flash', { occurred_at: '2026-11-01T00:00:00Z' })).cost_usd,
    ).toBe(0.1)
    const list = OPERATIONS['prices.list'].output.parse(await prices.list({ source: 'imported' }))
    expect([list.total_count, list.imported_prices, list.prices[0]?.turns_this_month]).toEqual([2, 2, 3])
    const log = await weir.database.reader.selectFrom('audit_log').selectAll().execute()
    expect(log.map((row) => [row.action, row.object_id])).toEqual([['prices.import', 'LiteLLM']])
  })

  test('go after a price of the operator, whose place they never take', async () => {
    const mine = { provider: 'Google', model_pattern: 'gemini-2.0-flash', valid_from: '2026-01-01T00:00:00Z' }
    await prices.set({ ...mine, input_usd_per_million: 7, output_usd_per_million: 7 }, OPERATOR)
    const { rows } = await bring({ 'gemini/gemini-2.0-flash': { ...FLASH, input_cost_per_token: 9e-7 } })
    expect(rows).toMatchObject([
      { result: 'changed', overridden: true, before: { input_usd_per_million: 0.1 } },
    ])
    weir.clock.advance(1000)
    expect((await costOf('Google', 'gemini-2.0-flash')).cost_usd).toBe(7)
    const { prices: listed } = await prices.list({ source: 'imported' })
    await expect(prices.delete(listed[0]?.id ?? 0, OPERATOR)).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })

  test('serve other hosts of the model too, stay when the catalogue is replaced, and go all at once', async () => {
    await bring({ 'brand-new-model': { ...ENTRY, litellm_provider: 'openai' } })
    weir.clock.advance(1000)
    expect((await costOf('Friendli', 'brand-new-model')).cost_usd).toBe(0.15)
    await weir.database.write((trx) =>
      trx
        .updateTable('model_prices')
        .set({ catalogue_version: 'old' })
        .where('source', '=', 'catalogue')
        .execute(),
    )
    expect((await prices.updateCatalogue({}, OPERATOR)).from_version).toBe('old')
    expect((await costOf('openai', 'brand-new-model')).cost_usd).toBe(0.15)
    expect(OPERATIONS['prices.removeImported'].output.parse(await prices.removeImported(OPERATOR))).toEqual({
      removed: 1,
    })
    expect((await costOf('openai', 'brand-new-model')).price_source).toBe('fallback')
    expect(await prices.removeImported(OPERATOR)).toEqual({ removed: 0 })
  })

  test('of one model twice in a file are one, and steps are kept', async () => {
    const stepped = { ...ENTRY, input_cost_per_token_above_200k_tokens: 3e-7 }
    const { rows } = await bring({ 'acme/a': stepped, A: ENTRY })
    expect(rows.map((row) => [row.result, row.has_steps])).toEqual([
      ['new', true],
      ['unusable', false],
    ])
    weir.clock.advance(1000)
    expect((await costOf('acme', 'a')).cost_usd).toBe(0.3)
    expect((await bring({ 'acme/a': stepped })).same).toBe(1)
    expect((await bring({ 'acme/a': ENTRY })).changed).toBe(1)
  })

  test('of the same file, first from now on and then from the start of the month, hold for the whole month', async () => {
    const month = { valid_from: '2026-11-01T00:00:00Z' }
    const entries = { 'acme/new': ENTRY, 'gemini/gemini-2.0-flash': { ...FLASH, input_cost_per_token: 2e-7 } }
    await bring(entries)
    weir.clock.advance(1000)
    const looked = await bring(entries, { ...month, dry_run: true })
    // Before the first import there was no price of the one and another price of the other.
    expect(looked).toMatchObject({
      new: 1,
      changed: 1,
      same: 0,
      rows: [
        { result: 'new', before: null },
        { result: 'changed', before: { input_usd_per_million: 0.1 }, change_percent: 100 },
      ],
    })
    expect(await bring(entries, month)).toEqual(looked)
    const early = { occurred_at: '2026-11-02T00:00:00Z' }
    expect((await costOf('acme', 'new', early)).cost_usd).toBe(0.15)
    expect((await costOf('Google', 'gemini-2.0-flash', early)).cost_usd).toBe(0.2)
    expect((await bring(entries, month)).same).toBe(2)
    expect((await bring(entries)).same).toBe(2)
    expect((await prices.list({ source: 'imported' })).total_count).toBe(2)
  })

  test('of a corrected file with an earlier date take the place of what came after that date', async () => {
    const month = { valid_from: '2026-11-01T00:00:00Z' }
    const right = { ...ENTRY, input_cost_per_token: 3e-7 }
    await bring({ 'acme/a': ENTRY, 'acme/other': ENTRY })
    weir.clock.advance(1000)
    expect((await bring({ 'acme/A': right }, month)).changed).toBe(1)
    weir.clock.advance(1000)
    expect((await costOf('acme', 'a')).cost_usd).toBe(0.3)
    expect((await costOf('acme', 'a', { occurred_at: '2026-11-02T00:00:00Z' })).cost_usd).toBe(0.3)
    expect((await costOf('acme', 'other')).cost_usd).toBe(0.15)
    expect((await bring({ 'acme/a': right }, month)).same).toBe(1)
    const [entry] = (await weir.database.reader.selectFrom('audit_log').selectAll().execute()).slice(-1)
    expect(JSON.parse(entry?.after ?? '{}')).toMatchObject({
      prices: 1,
      replaced: 1,
      valid_from: '2026-11-01T00:00:00.000Z',
    })
  })

  test('that are the same at both ends but were others in between are not taken for the same', async () => {
    const month = { valid_from: '2026-11-01T00:00:00Z' }
    await bring({ 'acme/a': ENTRY }, month)
    weir.clock.advance(1000)
    await bring({ 'acme/a': { ...ENTRY, input_cost_per_token: 3e-7 } })
    const between = new Date(weir.clock.now()).toISOString()
    weir.clock.advance(1000)
    await bring({ 'acme/a': ENTRY })
    weir.clock.advance(1000)
    const { rows } = await bring({ 'acme/a': ENTRY }, month)
    expect(rows).toMatchObject([{ result: 'changed', before: { input_usd_per_million: 0.3 } }])
    expect((await costOf('acme', 'a', { occurred_at: between })).cost_usd).toBe(0.15)
  })

  test('leave a price that is to hold later alone', async () => {
    const later = { valid_from: '2027-01-01T00:00:00Z' }
    const dear = { ...ENTRY, input_cost_per_token: 3e-7 }
    await bring({ 'acme/a': dear }, later)
    expect((await bring({ 'acme/a': dear }, later)).same).toBe(1)
    await bring({ 'acme/a': ENTRY }, { valid_from: '2026-11-01T00:00:00Z' })
    expect((await costOf('acme', 'a')).cost_usd).toBe(0.15)
    weir.clock.set('2027-01-02T00:00:00Z')
    expect((await costOf('acme', 'a')).cost_usd).toBe(0.3)
  })
})

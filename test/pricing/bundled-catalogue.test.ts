import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { calcPrice, type Provider, waitForUpdate } from '@pydantic/genai-prices'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { bundledCatalogue, CATALOGUE_VERSION } from '../../electron/core/pricing/bundled-catalogue.ts'
import { PriceBook } from '../../electron/core/pricing/price-book.ts'
import { priceTurn } from '../../electron/core/pricing/price-turn.ts'
import { canonicalProvider } from '../../electron/core/pricing/provider-names.ts'
import type { ModelPrice } from '../../electron/core/pricing/token-price.ts'

let providers: readonly Provider[] = []
let prices: readonly ModelPrice[] = []
let book = new PriceBook([])

beforeAll(async () => {
  providers = (await waitForUpdate()) ?? []
  prices = await bundledCatalogue()
  book = new PriceBook(prices)
})

/** Names that only the catalogue's regular expressions know. */
const DATED_NAMES: readonly (readonly [string, string])[] = [
  ['anthropic', 'claude-opus-5-20260801'],
  ['openai', 'gpt-6-sol-2026-08-01'],
  ['openrouter', 'openai/gpt-6-luna-20260801'],
  ['cursor', 'composer-2.5[fast=true]'],
  ['google', 'gemini-2.5-pro-preview-06-05'],
  ['google', 'gemini-2.5-flash-lite-preview-09-2025'],
  ['google', 'gemini-3.5-flash-001'],
]

/** What the library itself charges for the tokens, in micro-dollars; undefined when it has no such price of its own. */
function libraryCost(
  provider: string,
  model: string,
  input: number,
  cached: number,
  output: number,
  at: number,
) {
  const usage = { input_tokens: input, cache_read_tokens: cached, output_tokens: output }
  const answer = calcPrice(usage, model, { providerId: provider, timestamp: new Date(at) })
  if (answer === null || answer.provider.id !== provider) return undefined
  const listed = providers.find(({ id }) => id === provider)?.models.some(({ id }) => id === answer.model.id)
  if (!listed) return undefined
  const { input_mtok, output_mtok, requests_kcount } = answer.model_price
  const isPaidByToken = input_mtok !== undefined || output_mtok !== undefined
  if (!isPaidByToken && Object.keys(answer.model_price).length > 0) return undefined
  // The library adds one request fee a call; a turn reports tokens only.
  return (answer.total_price - (typeof requests_kcount === 'number' ? requests_kcount / 1000 : 0)) * 1e6
}

/** A name the pattern stands for. */
function exampleOf(pattern: string): string | undefined {
  return pattern.startsWith('/') ? undefined : pattern.replace(/^\*/, 'x.').replace(/\*$/, '-9')
}

describe('the bundled catalogue', () => {
  test('its name says which version of the library is installed', () => {
    const manifest = resolve(import.meta.dirname, '../../node_modules/@pydantic/genai-prices/package.json')
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
    expect(CATALOGUE_VERSION, 'change CATALOGUE_VERSION, so that the new prices are offered').toContain(
      `genai-prices ${version},`,
    )
  })

  test('every price is a whole number of micro-dollars and every row stands once', () => {
    expect(prices.length).toBeGreaterThan(2000)
    const keys = new Set(
      prices.map((price) => JSON.stringify([price.provider, price.modelPattern, price.validFrom])),
    )
    expect(keys.size).toBe(prices.length)
    for (const price of prices.flatMap((row) => [row, ...row.steps])) {
      expect(price.inputMicroUsdPerMillion).toSatisfy(Number.isSafeInteger)
      expect(price.outputMicroUsdPerMillion).toSatisfy(Number.isSafeInteger)
    }
  })

  test('every provider is found under its id and under its full name', () => {
    for (const { id, name } of providers) expect(canonicalProvider(name), name).toBe(canonicalProvider(id))
  })

  test('charges what the library charges, for every model, length, date and hour', () => {
    const named = prices.flatMap(({ provider, modelPattern }) => {
      const model = exampleOf(modelPattern)
      return model === undefined ? [] : [[provider, model] as const]
    })
    let compared = 0
    const tokens = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 2_000_000 }))
    const at = fc.integer({ min: Date.parse('2024-01-01'), max: Date.parse('2027-12-31') })
    for (const [provider, model] of [...named, ...DATED_NAMES]) {
      const runs = fc.sample(fc.tuple(tokens, fc.double({ min: 0, max: 1, noNaN: true }), tokens, at), 4)
      for (const [input, share, output, occurredAt] of runs) {
        const cached = Math.floor(input * share)
        const expected = libraryCost(provider, model, input, cached, output, occurredAt)
        if (expected === undefined) continue
        const turn = {
          provider,
          model,
          inputTokens: input,
          cachedInputTokens: cached,
          outputTokens: output,
          occurredAt,
        }
        const { costMicroUsd, source } = priceTurn(book, turn)
        compared += 1
        expect(source, `${provider} ${model}`).toBe('catalogue')
        expect(
          Math.abs(costMicroUsd - expected),
          `${provider} ${model} ${JSON.stringify(turn)}: ${costMicroUsd} and ${expected}`,
        ).toBeLessThanOrEqual(0.5 + expected * 1e-9 + 1e-6)
      }
    }
    expect(compared).toBeGreaterThan(8_000)
  })
})

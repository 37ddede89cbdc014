import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PriceBook } from '../../electron/core/pricing/price-book.ts'
import { priceTurn, savedCost } from '../../electron/core/pricing/price-turn.ts'
import type { ModelPrice, PriceStep } from '../../electron/core/pricing/token-price.ts'
import { FALLBACK_PRICE } from '../../electron/core/pricing/token-price.ts'
import { TOKENS_MAX } from '../../shared/units.ts'

const NOON = Date.parse('2026-11-24T12:00:00Z')
const LONG_PROMPT = 200_000

const price = fc.integer({ min: 0, max: 600_000_000 })
const tokens = fc.oneof(
  fc.integer({ min: 0, max: 1000 }),
  fc.integer({ min: 0, max: 3_000_000 }),
  fc.maxSafeNat(),
)
const boundedTokens = tokens.map((count) => count % (TOKENS_MAX + 1))

function step(
  overInputTokens: number | null,
  input: number,
  daySeconds: PriceStep['daySeconds'] = null,
): PriceStep {
  return {
    overInputTokens,
    daySeconds,
    inputMicroUsdPerMillion: input,
    outputMicroUsdPerMillion: input * 4,
    cachedInputMicroUsdPerMillion: null,
  }
}

function bookOf(changes: Partial<ModelPrice> = {}): PriceBook {
  return new PriceBook([
    {
      provider: 'acme',
      modelPattern: 'one',
      inputMicroUsdPerMillion: 1_000_000,
      outputMicroUsdPerMillion: 4_000_000,
      cachedInputMicroUsdPerMillion: 250_000,
      steps: [],
      validFrom: 0,
      source: 'catalogue',
      ...changes,
    },
  ])
}

function turn(inputTokens: number, outputTokens = 0, cachedInputTokens = 0, occurredAt = NOON) {
  return { provider: 'Acme', model: 'one', inputTokens, outputTokens, cachedInputTokens, occurredAt }
}

const anyBook = fc.tuple(price, price, fc.option(price)).map(([input, output, cached]) =>
  bookOf({
    inputMicroUsdPerMillion: input,
    outputMicroUsdPerMillion: output,
    cachedInputMicroUsdPerMillion: cached,
  }),
)

describe('the price of a turn', () => {
  test('is exact and rounded half up, whatever the size', () => {
    fc.assert(
      fc.property(price, price, boundedTokens, boundedTokens, (input, output, inputTokens, outputTokens) => {
        const book = bookOf({ inputMicroUsdPerMillion: input, outputMicroUsdPerMillion: output })
        const sum = BigInt(inputTokens) * BigInt(input) + BigInt(outputTokens) * BigInt(output)
        const exact = Number((sum + 500_000n) / 1_000_000n)
        expect(priceTurn(book, turn(inputTokens, outputTokens)).costMicroUsd).toBe(exact)
      }),
    )
  })

  test('half a micro-dollar becomes a whole one, a hair less becomes none', () => {
    const book = bookOf({ inputMicroUsdPerMillion: 500_000, outputMicroUsdPerMillion: 499_999 })
    expect(priceTurn(book, turn(1)).costMicroUsd).toBe(1)
    expect(priceTurn(book, turn(0, 1)).costMicroUsd).toBe(0)
  })

  test('never falls when a turn has more tokens', () => {
    fc.assert(
      fc.property(
        anyBook,
        boundedTokens,
        boundedTokens,
        fc.nat(10_000),
        fc.nat(10_000),
        (book, i, o, more, alsoMore) => {
          const less = priceTurn(book, turn(i, o)).costMicroUsd
          expect(priceTurn(book, turn(i + more, o + alsoMore)).costMicroUsd).toBeGreaterThanOrEqual(less)
        },
      ),
    )
  })

  test('of two turns together differs from the two prices by one micro-dollar at most', () => {
    fc.assert(
      fc.property(
        anyBook,
        fc.array(fc.tuple(fc.nat(5_000_000), fc.nat(5_000_000)), { minLength: 2, maxLength: 2 }),
        (book, pair) => {
          const apart = pair
            .map(([i, o]) => priceTurn(book, turn(i, o)).costMicroUsd)
            .reduce((sum, cost) => sum + cost, 0)
          const [i, o] = pair.reduce<[number, number]>(
            (sum, [input, output]) => [sum[0] + input, sum[1] + output],
            [0, 0],
          )
          expect(Math.abs(priceTurn(book, turn(i, o)).costMicroUsd - apart)).toBeLessThanOrEqual(1)
        },
      ),
    )
  })

  test('is the same every time and from every book with the same prices', () => {
    fc.assert(
      fc.property(boundedTokens, boundedTokens, (i, o) => {
        const book = bookOf()
        const first = priceTurn(book, turn(i, o))
        expect(priceTurn(book, turn(i, o))).toEqual(first)
        expect(priceTurn(bookOf(), turn(i, o))).toEqual(first)
      }),
    )
  })

  test('charges cached input at its own price, and at the price of input when it has none', () => {
    expect(priceTurn(bookOf(), turn(1_000_000, 0, 400_000)).costMicroUsd).toBe(600_000 + 100_000)
    const without = bookOf({ cachedInputMicroUsdPerMillion: null })
    expect(priceTurn(without, turn(1_000_000, 0, 400_000)).costMicroUsd).toBe(1_000_000)
  })

  test('takes more cached than input tokens as all cached', () => {
    expect(priceTurn(bookOf(), turn(100, 0, 900))).toEqual(priceTurn(bookOf(), turn(100, 0, 100)))
  })

  test('the price of long prompts begins with the first token above the border, for all tokens', () => {
    const book = bookOf({ steps: [step(LONG_PROMPT, 2_000_000)] })
    expect(priceTurn(book, turn(LONG_PROMPT, 10)).costMicroUsd).toBe(200_000 + 40)
    expect(priceTurn(book, turn(LONG_PROMPT + 1, 10)).costMicroUsd).toBe(400_002 + 80)
  })

  test('of several borders the last one passed counts', () => {
    const book = bookOf({ steps: [step(10, 2_000_000), step(100, 3_000_000)] })
    expect([10, 11, 100, 101].map((count) => priceTurn(book, turn(count)).costMicroUsd)).toEqual([
      10, 22, 200, 303,
    ])
  })

  test('the price of an hour of the day holds from its first second to before its last, also over midnight', () => {
    const book = bookOf({ steps: [step(null, 9_000_000, { from: 82_800, until: 3_600 })] })
    const at = (time: string) =>
      priceTurn(book, turn(1, 0, 0, Date.parse(`2026-11-24T${time}Z`))).costMicroUsd
    expect(['22:59:59', '23:00:00', '00:00:00', '00:59:59', '01:00:00'].map(at)).toEqual([1, 9, 9, 9, 1])
  })

  test('is the price of the day the turn happened', () => {
    const old = bookOf().priceOf('acme', 'one', NOON)
    expect(old).toBeDefined()
    if (old === undefined) return
    const book = new PriceBook([{ ...old, validFrom: NOON, inputMicroUsdPerMillion: 7_000_000 }, old])
    expect(priceTurn(book, turn(1, 0, 0, NOON - 1)).costMicroUsd).toBe(1)
    expect(priceTurn(book, turn(1, 0, 0, NOON)).costMicroUsd).toBe(7)
  })

  test('of an unknown model is the fallback, and says so', () => {
    const unknown = { ...turn(1_000_000, 1_000_000), provider: 'unknown', model: 'unknown' }
    expect(priceTurn(bookOf(), unknown)).toEqual({
      costMicroUsd: FALLBACK_PRICE.inputMicroUsdPerMillion + FALLBACK_PRICE.outputMicroUsdPerMillion,
      source: 'fallback',
    })
  })
})

describe('the cost that retrieval saved', () => {
  test('is the price of that many output tokens', () => {
    fc.assert(
      fc.property(anyBook, fc.nat(5_000_000), (book, saved) => {
        expect(savedCost(book, turn(5, 5), saved)).toBe(priceTurn(book, turn(0, saved)).costMicroUsd)
      }),
    )
  })

  test('turns its sign with the tokens and is never minus zero', () => {
    fc.assert(
      fc.property(anyBook, fc.nat(5_000_000), (book, saved) => {
        expect(savedCost(book, turn(5), saved) + savedCost(book, turn(5), -saved)).toBe(0)
        expect(Object.is(savedCost(book, turn(5), -saved), -0)).toBe(false)
      }),
    )
  })

  test('goes by the price of a long prompt when the turn had one', () => {
    const book = bookOf({ steps: [step(LONG_PROMPT, 2_000_000)] })
    expect(savedCost(book, turn(LONG_PROMPT + 1), 1000)).toBe(8000)
    expect(savedCost(book, turn(LONG_PROMPT), 1000)).toBe(4000)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { microUsdToUsd, percentOf, toIso, toIsoOrNull, usdToMicroUsd } from '../../shared/units.ts'
import { announceSeed } from '../support/random.ts'

const seed = announceSeed('units')

describe('money', () => {
  test.each([
    [0, 0],
    [1, 1_000_000],
    [0.000001, 1],
    [0.0000005, 1],
    [0.00000049, 0],
    [1e-7, 0],
    [2.675, 2_675_000],
    [0.1 + 0.2, 300_000],
    [1.0000005, 1_000_001],
    [1.0000015, 1_000_002],
    [4.35e-6, 4],
    [4.5e-6, 5],
    [0.0000025, 3],
    [0.123456499, 123_456],
    [999_999.9999994, 999_999_999_999],
    [999_999.9999995, 1_000_000_000_000],
    [1_000_000, 1_000_000_000_000],
  ])('%d dollars are %d micro-dollars: halves go up, in decimal', (usd, microUsd) => {
    expect(usdToMicroUsd(usd)).toBe(microUsd)
  })

  test('dollars with up to nine decimals are rounded half up exactly as on paper', () => {
    const nanoUsd = fc.bigInt({ min: 0n, max: 10n ** 15n })
    fc.assert(
      fc.property(nanoUsd, (nano) => {
        const whole = nano / 10n ** 9n
        const text = `${whole}.${String(nano % 10n ** 9n).padStart(9, '0')}`
        expect(usdToMicroUsd(Number(text)), text).toBe(Number((nano + 500n) / 1000n))
      }),
      { seed, numRuns: 2_000 },
    )
  })

  test('micro-dollars survive the way to the wire and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (microUsd) => {
        expect(usdToMicroUsd(microUsdToUsd(microUsd))).toBe(microUsd)
      }),
      { seed, numRuns: 2_000 },
    )
  })
})

describe('percentages', () => {
  test.each([
    [0, 0, 0],
    [5, 0, 0],
    [0, 7, 0],
    [1, 3, 33.3],
    [2, 3, 66.7],
    [1, 1, 100],
    [3, 2, 150],
    [1, 2000, 0.1],
    [1, 2001, 0],
  ])('%d of %d are %d percent; of nothing, 0', (part, whole, percent) => {
    expect(percentOf(part, whole)).toBe(percent)
  })
})

describe('instants', () => {
  test('stand on the wire in UTC with milliseconds; what never happened is null', () => {
    expect(toIso(0)).toBe('1970-01-01T00:00:00.000Z')
    expect(toIsoOrNull(1_795_515_600_000)).toBe('2026-11-24T10:20:00.000Z')
    expect(toIsoOrNull(null)).toBeNull()
  })
})

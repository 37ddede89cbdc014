import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  clipText,
  formatAgo,
  formatCount,
  formatDate,
  formatDuration,
  formatInstant,
  formatMoney,
  formatMoneyExact,
  formatNoun,
  formatPercent,
  formatPeriod,
  formatPeriodShort,
  formatTimeOfDay,
  formatTokens,
  formatUntil,
} from '../../renderer/format.ts'

/** Figures hold spaces that do not break; tests are easier to read with common ones. */
function plain(shown: string): string {
  return shown.replaceAll('\u00a0', ' ')
}

const SUFFIX_SIZE = { K: 1e3, M: 1e6, B: 1e9, T: 1e12 } as const

function readCompact(shown: string): number {
  const match = /^(-?)([\d ]+(?:\.\d+)?)([KMBT]?)$/.exec(plain(shown))
  if (match === null) throw new Error(`not a figure: ${shown}`)
  const [, sign, digits = '', suffix] = match
  const size = suffix === '' || suffix === undefined ? 1 : SUFFIX_SIZE[suffix as keyof typeof SUFFIX_SIZE]
  return (sign === '-' ? -1 : 1) * Number(digits.replaceAll(' ', '')) * size
}

const anyCount = fc.integer({ min: -(10 ** 15), max: 10 ** 15 })

describe('counts', () => {
  it('keep every digit, grouped by spaces that do not break', () => {
    expect(formatCount(1204)).toBe('1\u00a0204')
    fc.assert(
      fc.property(anyCount, (count) => {
        expect(Number(plain(formatCount(count)).replaceAll(' ', ''))).toBe(count + 0)
      }),
    )
  })

  it('never read minus zero', () => {
    expect(formatCount(-0.2)).toBe('0')
  })

  it('carry the noun in the right number', () => {
    expect(formatNoun(1, 'user', 'users')).toBe('1 user')
    expect(formatNoun(0, 'user', 'users')).toBe('0 users')
  })
})

describe('tokens', () => {
  it('are short and within half a percent of the truth', () => {
    fc.assert(
      fc.property(anyCount, (tokens) => {
        const shown = formatTokens(tokens)
        expect(shown.length).toBeLessThanOrEqual(8)
        expect(Math.abs(readCompact(shown) - tokens)).toBeLessThanOrEqual(Math.abs(tokens) * 0.005)
      }),
    )
  })

  it('are exact as long as they can be read at a glance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999 }), (tokens) => {
        expect(readCompact(formatTokens(tokens))).toBe(tokens)
      }),
    )
  })

  it('go to the next suffix instead of reading 1000K', () => {
    expect(formatTokens(999_499)).toBe('999K')
    expect(formatTokens(999_950)).toBe('1M')
    expect(formatTokens(12_345)).toBe('12.3K')
    expect(formatTokens(1e12)).toBe('1T')
    expect(plain(formatTokens(4.2e15))).toBe('4 200T')
  })
})

describe('money', () => {
  it('is never shown as nothing when it is something', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 13 }), (microUsd) => {
        const shown = formatMoney(microUsd / 1e6)
        expect(shown).not.toMatch(/^\$0(\.0+)?$/)
        expect(shown.startsWith('$')).toBe(true)
      }),
    )
    expect(formatMoney(0)).toBe('$0.00')
  })

  it('is within five percent of the truth below a dollar, and says cents from a dollar on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999_990_000_000 }), (microUsd) => {
        const usd = microUsd / 1e6
        const read = Number(plain(formatMoney(usd)).replaceAll(' ', '').slice(1))
        expect(Math.abs(read - usd)).toBeLessThanOrEqual(Math.max(usd * 0.051, 0.0000005))
        if (usd >= 1) expect(Math.abs(read - usd)).toBeLessThanOrEqual(0.005001)
      }),
    )
  })

  it('shows two digits that say something below a dollar', () => {
    expect(formatMoney(0.0042)).toBe('$0.0042')
    expect(formatMoney(0.5)).toBe('$0.50')
    expect(formatMoney(0.000001)).toBe('$0.000001')
    expect(formatMoney(0.9999)).toBe('$1.00')
    expect(plain(formatMoney(61733.379))).toBe('$61 733.38')
    expect(formatMoney(2_500_000)).toBe('$2.5M')
    expect(formatMoney(-1.5)).toBe('-$1.50')
  })

  it('is exact to the micro-dollar where exactness is asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 13 }), (microUsd) => {
        const read = plain(formatMoneyExact(microUsd / 1e6))
          .replaceAll(' ', '')
          .slice(1)
        expect(Math.round(Number(read) * 1e6)).toBe(microUsd)
        expect(read).toMatch(/\.\d{2,6}$/)
      }),
    )
  })
})

describe('percentages', () => {
  it('reach 100 only at 100 and zero only at zero', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1000, noNaN: true }), (percent) => {
        const shown = formatPercent(percent)
        expect(shown === '0%').toBe(percent === 0)
        if (percent < 100) expect(Number.parseFloat(shown.replace('<', ''))).toBeLessThan(100)
      }),
    )
  })

  it('say that there is no limit, and stay short far above it', () => {
    expect(formatPercent(null)).toBe('–')
    expect(formatPercent(99.97)).toBe('99.9%')
    expect(formatPercent(0.04)).toBe('<0.1%')
    expect(formatPercent(1_250_000)).toBe('1.25M%')
  })
})

describe('times', () => {
  it('are told in their two largest units', () => {
    expect(plain(formatDuration(850))).toBe('850 ms')
    expect(plain(formatDuration(12_400))).toBe('12 s')
    expect(plain(formatDuration(245_000))).toBe('4 min 5 s')
    expect(plain(formatDuration(11_520_000))).toBe('3 h 12 min')
    expect(plain(formatDuration(187_200_000))).toBe('2 d 4 h')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (length) => {
        expect(plain(formatDuration(length))).toMatch(/^[\d ]+ (ms|s|min|h|d)( \d+ (s|min|h))?$/)
      }),
    )
  })

  it('ago are in one unit, and the future is just now', () => {
    expect(plain(formatAgo(0, 12_000))).toBe('12 s ago')
    expect(plain(formatAgo(0, 3 * 3_600_000))).toBe('3 h ago')
    expect(formatAgo(10_000, 0)).toBe('just now')
  })

  it('to come are told until they have come', () => {
    expect(plain(formatUntil(24 * 60_000 + 59_000, 0))).toBe('in 24 min')
    expect(formatUntil(30_000, 0)).toBe('in less than a minute')
    expect(formatUntil(0, 5)).toBe('now')
  })

  it('are those of the billing zone', () => {
    const iso = '2026-03-29T23:30:00.000Z'
    expect(formatInstant(iso, 'UTC')).toBe('2026-03-29 23:30 UTC')
    expect(formatInstant(iso, 'Europe/Berlin')).toBe('2026-03-30 01:30 Europe/Berlin')
    expect(formatDate(iso, 'Europe/Berlin')).toBe('2026-03-30')
    expect(formatTimeOfDay(iso, 'Asia/Kolkata')).toBe('05:00')
    expect(formatInstant('not a time', 'UTC')).toBe('not a time')
  })

  it('of a month have its name', () => {
    expect(formatPeriod('2026-11')).toBe('November 2026')
    expect(plain(formatPeriodShort('2026-09'))).toBe('Sep 2026')
    expect(formatPeriodShort('all')).toBe('all time')
    expect(formatPeriod('2026-13')).toBe('2026-13')
  })
})

describe('clipped text', () => {
  it('is never longer than asked for, on one line, and says that something is missing', () => {
    const segments = new Intl.Segmenter('en', { granularity: 'grapheme' })
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        fc.integer({ min: 1, max: 80 }),
        (text, max) => {
          const shown = clipText(text, max)
          expect([...segments.segment(shown)].length).toBeLessThanOrEqual(max + 1)
          expect(shown).not.toMatch(/[\n\r\t]/)
          if (!shown.endsWith('…')) expect(shown).toBe(text.replace(/\s+/g, ' ').trim())
        },
      ),
    )
  })

  it('does not cut a character in two', () => {
    const family = '👩‍👩‍👧‍👦'
    expect(clipText(family.repeat(5), 2)).toBe(`${family.repeat(2)}…`)
    expect(clipText('x'.repeat(10_000), 5)).toBe('xxxxx…')
  })
})

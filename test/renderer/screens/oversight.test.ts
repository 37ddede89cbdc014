import { describe, expect, it } from 'vitest'
import { formatCount } from '../../../renderer/format.ts'
import { diffOf } from '../../../renderer/screens/audit/audit-diff.ts'
import { auditInput, auditSearch } from '../../../renderer/screens/audit/audit-search.ts'
import { endOf } from '../../../renderer/screens/enforcement/duration-fields.tsx'
import { enforcementSearch, eventsInput } from '../../../renderer/screens/enforcement/enforcement-search.ts'
import { limitIn } from '../../../renderer/screens/enforcement/override-form.tsx'
import { amountHint, amountIn, fullestLimit } from '../../../renderer/screens/user/grant-form.tsx'
import { reasonOf } from '../../../renderer/text/enforcement.ts'
import { LIMIT_CODES } from '../../../shared/error-codes.ts'

const NOW = Date.parse('2026-11-24T10:20:42Z')

describe('the difference between before and after', () => {
  it('is every field that changed, nested ones by their path, and nothing that stayed', () => {
    const before = { value: { mode: 'on', reason: null, tags: [1, 2] }, name: 'x' }
    const after = { value: { mode: 'off', reason: 'fire', tags: [1, 2], until: NOW }, name: 'x', extra: 0 }
    expect(diffOf(before, after)).toEqual([
      { field: 'value.mode', before: 'on', after: 'off' },
      { field: 'value.reason', before: 'none', after: 'fire' },
      { field: 'value.until', before: null, after: '2026-11-24T10:20:42.000Z' },
      { field: 'extra', before: null, after: '0' },
    ])
  })

  it('has only one side when something was made or removed', () => {
    expect(diffOf(null, { id: 'alice' })).toEqual([{ field: 'id', before: null, after: 'alice' }])
    expect(diffOf({ id: 'alice' }, null)).toEqual([{ field: 'id', before: 'alice', after: null }])
    expect(diffOf(null, null)).toEqual([])
  })
})

describe('what is asked for a view', () => {
  it('stays the same for a minute, so that a refresh renews what is on screen', () => {
    const view = enforcementSearch.parse({ kind: 'blocked', user: 42, page: '3' })
    expect(eventsInput(view, NOW)).toEqual({
      kind: 'blocked',
      user_id: '42',
      limit: 50,
      offset: 100,
      since: '2026-11-23T10:20:00.000Z',
    })
    expect(eventsInput(view, NOW + 17_000)).toEqual(eventsInput(view, NOW))
    expect(eventsInput({ range: 'all' }, NOW)).toEqual({ limit: 50, offset: 0 })
    expect(auditInput({ about: 'alice', range: 'hour' }, NOW)).toEqual({
      about_user: 'alice',
      limit: 50,
      offset: 0,
      since: '2026-11-24T09:20:00.000Z',
    })
  })

  it('drops what makes no sense', () => {
    expect(
      enforcementSearch.parse({ kind: 'eaten', policy: 'x', user: '../x', page: 0, range: 'day' }),
    ).toEqual({})
    expect(auditSearch.parse({ about: 'a/b', range: 'year', page: 'x' })).toEqual({})
  })
})

describe('fields', () => {
  it('of limits take whole numbers, or nothing for no limit', () => {
    expect(['', ' 0 ', '12'].map(limitIn)).toEqual([null, 0, 12])
    expect(['-1', '1.5', 'x', '1e3', '9'.repeat(20)].map(limitIn)).toEqual(Array(5).fill(undefined))
  })

  it('of amounts take decimals of dollars only', () => {
    expect(amountIn('2.5', 'cost_per_month_usd')).toBe(2.5)
    expect(['2.5', '0', '-1', '', 'x'].map((field) => amountIn(field, 'prompts_per_hour'))).toEqual(
      Array(5).fill(undefined),
    )
    expect(amountIn(' 50 ', 'prompts_per_hour')).toBe(50)
  })

  it('begins at the limit that is used up most, and says how far it is over', () => {
    const row = { reserved: 0, resets_at: '2026-12-01T00:00:00.000Z', source: 'profile Free' }
    const limits = [
      { ...row, policy: 'prompts_per_hour', used: 10, limit: 50, percent: 20 },
      { ...row, policy: 'input_tokens_per_month', used: 176_103, limit: 100_000, percent: 176.1 },
      { ...row, policy: 'cost_per_month_usd', used: 12.5, limit: 10, percent: 125 },
      { ...row, policy: 'output_tokens_per_month', used: 7, limit: null, percent: null },
    ] as unknown as Parameters<typeof fullestLimit>[0]
    expect(fullestLimit(limits)).toBe('input_tokens_per_month')
    expect(fullestLimit([])).toBe('prompts_per_hour')
    expect(amountHint('input_tokens_per_month', limits)).toBe(
      `tokens; ${formatCount(176_103)} of ${formatCount(100_000)} are used. That is ${formatCount(76_103)} over.`,
    )
    expect(amountHint('prompts_per_hour', limits)).toBe('prompts; 10 of 50 are used.')
    expect(amountHint('cost_per_month_usd', limits)).toContain('That is $2.50 over.')
    expect(amountHint('output_tokens_per_month', limits)).toContain('nothing to raise')
  })

  it('of durations refuse an end that has come', () => {
    expect(endOf({ kind: 'quarter', end: '' }, NOW)).toBe(NOW + 900_000)
    expect(endOf({ kind: 'forever', end: '' }, NOW)).toBeNull()
    expect(endOf({ kind: 'until', end: '' }, NOW)).toBeUndefined()
    expect(endOf({ kind: 'until', end: '2020-01-01T00:00' }, NOW)).toBeUndefined()
  })
})

it('every limit code has words of its own', () => {
  for (const code of LIMIT_CODES) expect(reasonOf(code)).not.toContain('_')
  expect(reasonOf('brand_new')).toBe('brand new')
})

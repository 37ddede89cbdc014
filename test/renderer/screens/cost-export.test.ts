import { expect, test } from 'vitest'
import { toCsv } from '../../../renderer/components/export-rows.ts'
import { everyUser, usersSource } from '../../../renderer/screens/consumption/user-export.ts'
import { allPrices, costRows } from '../../../renderer/screens/costs/cost-export.ts'
import type { Costs } from '../../../renderer/screens/costs/costs-search.ts'
import type { WeirClient } from '../../../renderer/weir-client.ts'

/** A client whose table has so many rows, given out in pages as the server does. */
function clientOf(count: number, row: (at: number) => object, member: string): WeirClient {
  const call = async (_name: string, input: { limit: number; offset: number }) => ({
    ok: true,
    value: {
      [member]: Array.from({ length: Math.max(0, Math.min(input.limit, count - input.offset)) }, (_, at) =>
        row(input.offset + at),
      ),
      total_count: count,
    },
  })
  return { call } as unknown as WeirClient
}

test('an export of the users has what the view filters and how it is sorted, on all its pages, or everybody', () => {
  const view = { threshold: 80, sort: 'username', order: 'asc', page: 3, size: 50 } as const
  expect(usersSource(view)).toEqual({
    table: 'users',
    filter: { threshold: 80, sort: 'username', order: 'asc' },
  })
  expect(everyUser(view)).toEqual({ table: 'users', filter: { sort: 'username', order: 'asc' } })
  expect(everyUser({ page: 3 })).toBeUndefined()
})

test('an export of many pages has every row, and no formula', async () => {
  const row = (at: number) => ({ id: at, pattern: '=1+1' })
  const { rows, totalCount } = await allPrices(clientOf(2500, row, 'prices'), {})
  expect([rows.length, totalCount]).toEqual([2500, 2500])
  expect(rows[2499]).toEqual({ id: 2499, pattern: '=1+1' })
  expect(toCsv(rows.slice(0, 1))).toContain("0,'=1+1")
})

test('an export of prices has every page, and one of costs what is shown, with the month', async () => {
  const prices = await allPrices(
    clientOf(1201, (at) => ({ id: at }), 'prices'),
    {},
  )
  expect(prices.rows.length).toBe(1201)
  const costs = {
    range: '2026-11',
    providers: [{ provider: 'acme', cost_usd: 3 }],
    models: [{ provider: 'acme', model: 'atlas', cost_usd: 3 }],
    users: [{ user_id: 'alice', cost_usd: 3 }],
    users_count: 70,
  } as unknown as Costs
  expect(costRows(costs, 'model').rows).toEqual([
    { period: '2026-11', provider: 'acme', model: 'atlas', cost_usd: 3 },
  ])
  expect(costRows(costs, 'provider').totalCount).toBe(1)
  expect(costRows(costs, 'user')).toMatchObject({ totalCount: 70, rows: [{ user_id: 'alice' }] })
})

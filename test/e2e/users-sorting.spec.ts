import type { Page } from '@playwright/test'
import { USER_SORT_KEYS } from '../../shared/contract/consumption-shapes.ts'
import type { OperationOutput } from '../../shared/contract/index.ts'
import { expect, show, test } from './app.ts'
import { ask } from './support/api.ts'
import { roomInHour } from './support/hour.ts'
import { userRows } from './support/screens.ts'

type Row = OperationOutput<'consumption.users'>['users'][number]
type SortKey = (typeof USER_SORT_KEYS)[number]

/** Every column there is, by its key in the address. */
const ALL_COLUMNS = [
  'profile,usage,tokens-in,tokens-out,tokens,in-percent,out-percent,hour,day,hour-percent,day-percent,cost,cost-percent',
  'turns,success,failed,sessions,rag,blocked,last-use,status,email,id,lifetime-tokens,lifetime-cost',
].join(',')

/** No shipped profile limits the cost, so that nobody has a share of such a limit to be sorted by. */
const SAME_FOR_ALL: readonly SortKey[] = ['cost_percent']

const STATUS_ORDER = ['unlimited', 'good', 'moderate', 'warning', 'critical', 'blocked', 'inactive']
const byText = new Intl.Collator('en', { sensitivity: 'base', numeric: true })

/** Negative when `one` comes before `other` in ascending order; what has no value comes last both ways. */
function compare(one: Row, other: Row, key: SortKey, direction: 1 | -1): number {
  const [left, right] = [one[key], other[key]]
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1
  if (key === 'status')
    return direction * (STATUS_ORDER.indexOf(one.status) - STATUS_ORDER.indexOf(other.status))
  if (typeof left === 'number' && typeof right === 'number') return direction * (left - right)
  return direction * byText.compare(String(left), String(right))
}

/** The first pair that stands in the wrong order, or null. */
function firstMistake(
  ids: readonly string[],
  rows: ReadonlyMap<string, Row>,
  key: SortKey,
  direction: 1 | -1,
) {
  for (let at = 1; at < ids.length; at += 1) {
    const [one, other] = [rows.get(ids[at - 1] ?? ''), rows.get(ids[at] ?? '')]
    if (one === undefined || other === undefined) return { at, problem: 'a row that nobody knows' }
    if (compare(one, other, key, direction) > 0) return { at, before: one[key], after: other[key] }
  }
  return null
}

/** How the table is sorted, by what it says and by what it shows. */
interface Sorted {
  /** Places of the columns that say they are sorted; it must be one. */
  readonly columns: readonly number[]
  readonly direction: 1 | -1
  readonly key: SortKey
  readonly ids: readonly string[]
}

/** Read in one go: the table must not change between two questions. */
function sortedBy(page: Page): Promise<Sorted> {
  return page.evaluate(() => {
    const sorts = [...document.querySelectorAll('thead th')].map((head) => head.getAttribute('aria-sort'))
    const rows = [...document.querySelectorAll<HTMLElement>('tbody tr[data-row-id]')]
    const search = new URLSearchParams(location.hash.slice(location.hash.indexOf('?')))
    return {
      columns: sorts.flatMap((sort, at) => (sort?.endsWith('ending') ? [at] : [])),
      direction: sorts.includes('ascending') ? 1 : -1,
      key: search.get('sort') as SortKey,
      ids: rows.map((row) => row.dataset['rowId'] ?? ''),
    }
  })
}

/** Clicks the header of a column and waits until the rows are in the order that the header and the address say. */
async function sortBy(page: Page, column: number, rows: ReadonlyMap<string, Row>): Promise<Sorted> {
  const before = await sortedBy(page)
  await page.locator('thead th').nth(column).getByRole('button').click()
  let sorted = before
  await expect
    .poll(async () => {
      sorted = await sortedBy(page)
      const { columns, key, direction, ids } = sorted
      const isNew = key !== before.key || direction !== before.direction
      return { isNew, columns, mistake: firstMistake(ids, rows, key, direction) }
    }, `column ${column}`)
    .toEqual({ isNew: true, columns: [column], mistake: null })
  return sorted
}

test('every column of the users table sorts both ways and says so', async ({ crowd: app }) => {
  const { page } = app
  // The hour in which the crowd was made may be over: this one has requests of its own.
  await roomInHour()
  for (const user of ['at-30', 'at-55', 'at-55']) await ask(app, 'limits.check', { user_id: user })
  const { users } = await ask(app, 'consumption.users', { limit: 1000 })
  const rows = new Map(users.map((user) => [user.user_id, user]))
  // Those who used something: everybody else is the same in nearly every column, and draws slowly in all of them.
  await show(app, `/users?threshold=1&columns=${ALL_COLUMNS}`)
  await expect(userRows(page)).toHaveCount(users.filter((row) => (row.usage_percent ?? 0) >= 1).length)
  const seen = new Set<SortKey>()
  for (let column = 0; column < USER_SORT_KEYS.length; column += 1) {
    const first = await sortBy(page, column, rows)
    const second = await sortBy(page, column, rows)
    expect(second.direction, `${first.key} sorts in two directions`).toBe(-first.direction)
    if (!SAME_FOR_ALL.includes(first.key)) {
      expect(second.ids, `${first.key} changes the order`).not.toEqual(first.ids)
    }
    seen.add(first.key)
  }
  expect([...seen].toSorted(), 'there is a column for everything that can be sorted by').toEqual(
    [...USER_SORT_KEYS].toSorted(),
  )
})

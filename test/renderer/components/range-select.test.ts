import { expect, it } from 'vitest'
import { costsSearch } from '../../../renderer/screens/costs/costs-search.ts'
import { dashboardSearch } from '../../../renderer/screens/dashboard/dashboard-search.ts'
import { intelligenceSearch } from '../../../renderer/screens/intelligence/intelligence-search.ts'

it.each([
  ['the dashboard', dashboardSearch],
  ['costs', costsSearch],
  ['Intelligence', intelligenceSearch],
])(
  'an address of %s keeps “last month” as these words, a month as itself, and drops what is no time',
  (_, search) => {
    expect(search.parse({ range: 'previous' }).range).toBe('previous')
    expect(search.parse({ range: '2026-10' }).range).toBe('2026-10')
    expect(search.parse({ range: 'some day' }).range).toBeUndefined()
  },
)

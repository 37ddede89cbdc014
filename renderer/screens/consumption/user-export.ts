import type { ExportSource } from '../../components/export-run.tsx'
import type { ConsumptionSearch } from './consumption-search.ts'
import { usersInput } from './use-users.ts'

/** All users of a view, on whatever page, with the figures of the month. */
export function usersSource(view: ConsumptionSearch): ExportSource {
  const { limit: _limit, offset: _offset, ...filter } = usersInput(view)
  return { table: 'users', filter }
}

/** Every user, in the same order; undefined while nothing is filtered. */
export function everyUser(view: ConsumptionSearch): ExportSource | undefined {
  const { threshold, status, profile, search, ...order } = view
  const isFiltered = [threshold, status, profile, search].some((filter) => filter !== undefined)
  return isFiltered ? usersSource(order) : undefined
}

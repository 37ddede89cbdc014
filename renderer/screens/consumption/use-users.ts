import type { OperationInput, OperationOutput } from '../../../shared/contract/index.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { type SettledQuery, useSettledQuery } from '../../components/settled-query.ts'
import { DEFAULT_PAGE_SIZE } from '../../components/table-address.ts'
import type { ConsumptionSearch } from './consumption-search.ts'

export type UsersPage = OperationOutput<'consumption.users'>
export type MonthSummary = UsersPage['everybody']

/** What the table is sorted by until the operator chooses: who is closest to a limit is what one comes for. */
export const DEFAULT_SORT = 'usage_percent'

/** The order that goes with a view; names start at A, figures with the largest. */
export function orderOf({ sort, order }: ConsumptionSearch): 'asc' | 'desc' {
  return order ?? (sort === undefined ? 'desc' : 'asc')
}

/** What the server is asked for a view; members that filter nothing are left out. */
export function usersInput(view: ConsumptionSearch): OperationInput<'consumption.users'> {
  const size = view.size ?? DEFAULT_PAGE_SIZE
  const page = view.page ?? 1
  return {
    sort: view.sort ?? DEFAULT_SORT,
    order: orderOf(view),
    limit: size,
    offset: (page - 1) * size,
    ...(view.threshold === undefined ? {} : { threshold: view.threshold }),
    ...(view.status === undefined ? {} : { status: view.status }),
    ...(view.profile === undefined ? {} : { profile: view.profile }),
    ...(view.search === undefined || view.search === '' ? {} : { search: view.search }),
  }
}

/** The rows of the view with the sums of the running month, in one call; they stay while others are on their way. */
export function useUsers(view: ConsumptionSearch): SettledQuery<UsersPage> {
  return useSettledQuery(useWeirQuery('consumption.users', usersInput(view), { keepPrevious: false }))
}

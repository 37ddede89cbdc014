import type { OperationInput, OperationOutput } from '../../../shared/contract/index.ts'
import type { TableView } from '../../components/data-table-columns.ts'
import { type AccessSearch, DEFAULT_PAGE_SIZE } from './access-search.ts'

export type UserPage = OperationOutput<'users.list'>
export type UserRow = UserPage['users'][number]
export type UserSort = NonNullable<AccessSearch['sort']>

/** Which users the view is about; what filters nothing is left out. */
export function filterOf({ search, status, profile }: AccessSearch) {
  return {
    ...(search === undefined || search === '' ? {} : { search }),
    ...(status === undefined ? {} : { status }),
    ...(profile === undefined ? {} : { profile }),
  }
}

/** The filter where only users who are there can be meant; null when the view is of deleted ones. */
export function livingFilterOf(view: AccessSearch): OperationInput<'users.export'> | null {
  const { status, ...filter } = filterOf(view)
  if (status === 'deleted') return null
  return status === undefined ? filter : { ...filter, status }
}

/** What the server is asked for a view. */
export function listInput(view: AccessSearch): OperationInput<'users.list'> {
  const size = view.size ?? DEFAULT_PAGE_SIZE
  return {
    ...filterOf(view),
    sort: view.sort ?? 'username',
    order: view.order ?? 'asc',
    limit: size,
    offset: ((view.page ?? 1) - 1) * size,
  }
}

/** The table as the address has it. */
export function tableOf(view: AccessSearch, columns: readonly string[] | null): TableView<UserSort> {
  return {
    sort: view.sort ?? 'username',
    order: view.order ?? 'asc',
    page: view.page ?? 1,
    size: view.size ?? DEFAULT_PAGE_SIZE,
    columns,
    density: view.density ?? 'comfortable',
  }
}

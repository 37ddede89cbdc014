import { type ReactNode, useEffect, useMemo } from 'react'
import { DataTable } from '../../components/data-table.tsx'
import { parseColumns, type TableView } from '../../components/data-table-columns.ts'
import { DEFAULT_PAGE_SIZE, PAGE_SIZES, tableAddress } from '../../components/table-address.ts'
import { useNow } from '../../components/use-now.ts'
import { formatCount } from '../../format.ts'
import { consumptionText } from '../../text/consumption.ts'
import type { ConsumptionSearch } from './consumption-search.ts'
import { NoUsers } from './no-users.tsx'
import { DEFAULT_SORT, orderOf, type UsersPage } from './use-users.ts'
import { type UserRow, type UserSortKey, userColumns } from './user-columns.tsx'
import { activeFilters, type UserFiltersProps } from './user-filters.tsx'

/** Keys and labels of the columns do not depend on the moment; this is what the address is read with. */
const COLUMNS = userColumns({ zone: 'UTC', now: 0 })

/** What the table shows, read from the address. */
export function tableView(view: ConsumptionSearch): TableView<UserSortKey> {
  return {
    sort: view.sort ?? DEFAULT_SORT,
    order: orderOf(view),
    page: view.page ?? 1,
    size: view.size ?? DEFAULT_PAGE_SIZE,
    columns: parseColumns(COLUMNS, view.columns),
    density: view.density ?? 'comfortable',
  }
}

/** A change of the table as it stands in the address, where what is the default is absent. */
export function addressOf(change: Partial<TableView<UserSortKey>>): Partial<ConsumptionSearch> {
  return tableAddress(change)
}

/** What `UsersTable` takes. */
export interface UsersTableProps extends UserFiltersProps {
  readonly page: UsersPage
  /** All users there are; undefined while that is not known. */
  readonly totalUsers: number | undefined
  readonly zone: string
  readonly onOpen: (row: UserRow) => void
}

/** The users of the chosen view. */
export function UsersTable({ page, totalUsers, zone, view, onView, onOpen }: UsersTableProps): ReactNode {
  const now = useNow()
  const columns = useMemo(() => userColumns({ zone, now }), [zone, now])
  const shown = tableView(view)
  useLastPage(page, shown, onView)
  return (
    <DataTable
      caption={consumptionText.caption}
      columns={columns}
      rows={page.users}
      rowId={rowId}
      totalCount={page.total_count}
      countText={countText(page.total_count, totalUsers, activeFilters(view).length > 0)}
      view={shown}
      pageSizes={PAGE_SIZES}
      onView={(change) => onView(addressOf(change))}
      onOpen={onOpen}
      empty={<NoUsers view={view} onView={onView} isEmpty={totalUsers === 0} />}
    />
  )
}

function rowId({ user_id }: UserRow): string {
  return user_id
}

function countText(shown: number, all: number | undefined, isFiltered: boolean): string {
  const text = consumptionText.count
  if (isFiltered && all !== undefined) return text.filtered(formatCount(shown), formatCount(all))
  return text.all(shown, formatCount(shown))
}

/** A page that is no longer there (fewer users, an old link) is the last one there is. */
function useLastPage(
  page: UsersPage,
  view: TableView<UserSortKey>,
  onView: UserFiltersProps['onView'],
): void {
  const last = Math.max(1, Math.ceil(page.total_count / view.size))
  const isBeyond = page.users.length === 0 && page.offset > 0 && view.page > last
  // biome-ignore lint/correctness/useExhaustiveDependencies: the page is corrected once for each that is missing
  useEffect(() => {
    if (isBeyond) onView(addressOf({ page: last }))
  }, [isBeyond, last])
}

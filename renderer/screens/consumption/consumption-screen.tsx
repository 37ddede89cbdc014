import { Skeleton } from '@mantine/core'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { addressOfView, type ViewAddress } from '../../app/saved-views.ts'
import { useStatus } from '../../app/status.ts'
import { TableMenu } from '../../components/data-table-menu.tsx'
import { ExportMenu } from '../../components/export-menu.tsx'
import { QueryStates } from '../../components/query-states.tsx'
import { SavedViews } from '../../components/saved-views.tsx'
import { StatCards } from '../../components/stat-card.tsx'
import { useRememberedView } from '../../components/use-remembered-view.ts'
import { formatPeriod } from '../../format.ts'
import { consumptionText } from '../../text/consumption.ts'
import { UserDrawer } from '../user/user-drawer.tsx'
import styles from './consumption.module.css'
import { type ConsumptionSearch, consumptionSearch } from './consumption-search.ts'
import { lastConsumptionView } from './last-view.ts'
import { MonthCards } from './month-cards.tsx'
import { DEFAULT_SORT, orderOf, useUsers } from './use-users.ts'
import { userColumns } from './user-columns.tsx'
import { everyUser, usersSource } from './user-export.ts'
import { ActiveFilters, UserFilters } from './user-filters.tsx'
import { addressOf, tableView, UsersTable } from './users-table.tsx'

const route = getRouteApi('/users')

/** What billing months are counted in until the core has said; it is also the default of the setting. */
const DEFAULT_ZONE = 'UTC'

/** What of a view is kept under a name: what is asked and how it is shown, with the order it had even if that is the usual one. */
function keptView(view: ConsumptionSearch): ViewAddress {
  const ordered = { ...view, sort: view.sort ?? DEFAULT_SORT, order: orderOf(view) }
  return addressOfView(ordered, ['page', 'user'])
}

/** Consumption of the users in the running month against the limits in force: who is close to which limit. */
export function ConsumptionScreen(): ReactNode {
  const navigate = useNavigate()
  const zone = useStatus().data?.time_zone ?? DEFAULT_ZONE
  const replace = (search: ConsumptionSearch): void => void navigate({ to: '/users', search, replace: true })
  const view = useRememberedView(lastConsumptionView, route.useSearch(), replace, ['page', 'user'])
  const page = useUsers(view)
  // Other rows begin at their first page, unless the change says which.
  const change = (part: Partial<ConsumptionSearch>): void =>
    replace({ ...view, ...(changesRows(part) ? { page: undefined } : {}), ...part })
  const columns = userColumns({ zone, now: 0 })
  return (
    <div className={styles.screen}>
      <QueryStates query={page} skeleton={<CardsSkeleton />} tellsFailure={false}>
        {({ everybody }) => (
          <>
            <p className={styles.period}>
              {consumptionText.period(formatPeriod(everybody.current_period), zone)}
            </p>
            <MonthCards
              summary={everybody}
              onShowNearLimit={() => change({ threshold: 80, status: undefined })}
            />
          </>
        )}
      </QueryStates>
      <div className={styles.toolbar}>
        <UserFilters view={view} onView={change} />
        <SavedViews
          screen="users"
          view={keptView(view)}
          onChoose={(kept) => replace(consumptionSearch.parse(kept))}
        />
        <ExportMenu name="users" isMain rows={usersSource(view)} all={everyUser(view)} />
        <TableMenu columns={columns} view={tableView(view)} onView={(part) => change(addressOf(part))} />
      </div>
      <ActiveFilters view={view} onView={change} />
      <QueryStates query={page} skeleton={<TableSkeleton />}>
        {(users) => (
          <UsersTable
            page={users}
            totalUsers={users.everybody.total_users}
            zone={zone}
            view={view}
            onView={change}
            onOpen={(row) => change({ user: row.user_id })}
          />
        )}
      </QueryStates>
      <UserDrawer
        userId={view.user}
        ids={(page.data?.users ?? []).map((row) => row.user_id)}
        onUser={(user) => change({ user })}
      />
    </div>
  )
}

function changesRows(part: Partial<ConsumptionSearch>): boolean {
  return ['threshold', 'status', 'profile', 'search', 'sort', 'order', 'size'].some(
    (member) => member in part,
  )
}

const CARDS = ['a', 'b', 'c', 'd', 'e'] as const
const ROWS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'] as const

function CardsSkeleton(): ReactNode {
  return (
    <StatCards columns={5}>
      {CARDS.map((card) => (
        <Skeleton key={card} height={112} radius="md" />
      ))}
    </StatCards>
  )
}

function TableSkeleton(): ReactNode {
  return (
    <div className={styles.rows}>
      <Skeleton height={34} radius="sm" />
      {ROWS.map((row) => (
        <Skeleton key={row} height={40} radius="sm" />
      ))}
    </div>
  )
}

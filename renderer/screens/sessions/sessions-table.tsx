import { Button } from '@mantine/core'
import { IconFilterOff, IconMessages } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useMemo } from 'react'
import { DataTable } from '../../components/data-table.tsx'
import { parseColumns, type TableView } from '../../components/data-table-columns.ts'
import { Notice } from '../../components/notice.tsx'
import { DEFAULT_PAGE_SIZE, PAGE_SIZES, tableAddress } from '../../components/table-address.ts'
import { useNow } from '../../components/use-now.ts'
import { sessionsText } from '../../text/sessions.ts'
import { type SessionSortKey, sessionColumns } from './session-columns.tsx'
import { isFiltered, NO_FILTERS, type SessionsSearch } from './sessions-search.ts'
import { DEFAULT_SORT, type SessionRow, type SessionsPage } from './use-sessions.ts'

/** Keys and labels of the columns do not depend on the moment; this is what the address is read with. */
const COLUMNS = sessionColumns({ zone: 'UTC', now: 0 })

/** What the table shows, read from the address. */
export function tableView(view: SessionsSearch): TableView<SessionSortKey> {
  return {
    sort: view.sort ?? DEFAULT_SORT,
    order: view.order ?? 'desc',
    page: view.page ?? 1,
    size: view.size ?? DEFAULT_PAGE_SIZE,
    columns: parseColumns(COLUMNS, view.columns),
    density: view.density ?? 'comfortable',
  }
}

/** A change of the table as it stands in the address, where what is the default is absent. */
export function addressOf(change: Partial<TableView<SessionSortKey>>): Partial<SessionsSearch> {
  return tableAddress(change)
}

/** What `SessionsTable` takes. */
export interface SessionsTableProps {
  readonly page: SessionsPage
  readonly zone: string
  readonly view: SessionsSearch
  readonly onView: (change: Partial<SessionsSearch>) => void
  readonly onOpen: (row: SessionRow) => void
}

/** The sessions of the chosen view. */
export function SessionsTable({ page, zone, view, onView, onOpen }: SessionsTableProps): ReactNode {
  const now = useNow()
  const columns = useMemo(() => sessionColumns({ zone, now }), [zone, now])
  return (
    <DataTable
      caption={sessionsText.caption}
      columns={columns}
      rows={page.sessions}
      rowId={rowId}
      totalCount={page.total_count}
      countText={sessionsText.count.all(page.total_count)}
      view={tableView(view)}
      pageSizes={PAGE_SIZES}
      onView={(change) => onView(addressOf(change))}
      onOpen={onOpen}
      empty={<NoSessions view={view} onView={onView} />}
    />
  )
}

function rowId({ user_id, session_id }: SessionRow): string {
  // Ids of sessions are unique per user; neither id holds a slash.
  return `${user_id}/${session_id}`
}

function NoSessions({ view, onView }: Pick<SessionsTableProps, 'view' | 'onView'>): ReactNode {
  const navigate = useNavigate()
  const text = sessionsText.empty
  if (isFiltered(view)) {
    return (
      <Notice
        icon={<IconFilterOff size={36} />}
        title={text.noMatch}
        actions={
          <Button size="xs" variant="default" onClick={() => onView(NO_FILTERS)}>
            {sessionsText.filters.clear}
          </Button>
        }
      >
        {text.noMatchWhy}
      </Notice>
    )
  }
  return (
    <Notice
      icon={<IconMessages size={36} />}
      title={text.none}
      actions={
        <>
          <Button size="xs" onClick={() => void navigate({ to: '/connect' })}>
            {text.connect}
          </Button>
          <Button size="xs" variant="default" onClick={() => void navigate({ to: '/import' })}>
            {text.import}
          </Button>
        </>
      }
    >
      {text.noneWhy}
    </Notice>
  )
}

import { Skeleton } from '@mantine/core'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { addressOfView, type ViewAddress } from '../../app/saved-views.ts'
import { useStatus } from '../../app/status.ts'
import { TableMenu } from '../../components/data-table-menu.tsx'
import { ExportMenu } from '../../components/export-menu.tsx'
import { QueryStates } from '../../components/query-states.tsx'
import { SavedViews } from '../../components/saved-views.tsx'
import { useRememberedView } from '../../components/use-remembered-view.ts'
import { formatPeriod } from '../../format.ts'
import { sessionsText } from '../../text/sessions.ts'
import { FollowLine } from './follow-line.tsx'
import { lastSessionsView } from './last-view.ts'
import { sessionColumns } from './session-columns.tsx'
import { everySession, sessionsSource, turnsSource } from './session-export.ts'
import { SessionFilters } from './session-filters.tsx'
import { SessionInspector } from './session-inspector.tsx'
import styles from './sessions.module.css'
import { NO_FILTERS, type SessionsSearch, sessionsSearch } from './sessions-search.ts'
import { addressOf, SessionsTable, tableView } from './sessions-table.tsx'
import { DEFAULT_SORT, useSessions } from './use-sessions.ts'

const route = getRouteApi('/sessions')

/** What billing months are counted in until the core has said; it is also the default of the setting. */
const DEFAULT_ZONE = 'UTC'

/** What changes which rows there are, so that the first page is the one to look at. */
const ROW_MEMBERS = [...Object.keys(NO_FILTERS), 'sort', 'order', 'size']

/** What of a view is kept under a name, with the order it had even if that is the usual one. */
function keptView(view: SessionsSearch): ViewAddress {
  const ordered = { ...view, sort: view.sort ?? DEFAULT_SORT, order: view.order ?? 'desc' }
  return addressOfView(ordered, ['page', 'session', 'of'])
}

/** The sessions of everybody or of one user, and the turns of one of them. */
export function SessionsScreen(): ReactNode {
  const navigate = useNavigate()
  const status = useStatus().data
  const zone = status?.time_zone ?? DEFAULT_ZONE
  const replace = (search: SessionsSearch): void => void navigate({ to: '/sessions', search, replace: true })
  const view = useRememberedView(lastSessionsView, route.useSearch(), replace, [
    'page',
    'user',
    'session',
    'of',
  ])
  const page = useSessions(view)
  const change = (part: Partial<SessionsSearch>): void =>
    replace({
      ...view,
      ...(ROW_MEMBERS.some((member) => member in part) ? { page: undefined } : {}),
      ...part,
    })
  const columns = sessionColumns({ zone, now: 0 })
  return (
    <div className={styles.screen}>
      <FollowLine />
      <p className={styles.intro}>{sessionsText.intro(formatPeriod(view.range ?? 'all'), zone)}</p>
      <div className={styles.toolbar}>
        <SessionFilters view={view} currentPeriod={status?.current_period} onView={change} />
        <SavedViews
          screen="sessions"
          view={keptView(view)}
          onChoose={(kept) => replace(sessionsSearch.parse(kept))}
        />
        <ExportMenu name="sessions" isMain rows={sessionsSource(view)} all={everySession(view)} />
        <ExportMenu
          name="turns"
          label={sessionsText.exportTurns}
          rows={turnsSource({ user_id: view.user })}
        />
        <TableMenu columns={columns} view={tableView(view)} onView={(part) => change(addressOf(part))} />
      </div>
      <QueryStates query={page} skeleton={<TableSkeleton />}>
        {(sessions) => (
          <SessionsTable
            page={sessions}
            zone={zone}
            view={view}
            onView={change}
            onOpen={(row) => change({ session: row.session_id, of: row.user_id })}
          />
        )}
      </QueryStates>
      <SessionInspector
        session={view.session === undefined ? null : { id: view.session, user: view.of }}
        zone={zone}
        onUser={(user) => void navigate({ to: '/dashboard', search: { user } })}
        onClose={() => change({ session: undefined, of: undefined })}
      />
    </div>
  )
}

const ROWS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'] as const

function TableSkeleton(): ReactNode {
  return (
    <div className={styles.rows}>
      {ROWS.map((row) => (
        <Skeleton key={row} height={40} radius="sm" />
      ))}
    </div>
  )
}

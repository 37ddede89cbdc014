import type { OperationInput, OperationOutput } from '../../../shared/contract/index.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { type SettledQuery, useSettledQuery } from '../../components/settled-query.ts'
import { DEFAULT_PAGE_SIZE } from '../../components/table-address.ts'
import type { SessionsSearch } from './sessions-search.ts'

export type SessionsPage = OperationOutput<'sessions.list'>
export type SessionRow = SessionsPage['sessions'][number]
export type SessionView = OperationOutput<'sessions.get'>
export type Turn = SessionView['turns'][number]

/** What the table is sorted by until the operator chooses: what just happened is what one comes for. */
export const DEFAULT_SORT = 'last_used_at'

/** Turns on screen at a time: more than nearly any session has, and few enough to scroll. */
export const TURNS_A_PAGE = 100

/** What the server is asked for a view; members that filter nothing are left out. */
export function sessionsInput(view: SessionsSearch): OperationInput<'sessions.list'> {
  const size = view.size ?? DEFAULT_PAGE_SIZE
  return {
    sort: view.sort ?? DEFAULT_SORT,
    order: view.order ?? 'desc',
    limit: size,
    offset: ((view.page ?? 1) - 1) * size,
    ...(view.user === undefined ? {} : { user_id: view.user }),
    ...(view.search === undefined || view.search === '' ? {} : { search: view.search }),
    ...(view.status === undefined ? {} : { status: view.status }),
    ...(view.outside === undefined ? {} : { outside: view.outside }),
    ...(view.range === undefined ? {} : { period: view.range }),
  }
}

/** The rows of the view; they stay while others are on their way. */
export function useSessions(view: SessionsSearch): SettledQuery<SessionsPage> {
  return useSettledQuery(useWeirQuery('sessions.list', sessionsInput(view), { keepPrevious: false }))
}

/** One session with a page (from 1) of its turns. */
export function useSession(id: string, user: string | undefined, page: number): SettledQuery<SessionView> {
  const input = {
    id,
    limit: TURNS_A_PAGE,
    offset: (page - 1) * TURNS_A_PAGE,
    ...(user === undefined ? {} : { user_id: user }),
  }
  // Turns of one session must never stand under the name of another.
  return useSettledQuery(
    useWeirQuery('sessions.get', input, { keepPrevious: false }),
    JSON.stringify([id, user]),
  )
}

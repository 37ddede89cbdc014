import type { ExportSource } from '../../components/export-run.tsx'
import type { SessionsSearch } from './sessions-search.ts'
import { sessionsInput } from './use-sessions.ts'

/** All sessions of a view, on whatever page. */
export function sessionsSource(view: SessionsSearch): ExportSource {
  const { limit: _limit, offset: _offset, ...filter } = sessionsInput(view)
  return { table: 'sessions', filter }
}

/** Every session, in the same order; undefined while nothing is filtered. */
export function everySession(view: SessionsSearch): ExportSource | undefined {
  const { user, search, status, outside, range, ...order } = view
  const isFiltered = [user, search, status, outside, range].some((filter) => filter !== undefined)
  return isFiltered ? sessionsSource(order) : undefined
}

/** All turns of a session, or of everybody, or of the user of the view. */
export function turnsSource(of: {
  readonly session_id?: string
  readonly user_id?: string | undefined
}): ExportSource {
  const { session_id, user_id } = of
  const filter = {
    ...(session_id === undefined ? {} : { session_id }),
    ...(user_id === undefined ? {} : { user_id }),
  }
  return { table: 'turns', filter }
}

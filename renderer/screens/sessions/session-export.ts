import { unwrap } from '../../app/queries.ts'
import { collect, type ExportedRows } from '../../components/export-rows.ts'
import type { WeirClient } from '../../weir-client.ts'
import type { SessionsSearch } from './sessions-search.ts'
import { sessionsInput } from './use-sessions.ts'

/** The most the server gives at a time. */
const SESSIONS_A_CALL = 200
const TURNS_A_CALL = 1_000

/** All sessions of a view, on whatever page. Rejects with the `Problem`. */
export async function allSessions(client: WeirClient, view: SessionsSearch): Promise<ExportedRows> {
  return collect(async (offset) => {
    const input = { ...sessionsInput(view), limit: SESSIONS_A_CALL, offset }
    const page = await unwrap(client.call('sessions.list', input))
    return { rows: page.sessions, totalCount: page.total_count }
  })
}

/** All turns of a session. Rejects with the `Problem`. */
export async function allTurns(client: WeirClient, id: string, userId: string): Promise<ExportedRows> {
  return collect(async (offset) => {
    const page = await unwrap(
      client.call('sessions.get', { id, user_id: userId, limit: TURNS_A_CALL, offset }),
    )
    return { rows: page.turns, totalCount: page.total_count }
  })
}

import type { ExportRequest } from '../../../shared/contract/exports.ts'
import type { Row } from '../../../shared/table-cells.ts'
import { readAudit } from '../audit/audit-reader.ts'
import type { Moment } from '../consumption/context.ts'
import { readSessions } from '../consumption/sessions-reader.ts'
import { everyTurn } from '../consumption/turns-reader.ts'
import { readUsers } from '../consumption/users-reader.ts'
import type { Reader } from '../database/database.ts'
import { readEvents } from '../enforcement/enforcement-events-reader.ts'

/** Rows of one page of a read: few enough to stop soon, enough that skipping those before it costs little. */
const PAGE_ROWS = 2_000

/** All users are worked out together whatever page is asked for. */
const USERS_MAX = Number.MAX_SAFE_INTEGER

export interface ExportedPage {
  readonly rows: readonly Row[]
  readonly totalCount: number
}

/** Every row of a table, page after page, by the very readers of the screens. Errors: `user_unknown`. */
export async function* everyRow(
  db: Reader,
  request: ExportRequest,
  moment: Moment,
): AsyncGenerator<ExportedPage, undefined> {
  switch (request.table) {
    case 'turns':
      return yield* everyTurn(db, request.filter, PAGE_ROWS)
    case 'users': {
      const page = await readUsers(db, { ...request.filter, limit: USERS_MAX }, moment)
      yield { rows: page.users, totalCount: page.total_count }
      return
    }
    case 'sessions':
      return yield* pages(async (part) => {
        const page = await readSessions(db, { ...request.filter, ...part }, moment)
        return { rows: page.sessions, totalCount: page.total_count }
      })
    case 'decisions':
      return yield* pages(async (part) => {
        const page = await readEvents(db, { ...request.filter, ...part }, moment.settings.time_zone)
        return { rows: page.events, totalCount: page.total_count }
      })
    case 'audit':
      return yield* pages(async (part) => {
        const page = await readAudit(db, { ...request.filter, ...part })
        return { rows: page.entries, totalCount: page.total_count }
      })
  }
}

async function* pages(
  read: (part: { readonly limit: number; readonly offset: number }) => Promise<ExportedPage>,
): AsyncGenerator<ExportedPage, undefined> {
  let offset = 0
  for (;;) {
    const page = await read({ limit: PAGE_ROWS, offset })
    yield page
    offset += page.rows.length
    if (page.rows.length < PAGE_ROWS) return
  }
}

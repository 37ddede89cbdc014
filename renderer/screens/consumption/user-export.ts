import { unwrap } from '../../app/queries.ts'
import { collect, type ExportedRows } from '../../components/export-rows.ts'
import type { WeirClient } from '../../weir-client.ts'
import type { ConsumptionSearch } from './consumption-search.ts'
import { usersInput } from './use-users.ts'

/** The most the server gives at a time. */
const USERS_A_CALL = 1_000

/** All users of a view, on whatever page, with the figures of the month. Rejects with the `Problem`. */
export async function allUsers(client: WeirClient, view: ConsumptionSearch): Promise<ExportedRows> {
  return collect(async (offset) => {
    const input = { ...usersInput(view), limit: USERS_A_CALL, offset }
    const page = await unwrap(client.call('consumption.users', input))
    return { rows: page.users, totalCount: page.total_count }
  })
}

import type { Reader } from '../database/database.ts'
import { isStorageError } from '../database/storage-error.ts'

/** How much there is, for the status bar. */
export interface StatusCounts {
  readonly users: number
  readonly turns: number
  readonly executor_tokens: number
  readonly unread_alerts: number
}

/**
 * Answers how much there is; while the database does not answer, what it said last. The status must come in any case:
 * it is what tells the operator that the database is away.
 */
export function statusCounter(
  reader: Reader,
  others: () => Promise<Pick<StatusCounts, 'executor_tokens' | 'unread_alerts'>>,
): () => Promise<StatusCounts> {
  let last: StatusCounts = { users: 0, turns: 0, executor_tokens: 0, unread_alerts: 0 }
  return async () => {
    try {
      const { users } = await reader
        .selectFrom('users')
        .select((eb) => eb.fn.countAll<number>().as('users'))
        .executeTakeFirstOrThrow()
      const { turns } = await reader
        .selectFrom('system_period_models')
        .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('turns'), eb.lit(0)).as('turns'))
        .executeTakeFirstOrThrow()
      last = { users, turns, ...(await others()) }
    } catch (error) {
      if (!isStorageError(error)) throw error
    }
    return last
  }
}

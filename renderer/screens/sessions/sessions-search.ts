import { z } from 'zod'
import { period, sessionId, userId } from '../../../shared/contract/fields.ts'
import { SESSION_SORT_KEYS, sessionStatus } from '../../../shared/contract/session-records.ts'
import { TABLE_SEARCH } from '../../components/table-address.ts'

/**
 * View state of the sessions screen as it stands in the address. A member that makes no sense is dropped: an old or
 * mistyped link opens the screen, never an error.
 */
export const sessionsSearch = z.object({
  // The router reads `?user=42` as a number; ids are always text here.
  /** Only this user's sessions. */
  user: z.coerce.string().pipe(userId).optional().catch(undefined),
  search: z.coerce.string().max(200).optional().catch(undefined),
  status: sessionStatus.optional().catch(undefined),
  outside: z.literal(true).optional().catch(undefined),
  /** A month; absent is all time. */
  range: period.optional().catch(undefined),
  sort: z.enum(SESSION_SORT_KEYS).optional().catch(undefined),
  ...TABLE_SEARCH,
  /** The session that is open, and whose it is. */
  session: z.coerce.string().pipe(sessionId).optional().catch(undefined),
  of: z.coerce.string().pipe(userId).optional().catch(undefined),
})

export type SessionsSearch = z.output<typeof sessionsSearch>

/** An address without filters; what is open and how it is sorted stays. */
export const NO_FILTERS = {
  user: undefined,
  search: undefined,
  status: undefined,
  outside: undefined,
  range: undefined,
} as const satisfies Partial<SessionsSearch>

/** Whether anything narrows the list. */
export function isFiltered(view: SessionsSearch): boolean {
  return (Object.keys(NO_FILTERS) as (keyof typeof NO_FILTERS)[]).some((member) => view[member] !== undefined)
}

import { z } from 'zod'
import { period, sessionId, userId } from '../../../shared/contract/fields.ts'
import { SESSION_SORT_KEYS, sessionStatus } from '../../../shared/contract/session-records.ts'

/** Rows a page may have. 50 fill a screen; the server gives at most 200 at a time. */
export const PAGE_SIZES = [25, 50, 100, 200] as const
export const DEFAULT_PAGE_SIZE = 50

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
  order: z.enum(['asc', 'desc']).optional().catch(undefined),
  /** From 1. */
  page: z.coerce.number().int().min(1).max(1_000_000).optional().catch(undefined),
  size: z.coerce
    .number()
    .pipe(z.literal([...PAGE_SIZES]))
    .optional()
    .catch(undefined),
  columns: z.string().max(1000).optional().catch(undefined),
  density: z.enum(['comfortable', 'compact']).optional().catch(undefined),
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

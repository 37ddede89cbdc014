import { z } from 'zod'
import { limitName, userId } from '../../../shared/contract/fields.ts'
import type { OperationInput } from '../../../shared/contract/index.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/units.ts'

/** View state of the list of decisions as it stands in the address; what makes no sense is dropped. */
export const enforcementSearch = z.object({
  kind: z.enum(['blocked', 'would_have_blocked', 'bypassed']).optional().catch(undefined),
  policy: limitName.optional().catch(undefined),
  code: z.string().max(100).optional().catch(undefined),
  // The router reads `?user=42` as a number; ids are always text here.
  user: z.coerce.string().pipe(userId).optional().catch(undefined),
  range: z.enum(['hour', 'week', 'all']).optional().catch(undefined),
  /** From 1. */
  page: z.coerce.number().int().min(1).max(100_000).optional().catch(undefined),
  /** The user the decision tester is about. */
  test: z.coerce.string().pipe(userId).optional().catch(undefined),
})

export type EnforcementSearch = z.output<typeof enforcementSearch>

/** A part of the screen that reads the view and changes it. */
export interface EnforcementView {
  readonly view: EnforcementSearch
  readonly onView: (change: Partial<EnforcementSearch>) => void
}

/** Rows a page has: as many as one reads through. */
export const EVENTS_A_PAGE = 50

/** Ranges in milliseconds; `all` has none. The default is `day`. */
const RANGE_MS = { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS } as const

/**
 * What is asked for a view. The beginning of a range is cut to the minute, so that the same view asks the same
 * question twice and the answer on screen is refreshed and not replaced.
 */
export function eventsInput(view: EnforcementSearch, now: number): OperationInput<'enforcement.events'> {
  const range = view.range ?? 'day'
  const since = range === 'all' ? undefined : now - RANGE_MS[range]
  return {
    limit: EVENTS_A_PAGE,
    offset: ((view.page ?? 1) - 1) * EVENTS_A_PAGE,
    ...(view.kind === undefined ? {} : { kind: view.kind }),
    ...(view.policy === undefined ? {} : { policy: view.policy }),
    ...(view.code === undefined ? {} : { code: view.code }),
    ...(view.user === undefined ? {} : { user_id: view.user }),
    ...(since === undefined ? {} : { since: new Date(since - (since % MINUTE_MS)).toISOString() }),
  }
}

/** Whether anything but the range narrows the list. */
export function isNarrowed({ kind, policy, code, user }: EnforcementSearch): boolean {
  return [kind, policy, code, user].some((member) => member !== undefined)
}

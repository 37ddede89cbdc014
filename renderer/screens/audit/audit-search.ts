import { z } from 'zod'
import { userId } from '../../../shared/contract/fields.ts'
import type { OperationInput } from '../../../shared/contract/index.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/units.ts'

const words = z.coerce.string().max(200).optional().catch(undefined)

/** View state of the audit screen as it stands in the address; what makes no sense is dropped. */
export const auditSearch = z.object({
  actor: words,
  action: words,
  kind: words,
  object: words,
  /** Whatever was done to this user. */
  about: z.coerce.string().pipe(userId).optional().catch(undefined),
  range: z.enum(['hour', 'day', 'week', 'month']).optional().catch(undefined),
  /** From 1. */
  page: z.coerce.number().int().min(1).max(100_000).optional().catch(undefined),
})

export type AuditSearch = z.output<typeof auditSearch>

/** An address without filters. */
export const NO_FILTERS = {
  actor: undefined,
  action: undefined,
  kind: undefined,
  object: undefined,
  about: undefined,
  range: undefined,
  page: undefined,
} as const satisfies AuditSearch

/** Rows a page has: as many as one reads through. */
export const ENTRIES_A_PAGE = 50

const RANGE_MS = { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS } as const

/** What is asked for a view; the beginning of a range is cut to the minute, so that a refresh asks the same again. */
export function auditInput(view: AuditSearch, now: number): OperationInput<'audit.list'> {
  const since = view.range === undefined ? undefined : now - RANGE_MS[view.range]
  return {
    limit: ENTRIES_A_PAGE,
    offset: ((view.page ?? 1) - 1) * ENTRIES_A_PAGE,
    ...(view.actor === undefined ? {} : { actor: view.actor }),
    ...(view.action === undefined ? {} : { action: view.action }),
    ...(view.kind === undefined ? {} : { object_kind: view.kind }),
    ...(view.object === undefined ? {} : { object_id: view.object }),
    ...(view.about === undefined ? {} : { about_user: view.about }),
    ...(since === undefined ? {} : { since: new Date(since - (since % MINUTE_MS)).toISOString() }),
  }
}

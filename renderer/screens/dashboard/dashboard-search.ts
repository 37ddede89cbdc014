import { z } from 'zod'
import { range, userId } from '../../../shared/contract/fields.ts'

/**
 * View state of the dashboard as it stands in the address, so that a link shows the same thing again.
 * A member that makes no sense is dropped: an old or mistyped link opens the screen, never an error.
 */
export const dashboardSearch = z.object({
  // The router reads `?user=42` as a number; ids are always text here.
  /** The user whose dashboard it is; absent means everybody. */
  user: z.coerce.string().pipe(userId).optional().catch(undefined),
  /** A month, or `current`, `previous` or `all`, which stay relative; absent lets the screen choose the month, or all time when the month is empty. */
  range: range.optional().catch(undefined),
  /** What the charts over time count. */
  chart: z.enum(['turns', 'tokens']).optional().catch(undefined),
  /** By what the models are compared. */
  models: z.enum(['turns', 'tokens', 'cost']).optional().catch(undefined),
})

export type DashboardSearch = z.output<typeof dashboardSearch>

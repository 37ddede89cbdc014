import { z } from 'zod'
import { USER_SORT_KEYS } from '../../../shared/contract/consumption-shapes.ts'
import { usageStatus, userId } from '../../../shared/contract/fields.ts'

/** Rows a page may have. 50 fill a screen; more than 200 scroll badly and no one reads them. */
export const PAGE_SIZES = [25, 50, 100, 200] as const
export const DEFAULT_PAGE_SIZE = 50

/**
 * View state of the user consumption table as it stands in the address. A member that makes no sense is
 * dropped: an old or mistyped link opens the screen, never an error.
 */
export const consumptionSearch = z.object({
  /** Only users whose fullest limit is at or over this many percent. */
  threshold: z.coerce.number().int().min(1).max(1000).optional().catch(undefined),
  status: usageStatus.optional().catch(undefined),
  profile: z.coerce.string().max(100).optional().catch(undefined),
  // The router reads `?search=42` as a number; what is searched for is always text.
  search: z.coerce.string().max(200).optional().catch(undefined),
  sort: z.enum(USER_SORT_KEYS).optional().catch(undefined),
  order: z.enum(['asc', 'desc']).optional().catch(undefined),
  /** The user whose drawer is open. */
  user: z.coerce.string().pipe(userId).optional().catch(undefined),
  /** From 1. */
  page: z.coerce.number().int().min(1).max(1_000_000).optional().catch(undefined),
  size: z.coerce
    .number()
    .pipe(z.literal([...PAGE_SIZES]))
    .optional()
    .catch(undefined),
  /** Keys of the columns shown, separated by commas; absent shows the default ones. */
  columns: z.string().max(1000).optional().catch(undefined),
  density: z.enum(['comfortable', 'compact']).optional().catch(undefined),
})

export type ConsumptionSearch = z.output<typeof consumptionSearch>

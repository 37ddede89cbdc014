import { z } from 'zod'
import { USER_SORT_KEYS } from '../../../shared/contract/consumption-shapes.ts'
import { usageStatus, userId } from '../../../shared/contract/fields.ts'
import { TABLE_SEARCH } from '../../components/table-address.ts'

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
  ...TABLE_SEARCH,
  /** The user whose drawer is open. */
  user: z.coerce.string().pipe(userId).optional().catch(undefined),
})

export type ConsumptionSearch = z.output<typeof consumptionSearch>

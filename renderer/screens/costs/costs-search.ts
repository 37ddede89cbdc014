import { z } from 'zod'
import { period } from '../../../shared/contract/fields.ts'
import type { OperationOutput } from '../../../shared/contract/index.ts'

/** View state of the screen as it stands in the address; what makes no sense is dropped. */
export const costsSearch = z.object({
  /** A month, or `previous` or `all`, which stay relative; absent is the running month. */
  range: z
    .union([period, z.enum(['previous', 'all'])])
    .optional()
    .catch(undefined),
  by: z.enum(['provider', 'model', 'user']).optional().catch(undefined),
  // The router reads a search for 42 as a number; what is searched for is always text.
  search: z.coerce.string().max(200).optional().catch(undefined),
  show: z.enum(['used', 'own', 'imported']).optional().catch(undefined),
  /** The run of pricing again that is on screen. */
  reprice: z.string().max(64).optional().catch(undefined),
})

/** What was spent, as the core answers it. */
export type Costs = OperationOutput<'costs.summary'>

export type CostsSearch = z.output<typeof costsSearch>

/** What the parts of the screen take to read and change its view. */
export interface CostsView {
  readonly view: CostsSearch
  readonly onView: (change: Partial<CostsSearch>) => void
}

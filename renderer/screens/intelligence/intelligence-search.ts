import { z } from 'zod'
import { period, userId } from '../../../shared/contract/fields.ts'
import type { OperationOutput } from '../../../shared/contract/index.ts'

/** View state of the screen as it stands in the address; what makes no sense is dropped. */
export const intelligenceSearch = z.object({
  // The router reads `?user=42` as a number; ids are always text here.
  /** Whose turns; absent is everybody's. */
  user: z.coerce.string().pipe(userId).optional().catch(undefined),
  /** A month, or `previous` or `all`, which stay relative; absent is the running month. */
  range: z
    .union([period, z.enum(['previous', 'all'])])
    .optional()
    .catch(undefined),
})

export type IntelligenceSearch = z.output<typeof intelligenceSearch>

/** What retrieval brought, as the core answers it. */
export type Intelligence = OperationOutput<'intelligence.summary'>

import { z } from 'zod'
import { userId } from '../../../shared/contract/fields.ts'

/** Which user the page shows. The router reads `?id=42` as a number; ids are always text here. */
export const userSearch = z.object({ id: z.coerce.string().pipe(userId).optional().catch(undefined) })

import { z } from 'zod'
import { USER_LIST_SORT_KEYS } from '../../../shared/contract/administration.ts'

/** Rows a page may have; a bulk change takes as many ticked rows as one likes. */
export const PAGE_SIZES = [25, 50, 100, 200] as const
export const DEFAULT_PAGE_SIZE = 50

/** What is shown and open on the screen of users and tokens; what makes no sense in an address is dropped. */
export const accessSearch = z.object({
  tab: z.enum(['users', 'tokens']).optional().catch(undefined),
  search: z.coerce.string().max(200).optional().catch(undefined),
  status: z.enum(['active', 'inactive', 'deleted']).optional().catch(undefined),
  /** Number of a profile, or `none`. */
  profile: z.coerce.string().max(20).optional().catch(undefined),
  sort: z.enum(USER_LIST_SORT_KEYS).optional().catch(undefined),
  order: z.enum(['asc', 'desc']).optional().catch(undefined),
  /** From 1. */
  page: z.coerce.number().int().min(1).max(1_000_000).optional().catch(undefined),
  size: z.coerce
    .number()
    .pipe(z.literal([...PAGE_SIZES]))
    .optional()
    .catch(undefined),
  columns: z.string().max(500).optional().catch(undefined),
  density: z.enum(['comfortable', 'compact']).optional().catch(undefined),
  /** The form that is open. */
  add: z.enum(['user', 'token', 'import']).optional().catch(undefined),
  /** Id of the user who is edited. */
  edit: z.coerce.string().max(128).optional().catch(undefined),
  /** Id of the user a new token is for. */
  owner: z.coerce.string().max(128).optional().catch(undefined),
})

export type AccessSearch = z.output<typeof accessSearch>
/** A change of the address: members that become undefined go out of it. */
export type ChangeView = (part: Partial<AccessSearch>) => void

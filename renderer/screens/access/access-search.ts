import { z } from 'zod'
import { USER_LIST_SORT_KEYS } from '../../../shared/contract/administration.ts'
import { TABLE_SEARCH } from '../../components/table-address.ts'

/** What is shown and open on the screen of users and tokens; what makes no sense in an address is dropped. */
export const accessSearch = z.object({
  tab: z.enum(['users', 'tokens']).optional().catch(undefined),
  search: z.coerce.string().max(200).optional().catch(undefined),
  status: z.enum(['active', 'inactive', 'deleted']).optional().catch(undefined),
  /** Number of a profile, or `none`. */
  profile: z.coerce.string().max(20).optional().catch(undefined),
  sort: z.enum(USER_LIST_SORT_KEYS).optional().catch(undefined),
  ...TABLE_SEARCH,
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

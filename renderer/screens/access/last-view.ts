import { type Remembered, remembered } from '../../app/remembered.ts'
import { type AccessSearch, accessSearch } from './access-search.ts'

/** How the screen was looked at last; an address that says nothing opens it so again. */
export const lastAccessView: Remembered<AccessSearch> = remembered(
  'view.access',
  (stored): AccessSearch => accessSearch.safeParse(stored).data ?? {},
)

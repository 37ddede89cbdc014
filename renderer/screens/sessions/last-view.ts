import { type Remembered, remembered } from '../../app/remembered.ts'
import { type SessionsSearch, sessionsSearch } from './sessions-search.ts'

/** How the screen was looked at last; an address that says nothing opens it so again. */
export const lastSessionsView: Remembered<SessionsSearch> = remembered(
  'view.sessions',
  (stored): SessionsSearch => sessionsSearch.safeParse(stored).data ?? {},
)

import { type Remembered, remembered } from '../../app/remembered.ts'
import { type DashboardSearch, dashboardSearch } from './dashboard-search.ts'

/** How the screen was looked at last; an address that says nothing opens it so again. */
export const lastDashboardView: Remembered<DashboardSearch> = remembered(
  'view.dashboard',
  (stored): DashboardSearch => dashboardSearch.safeParse(stored).data ?? {},
)

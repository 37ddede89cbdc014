import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ScreenControls } from '../../app/screen-controls.tsx'
import { useShortcut } from '../../app/shortcuts.tsx'
import { useStatus } from '../../app/status.ts'
import { QueryStates } from '../../components/query-states.tsx'
import { useRememberedView } from '../../components/use-remembered-view.ts'
import { dashboardText } from '../../text/dashboard.ts'
import { DashboardContent } from './dashboard-content.tsx'
import { DashboardControls } from './dashboard-controls.tsx'
import type { DashboardSearch } from './dashboard-search.ts'
import { DashboardSkeleton } from './dashboard-skeleton.tsx'
import { lastDashboardView } from './last-view.ts'
import { useDashboard } from './use-dashboard.ts'

const route = getRouteApi('/dashboard')

/** What billing months are counted in until the core has said; it is also the default of the setting. */
const DEFAULT_ZONE = 'UTC'

/** The execution dashboard: what was consumed, by everybody or by one user, in a month or over all time. */
export function DashboardScreen(): ReactNode {
  const navigate = useNavigate()
  const status = useStatus().data
  const go = (search: DashboardSearch, isNewPlace = false): void =>
    void navigate({ to: '/dashboard', search, replace: !isNewPlace })
  // Whose figures were looked at last is nobody's default; how they were looked at is.
  const view = useRememberedView(lastDashboardView, route.useSearch(), go, ['user'])
  const { query, hasSwitchedToAll } = useDashboard(view)
  const chart = view.chart ?? 'turns'
  // Another user is another place to come back from; another way of looking is not.
  const change = (part: Partial<DashboardSearch>): void => go({ ...view, ...part }, 'user' in part)
  const toggleChart = (): void => change({ chart: chart === 'turns' ? 'tokens' : 'turns' })
  useShortcut('v', toggleChart, dashboardText.shortcut.metric)
  return (
    <>
      <ScreenControls>
        <DashboardControls
          search={view}
          data={query.data}
          hasSwitchedToAll={hasSwitchedToAll}
          onSearch={change}
        />
      </ScreenControls>
      <QueryStates query={query} skeleton={<DashboardSkeleton />}>
        {(data) => (
          <DashboardContent
            data={data}
            zone={status?.time_zone ?? DEFAULT_ZONE}
            apiUrl={status?.api_url ?? null}
            hasSwitchedToAll={hasSwitchedToAll}
            chart={chart}
            models={view.models ?? 'turns'}
            onChart={(metric) => change({ chart: metric })}
            onModels={(metric) => change({ models: metric })}
            onShowNearLimit={() => void navigate({ to: '/users', search: { threshold: 80 } })}
          />
        )}
      </QueryStates>
    </>
  )
}

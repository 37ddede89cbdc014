import { Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { RangeSelect } from '../../components/range-select.tsx'
import type { DashboardSearch } from './dashboard-search.ts'
import { PageMenu } from './page-menu.tsx'
import { ScopeSelect } from './scope-select.tsx'
import type { DashboardData } from './use-dashboard.ts'

/** What `DashboardControls` takes. */
export interface DashboardControlsProps {
  readonly search: DashboardSearch
  /** What is on screen; undefined before the first answer. */
  readonly data: DashboardData | undefined
  readonly hasSwitchedToAll: boolean
  readonly onSearch: (change: Partial<DashboardSearch>) => void
}

/** Whose figures, and of when. */
export function DashboardControls({
  search,
  data,
  hasSwitchedToAll,
  onSearch,
}: DashboardControlsProps): ReactNode {
  const shownRange = hasSwitchedToAll ? 'all' : (search.range ?? 'current')
  return (
    <Group gap="xs" wrap="nowrap">
      <ScopeSelect
        user={search.user}
        username={data?.kind === 'user' ? data.summary.username : undefined}
        onUser={(user) => onSearch({ user })}
      />
      <RangeSelect
        value={shownRange}
        current={data?.summary.current_period}
        periods={data?.summary.periods ?? []}
        onRange={(range) => onSearch({ range })}
      />
      <PageMenu data={data} />
    </Group>
  )
}

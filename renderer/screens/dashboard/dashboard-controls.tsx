import { Group, Select } from '@mantine/core'
import { IconCalendar } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { formatPeriod } from '../../format.ts'
import { dashboardText } from '../../text/dashboard.ts'
import type { DashboardSearch } from './dashboard-search.ts'
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
      <Select
        size="xs"
        w={168}
        aria-label={dashboardText.range.label}
        leftSection={<IconCalendar size={15} aria-hidden />}
        data={rangeOptions(data, shownRange)}
        value={shownRange}
        allowDeselect={false}
        maxDropdownHeight={360}
        onChange={(range) => onSearch({ range: range ?? undefined })}
      />
    </Group>
  )
}

interface RangeOption {
  readonly value: string
  readonly label: string
}

/** This month, the months that hold turns, all time; and the one that is chosen, even when it holds none. */
function rangeOptions(data: DashboardData | undefined, chosen: string): RangeOption[] {
  const current = data?.summary.current_period
  const past = (data?.summary.periods ?? []).filter((period) => period !== current)
  const isListed = chosen === 'current' || chosen === 'all' || past.includes(chosen)
  return [
    {
      value: 'current',
      label: dashboardText.range.current,
    },
    ...(isListed ? past : [chosen, ...past]).map((period) => ({
      value: period,
      label: formatPeriod(period),
    })),
    { value: 'all', label: dashboardText.range.all },
  ]
}

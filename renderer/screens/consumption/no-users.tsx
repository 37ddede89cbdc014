import { Button } from '@mantine/core'
import { IconCircleCheck, IconFilterOff, IconUsers } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Notice } from '../../components/notice.tsx'
import { consumptionText } from '../../text/consumption.ts'
import type { ConsumptionSearch } from './consumption-search.ts'
import { activeFilters, NO_FILTERS, type UserFiltersProps } from './user-filters.tsx'

const text = consumptionText.empty

/** Why the table has no rows: all is well, nothing matches, or there is nobody yet. */
export type EmptyReason = 'good-threshold' | 'good-blocked' | 'no-match' | 'no-users'

/** The reason for a view without rows. Only "who is close to a limit?" answered by nobody is good news. */
export function emptyReason(view: ConsumptionSearch): EmptyReason {
  const filters = activeFilters(view).map(({ member }) => member)
  if (filters.length === 0) return 'no-users'
  if (filters.length > 1) return 'no-match'
  if (view.threshold !== undefined) return 'good-threshold'
  return view.status === 'blocked' ? 'good-blocked' : 'no-match'
}

/** Stands in place of the rows when there are none. `isEmpty` says that there is nobody, whatever the filter. */
export function NoUsers({
  view,
  onView,
  isEmpty,
}: UserFiltersProps & { readonly isEmpty: boolean }): ReactNode {
  const navigate = useNavigate()
  const reason = isEmpty ? 'no-users' : emptyReason(view)
  const clear = (
    <Button size="xs" variant="default" onClick={() => onView(NO_FILTERS)}>
      {consumptionText.filters.clear}
    </Button>
  )
  switch (reason) {
    case 'good-threshold':
      return (
        <Notice
          kind="good"
          icon={<IconCircleCheck size={36} />}
          title={text.goodThreshold(view.threshold ?? 0)}
          actions={clear}
        >
          {text.goodThresholdWhy}
        </Notice>
      )
    case 'good-blocked':
      return (
        <Notice kind="good" icon={<IconCircleCheck size={36} />} title={text.goodBlocked} actions={clear}>
          {text.goodBlockedWhy}
        </Notice>
      )
    case 'no-match':
      return (
        <Notice icon={<IconFilterOff size={36} />} title={text.noMatch} actions={clear}>
          {text.noMatchWhy}
        </Notice>
      )
    case 'no-users':
      return (
        <Notice
          icon={<IconUsers size={36} />}
          title={text.noUsers}
          actions={
            <>
              <Button size="xs" onClick={() => void navigate({ to: '/connect' })}>
                {text.connect}
              </Button>
              <Button size="xs" variant="default" onClick={() => void navigate({ to: '/import' })}>
                {text.import}
              </Button>
            </>
          }
        >
          {text.noUsersWhy}
        </Notice>
      )
  }
}

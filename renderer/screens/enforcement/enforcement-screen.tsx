import { SimpleGrid, Stack } from '@mantine/core'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { EnforcementSearch } from './enforcement-search.ts'
import { EventsPanel } from './events-panel.tsx'
import { LadderPanel } from './ladder-panel.tsx'
import { OverridePanel } from './override-panel.tsx'
import { StatePanel } from './state-panel.tsx'
import { TesterPanel } from './tester-panel.tsx'

const route = getRouteApi('/enforcement')

/** What a no does, whom the rules limit, why one user may or may not, and everything that was decided so. */
export function EnforcementScreen(): ReactNode {
  const navigate = useNavigate()
  const view = route.useSearch()
  const onView = (change: Partial<EnforcementSearch>): void =>
    void navigate({ to: '/enforcement', search: { ...view, page: undefined, ...change }, replace: true })
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <StatePanel />
        <OverridePanel />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <TesterPanel userId={view.test} onUser={(test) => onView({ test, page: view.page })} />
        <LadderPanel />
      </SimpleGrid>
      <EventsPanel view={view} onView={onView} />
    </Stack>
  )
}

import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { QueryPanel } from '../../components/panel.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { text } from '../../text.ts'
import { JobRuns } from './job-runs.tsx'
import { useJobsView } from './jobs-search.ts'
import { JobsTable } from './jobs-table.tsx'
import { useJobActs } from './use-job-acts.ts'

const words = text.jobs

/** While a job runs its phase is what one looks at. */
const RUNNING_MS = 1_000
const IDLE_MS = 10_000

/** The jobs: when each runs, how its runs went, and running one now. */
export function JobsScreen(): ReactNode {
  const [view, onView] = useJobsView()
  const acts = useJobActs()
  const settled = useSettledQuery(
    useWeirQuery(
      'jobs.list',
      {},
      { refresh: (last) => (last?.jobs.some(({ running }) => running !== null) ? RUNNING_MS : IDLE_MS) },
    ),
  )
  const jobs = settled.data?.jobs ?? []
  const chosen = jobs.find(({ job }) => job === view.job) ?? jobs[0]
  return (
    <Stack gap="md">
      <Text c="dimmed" maw="46rem">
        {words.intro}
      </Text>
      {settled.data?.clock.is_suspect === true && <ClockNotice reason={settled.data.clock.reason ?? ''} />}
      <QueryPanel title={words.table} query={settled} skeleton={<Skeleton height={320} />}>
        {(data) => (
          <Stack gap="xs">
            <JobsTable
              jobs={data.jobs}
              chosen={chosen?.job}
              onChoose={(job) => onView({ job, run: undefined, status: undefined })}
              acts={acts}
            />
            <Text size="xs" c="dimmed">
              {words.inZone(data.jobs[0]?.time_zone ?? 'UTC')}
            </Text>
          </Stack>
        )}
      </QueryPanel>
      {chosen !== undefined && <JobRuns key={chosen.job} job={chosen} acts={acts} />}
    </Stack>
  )
}

function ClockNotice({ reason }: { readonly reason: string }): ReactNode {
  const trust = useWeirMutation('jobs.trustClock')
  const go = (): void => trust.mutate({}, { onSuccess: () => showDone(words.trusted), onError: showProblem })
  return (
    <Alert color="yellow" title={words.clockTitle}>
      <Group justify="space-between" gap="sm">
        <Text size="sm" maw="46rem">
          {words.clock(reason)}
        </Text>
        <Button size="xs" variant="default" onClick={go} loading={trust.isPending}>
          {words.trust}
        </Button>
      </Group>
    </Alert>
  )
}

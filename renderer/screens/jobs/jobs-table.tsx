import { Button, Group, Switch, Table, Text, UnstyledButton } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useNow } from '../../components/use-now.ts'
import { text } from '../../text.ts'
import { Confirm } from './job-dialogs.tsx'
import styles from './jobs.module.css'
import type { Job } from './jobs-search.ts'
import { RunBars, RunWord } from './run-parts.tsx'
import type { JobActs } from './use-job-acts.ts'

const words = text.jobs

/** What `JobsTable` takes. */
export interface JobsTableProps {
  readonly jobs: readonly Job[]
  readonly chosen: Job['job'] | undefined
  readonly onChoose: (job: Job['job']) => void
  readonly acts: JobActs
}

/** The jobs with their schedules, next and last runs. The name opens the runs. */
export function JobsTable({ jobs, chosen, onChoose, acts }: JobsTableProps): ReactNode {
  const now = useNow()
  const [doomed, setDoomed] = useState<Job['job'] | null>(null)
  const { columns } = words
  const heads = [columns.job, columns.schedule, columns.next, columns.last, columns.recent, columns.took]
  return (
    <>
      <Table.ScrollContainer minWidth={960}>
        <Table verticalSpacing={9} aria-label={words.table}>
          <Table.Thead>
            <Table.Tr>
              {[...heads, columns.enabled].map((head) => (
                <Table.Th key={head} className="nowrap">
                  {head}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {jobs.map((job) => (
              <Table.Tr key={job.job} className={job.job === chosen ? styles.chosen : undefined}>
                <Table.Td>
                  <UnstyledButton
                    onClick={() => onChoose(job.job)}
                    aria-pressed={job.job === chosen}
                    aria-label={words.open(words.names[job.job])}
                  >
                    <Text fw={600} td="underline">
                      {words.names[job.job]}
                    </Text>
                  </UnstyledButton>
                  <Text size="xs" c="dimmed" maw="19rem">
                    {words.does[job.job]}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Text size="sm">{job.schedule_in_words}</Text>
                  <Text size="xs" c="dimmed" className="path">
                    {job.schedule}
                  </Text>
                </Table.Td>
                <NextRun job={job} now={now} />
                <LastRun job={job} now={now} onCancel={acts.cancel} />
                <Table.Td>
                  <RunBars job={job} />
                </Table.Td>
                <Table.Td className="tabular nowrap">
                  {job.last_run?.duration_ms == null ? '–' : words.took(job.last_run.duration_ms)}
                </Table.Td>
                <Table.Td>
                  <Switch
                    checked={job.is_enabled}
                    aria-label={words.switch(words.names[job.job])}
                    onChange={() => (job.is_enabled ? setDoomed(job.job) : acts.enable(job.job, true))}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {doomed !== null && (
        <Confirm
          title={words.offTitle(words.names[doomed])}
          yes={words.offYes}
          onYes={() => acts.enable(doomed, false)}
          onClose={() => setDoomed(null)}
        >
          {words.offEffect[doomed]}
        </Confirm>
      )}
    </>
  )
}

function NextRun({ job, now }: { readonly job: Job; readonly now: number }): ReactNode {
  if (job.next_run_at === null)
    return (
      <Table.Td>
        <Text size="sm" c="dimmed">
          {words.off}
        </Text>
      </Table.Td>
    )
  return (
    <Table.Td className="nowrap">
      <Text size="sm">{words.next(job.next_run_at, now)}</Text>
      <Text size="xs" c="dimmed" className="tabular">
        {words.at(job.next_run_at, job.time_zone)}
      </Text>
    </Table.Td>
  )
}

interface LastRunProps {
  readonly job: Job
  readonly now: number
  readonly onCancel: JobActs['cancel']
}

function LastRun({ job, now, onCancel }: LastRunProps): ReactNode {
  const { running, last_run: last } = job
  if (running !== null)
    return (
      <Table.Td>
        <Group gap="xs" wrap="nowrap" aria-live="polite">
          <RunWord status="running" />
          <Text size="xs" c="dimmed">
            {running.phase ?? ''}
          </Text>
          <Button size="compact-xs" variant="default" onClick={() => onCancel(running)}>
            {words.cancel}
          </Button>
        </Group>
      </Table.Td>
    )
  if (last === null)
    return (
      <Table.Td>
        <Text size="sm" c="dimmed">
          {words.never}
        </Text>
      </Table.Td>
    )
  return (
    <Table.Td>
      <Group gap="xs" wrap="nowrap">
        <RunWord status={last.status} />
        <Text size="xs" c="dimmed" className="nowrap" title={words.at(last.started_at, job.time_zone)}>
          {words.ago(last.started_at, now)}
        </Text>
      </Group>
      {last.first_error !== null && (
        <Text size="xs" lineClamp={2} maw="17rem">
          {last.first_error}
        </Text>
      )}
    </Table.Td>
  )
}

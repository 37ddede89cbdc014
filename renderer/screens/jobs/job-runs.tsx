import { Button, Group, Select, Skeleton, Stack, Table, Text, UnstyledButton } from '@mantine/core'
import { IconCalendarTime } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useWeirClient } from '../../app/client-context.tsx'
import { unwrap, useWeirQuery } from '../../app/queries.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { ExportMenu } from '../../components/export-menu.tsx'
import { Notice } from '../../components/notice.tsx'
import { QueryPanel } from '../../components/panel.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { text } from '../../text.ts'
import { Confirm, ScheduleDialog } from './job-dialogs.tsx'
import styles from './jobs.module.css'
import { type Job, RUN_STATUSES, type Run, useJobsView } from './jobs-search.ts'
import { countsOf, RunWord } from './run-parts.tsx'
import type { JobActs } from './use-job-acts.ts'

const words = text.jobs

/** Runs shown at first and with each "show more". */
const PAGE = 20
/** The most the server gives at once. */
const RUNS_MAX = 200
/** While something runs, its phase is what one looks at. */
const RUNNING_MS = 1_000
const IDLE_MS = 10_000

/** The runs of one job, newest first, with what can be done with it. */
export function JobRuns({ job, acts }: { readonly job: Job; readonly acts: JobActs }): ReactNode {
  const [view, onView] = useJobsView()
  const [limit, setLimit] = useState(PAGE)
  const status = view.status === undefined ? {} : { status: view.status }
  const query = useWeirQuery(
    'jobs.get',
    { job: job.job, limit, ...status },
    { refresh: (last) => (last?.job.running === null ? IDLE_MS : RUNNING_MS) },
  )
  const settled = useSettledQuery(query, job.job)
  const client = useWeirClient()
  return (
    <QueryPanel
      title={words.runs(words.names[job.job])}
      query={settled}
      skeleton={<Skeleton height={180} />}
      actions={
        <Group gap="xs">
          <RunButtons
            job={job}
            acts={acts}
            onStarted={(run) => onView({ run: run.run_id, status: undefined })}
          />
          <Select
            size="xs"
            w={150}
            aria-label={words.result}
            placeholder={words.anyResult}
            clearable
            value={view.status ?? null}
            data={RUN_STATUSES.map((value) => ({ value, label: words.status[value] }))}
            onChange={(value) => onView({ status: RUN_STATUSES.find((one) => one === value) })}
          />
          <ExportMenu
            name={words.exportName(job.job)}
            rows={async () => {
              const page = await unwrap(client.call('jobs.get', { job: job.job, limit: RUNS_MAX, ...status }))
              return { rows: page.runs.map(flat), totalCount: page.total_count }
            }}
          />
        </Group>
      }
    >
      {(data) =>
        data.runs.length === 0 ? (
          <NoRuns job={job} isFiltered={view.status !== undefined} />
        ) : (
          <Stack gap="xs">
            <RunsTable
              job={job}
              runs={data.runs}
              open={view.run}
              onOpen={(run) => onView({ run })}
              acts={acts}
            />
            <Group gap="sm">
              <Text size="sm" c="dimmed">
                {words.more(data.runs.length, data.total_count)}
              </Text>
              {data.runs.length < Math.min(data.total_count, RUNS_MAX) && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  onClick={() => setLimit(Math.min(RUNS_MAX, limit + PAGE))}
                >
                  {words.showMore}
                </Button>
              )}
            </Group>
          </Stack>
        )
      }
    </QueryPanel>
  )
}

/** A run as a row of a file: counts and lines as text. */
function flat(run: Run): Readonly<Record<string, unknown>> {
  return { ...run, counts: JSON.stringify(run.counts), log_tail: run.log_tail.join('\n') }
}

interface RunButtonsProps {
  readonly job: Job
  readonly acts: JobActs
  readonly onStarted: (run: Run) => void
}

/** Run now, a dry run, and the schedule; what removes or repairs something asks first. */
function RunButtons({ job, acts, onStarted }: RunButtonsProps): ReactNode {
  const [dialog, setDialog] = useState<'run' | 'schedule' | null>(null)
  const { running } = job
  const name = words.names[job.job]
  const effect = job.job === 'daily' || job.job === 'reconcile' ? words.runEffect[job.job] : null
  const start = (isDryRun: boolean): void => acts.run(job.job, isDryRun, onStarted)
  const runNow = (): void => (effect === null ? start(false) : setDialog('run'))
  const isFree = running === null && !acts.isBusy
  useShortcut('!', runNow, words.run, { enabled: isFree })
  return (
    <>
      {running === null ? (
        <>
          <Button size="xs" onClick={runNow} disabled={!isFree}>
            {words.run}
          </Button>
          <Button size="xs" variant="default" onClick={() => start(true)} disabled={!isFree}>
            {words.dry}
          </Button>
        </>
      ) : (
        <Button size="xs" variant="default" onClick={() => acts.cancel(running)}>
          {words.cancel}
        </Button>
      )}
      <Button size="xs" variant="default" onClick={() => setDialog('schedule')}>
        {words.edit}
      </Button>
      {dialog === 'run' && effect !== null && (
        <Confirm
          title={words.runTitle(name)}
          yes={words.run}
          onYes={() => start(false)}
          onClose={() => setDialog(null)}
        >
          {effect}
        </Confirm>
      )}
      {dialog === 'schedule' && <ScheduleDialog job={job} onClose={() => setDialog(null)} />}
    </>
  )
}

function NoRuns({ job, isFiltered }: { readonly job: Job; readonly isFiltered: boolean }): ReactNode {
  const first = job.next_run_at === null ? words.neverOff : words.firstAt(job.next_run_at, job.time_zone)
  return (
    <Notice icon={<IconCalendarTime size={28} />} title={isFiltered ? words.noRuns : first}>
      {isFiltered ? words.noRunsHint : words.does[job.job]}
    </Notice>
  )
}

interface RunsTableProps {
  readonly job: Job
  readonly runs: readonly Run[]
  readonly open: string | undefined
  readonly onOpen: (runId: string | undefined) => void
  readonly acts: JobActs
}

function RunsTable({ job, runs, open, onOpen, acts }: RunsTableProps): ReactNode {
  const { runColumns: columns } = words
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table verticalSpacing={7} aria-label={words.runs(words.names[job.job])}>
        <Table.Thead>
          <Table.Tr>
            {[columns.started, columns.trigger, columns.took, columns.result, columns.counts].map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => (
            <RunRow
              key={run.run_id}
              job={job}
              run={run}
              isOpen={run.run_id === open}
              onOpen={() => onOpen(run.run_id === open ? undefined : run.run_id)}
              onRetry={() => acts.run(job.job, run.is_dry_run, (started) => onOpen(started.run_id))}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

interface RunRowProps {
  readonly job: Job
  readonly run: Run
  readonly isOpen: boolean
  readonly onOpen: () => void
  readonly onRetry: () => void
}

function RunRow({ job, run, isOpen, onOpen, onRetry }: RunRowProps): ReactNode {
  const at = words.at(run.started_at, job.time_zone)
  const canRetry = run.status === 'failed' || run.status === 'partial' || run.status === 'cancelled'
  return (
    <>
      <Table.Tr>
        <Table.Td className="tabular nowrap">
          <UnstyledButton onClick={onOpen} aria-expanded={isOpen} aria-label={words.details(at)}>
            <Text size="sm" td="underline">
              {at}
            </Text>
          </UnstyledButton>
        </Table.Td>
        <Table.Td>
          {words.trigger[run.trigger]}
          {run.is_dry_run ? `, ${words.dryRun}` : ''}
          {run.trigger === 'manual' && (
            <Text size="xs" c="dimmed" className="name">
              {words.by(run.started_by)}
            </Text>
          )}
        </Table.Td>
        <Table.Td className="tabular nowrap">
          {run.duration_ms === null ? '–' : words.took(run.duration_ms)}
        </Table.Td>
        <Table.Td>
          <RunWord status={run.status} />
        </Table.Td>
        <Table.Td>
          <Text size="sm">{run.phase ?? countsOf(run)}</Text>
          {run.first_error !== null && (
            <Text size="xs" c="dimmed">
              {run.first_error}
            </Text>
          )}
        </Table.Td>
        <Table.Td>
          {canRetry && (
            <Button size="compact-xs" variant="default" disabled={job.running !== null} onClick={onRetry}>
              {words.retry}
            </Button>
          )}
        </Table.Td>
      </Table.Tr>
      {isOpen && (
        <Table.Tr>
          <Table.Td colSpan={6}>
            <RunDetails job={job} run={run} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  )
}

function RunDetails({ job, run }: { readonly job: Job; readonly run: Run }): ReactNode {
  const missed = run.first_scheduled_at
  return (
    <Stack gap="xs">
      {run.trigger === 'catch-up' && missed !== null && (
        <Text size="sm">
          {words.caughtUp(
            words.at(missed, job.time_zone),
            words.at(run.started_at, job.time_zone),
            run.instants,
          )}
        </Text>
      )}
      {run.attempts > 1 && <Text size="sm">{words.attempts(run.attempts)}</Text>}
      {run.log_tail.length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.noLog}
        </Text>
      ) : (
        // Long logs scroll: it must be reachable by keyboard.
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reached by Tab
          tabIndex={0}
          className={`mantine-Code-root ${styles.log}`}
        >
          {run.log_tail.join('\n')}
        </pre>
      )}
      <Text size="xs" c="dimmed">
        {words.logFile(run.job)}
      </Text>
    </Stack>
  )
}

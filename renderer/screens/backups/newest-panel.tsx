import { Alert, Button, Group, Progress, Stack, Text } from '@mantine/core'
import { IconDatabaseExclamation } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef } from 'react'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { Notice } from '../../components/notice.tsx'
import { Panel } from '../../components/panel.tsx'
import { useNow } from '../../components/use-now.ts'
import { span } from '../../text/figures.ts'
import { text } from '../../text.ts'
import { BackupJobLink } from './backup-job-link.tsx'
import { type BackupRun, type Overview, useBackupsView } from './backups-search.ts'

const words = text.backups

/** Often enough for a bar that moves. */
const FOLLOW_MS = 500

/** The newest good backup and the button for another, or the one that is being made. */
export function NewestPanel({ overview }: { readonly overview: Overview }): ReactNode {
  const [view, onView] = useBackupsView()
  const create = useWeirMutation('backups.create')
  const run = useRun(overview.running?.run_id ?? view.run)
  const isRunning = run?.status === 'running'
  const canStart = !isRunning && !create.isPending
  const go = (): void => {
    if (!canStart) return
    create.mutate({}, { onSuccess: ({ run_id }) => onView({ run: run_id }), onError: showProblem })
  }
  useShortcut('b', go, words.create, { enabled: canStart })
  if (isRunning) return <Running run={run} />
  return (
    <Panel
      title={words.newest}
      actions={
        <Button onClick={go} loading={create.isPending}>
          {words.create}
        </Button>
      }
    >
      <Stack gap="sm">
        {run?.status === 'failed' && (
          <Alert color="red" title={words.failed} withCloseButton onClose={() => onView({ run: undefined })}>
            {run.error?.detail}
          </Alert>
        )}
        <Newest overview={overview} />
      </Stack>
    </Panel>
  )
}

/** The run that is followed; tells how it ended, once. */
function useRun(runId: string | undefined): BackupRun | undefined {
  const queries = useQueryClient()
  const { data } = useWeirQuery(
    'backups.getRun',
    { run_id: runId ?? '' },
    {
      enabled: runId !== undefined,
      keepPrevious: false,
      refresh: (last) => (last?.status === 'running' ? FOLLOW_MS : false),
    },
  )
  const followed = useRef<string | null>(null)
  useEffect(() => {
    if (data === undefined) return
    if (data.status === 'running') {
      followed.current = data.run_id
      return
    }
    if (followed.current !== data.run_id) return
    followed.current = null
    void queries.invalidateQueries()
    if (data.status === 'done') showDone(words.made(data.backup?.size_bytes ?? 0))
    if (data.status === 'cancelled') showDone(words.cancelled)
  }, [data, queries])
  return runId === undefined ? undefined : data
}

function Newest({ overview }: { readonly overview: Overview }): ReactNode {
  const now = useNow()
  const { newest_verified: newest, backups } = overview
  const backup = backups.find(({ id }) => id === newest?.id)
  if (newest === null || backup === undefined)
    return (
      <Notice
        icon={<IconDatabaseExclamation size={30} color="var(--weir-warn)" />}
        title={backups.length === 0 ? words.none : words.noneGood}
      >
        {backups.length === 0 ? words.noneHint : words.noneGoodHint}
      </Notice>
    )
  return (
    <Stack gap={4}>
      <Text size="xl" fw={600} className="tabular" {...(!newest.is_recent && { c: 'var(--weir-warn)' })}>
        {words.newestAt(newest.created_at, now)}
      </Text>
      <Text c="dimmed">
        {words.newestFacts(backup.size_bytes ?? 0, backup.verified_at ?? newest.created_at, now)}
      </Text>
      {!newest.is_recent && (
        <Text>
          {words.old} <BackupJobLink />
        </Text>
      )}
    </Stack>
  )
}

function Running({ run }: { readonly run: BackupRun }): ReactNode {
  const cancel = useWeirMutation('backups.cancel')
  const stop = (): void => cancel.mutate({ run_id: run.run_id }, { onError: showProblem })
  const phase = words.running[run.phase]
  const total = run.bytes_total
  const percent = total === null || total === 0 ? 0 : (100 * run.bytes_done) / total
  return (
    <Panel
      title={phase}
      actions={
        <Button variant="default" onClick={stop} loading={cancel.isPending} disabled={cancel.isSuccess}>
          {cancel.isSuccess ? words.cancelling : words.cancel}
        </Button>
      }
    >
      <Stack gap="sm" aria-live="polite">
        <Progress.Root size="lg">
          <Progress.Section value={percent} aria-label={phase} animated />
        </Progress.Root>
        {total !== null && (
          <Group gap="lg" className="tabular">
            <Text size="sm">{words.progress(run.bytes_done, total)}</Text>
            <Text size="sm">{words.percent(run.bytes_done, total)}</Text>
            <TimeLeft run={run} total={total} />
          </Group>
        )}
        <Text size="sm" c="dimmed">
          {words.leave}
        </Text>
      </Stack>
    </Panel>
  )
}

/** Fewer seconds of copying say nothing about the rest. */
const GUESS_FROM_S = 2

function TimeLeft({ run, total }: { readonly run: BackupRun; readonly total: number }): ReactNode {
  const seconds = (Date.now() - Date.parse(run.started_at)) / 1000
  const isGuess = run.phase === 'copying' && seconds >= GUESS_FROM_S && run.bytes_done > 0
  if (!isGuess) return null
  return <Text size="sm">{words.left(span((seconds / run.bytes_done) * (total - run.bytes_done)))}</Text>
}

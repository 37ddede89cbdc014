import { Button, Checkbox, Group, Progress, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { IconFolderSearch, IconScale } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { Notice } from '../../components/notice.tsx'
import { Panel } from '../../components/panel.tsx'
import { QueryStates } from '../../components/query-states.tsx'
import { text } from '../../text.ts'
import { Findings } from './findings.tsx'
import { ResultPanel } from './result-panel.tsx'
import { UnreadableFiles } from './unreadable-files.tsx'
import { type Run, useReconciliation } from './use-reconciliation.ts'

const words = text.reconciliation

/** Files against database: the last check, what it found, and what can be done about it. */
export function ReconciliationScreen(): ReactNode {
  const { list, run, only, show } = useReconciliation()
  const newest = run.data
  return (
    <Stack gap="md">
      <Text c="dimmed" maw="46rem">
        {words.intro}
      </Text>
      <QueryStates query={list} skeleton={<Skeleton height={120} />}>
        {(data) => (
          <CheckPanel
            folder={data.sessions_dir}
            hasRun={data.runs.length > 0}
            running={newest?.status === 'running' ? newest : undefined}
          />
        )}
      </QueryStates>
      {list.data !== undefined && list.data.runs.length > 0 && (
        <QueryStates query={run} skeleton={<Skeleton height={220} />}>
          {(shown) =>
            shown.report === null ? null : (
              <Stack gap="md">
                <ResultPanel run={shown} report={shown.report} />
                <UnreadableFiles files={shown.report.unreadable} />
                {shown.report.users.some((user) => user.findings.length > 0) && (
                  <Findings key={shown.run_id} report={shown.report} only={only} onOnly={show} />
                )}
              </Stack>
            )
          }
        </QueryStates>
      )}
    </Stack>
  )
}

interface CheckPanelProps {
  readonly folder: string | null
  readonly hasRun: boolean
  readonly running: Run | undefined
}

/** Starts a check, or follows the one that is going on. */
function CheckPanel({ folder, hasRun, running }: CheckPanelProps): ReactNode {
  const [typed, setTyped] = useState<string | null>(null)
  const [isFull, setFull] = useState(false)
  const start = useWeirMutation('reconciliation.start')
  const path = (typed ?? folder ?? '').trim()
  const canStart = path !== '' && !start.isPending && running === undefined
  const go = (): void => {
    if (!canStart) return
    start.mutate(
      { ...(isFull && { full: true }), ...(path !== folder && { sessions_dir: path }) },
      { onError: showProblem },
    )
  }
  useShortcut('r', go, words.check, { enabled: canStart })
  if (running !== undefined) return <Running run={running} />
  return (
    <Panel title={words.check}>
      <Stack gap="sm">
        {folder === null && (
          <Notice icon={<IconFolderSearch size={28} />} title={words.noFolder}>
            {words.noFolderHint}
          </Notice>
        )}
        {folder !== null && !hasRun && (
          <Notice icon={<IconScale size={28} />} title={words.never}>
            {words.neverHint}
          </Notice>
        )}
        <TextInput
          label={words.folder}
          placeholder={words.folderPlaceholder}
          value={typed ?? folder ?? ''}
          onChange={(event) => setTyped(event.currentTarget.value)}
          spellCheck={false}
          autoComplete="off"
          classNames={{ input: 'path' }}
          maw="46rem"
        />
        <Group gap="lg">
          <Button onClick={go} disabled={path === ''} loading={start.isPending}>
            {words.check}
          </Button>
          <Checkbox
            label={words.full}
            description={words.fullHint}
            checked={isFull}
            onChange={(event) => setFull(event.currentTarget.checked)}
          />
        </Group>
      </Stack>
    </Panel>
  )
}

function Running({ run }: { readonly run: Run }): ReactNode {
  const cancel = useWeirMutation('reconciliation.cancel')
  const stop = (): void =>
    cancel.mutate(
      { run_id: run.run_id },
      { onSuccess: () => showDone(words.cancelled), onError: showProblem },
    )
  const phase = words.running[run.phase]
  const percent = run.users_total === 0 ? 0 : (100 * run.users_done) / run.users_total
  return (
    <Panel
      title={phase}
      actions={
        <Button variant="default" onClick={stop} loading={cancel.isPending}>
          {words.cancel}
        </Button>
      }
    >
      <Stack gap="sm" aria-live="polite">
        <Progress.Root size="lg">
          <Progress.Section value={percent} aria-label={phase} animated />
        </Progress.Root>
        <Group gap="lg" className="tabular">
          <Text size="sm">{words.progress(run.users_done, run.users_total)}</Text>
          {run.files_per_second > 0 && <Text size="sm">{words.rate(run.files_per_second)}</Text>}
        </Group>
      </Stack>
    </Panel>
  )
}

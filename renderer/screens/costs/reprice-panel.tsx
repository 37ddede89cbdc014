import { ActionIcon, Alert, Button, Group, Progress, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { Panel } from '../../components/panel.tsx'
import { repriceText as text } from '../../text/reprice.ts'
import type { CostsView } from './costs-search.ts'
import { RepriceDialog } from './reprice-dialog.tsx'
import { type RepriceRun, useRepriceRun } from './use-reprice.ts'

type Scope = RepriceRun['scope']

/** The way to price recorded turns again, and what the last run came to. */
export function RepricePanel({ view, onView }: CostsView): ReactNode {
  const [scope, setScope] = useState<Scope>('fallback')
  const [isOpen, setOpen] = useState(false)
  const forget = (): void => onView({ reprice: undefined })
  const run = useRepriceRun(view.reprice, forget)
  const isRunning = run?.status === 'running'
  return (
    <Panel title={text.title} unit={text.unit}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed" maw="60rem">
          {text.hint}
        </Text>
        {run !== null && (isRunning ? <Running run={run} /> : <Ended run={run} onClose={forget} />)}
        {!isRunning && (
          <Group gap="sm">
            <SegmentedControl
              size="xs"
              aria-label={text.scope}
              data={(['fallback', 'all'] as const).map((value) => ({ value, label: text.scopes[value] }))}
              value={scope}
              onChange={setScope}
            />
            <Button size="xs" variant="default" onClick={() => setOpen(true)}>
              {text.look}
            </Button>
          </Group>
        )}
      </Stack>
      {isOpen && (
        <RepriceDialog
          scope={scope}
          onClose={() => setOpen(false)}
          onStarted={(runId) => {
            setOpen(false)
            onView({ reprice: runId })
          }}
        />
      )}
    </Panel>
  )
}

function Running({ run }: { readonly run: RepriceRun }): ReactNode {
  const cancel = useWeirMutation('prices.repriceCancel')
  const total = run.turns_total ?? 0
  const phase = text.phases[run.phase]
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text fw={600} aria-live="polite">
          {phase}
        </Text>
        <Button
          size="xs"
          variant="default"
          disabled={cancel.isSuccess}
          loading={cancel.isPending}
          onClick={() => cancel.mutate({ run_id: run.run_id }, { onError: showProblem })}
        >
          {cancel.isSuccess ? text.cancelling : text.cancel}
        </Button>
      </Group>
      <Progress.Root size="lg">
        <Progress.Section
          value={total === 0 ? 0 : (100 * run.turns_done) / total}
          aria-label={phase}
          animated
        />
      </Progress.Root>
      <Text size="sm" c="dimmed" className="tabular">
        {run.turns_total === null ? '' : `${text.progress(run.turns_done, total)}. `}
        {text.cancelHint}
      </Text>
    </Stack>
  )
}

function Ended({ run, onClose }: { readonly run: RepriceRun; readonly onClose: () => void }): ReactNode {
  const isFailed = run.status === 'failed'
  const sentence =
    run.status === 'failed'
      ? text.ended.failed(run.error?.detail ?? '')
      : text.ended[run.status === 'cancelled' ? 'cancelled' : 'done'](run.changed_turns, run.change_usd)
  return (
    <Alert color={isFailed ? 'red' : 'river'} role="status" p="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Text size="sm">
          {sentence}
          {run.backup_id !== null && ` ${text.backup(run.backup_id)}`}
        </Text>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={text.close} onClick={onClose}>
          <IconX size={15} aria-hidden />
        </ActionIcon>
      </Group>
    </Alert>
  )
}

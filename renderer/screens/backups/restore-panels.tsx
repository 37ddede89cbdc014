import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { Panel } from '../../components/panel.tsx'
import { StateWord } from '../../components/state-word.tsx'
import { text } from '../../text.ts'
import styles from './backups.module.css'
import { RestoreSteps } from './restore-steps.tsx'
import type { RestoreRun, Restores } from './use-restores.ts'

const words = text.restore

/** The restore that is going on, step by step; nothing when there is none. */
export function RunningRestore({ run }: { readonly run: RestoreRun | null }): ReactNode {
  const cancel = useWeirMutation('restore.cancel')
  if (run === null) return null
  const stop = (): void => cancel.mutate({ run_id: run.run_id }, { onError: showProblem })
  return (
    <Panel
      title={run.kind === 'undo' ? words.runningUndo : words.running(words.at(run.backup_created_at))}
      actions={
        run.can_cancel ? (
          <Button variant="default" onClick={stop} loading={cancel.isPending} disabled={cancel.isSuccess}>
            {cancel.isSuccess ? words.cancelling : words.cancel}
          </Button>
        ) : null
      }
    >
      <Stack gap="sm">
        <RestoreSteps run={run} />
        <Text size="sm" c="dimmed">
          {run.can_cancel ? words.stay : words.tooLate}
        </Text>
      </Stack>
    </Panel>
  )
}

/** The restores that are over, with their reports; the last one can be undone. */
export function EndedRestores({ restores }: { readonly restores: Restores }): ReactNode {
  if (restores.ended.length === 0) return null
  return (
    <Panel title={words.list}>
      <ul className={styles.restores}>
        {restores.ended.map((run, at) => (
          <li key={run.run_id}>
            <EndedRestore run={run} isNewest={at === 0} isBusy={restores.running !== null} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}

const TONES = {
  running: 'none',
  done: 'good',
  failed: 'bad',
  cancelled: 'none',
  rolled_back: 'warning',
} as const satisfies Record<RestoreRun['status'], string>

interface EndedRestoreProps {
  readonly run: RestoreRun
  readonly isNewest: boolean
  readonly isBusy: boolean
}

function EndedRestore({ run, isNewest, isBusy }: EndedRestoreProps): ReactNode {
  const [isOpen, setOpen] = useState(isNewest && run.status !== 'done')
  return (
    <Stack gap={6}>
      <Group gap="sm" justify="space-between">
        <Group gap="sm">
          <StateWord tone={TONES[run.status]}>{words.status[run.status]}</StateWord>
          <Text size="sm">
            {words.kind[run.kind]} {words.of(words.at(run.backup_created_at))}
          </Text>
          <Text size="sm" c="dimmed" className="name">
            {words.by(run.started_by, run.started_at)}
          </Text>
        </Group>
        <Group gap="xs">
          <Button size="xs" variant="subtle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? words.hideDetails : words.details}
          </Button>
          {run.can_undo && <UndoButton run={run} isBusy={isBusy} />}
        </Group>
      </Group>
      {run.error !== null && <Alert color="red">{run.error.detail}</Alert>}
      {run.undone_by !== null && <Text size="sm">{words.undone}</Text>}
      {isOpen && (
        <Stack gap="xs">
          <RestoreSteps run={run} />
          {run.fenced_ms !== null && <Text size="sm">{words.fenced(run.fenced_ms)}</Text>}
          {run.safety_backup_id !== null && <Text size="sm">{words.safety(run.safety_backup_id)}</Text>}
          {run.kept_in !== null && (
            <Text size="sm" className="path">
              {words.keptIn(run.kept_in)}
            </Text>
          )}
        </Stack>
      )}
    </Stack>
  )
}

/** Takes a restore back, after asking. */
export function UndoButton({
  run,
  isBusy,
}: {
  readonly run: RestoreRun
  readonly isBusy: boolean
}): ReactNode {
  const [isAsking, setAsking] = useState(false)
  const undo = useWeirMutation('restore.undo')
  const go = (): void =>
    undo.mutate(
      { run_id: run.run_id, confirm: true },
      { onSuccess: () => setAsking(false), onError: showProblem },
    )
  return (
    <>
      <Button size="xs" variant="default" disabled={isBusy} onClick={() => setAsking(true)}>
        {words.undo}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={words.undoTitle(words.at(run.started_at))}
          action={words.undoYes}
          isRunning={undo.isPending}
          onConfirm={go}
          onClose={() => setAsking(false)}
        >
          <Text>{words.undoMeans}</Text>
        </ConfirmDialog>
      )}
    </>
  )
}

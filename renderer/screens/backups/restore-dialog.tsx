import { Alert, Button, Group, List, Loader, Modal, Stack, Table, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { Problem } from '../../../shared/contract/problem.ts'
import { showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { useNow } from '../../components/use-now.ts'
import { text } from '../../text.ts'
import { UnlockForm } from './unlock-form.tsx'

const words = text.restore

type Plan = OperationOutput<'restore.plan'>

/** Characters at the end of a name that tell two backups apart; nobody types all of it. */
const END_LENGTH = 4

interface RestoreDialogProps {
  readonly backupId: string
  readonly onStarted?: () => void
  readonly onClose: () => void
}

/** What going back to a backup would change, before anything happens; then its name has to be typed (UX 4.0, level 2). */
export function RestoreDialog({ backupId: asked, onStarted, onClose }: RestoreDialogProps): ReactNode {
  /** Another one than was asked for, where that is damaged and its reader takes what was proposed. */
  const [instead, setInstead] = useState<string | null>(null)
  const backupId = instead ?? asked
  const plan = useWeirQuery('restore.plan', { backup_id: backupId }, { refresh: false, keepPrevious: false })
  const start = useWeirMutation('restore.start')
  // Also over a comparison of before: the passphrase may have been changed since.
  if (plan.error?.code === 'passphrase_needed')
    return (
      <Modal opened onClose={onClose} title={words.openOf(backupId)} centered size="lg">
        <UnlockForm backupId={backupId} onUnlocked={() => void plan.refetch()} onClose={onClose} />
      </Modal>
    )
  if (plan.data === undefined)
    return (
      <Modal opened onClose={onClose} title={words.openOf(backupId)} centered size="lg">
        <Stack gap="md">
          {plan.error === null ? (
            <Group gap="sm" wrap="nowrap" aria-live="polite">
              <Loader size="sm" />
              <Text>{words.comparing}</Text>
            </Group>
          ) : (
            <Alert color="red" title={plan.error.title}>
              {plan.error.detail}
            </Alert>
          )}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose} data-autofocus>
              {text.app.cancel}
            </Button>
            {plan.error !== null && (
              <WayOn
                problem={plan.error}
                isRetrying={plan.isFetching}
                onRetry={() => void plan.refetch()}
                onTake={setInstead}
              />
            )}
          </Group>
        </Stack>
      </Modal>
    )
  const go = (): void =>
    start.mutate(
      { backup_id: backupId, confirm: true },
      {
        onSuccess: () => {
          onStarted?.()
          onClose()
        },
        onError: showProblem,
      },
    )
  const word = backupId.slice(-END_LENGTH)
  return (
    <ConfirmDialog
      title={words.title(words.at(plan.data.backup.created_at))}
      action={words.yes}
      isRunning={start.isPending}
      typed={{ word, label: words.typed(word), hint: words.typedHint(backupId) }}
      size="54rem"
      onConfirm={go}
      onClose={onClose}
    >
      <PlanView plan={plan.data} />
    </ConfirmDialog>
  )
}

interface WayOnProps {
  readonly problem: Problem
  readonly isRetrying: boolean
  readonly onRetry: () => void
  readonly onTake: (backupId: string) => void
}

/** What is damaged stays damaged: then the next good backup is offered, and anything else is tried again. */
function WayOn({ problem, isRetrying, onRetry, onTake }: WayOnProps): ReactNode {
  const next = problem['next_backup_id']
  if (typeof next === 'string') return <Button onClick={() => onTake(next)}>{words.takeInstead(next)}</Button>
  return (
    <Button onClick={onRetry} loading={isRetrying}>
      {text.app.retry}
    </Button>
  )
}

function PlanView({ plan }: { readonly plan: Plan }): ReactNode {
  const now = useNow()
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {words.age(plan.backup.created_at, now)}, {words.size(plan.backup.size_bytes)}
      </Text>
      <Text>{words.means}</Text>
      {plan.live_problem !== null && (
        <Alert color="red" title={words.unreadable}>
          {words.unreadableHint(plan.live_problem)}
        </Alert>
      )}
      {plan.notices.length > 0 && (
        <Alert color="yellow">
          <List size="sm">
            {plan.notices.map((notice) => (
              <List.Item key={notice}>{notice}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      <Counts plan={plan} />
      {plan.files !== null && (
        <Text size="sm">{words.files(plan.files.turns, plan.files.missing, plan.files.unreadable)}</Text>
      )}
      <Changes plan={plan} />
    </Stack>
  )
}

function Counts({ plan }: { readonly plan: Plan }): ReactNode {
  const { columns } = words
  return (
    <Table.ScrollContainer minWidth={520} type="native">
      <Table aria-label={words.counts} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.counts}</Table.Th>
            <Table.Th className="number">{columns.now}</Table.Th>
            <Table.Th className="number">{columns.backup}</Table.Th>
            <Table.Th className="number">{columns.after}</Table.Th>
            <Table.Th aria-hidden />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {plan.counts.map((one) => (
            <Table.Tr key={one.subject}>
              <Table.Th scope="row" fw={400}>
                {words.subjects[one.subject]}
              </Table.Th>
              <Table.Td className="number">{words.count(one.now)}</Table.Td>
              <Table.Td className="number">{words.count(one.in_backup)}</Table.Td>
              <Table.Td className="number">
                <strong>{words.count(one.after)}</strong>
              </Table.Td>
              <Table.Td>
                <Text size="xs" c="dimmed">
                  {[
                    one.kept > 0 ? words.kept(one.kept) : '',
                    one.comes_back > 0 ? words.comesBack(one.comes_back) : '',
                  ]
                    .filter((part) => part !== '')
                    .join(', ')}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Changes({ plan }: { readonly plan: Plan }): ReactNode {
  const { changeColumns: columns } = words
  const hidden = plan.changes_total - plan.changes.length
  return (
    <div>
      <Text fw={600} size="sm">
        {words.changes(plan.changes_total)}
      </Text>
      {plan.changes.length > 0 && (
        // Long lists scroll: it must be reachable by keyboard.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reached by Tab
        <section className="scroll-table" tabIndex={0} aria-label={words.changes(plan.changes_total)}>
          <Table verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{columns.subject}</Table.Th>
                <Table.Th>{columns.now}</Table.Th>
                <Table.Th>{columns.after}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {plan.changes.map((one) => (
                <Table.Tr key={`${one.kind} ${one.subject} ${one.field}`}>
                  <Table.Td>
                    <PlainText text={words.change(words.kinds[one.kind], one.subject, one.field)} lines={2} />
                  </Table.Td>
                  <Table.Td>
                    <PlainText text={one.now ?? words.none} lines={2} />
                  </Table.Td>
                  <Table.Td>
                    <PlainText text={one.after ?? words.none} lines={2} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          {hidden > 0 && (
            <Text size="sm" c="dimmed">
              {words.more(hidden)}
            </Text>
          )}
        </section>
      )}
    </div>
  )
}

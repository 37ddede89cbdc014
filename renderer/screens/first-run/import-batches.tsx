import { Alert, Button, Stack, Table, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { Panel } from '../../components/panel.tsx'
import { formatCount } from '../../format.ts'
import { dateTime } from '../../text/figures.ts'
import { importBatchesText as words } from '../../text/import-batches.ts'

type Batch = OperationOutput<'imports.list'>['imports'][number]

/** Often enough that an undoing looks alive. */
const FOLLOW_MS = 500

const CAN_UNDO: readonly Batch['state'][] = ['done', 'cancelled', 'failed', 'interrupted']

/** The imports that have written, each with the way back. */
export function ImportBatches(): ReactNode {
  const [asked, setAsked] = useState<Batch | null>(null)
  const { data } = useWeirQuery(
    'imports.list',
    {},
    {
      refresh: (last) =>
        last?.imports.some((one) => one.undo !== null || one.state === 'undoing') ? FOLLOW_MS : false,
    },
  )
  if (data === undefined) return null
  return (
    <Panel title={words.title}>
      {data.imports.length === 0 ? (
        <Text c="dimmed">{words.empty}</Text>
      ) : (
        <div className="scroll-table">
          <Table verticalSpacing={5} aria-label={words.title}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.started}</Table.Th>
                <Table.Th>{words.source}</Table.Th>
                <Table.Th>{words.by}</Table.Th>
                <Table.Th className="number">{words.turns}</Table.Th>
                <Table.Th>{words.state}</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.imports.map((batch) => (
                <Row key={batch.id} batch={batch} onUndo={() => setAsked(batch)} />
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {asked !== null && <UndoDialog batch={asked} onClose={() => setAsked(null)} />}
    </Panel>
  )
}

function Row({ batch, onUndo }: { readonly batch: Batch; readonly onUndo: () => void }): ReactNode {
  const cancel = useWeirMutation('imports.cancelUndo')
  const started = dateTime(batch.started_at)
  return (
    <Table.Tr>
      <Table.Td>{started}</Table.Td>
      <Table.Td>{[batch.sessions_dir, batch.auth_db].filter((one) => one !== null).join(', ')}</Table.Td>
      <Table.Td>{batch.started_by}</Table.Td>
      <Table.Td className="number">{formatCount(batch.turns)}</Table.Td>
      <Table.Td>
        {words.stateOf(batch)}
        {batch.undo_error !== null && (
          <Text size="xs" c="red">
            {batch.undo_error}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {batch.undo === null && CAN_UNDO.includes(batch.state) && (
          <Button variant="default" size="compact-sm" aria-label={words.actOn(started)} onClick={onUndo}>
            {words.act}
          </Button>
        )}
        {batch.undo !== null && batch.undo.phase !== 'removing' && (
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => cancel.mutate({ id: batch.id }, { onError: showProblem })}
          >
            {words.stop}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

/** Says what would go and what stays before anything is done. */
function UndoDialog({ batch, onClose }: { readonly batch: Batch; readonly onClose: () => void }): ReactNode {
  const { data: plan, error } = useWeirQuery(
    'imports.undo',
    { id: batch.id, dry_run: true },
    { refresh: false, keepPrevious: false },
  )
  const undo = useWeirMutation('imports.undo')
  const go = (): void =>
    undo.mutate({ id: batch.id, confirm: batch.id }, { onSuccess: onClose, onError: showProblem })
  return (
    <ConfirmDialog
      title={words.ask}
      action={words.confirm}
      isRunning={undo.isPending}
      isReady={plan !== undefined && plan.blocked === null}
      onConfirm={go}
      onClose={onClose}
    >
      {plan === undefined ? (
        <Text>{error?.detail ?? words.counting}</Text>
      ) : (
        <Stack gap="xs">
          {plan.blocked !== null && <Alert color="yellow">{plan.blocked}</Alert>}
          <Text>{words.goes(plan.totals)}</Text>
          <Text>{words.rows(plan.totals)}</Text>
          {words.stays(plan.totals).map((line) => (
            <Text key={line}>{line}</Text>
          ))}
          <Text c="dimmed">{words.backup}</Text>
        </Stack>
      )}
    </ConfirmDialog>
  )
}

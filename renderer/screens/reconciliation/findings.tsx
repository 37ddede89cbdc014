import { Button, Checkbox, Group, Modal, Select, Stack, Table, Text, Textarea } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import {
  RECONCILIATION_STATUSES,
  type ReconciliationReport,
} from '../../../shared/contract/reconciliation.ts'
import { placeOf } from '../../../shared/reconciliation-report.ts'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { ExportMenu } from '../../components/export-menu.tsx'
import { pageRows } from '../../components/export-rows.ts'
import { Panel } from '../../components/panel.tsx'
import { text } from '../../text.ts'
import { FindingCells, FindingHeads } from './finding-cells.tsx'
import { isChoosable, type Status } from './use-reconciliation.ts'

const words = text.reconciliation

/** More rows make the page slow and are read by no one: the reports have all. */
const SHOWN_MAX = 500

interface FindingsProps {
  readonly report: ReconciliationReport
  readonly only: Status | undefined
  readonly onOnly: (status: Status | undefined) => void
}

/** Every finding, those of one kind when asked for, and the way to repair chosen ones. */
export function Findings({ report, only, onOnly }: FindingsProps): ReactNode {
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set())
  const [isAsked, setAsked] = useState(false)
  const rows = report.users
    .filter((user) => only === undefined || user.status === only)
    .flatMap((user) => user.findings.map((finding) => ({ user, finding })))
  const ids = rows
    .filter(({ finding }) => chosen.has(finding.id) && isChoosable(finding))
    .map(({ finding }) => finding.id)
  const toggle = (id: number): void =>
    setChosen((before) => {
      const next = new Set(before)
      if (!next.delete(id)) next.add(id)
      return next
    })
  const kinds = RECONCILIATION_STATUSES.filter((status) =>
    report.users.some((user) => user.status === status && user.findings.length > 0),
  )
  return (
    <Panel
      title={words.findings}
      unit={String(rows.length)}
      actions={
        <Group gap="sm">
          <Select
            aria-label={words.filter}
            size="xs"
            data={[
              { value: 'all', label: words.all },
              ...kinds.map((value) => ({ value, label: words.parts[value] })),
            ]}
            value={only ?? 'all'}
            onChange={(value) => onOnly(kinds.find((kind) => kind === value))}
            allowDeselect={false}
          />
          <ExportMenu
            name="findings"
            rows={pageRows(
              rows.map(({ user, finding }) => ({
                user_id: user.user_id,
                period: user.period,
                status: user.status,
                ...finding,
              })),
            )}
          />
          <Button size="xs" variant="default" disabled={ids.length === 0} onClick={() => setAsked(true)}>
            {words.repairChosen(ids.length)}
          </Button>
        </Group>
      }
    >
      <Stack gap="sm">
        {rows.length === 0 && <Text c="dimmed">{words.nothing}</Text>}
        <Table.ScrollContainer minWidth={960}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.columns.pick}</Table.Th>
                <FindingHeads />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.slice(0, SHOWN_MAX).map(({ user, finding }) => (
                <Table.Tr key={finding.id}>
                  <Table.Td>
                    {isChoosable(finding) && (
                      <Checkbox
                        checked={chosen.has(finding.id)}
                        onChange={() => toggle(finding.id)}
                        aria-label={words.choose(user.user_id, finding.session_id, placeOf(finding))}
                      />
                    )}
                  </Table.Td>
                  <FindingCells user={user} finding={finding} />
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        {rows.length > SHOWN_MAX && <Text size="sm">{words.more(rows.length - SHOWN_MAX)}</Text>}
      </Stack>
      <RepairDialog isOpen={isAsked} runId={report.run_id} ids={ids} onClose={() => setAsked(false)} />
    </Panel>
  )
}

interface RepairDialogProps {
  readonly isOpen: boolean
  readonly runId: string
  readonly ids: readonly number[]
  readonly onClose: () => void
}

/** Row by row with a reason: also what makes a number smaller. */
function RepairDialog({ isOpen, runId, ids, onClose }: RepairDialogProps): ReactNode {
  const [reason, setReason] = useState('')
  const repair = useWeirMutation('reconciliation.repair')
  const go = (): void =>
    repair.mutate(
      { run_id: runId, finding_ids: [...ids], reason: reason.trim() },
      {
        onSuccess: ({ repaired }) => {
          showDone(words.repaired(repaired))
          setReason('')
          onClose()
        },
        onError: showProblem,
      },
    )
  return (
    <Modal opened={isOpen} onClose={onClose} title={words.repairTitle(ids.length)} centered>
      <Stack gap="md">
        <Text>{words.repairHint}</Text>
        <Textarea
          label={words.reason}
          description={words.reasonHint}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose} data-autofocus>
            {text.app.cancel}
          </Button>
          <Button color="red" disabled={reason.trim() === ''} loading={repair.isPending} onClick={go}>
            {words.repairYes}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

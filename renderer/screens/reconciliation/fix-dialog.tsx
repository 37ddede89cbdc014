import { Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { text } from '../../text.ts'
import { FindingCells, FindingHeads } from './finding-cells.tsx'
import type { Finding, ReportUser } from './use-reconciliation.ts'

const words = text.reconciliation

/** As many as a person looks through; the rest is counted and in the report. */
const SHOWN_MAX = 100

interface FixDialogProps {
  readonly rows: readonly { readonly user: ReportUser; readonly finding: Finding }[]
  readonly thresholdPercent: number
  readonly period: string
  readonly onClose: () => void
}

/** What a fix would do, row by row, before and after; the word has to be typed (UX 4.0, level 2). */
export function FixDialog({ rows, thresholdPercent, period, onClose }: FixDialogProps): ReactNode {
  const start = useWeirMutation('reconciliation.start')
  const go = (): void =>
    start.mutate(
      { fix: true, threshold_percent: thresholdPercent, period },
      {
        onSuccess: () => {
          showDone(words.fixed)
          onClose()
        },
        onError: showProblem,
      },
    )
  return (
    <ConfirmDialog
      title={words.previewTitle(rows.length)}
      action={words.apply}
      isRunning={start.isPending}
      typed={{ word: words.word, label: words.typeName(words.word), hint: words.typeHint }}
      size="90rem"
      onConfirm={go}
      onClose={onClose}
    >
      <Text>{words.previewHint(thresholdPercent)}</Text>
      <Table.ScrollContainer minWidth={900} mah="50vh">
        <Table>
          <Table.Thead>
            <Table.Tr>
              <FindingHeads />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, SHOWN_MAX).map(({ user, finding }) => (
              <Table.Tr key={finding.id}>
                <FindingCells user={user} finding={finding} />
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {rows.length > SHOWN_MAX && <Text size="sm">{words.more(rows.length - SHOWN_MAX)}</Text>}
    </ConfirmDialog>
  )
}

import { Button, Group, Modal, Stack, Table, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { text } from '../../text.ts'
import { FindingCells, FindingHeads } from './finding-cells.tsx'
import type { Finding, ReportUser } from './use-reconciliation.ts'

const words = text.reconciliation

/** As many as a person looks through; the rest is counted and in the report. */
const SHOWN_MAX = 100

interface FixDialogProps {
  readonly isOpen: boolean
  readonly rows: readonly { readonly user: ReportUser; readonly finding: Finding }[]
  readonly thresholdPercent: number
  readonly period: string
  readonly onClose: () => void
}

/** What a fix would do, row by row, before and after; the word has to be typed (UX 4.0, level 2). */
export function FixDialog({ isOpen, rows, thresholdPercent, period, onClose }: FixDialogProps): ReactNode {
  const [typed, setTyped] = useState('')
  const start = useWeirMutation('reconciliation.start')
  const close = (): void => {
    setTyped('')
    onClose()
  }
  const go = (): void =>
    start.mutate(
      { fix: true, threshold_percent: thresholdPercent, period },
      {
        onSuccess: () => {
          showDone(words.fixed)
          close()
        },
        onError: showProblem,
      },
    )
  return (
    <Modal opened={isOpen} onClose={close} title={words.previewTitle(rows.length)} size="90rem" centered>
      <Stack gap="md">
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
        <TextInput
          label={words.typeName(words.word)}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          maw="16rem"
        />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={close} data-autofocus>
            {text.app.cancel}
          </Button>
          <Button color="red" disabled={typed !== words.word} loading={start.isPending} onClick={go}>
            {words.apply}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

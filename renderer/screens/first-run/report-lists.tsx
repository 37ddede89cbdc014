import { Stack, Table, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { formatCount } from '../../format.ts'
import { text } from '../../text.ts'
import type { ImportReport } from './use-import-run.ts'

/** Rows shown of a list of troubles; who has more repairs the cause, not the rows. The command line lists them all. */
const ROWS_SHOWN = 200

/** Files that were left out, each with the reason; nothing when there are none. */
export function UnreadableList({ files }: { readonly files: ImportReport['unreadable'] }): ReactNode {
  if (files.length === 0) return null
  return (
    <Trouble
      title={text.import.unreadableTitle(files.length)}
      hint={text.import.unreadableHint}
      heads={[text.import.file, text.import.reason]}
      rows={files.length}
    >
      {files.slice(0, ROWS_SHOWN).map((file) => (
        <Table.Tr key={file.path}>
          <Table.Td className="path">{file.path}</Table.Td>
          <Table.Td>{file.reason}</Table.Td>
        </Table.Tr>
      ))}
    </Trouble>
  )
}

/** Totals of the ledger that differ from the files; nothing when there are none. */
export function MismatchList({ mismatches }: { readonly mismatches: ImportReport['mismatches'] }): ReactNode {
  if (mismatches.length === 0) return null
  const words = text.import.mismatch
  return (
    <Trouble
      title={text.import.mismatchTitle(mismatches.length)}
      hint={text.import.mismatchHint}
      heads={[words.user, words.month, words.field, words.file, words.ledger]}
      rows={mismatches.length}
    >
      {mismatches.slice(0, ROWS_SHOWN).map((row) => (
        <Table.Tr key={`${row.user_id} ${row.period} ${row.field}`}>
          <Table.Td className="path">{row.user_id}</Table.Td>
          <Table.Td>{row.period}</Table.Td>
          <Table.Td>{row.field}</Table.Td>
          <Table.Td className="tabular">{formatCount(row.file_value)}</Table.Td>
          <Table.Td className="tabular">{formatCount(row.database_value)}</Table.Td>
        </Table.Tr>
      ))}
    </Trouble>
  )
}

interface TroubleProps {
  readonly title: string
  readonly hint: string
  readonly heads: readonly string[]
  /** How many there are, shown or not. */
  readonly rows: number
  readonly children: ReactNode
}

export function Trouble({ title, hint, heads, rows, children }: TroubleProps): ReactNode {
  return (
    <Stack gap={6} component="section">
      <Title order={3}>{title}</Title>
      <Text size="sm" c="dimmed">
        {hint}
      </Text>
      <div className="scroll-table">
        <Table verticalSpacing={5} aria-label={title}>
          <Table.Thead>
            <Table.Tr>
              {heads.map((head) => (
                <Table.Th key={head}>{head}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>{children}</Table.Tbody>
        </Table>
      </div>
      {rows > ROWS_SHOWN && (
        <Text size="sm" c="dimmed">
          {text.import.more(rows - ROWS_SHOWN)}
        </Text>
      )}
    </Stack>
  )
}

import { Button, Group, Stack, Table, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { downloadText } from '../../app/download.ts'
import { formatCount } from '../../format.ts'
import { text } from '../../text.ts'
import type { ImportReport } from './use-import-run.ts'

/** Who is at the top tells whether it is the right folder; the saved report has everybody. */
const ROWS_SHOWN = 50

/** Everybody the sources tell of: whom Weir knows, what they used, and whether it came back exactly. */
export function UserTable({ report }: { readonly report: ImportReport }): ReactNode {
  const words = text.import.people
  const rows = report.by_user
  if (rows.length === 0) return null
  const save = (): void =>
    downloadText('weir-import.json', `${JSON.stringify(report, null, 2)}\n`, 'application/json')
  return (
    <Stack gap={6} component="section">
      <Group justify="space-between">
        <Title order={3}>{words.title}</Title>
        <Button variant="default" size="compact-sm" onClick={save}>
          {words.save}
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        {words.hint(rows.filter((row) => row.username === null).length)}
      </Text>
      <div className="scroll-table">
        <Table verticalSpacing={5} aria-label={words.title}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.folder}</Table.Th>
              <Table.Th>{words.user}</Table.Th>
              {[words.turns, words.input, words.output].map((head) => (
                <Table.Th key={head} className="number">
                  {head}
                </Table.Th>
              ))}
              <Table.Th>{words.readBack}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, ROWS_SHOWN).map((row) => (
              <Table.Tr key={row.user_id}>
                <Table.Td className="path">{row.user_id}</Table.Td>
                <Table.Td>{row.username ?? words.isNew}</Table.Td>
                <Table.Td className="number">{formatCount(row.turns)}</Table.Td>
                <Table.Td className="number">{formatCount(row.input_tokens)}</Table.Td>
                <Table.Td className="number">{formatCount(row.output_tokens)}</Table.Td>
                <Table.Td>{words.exact(row.is_exact)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {rows.length > ROWS_SHOWN && (
        <Text size="sm" c="dimmed">
          {text.import.more(rows.length - ROWS_SHOWN)}
        </Text>
      )}
    </Stack>
  )
}

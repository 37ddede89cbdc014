import { Stack, Table, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { formatCount } from '../../format.ts'
import { text } from '../../text.ts'
import { Trouble } from './report-lists.tsx'
import type { ImportReport } from './use-import-run.ts'

type Report = NonNullable<ImportReport['auth_database']>
type LeftOut = Report['rejects'][number]

/** Rows shown of a list of troubles; the saved report has them all. */
const ROWS_SHOWN = 200

/** What an auth database brought, table by table, and what of it stays behind. */
export function AuthReport({ report }: { readonly report: Report }): ReactNode {
  const words = text.import.auth
  return (
    <Stack gap="sm">
      <Title order={3}>{words.title}</Title>
      <Text size="sm" className="path" c="dimmed">
        {report.file}
      </Text>
      <Text size="sm">{words.accuracy(report.accuracy_percent)}</Text>
      <TableTallies tables={report.tables} />
      <LeftOutList
        title={words.rejects(report.rejects.length)}
        hint={words.rejectsHint}
        rows={report.rejects}
      />
      <LeftOutList
        title={words.conflicts(report.conflicts.length)}
        hint={words.conflictsHint}
        rows={report.conflicts}
      />
      {report.not_taken.map((one) => (
        <Text key={one.table} size="sm" c="dimmed">
          {words.behind(one.table, one.rows, one.reason)}
        </Text>
      ))}
    </Stack>
  )
}

function TableTallies({ tables }: { readonly tables: Report['tables'] }): ReactNode {
  const words = text.import.auth
  return (
    <div className="scroll-table">
      <Table verticalSpacing={5} aria-label={words.title}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.what}</Table.Th>
            {[words.found, words.imported, words.there, words.conflicting, words.rejected].map((head) => (
              <Table.Th key={head} className="number">
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tables
            .filter((one) => one.found > 0)
            .map((one) => (
              <Table.Tr key={one.table}>
                <Table.Td>{words.tables[one.table] ?? one.table}</Table.Td>
                {[one.found, one.imported, one.already_there, one.conflicting, one.rejected].map(
                  (count, at) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: the columns are always the same
                    <Table.Td key={at} className="number">
                      {formatCount(count)}
                    </Table.Td>
                  ),
                )}
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

interface LeftOutListProps {
  readonly title: string
  readonly hint: string
  readonly rows: readonly LeftOut[]
}

function LeftOutList({ title, hint, rows }: LeftOutListProps): ReactNode {
  const words = text.import.auth
  if (rows.length === 0) return null
  return (
    <Trouble title={title} hint={hint} heads={[words.what, words.row, text.import.reason]} rows={rows.length}>
      {rows.slice(0, ROWS_SHOWN).map((one) => (
        <Table.Tr key={`${one.table} ${one.row} ${one.reason}`}>
          <Table.Td>{words.tables[one.table] ?? one.table}</Table.Td>
          <Table.Td className="path">{one.row}</Table.Td>
          <Table.Td>{one.reason}</Table.Td>
        </Table.Tr>
      ))}
    </Trouble>
  )
}

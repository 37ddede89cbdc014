import { Alert, Badge, Button, FileInput, Group, Modal, Progress, Stack, Table, Text } from '@mantine/core'
import { IconFileSpreadsheet } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { showDone } from '../../app/notify.ts'
import { PlainText } from '../../components/plain-text.tsx'
import { formatCount } from '../../format.ts'
import { accessText } from '../../text/access.ts'
import { appText } from '../../text/app.ts'
import { type ImportState, useUserImport } from './use-user-import.ts'

const text = accessText.import
type Report = OperationOutput<'users.import'>

/** More rows than these are not looked through in a dialog; the numbers say the rest. */
const ROWS_SHOWN = 200

/** Adds and changes users from a file, after a look at what each row would do. */
export function ImportUsers({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [file, setFile] = useState<File | null>(null)
  const work = useUserImport()
  const { report, progress, problem } = work.state
  const choose = (chosen: File | null): void => {
    setFile(chosen)
    if (chosen === null) work.reset()
    else work.look(chosen)
  }
  const affected = report === null ? 0 : report.new + report.changed
  const run = (): void => {
    if (file === null) return
    work.run(file, (done) => {
      showDone(text.done(done.new, done.changed))
      if (done.bad === 0) onClose()
      else work.look(file)
    })
  }
  return (
    <Modal opened onClose={onClose} title={text.title} size="xl" closeOnClickOutside={file === null}>
      <Stack gap="md">
        <Text size="sm">{text.hint}</Text>
        <FileInput
          label={text.file}
          placeholder={text.choose}
          accept=".csv,text/csv"
          leftSection={<IconFileSpreadsheet size={16} aria-hidden />}
          value={file}
          onChange={choose}
          clearable
          data-autofocus
        />
        {problem !== null && <Alert color="red">{problem}</Alert>}
        {progress !== null && <Working progress={progress} />}
        {report !== null && progress === null && <ReportView report={report} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {appText.cancel}
          </Button>
          <Button disabled={affected === 0 || progress !== null} onClick={run}>
            {text.run(affected)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function Working({ progress }: { readonly progress: NonNullable<ImportState['progress']> }): ReactNode {
  const { done, all } = progress
  return (
    <div role="status">
      <Text size="sm">{text.reading(Math.min(done + 1, all), all)}</Text>
      <Progress value={(100 * done) / all} aria-label={text.title} />
    </div>
  )
}

function ReportView({ report }: { readonly report: Report }): ReactNode {
  const counts = [
    { label: text.new, count: report.new, color: 'teal' },
    { label: text.changed, count: report.changed, color: 'river' },
    { label: text.same, count: report.same, color: 'gray' },
    { label: text.bad, count: report.bad, color: report.bad === 0 ? 'gray' : 'red' },
  ]
  // What needs a person comes first.
  const rows = [...report.rows].sort((a, b) => Number(b.result === 'bad') - Number(a.result === 'bad'))
  return (
    <Stack gap="sm">
      <Group gap="xs" role="status">
        {counts.map(({ label, count, color }) => (
          <Badge key={label} variant="light" color={color} size="lg" tt="none" c="inherit">
            {label}: {formatCount(count)}
          </Badge>
        ))}
      </Group>
      {report.ignored_columns.length > 0 && (
        <Text size="sm" c="dimmed">
          {text.ignored(report.ignored_columns.join(', '))}
        </Text>
      )}
      {report.bad > 0 && <Text size="sm">{text.badLeft}</Text>}
      {rows.length === 0 ? (
        <Text>{text.nothing}</Text>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="scroll-table" tabIndex={0} aria-label={text.rows}>
          <Table verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th className="number">{text.line}</Table.Th>
                <Table.Th>{text.id}</Table.Th>
                <Table.Th>{text.what}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.slice(0, ROWS_SHOWN).map((row) => (
                <Table.Tr key={`${row.line} ${row.id}`}>
                  <Table.Td className="number">{formatCount(row.line)}</Table.Td>
                  <Table.Td maw={220}>
                    <PlainText text={row.id ?? ''} />
                  </Table.Td>
                  <Table.Td>{whatHappens(row)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
      {rows.length > ROWS_SHOWN && <Text size="sm">{text.more(rows.length - ROWS_SHOWN)}</Text>}
    </Stack>
  )
}

function whatHappens(row: Report['rows'][number]): ReactNode {
  if (row.result === 'bad') return <span className="blocks">{row.reason}</span>
  if (row.result === 'new') return <PlainText text={text.isNew(row.username ?? '')} />
  const shown = (value: string | null): string => (value === null || value === '' ? text.empty : value)
  return row.changes.map(({ column, before, after }) => (
    <div key={column}>
      <PlainText text={text.change(column, shown(before), shown(after))} />
    </div>
  ))
}

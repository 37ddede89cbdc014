import { Checkbox, Group, SegmentedControl, Stack, Table, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { PlainText } from '../../components/plain-text.tsx'
import { formatCount, formatPercent } from '../../format.ts'
import { priceImportText as text } from '../../text/price-import.ts'
import type { ImportReport, ImportRow } from './use-price-import.ts'

/** More rows than these are not looked through at once; a search finds the others. */
const ROWS_SHOWN = 200

type Shown = 'changed' | 'new' | 'unusable'

/** What `ImportDiff` takes. */
export interface ImportDiffProps {
  readonly report: ImportReport
  /** Names of the entries that will be taken over. */
  readonly chosen: ReadonlySet<string>
  readonly onChoose: (names: ReadonlySet<string>) => void
}

/** The entries of a price file that differ from what counts, each to be taken or left. */
export function ImportDiff({ report, chosen, onChoose }: ImportDiffProps): ReactNode {
  const [shown, setShown] = useState<Shown>(report.changed > 0 || report.new === 0 ? 'changed' : 'new')
  const [search, setSearch] = useState('')
  const rows = report.rows.filter((row) => row.result === shown && matches(row, search))
  const isNothing = report.changed + report.new === 0
  return (
    <Stack gap="sm">
      <Group gap="sm" justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={text.show}
          data={(['changed', 'new', 'unusable'] as const).map((kind) => ({
            value: kind,
            label: `${text.counts[kind]}: ${formatCount(report[kind])}`,
          }))}
          value={shown}
          onChange={setShown}
        />
        <Text size="sm" c="dimmed" role="status">
          {`${text.counts.same}: ${formatCount(report.same)}. ${text.chosen(chosen.size)}.`}
        </Text>
        <TextInput
          size="xs"
          w={220}
          aria-label={text.search}
          placeholder={text.search}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      </Group>
      {isNothing && <Text>{text.nothing}</Text>}
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {text.noRows}
        </Text>
      ) : (
        <Rows rows={rows} chosen={chosen} onChoose={onChoose} isUsable={shown !== 'unusable'} />
      )}
      {rows.length > ROWS_SHOWN && (
        <Text size="sm" c="dimmed">
          {text.cut(ROWS_SHOWN, rows.length)}
        </Text>
      )}
    </Stack>
  )
}

function matches(row: ImportRow, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const all = `${row.name} ${row.provider ?? ''} ${row.model ?? ''}`.toLowerCase()
  return words.every((word) => all.includes(word))
}

interface RowsProps extends Pick<ImportDiffProps, 'chosen' | 'onChoose'> {
  readonly rows: readonly ImportRow[]
  readonly isUsable: boolean
}

function Rows({ rows, chosen, onChoose, isUsable }: RowsProps): ReactNode {
  const { columns } = text
  const taken = rows.filter((row) => chosen.has(row.name)).length
  const choose = (names: readonly string[], isTaken: boolean): void => {
    const next = new Set(chosen)
    for (const name of names) {
      if (isTaken) next.add(name)
      else next.delete(name)
    }
    onChoose(next)
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="scroll-table" tabIndex={0} aria-label={text.table}>
      <Table verticalSpacing={4} miw={720}>
        <Table.Thead>
          <Table.Tr>
            {isUsable && (
              <Table.Th w={40}>
                <Checkbox
                  size="xs"
                  aria-label={text.takeAll}
                  checked={taken === rows.length}
                  indeterminate={taken > 0 && taken < rows.length}
                  onChange={() =>
                    choose(
                      rows.map((row) => row.name),
                      taken < rows.length,
                    )
                  }
                />
              </Table.Th>
            )}
            <Table.Th>{columns.model}</Table.Th>
            {isUsable ? <FigureHeads /> : <Table.Th>{columns.reason}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.slice(0, ROWS_SHOWN).map((row) => (
            <Table.Tr key={row.name}>
              {isUsable && (
                <Table.Td>
                  <Checkbox
                    size="xs"
                    aria-label={text.takeRow(row.name)}
                    checked={chosen.has(row.name)}
                    onChange={(event) => choose([row.name], event.currentTarget.checked)}
                  />
                </Table.Td>
              )}
              <Table.Td maw={300}>
                <PlainText text={row.model === null ? row.name : `${row.model} · ${row.provider}`} />
                <Remarks row={row} />
              </Table.Td>
              {isUsable ? <Figures row={row} /> : <Table.Td>{row.reason}</Table.Td>}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

function FigureHeads(): ReactNode {
  const { columns, unit } = text
  return (
    <>
      <Table.Th className="number" title={unit}>
        {columns.before}
      </Table.Th>
      <Table.Th className="number" title={unit}>
        {columns.after}
      </Table.Th>
      <Table.Th className="number">{columns.change}</Table.Th>
    </>
  )
}

function Remarks({ row }: { readonly row: ImportRow }): ReactNode {
  const remarks = [...(row.has_steps ? [text.steps] : []), ...(row.overridden ? [text.overridden] : [])]
  if (remarks.length === 0) return null
  return (
    <Text size="xs" c="dimmed">
      {remarks.join('; ')}
    </Text>
  )
}

function Figures({ row }: { readonly row: ImportRow }): ReactNode {
  const { change_percent: change } = row
  return (
    <>
      <Table.Td className="number tabular nowrap">{figuresOf(row.before)}</Table.Td>
      <Table.Td className="number tabular nowrap">{figuresOf(row.after)}</Table.Td>
      <Table.Td className="number tabular nowrap">
        {change === null ? text.none : `${change > 0 ? '+' : ''}${formatPercent(change)}`}
      </Table.Td>
    </>
  )
}

function figuresOf(figures: ImportRow['after']): string {
  if (figures === null) return text.none
  return text.figures(
    figures.input_usd_per_million,
    figures.output_usd_per_million,
    figures.cached_input_usd_per_million,
  )
}

import { Alert, Button, Group, SegmentedControl, Skeleton, Stack, Table, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { QueryStates } from '../../components/query-states.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { formatCount, formatPercent } from '../../format.ts'
import { dateTime } from '../../text/figures.ts'
import { priceCatalogueText as text } from '../../text/price-catalogue.ts'
import { priceImportText } from '../../text/price-import.ts'

type Report = OperationOutput<'prices.updateCatalogue'>
type Row = Report['rows'][number]

/** More rows than these nobody looks through; those in use stand first. */
const ROWS_SHOWN = 200

/** Which catalogue counts, and the way to a newer one this Weir comes with. */
export function CatalogueUpdate({
  catalogue,
}: {
  readonly catalogue: OperationOutput<'prices.list'>['catalogue']
}): ReactNode {
  const [isOpen, setOpen] = useState(false)
  const { version, bundled_version: bundled, prices } = catalogue
  return (
    <>
      <Text size="sm" c="dimmed" mb="xs">
        {text.inForce(version ?? text.none, prices)}
      </Text>
      {version !== bundled && (
        <Alert color="blue" mb="sm" title={text.newer(bundled)}>
          <Group justify="space-between" gap="sm">
            <Text size="sm">{text.newerWhy}</Text>
            <Button size="xs" onClick={() => setOpen(true)}>
              {text.look}
            </Button>
          </Group>
        </Alert>
      )}
      {isOpen && <UpdateDialog onClose={() => setOpen(false)} />}
    </>
  )
}

function UpdateDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const query = useSettledQuery(
    useWeirQuery('prices.updateCatalogue', { dry_run: true }, { refresh: false, keepPrevious: false }),
  )
  const update = useWeirMutation('prices.updateCatalogue')
  const run = (): void =>
    update.mutate(
      {},
      {
        onError: showProblem,
        onSuccess: ({ to_version }) => {
          onClose()
          showDone(text.done(to_version))
        },
      },
    )
  return (
    <ConfirmDialog
      title={text.title}
      action={text.run}
      size="72rem"
      isRunning={update.isPending}
      isReady={query.data !== undefined}
      onClose={onClose}
      onConfirm={run}
    >
      <Text size="sm">{text.hint}</Text>
      <QueryStates query={query} skeleton={<Skeleton height={260} />}>
        {(report) => <CatalogueDiff report={report} />}
      </QueryStates>
    </ConfirmDialog>
  )
}

function CatalogueDiff({ report }: { readonly report: Report }): ReactNode {
  const first = (['changed', 'new', 'removed'] as const).find((kind) => report[kind] > 0) ?? 'changed'
  const [shown, setShown] = useState<Row['result']>(first)
  const rows = report.rows.filter((row) => row.result === shown)
  return (
    <Stack gap="sm">
      <Text size="sm">{text.versions(report.from_version ?? text.none, report.to_version)}</Text>
      <Group gap="sm" justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={text.show}
          data={(['changed', 'new', 'removed'] as const).map((kind) => ({
            value: kind,
            label: `${text.counts[kind]}: ${formatCount(report[kind])}`,
          }))}
          value={shown}
          onChange={setShown}
        />
        <Text size="sm" c="dimmed">
          {`${text.counts.same}: ${formatCount(report.same)}`}
        </Text>
      </Group>
      {report.rows.length === 0 ? (
        <Text>{text.nothing}</Text>
      ) : rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {text.noRows}
        </Text>
      ) : (
        <Rows rows={rows} />
      )}
      {rows.length > ROWS_SHOWN && (
        <Text size="sm" c="dimmed">
          {text.cut(ROWS_SHOWN, rows.length)}
        </Text>
      )}
    </Stack>
  )
}

function Rows({ rows }: { readonly rows: readonly Row[] }): ReactNode {
  const { columns } = text
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="scroll-table" tabIndex={0} aria-label={text.table}>
      <Table verticalSpacing={4} miw={720}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.model}</Table.Th>
            {[columns.before, columns.after, columns.change, columns.turns].map((head) => (
              <Table.Th key={head} className="number" title={priceImportText.unit}>
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.slice(0, ROWS_SHOWN).map((row) => (
            <CatalogueRow key={`${row.provider} ${row.model_pattern} ${row.valid_from}`} row={row} />
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

function CatalogueRow({ row }: { readonly row: Row }): ReactNode {
  const { change_percent: change, valid_from: from } = row
  const remarks = [
    ...(from === null ? [] : [text.from(dateTime(from).slice(0, 10))]),
    ...(row.has_steps ? [priceImportText.steps] : []),
  ]
  return (
    <Table.Tr>
      <Table.Td maw={300}>
        <PlainText text={`${row.model_pattern} · ${row.provider}`} />
        {remarks.length > 0 && (
          <Text size="xs" c="dimmed">
            {remarks.join('; ')}
          </Text>
        )}
      </Table.Td>
      <Table.Td className="number tabular nowrap">{figuresOf(row.before)}</Table.Td>
      <Table.Td className="number tabular nowrap">{figuresOf(row.after)}</Table.Td>
      <Table.Td className="number tabular nowrap">
        {change === null ? priceImportText.none : `${change > 0 ? '+' : ''}${formatPercent(change)}`}
      </Table.Td>
      <Table.Td className="number tabular">{formatCount(row.turns_this_month)}</Table.Td>
    </Table.Tr>
  )
}

function figuresOf(figures: Row['after']): string {
  if (figures === null) return priceImportText.none
  return priceImportText.figures(
    figures.input_usd_per_million,
    figures.output_usd_per_million,
    figures.cached_input_usd_per_million,
  )
}

import { Anchor, Group, SegmentedControl, Table, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { percentOf } from '../../../shared/units.ts'
import { ExportMenu } from '../../components/export-menu.tsx'
import { Panel } from '../../components/panel.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { formatCount, formatMoney, formatMoneyExact, formatPercent, formatTokens } from '../../format.ts'
import { costsText } from '../../text/costs.ts'
import { costRows } from './cost-export.ts'
import type { Costs, CostsView } from './costs-search.ts'

const text = costsText.breakdown

type By = 'provider' | 'model' | 'user'

interface CostRow {
  readonly id: string
  readonly name: ReactNode
  /** Whose price counts for it; null where that is no question. */
  readonly source: keyof typeof costsText.sources | null
  readonly turns: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cost_usd: number
}

/** The costs of the range by provider, model or user, the dearest first. */
export function CostBreakdown({ data, view, onView }: CostsView & { readonly data: Costs }): ReactNode {
  const by = view.by ?? 'model'
  const rows = useRows(data, by)
  return (
    <Panel
      title={`${text.by} ${text[by].toLowerCase()}`}
      actions={
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            aria-label={text.by}
            data={(['provider', 'model', 'user'] as const).map((value) => ({ value, label: text[value] }))}
            value={by}
            onChange={(value) => onView({ by: value === 'model' ? undefined : value })}
          />
          <ExportMenu isMain name={`costs-${data.range}`} rows={async () => costRows(data, by)} />
        </Group>
      }
    >
      <Table.ScrollContainer minWidth={700}>
        <Table verticalSpacing={6} highlightOnHover aria-label={`${text.by} ${text[by].toLowerCase()}`}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{text[by]}</Table.Th>
              <Table.Th className="number">{text.cost}</Table.Th>
              <Table.Th className="number">{text.share}</Table.Th>
              <Table.Th className="number">{text.turns}</Table.Th>
              <Table.Th className="number">{text.tokensIn}</Table.Th>
              <Table.Th className="number">{text.tokensOut}</Table.Th>
              {by === 'model' && <Table.Th>{text.price}</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Row key={row.id} row={row} total={data.totals.cost_usd} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {by === 'user' && data.users_count > data.users.length && (
        <Text size="sm" c="dimmed">
          {text.usersMore(formatCount(data.users.length), formatCount(data.users_count))}
        </Text>
      )}
    </Panel>
  )
}

function Row({ row, total }: { readonly row: CostRow; readonly total: number }): ReactNode {
  return (
    <Table.Tr>
      <Table.Td maw={320}>{row.name}</Table.Td>
      <Table.Td className="number tabular" title={formatMoneyExact(row.cost_usd)}>
        {formatMoney(row.cost_usd)}
      </Table.Td>
      <Table.Td className="number tabular">{formatPercent(percentOf(row.cost_usd, total))}</Table.Td>
      <Table.Td className="number tabular">{formatCount(row.turns)}</Table.Td>
      <Table.Td className="number tabular" title={formatCount(row.input_tokens)}>
        {formatTokens(row.input_tokens)}
      </Table.Td>
      <Table.Td className="number tabular" title={formatCount(row.output_tokens)}>
        {formatTokens(row.output_tokens)}
      </Table.Td>
      {row.source !== null && <Table.Td>{costsText.sources[row.source]}</Table.Td>}
    </Table.Tr>
  )
}

function useRows(data: Costs, by: By): readonly CostRow[] {
  const navigate = useNavigate()
  if (by === 'provider') {
    return data.providers.map((row) => ({
      ...row,
      id: row.provider,
      name: <PlainText text={row.provider} />,
      source: null,
    }))
  }
  if (by === 'model') {
    return data.models.map((row) => ({
      ...row,
      id: `${row.provider}\n${row.model}`,
      name: <PlainText text={`${row.model} · ${row.provider}`} />,
      source: row.price_source,
    }))
  }
  return data.users.map((row) => ({
    ...row,
    id: row.user_id,
    name: (
      <Anchor
        component="button"
        type="button"
        fz="inherit"
        maw="100%"
        aria-label={text.openUser(row.username)}
        onClick={() => void navigate({ to: '/dashboard', search: { user: row.user_id } })}
      >
        <PlainText text={row.username} />
      </Anchor>
    ),
    source: null,
  }))
}

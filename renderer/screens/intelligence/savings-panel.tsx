import { Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Panel } from '../../components/panel.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { formatCount, formatMoney, formatMoneyExact, formatPeriod, formatTokens } from '../../format.ts'
import { intelligenceText } from '../../text/intelligence.ts'
import type { Intelligence } from './intelligence-search.ts'

const text = intelligenceText.models

/** Saved and lost by model, with the price that was used. */
export function SavingsPanel({ data }: { readonly data: Intelligence }): ReactNode {
  return (
    <Panel title={text.title} unit={text.unit(formatPeriod(data.range))}>
      {data.models.length === 0 ? (
        <Text size="sm" c="dimmed">
          {text.none}
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={620}>
          <Table verticalSpacing={6} highlightOnHover aria-label={text.title}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{text.model}</Table.Th>
                <Table.Th className="number">{text.turns}</Table.Th>
                <Table.Th className="number">{text.saved}</Table.Th>
                <Table.Th className="number">{text.lost}</Table.Th>
                <Table.Th className="number">{text.costSaved}</Table.Th>
                <Table.Th className="number">{text.costLost}</Table.Th>
                <Table.Th className="number">
                  {text.price} <span title={text.priceUnit}>({text.priceUnit})</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.models.map((row) => (
                <Table.Tr key={`${row.provider}\n${row.model}`}>
                  <Table.Td maw={280}>
                    <PlainText text={`${row.model} · ${row.provider}`} />
                  </Table.Td>
                  <Table.Td className="number tabular">{formatCount(row.rag_guided_turns)}</Table.Td>
                  <Tokens count={row.tokens_saved} />
                  <Tokens count={row.tokens_lost} />
                  <Money usd={row.cost_saved_usd} />
                  <Money usd={row.cost_lost_usd} />
                  <Money usd={row.usd_per_million} />
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Panel>
  )
}

function Tokens({ count }: { readonly count: number }): ReactNode {
  return (
    <Table.Td className="number tabular" title={formatCount(count)}>
      {formatTokens(count)}
    </Table.Td>
  )
}

function Money({ usd }: { readonly usd: number | null }): ReactNode {
  return (
    <Table.Td className="number tabular" title={usd === null ? undefined : formatMoneyExact(usd)}>
      {usd === null ? '' : formatMoney(usd)}
    </Table.Td>
  )
}

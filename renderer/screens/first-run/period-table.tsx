import { Table } from '@mantine/core'
import type { ReactNode } from 'react'
import { formatCount } from '../../format.ts'
import { text } from '../../text.ts'
import type { ImportReport } from './use-import-run.ts'

type PeriodTotals = ImportReport['periods'][number]

/** Totals of the files per month, newest first, with a line for all of them. */
export function PeriodTable({ periods }: { readonly periods: readonly PeriodTotals[] }): ReactNode {
  if (periods.length === 0) return null
  const words = text.import.months
  const newestFirst = periods.toSorted((one, other) => (one.period < other.period ? 1 : -1))
  return (
    <div className="scroll-table">
      <Table verticalSpacing={6} highlightOnHover aria-label={words.caption}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.month}</Table.Th>
            {[words.users, words.turns, words.input, words.output, words.cost].map((head) => (
              <Table.Th key={head} className="number">
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {newestFirst.map((totals) => (
            <Table.Tr key={totals.period}>
              <Table.Td>{totals.period}</Table.Td>
              <Table.Td className="number">{formatCount(totals.users)}</Table.Td>
              <Sums totals={totals} />
            </Table.Tr>
          ))}
        </Table.Tbody>
        {periods.length > 1 && (
          <Table.Tfoot>
            <Table.Tr>
              <Table.Th>{words.all}</Table.Th>
              {/* A user is in several months, so their number does not add up. */}
              <Table.Td />
              <Sums totals={sumOf(periods)} />
            </Table.Tr>
          </Table.Tfoot>
        )}
      </Table>
    </div>
  )
}

type Summed = Omit<PeriodTotals, 'period' | 'users'>

function Sums({ totals }: { readonly totals: Summed }): ReactNode {
  return (
    <>
      <Table.Td className="number">{formatCount(totals.turns)}</Table.Td>
      <Table.Td className="number">{formatCount(totals.input_tokens)}</Table.Td>
      <Table.Td className="number">{formatCount(totals.output_tokens)}</Table.Td>
      <Table.Td className="number">{text.import.cost(totals.cost_usd)}</Table.Td>
    </>
  )
}

function sumOf(periods: readonly PeriodTotals[]): Summed {
  const sum = { turns: 0, input_tokens: 0, output_tokens: 0, cost_usd: 0 }
  for (const totals of periods) {
    sum.turns += totals.turns
    sum.input_tokens += totals.input_tokens
    sum.output_tokens += totals.output_tokens
    sum.cost_usd += totals.cost_usd
  }
  return sum
}

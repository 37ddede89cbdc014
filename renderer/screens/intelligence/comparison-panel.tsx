import { Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Panel } from '../../components/panel.tsx'
import { formatCount, formatDuration, formatPercent, formatPeriod } from '../../format.ts'
import { intelligenceText } from '../../text/intelligence.ts'
import type { Intelligence } from './intelligence-search.ts'

const text = intelligenceText.comparison

type Side = Intelligence['comparison']['with_retrieval']

interface Row {
  readonly name: string
  readonly values: readonly [string, string]
  readonly difference: string
}

/** Guided turns beside the others. What could be chance is shown, but not as a difference. */
export function ComparisonPanel({ data }: { readonly data: Intelligence }): ReactNode {
  const { comparison } = data
  return (
    <Panel title={text.title} unit={text.unit(formatPeriod(data.range))}>
      <Table.ScrollContainer minWidth={520}>
        <Table verticalSpacing={6} aria-label={text.title}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{text.figure}</Table.Th>
              <Table.Th className="number">{text.with}</Table.Th>
              <Table.Th className="number">{text.without}</Table.Th>
              <Table.Th className="number">{text.difference}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rowsOf(comparison).map((row) => (
              <Table.Tr key={row.name}>
                <Table.Th scope="row" fw={500}>
                  {row.name}
                </Table.Th>
                <Table.Td className="number tabular">{row.values[0]}</Table.Td>
                <Table.Td className="number tabular">{row.values[1]}</Table.Td>
                <Table.Td className="number tabular">{row.difference}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="sm" c="dimmed" mt={6}>
        {comparison.is_comparable ? text.caution : text.tooFew(formatCount(comparison.turns_min))}
      </Text>
      {data.unmeasured_turns === 0 ? null : (
        <Text size="sm" c="dimmed">
          {text.unmeasured(formatCount(data.unmeasured_turns))}
        </Text>
      )}
    </Panel>
  )
}

function rowsOf(comparison: Intelligence['comparison']): readonly Row[] {
  const { with_retrieval: guided, without_retrieval: others } = comparison
  const median = (name: string, of: (side: Side) => number | null): Row => ({
    name,
    values: [medianText(of(guided)), medianText(of(others))],
    difference: comparison.is_comparable ? relative(of(guided), of(others)) : '',
  })
  return [
    { name: text.turns, values: [formatCount(guided.turns), formatCount(others.turns)], difference: '' },
    median(text.totalTokens, (side) => side.median_total_tokens),
    median(text.outputTokens, (side) => side.median_output_tokens),
    {
      name: text.success,
      values: [successText(guided), successText(others)],
      difference: comparison.is_comparable ? pointsText(guided.success_percent - others.success_percent) : '',
    },
    {
      name: text.duration,
      values: [durationText(guided), durationText(others)],
      difference: comparison.is_duration_comparable
        ? relative(guided.median_duration_ms, others.median_duration_ms)
        : guided.timed_turns + others.timed_turns === 0
          ? ''
          : text.tooFewTimed,
    },
  ]
}

function medianText(value: number | null): string {
  return value === null ? text.notMeasured : formatCount(Math.round(value))
}

function successText(side: Side): string {
  if (side.turns === 0) return text.notMeasured
  const share = formatPercent(side.success_percent)
  return `${share} (${text.successOf(formatCount(side.successful_turns), formatCount(side.turns))})`
}

function durationText(side: Side): string {
  if (side.median_duration_ms === null) return text.notMeasured
  return `${formatDuration(side.median_duration_ms)} (${text.timed(formatCount(side.timed_turns))})`
}

/** How much less or more the first is, in percent of the second. */
function relative(guided: number | null, others: number | null): string {
  if (guided === null || others === null || others === 0) return ''
  const percent = ((guided - others) / others) * 100
  if (Math.abs(percent) < 0.05) return text.same
  return percent < 0 ? text.less(formatPercent(-percent)) : text.more(formatPercent(percent))
}

function pointsText(points: number): string {
  if (Math.abs(points) < 0.05) return text.same
  return text.points(Math.abs(points).toFixed(1), points > 0)
}

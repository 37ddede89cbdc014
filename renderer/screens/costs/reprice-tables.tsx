import { Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { PlainText } from '../../components/plain-text.tsx'
import { formatCount, formatMoneyExact, formatPeriod } from '../../format.ts'
import { costsText } from '../../text/costs.ts'
import { repriceText as text } from '../../text/reprice.ts'
import type { RepricePlan } from './use-reprice.ts'

interface PlanPart {
  readonly plan: RepricePlan
}

/** What each model of the month would cost. */
export function ModelChanges({ plan }: PlanPart): ReactNode {
  return (
    <>
      <Changes
        label={text.tabs.models}
        first={text.columns.model}
        rows={plan.models.map((row) => ({
          ...row,
          id: `${row.provider}\n${row.model}`,
          name: `${row.model} · ${row.provider}`,
          source: costsText.sources[row.price_source],
        }))}
      />
      <More shown={plan.models.length} all={plan.models_count} />
    </>
  )
}

/** What each user of the month would have cost. */
export function UserChanges({ plan }: PlanPart): ReactNode {
  return (
    <>
      <Changes
        label={text.tabs.users}
        first={text.columns.user}
        rows={plan.users.map((row) => ({ ...row, id: row.user_id, name: row.username }))}
      />
      <More shown={plan.users.length} all={plan.users_count} />
    </>
  )
}

/** What closed months would cost; they stay as they are. */
export function ClosedMonths({ plan }: PlanPart): ReactNode {
  if (plan.closed.length === 0) {
    return (
      <Text size="sm" c="dimmed" py="xs">
        {text.noClosed}
      </Text>
    )
  }
  return (
    <>
      <Text size="sm" c="dimmed">
        {text.closedHint}
      </Text>
      <Changes
        label={text.tabs.closed}
        first={text.columns.month}
        rows={plan.closed.map((row) => ({ ...row, id: row.period, name: formatPeriod(row.period) }))}
      />
    </>
  )
}

function More({ shown, all }: { readonly shown: number; readonly all: number }): ReactNode {
  if (shown === all) return null
  return (
    <Text size="sm" c="dimmed" mt="xs">
      {text.more(shown, all)}
    </Text>
  )
}

interface ChangeRow {
  readonly id: string
  readonly name: string
  readonly changed_turns: number
  readonly before_usd: number
  readonly after_usd: number
  readonly source?: string
}

interface ChangesProps {
  readonly label: string
  readonly first: string
  readonly rows: readonly ChangeRow[]
}

function Changes({ label, first, rows }: ChangesProps): ReactNode {
  const { columns } = text
  const hasSource = rows.some((row) => row.source !== undefined)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="scroll-table" tabIndex={0} aria-label={label}>
      <Table verticalSpacing={4} miw={640}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{first}</Table.Th>
            <Table.Th className="number">{columns.turns}</Table.Th>
            <Table.Th className="number">{columns.before}</Table.Th>
            <Table.Th className="number">{columns.after}</Table.Th>
            <Table.Th className="number">{columns.change}</Table.Th>
            {hasSource && <Table.Th>{columns.source}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.id}>
              <Table.Td maw={280}>
                <PlainText text={row.name} />
              </Table.Td>
              <Table.Td className="number tabular">{formatCount(row.changed_turns)}</Table.Td>
              <Table.Td className="number tabular">{formatMoneyExact(row.before_usd)}</Table.Td>
              <Table.Td className="number tabular">{formatMoneyExact(row.after_usd)}</Table.Td>
              <Table.Td className="number tabular nowrap">
                {text.signed(roundedDifference(row))} ({text.percent(row.before_usd, row.after_usd)})
              </Table.Td>
              {hasSource && <Table.Td>{row.source}</Table.Td>}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

/** To the micro-dollar: what is subtracted are decimals, which binary fractions only come close to. */
function roundedDifference({ before_usd, after_usd }: ChangeRow): number {
  return Math.round((after_usd - before_usd) * 1e6) / 1e6
}

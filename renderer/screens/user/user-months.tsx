import { Skeleton, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { useWeirClient } from '../../app/client-context.tsx'
import { unwrap, useWeirQuery } from '../../app/queries.ts'
import { ExportMenu } from '../../components/export-menu.tsx'
import { QueryPanel } from '../../components/panel.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { formatCount, formatMoney, formatMoneyExact, formatPeriodShort, formatTokens } from '../../format.ts'
import { userText } from '../../text/user.ts'

type Month = OperationOutput<'consumption.history'>['periods'][number]

const text = userText.months
/** A year at a glance; the report has all of them. */
const MONTHS_SHOWN = 12
/** A century; the most the server gives. */
const MONTHS_MAX = 1200

/** The closed months of a user, as they were archived. */
export function UserMonths({ userId }: { readonly userId: string }): ReactNode {
  const client = useWeirClient()
  const query = useSettledQuery(
    useWeirQuery('consumption.history', { user_id: userId, limit: MONTHS_SHOWN }, { keepPrevious: false }),
    userId,
  )
  const all = async () => {
    const { periods } = await unwrap(
      client.call('consumption.history', { user_id: userId, limit: MONTHS_MAX }),
    )
    return { rows: periods, totalCount: periods.length }
  }
  return (
    <QueryPanel
      title={text.title}
      unit={text.unit}
      query={query}
      skeleton={<Skeleton height={80} />}
      actions={<ExportMenu name={`months-${userId}`} rows={all} />}
    >
      {({ periods }) =>
        periods.length === 0 ? (
          <Text size="sm" c="dimmed">
            {text.none}
          </Text>
        ) : (
          <Months months={periods} />
        )
      }
    </QueryPanel>
  )
}

function Months({ months }: { readonly months: readonly Month[] }): ReactNode {
  return (
    <Table.ScrollContainer minWidth={620} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing={5} aria-label={text.title}>
        <Table.Thead>
          <Table.Tr>
            {Object.entries(text.columns).map(([key, label]) => (
              <Table.Th key={key} scope="col" ta={key === 'month' || key === 'limits' ? 'left' : 'right'}>
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {months.map((month) => (
            <MonthRow key={month.period} month={month} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function MonthRow({ month }: { readonly month: Month }): ReactNode {
  const adjusted = month.adjustment_turns
  return (
    <Table.Tr>
      <Table.Td className="nowrap">
        {formatPeriodShort(month.period)}
        {adjusted === 0 ? null : (
          <Text size="xs" c="dimmed">
            {text.adjusted(adjusted)}
          </Text>
        )}
      </Table.Td>
      <Table.Td className="number">{formatCount(month.total_turns)}</Table.Td>
      <Table.Td className="number" title={formatCount(month.total_input_tokens)}>
        {formatTokens(month.total_input_tokens)}
      </Table.Td>
      <Table.Td className="number" title={formatCount(month.total_output_tokens)}>
        {formatTokens(month.total_output_tokens)}
      </Table.Td>
      <Table.Td className="number" title={formatMoneyExact(month.estimated_cost_usd)}>
        {formatMoney(month.estimated_cost_usd)}
      </Table.Td>
      <Table.Td className="number">{formatCount(month.blocked_requests)}</Table.Td>
      <Table.Td>{limitsThen(month)}</Table.Td>
    </Table.Tr>
  )
}

function limitsThen(month: Month): string {
  if (!month.limits_known) return text.unknown
  const shown = (limit: number | null) => (limit === null ? text.unlimited : formatTokens(limit))
  return text.limits(shown(month.input_tokens_limit), shown(month.output_tokens_limit))
}

import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'
import { StatCard, StatCards } from '../../components/stat-card.tsx'
import { formatCount, formatMoney, formatMoneyExact, formatPeriodShort, formatTokens } from '../../format.ts'
import { consumptionText } from '../../text/consumption.ts'
import type { MonthSummary } from './use-users.ts'

const text = consumptionText.cards

/** What `MonthCards` takes. */
export interface MonthCardsProps {
  readonly summary: MonthSummary
  readonly onShowNearLimit: () => void
}

/** The running month of everybody in five figures. */
export function MonthCards({ summary, onShowNearLimit }: MonthCardsProps): ReactNode {
  const month = formatPeriodShort(summary.current_period)
  const users = Math.max(1, summary.active_users)
  const near = summary.users_at_or_over_80_percent
  return (
    <StatCards columns={5}>
      <StatCard
        label={text.users}
        value={formatCount(summary.active_users)}
        exact={formatCount(summary.active_users)}
        unit={text.usersUnit(month)}
        secondary={text.usersMore(formatCount(summary.total_users))}
      />
      <StatCard
        label={text.tokensIn}
        value={formatTokens(summary.total_input_tokens)}
        exact={text.exactTokens(formatCount(summary.total_input_tokens))}
        unit={text.tokensUnit(month)}
        secondary={text.perUser(formatTokens(summary.total_input_tokens / users))}
      />
      <StatCard
        label={text.tokensOut}
        value={formatTokens(summary.total_output_tokens)}
        exact={text.exactTokens(formatCount(summary.total_output_tokens))}
        unit={text.tokensUnit(month)}
        secondary={text.perUser(formatTokens(summary.total_output_tokens / users))}
      />
      <StatCard
        label={text.cost}
        value={formatMoney(summary.estimated_cost_usd)}
        exact={text.costExact(formatMoneyExact(summary.estimated_cost_usd))}
        unit={text.costUnit(month)}
        secondary={text.costPerUser(formatMoney(summary.estimated_cost_usd / users))}
      />
      <StatCard
        label={text.near}
        value={formatCount(near)}
        exact={formatCount(near)}
        unit={text.nearUnit}
        secondary={
          near === 0 ? (
            text.nearNone
          ) : (
            <Anchor component="button" type="button" fz="inherit" onClick={onShowNearLimit}>
              {text.nearShow}
            </Anchor>
          )
        }
      />
    </StatCards>
  )
}

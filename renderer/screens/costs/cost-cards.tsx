import type { ReactNode } from 'react'
import { StatCard, StatCards } from '../../components/stat-card.tsx'
import {
  formatCount,
  formatMoney,
  formatMoneyExact,
  formatPercent,
  formatPeriodShort,
  formatTokens,
} from '../../format.ts'
import { costsText } from '../../text/costs.ts'
import type { Costs } from './costs-search.ts'

const text = costsText.cards

/** What was spent, in five figures. */
export function CostCards({ data }: { readonly data: Costs }): ReactNode {
  const { totals } = data
  const range = formatPeriodShort(data.range)
  const money = (label: string, usd: number, more: string): ReactNode => (
    <StatCard
      label={label}
      value={formatMoney(usd)}
      exact={formatMoneyExact(usd)}
      unit={text.unit(range)}
      secondary={more}
    />
  )
  return (
    <StatCards columns={5}>
      {money(text.cost, totals.cost_usd, text.turns(formatCount(totals.turns)))}
      {money(text.perTurn, totals.cost_per_turn_usd, text.perTurnMore)}
      {money(text.perSession, totals.cost_per_session_usd, text.perSessionMore(formatCount(totals.sessions)))}
      <StatCard
        label={text.cached}
        value={formatPercent(totals.cached_input_percent)}
        exact={formatPercent(totals.cached_input_percent)}
        unit={text.cachedUnit(range)}
        secondary={text.cachedMore(formatTokens(totals.cached_input_tokens))}
      />
      <StatCard
        label={text.fallback}
        value={formatCount(totals.fallback_priced_turns)}
        exact={formatCount(totals.fallback_priced_turns)}
        unit={text.fallbackUnit(range)}
        secondary={totals.fallback_priced_turns === 0 ? text.fallbackNone : text.fallbackSome}
      />
    </StatCards>
  )
}

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
import { intelligenceText } from '../../text/intelligence.ts'
import type { Intelligence } from './intelligence-search.ts'

const text = intelligenceText.cards

/** What retrieval brought, in four figures, each with what speaks against it. */
export function IntelligenceCards({ data }: { readonly data: Intelligence }): ReactNode {
  const range = formatPeriodShort(data.range)
  const { rag_output_tokens_saved: saved, rag_output_tokens_lost: lost, champion_cases: cases } = data
  const activation = data.total_turns === 0 ? text.noTurns : formatPercent(data.rag_activation_rate_percent)
  return (
    <StatCards columns={4}>
      <StatCard
        label={text.activation}
        value={activation}
        exact={activation}
        unit={text.activationUnit(range)}
        secondary={text.activationMore(formatCount(data.rag_guided_turns), formatCount(data.total_turns))}
      />
      <StatCard
        label={text.cases}
        value={formatCount(cases.created)}
        exact={formatCount(cases.created)}
        unit={text.casesUnit(range)}
        secondary={text.casesMore(formatCount(cases.created_last_7_days))}
      />
      <StatCard
        label={text.saved}
        value={formatTokens(saved)}
        exact={text.tokens(formatCount(saved))}
        unit={text.savedUnit(range)}
        secondary={text.savedMore(formatTokens(lost), signed(saved - lost, formatTokens))}
      />
      <StatCard
        label={text.cost}
        value={signed(data.rag_cost_saved_usd, formatMoney)}
        exact={text.costExact(signed(data.rag_cost_saved_usd, formatMoneyExact))}
        unit={text.costUnit(range)}
        secondary={priceOf(data)}
      />
    </StatCards>
  )
}

/** More may be lost than saved; then the figure has its sign. */
function signed(value: number, format: (value: number) => string): string {
  return value < 0 ? `−${format(-value)}` : format(value)
}

function priceOf({ models }: Intelligence): string {
  const prices = models.flatMap(({ usd_per_million: price }) => (price === null ? [] : [price]))
  if (prices.length === 0) return text.costMore
  const [low, high] = [formatMoney(Math.min(...prices)), formatMoney(Math.max(...prices))]
  return `${low === high ? text.costPrice(low) : text.costPrices(low, high)}; ${text.costMore}`
}

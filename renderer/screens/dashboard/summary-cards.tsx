import { Anchor } from '@mantine/core'
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
import { dashboardText } from '../../text/dashboard.ts'
import { CardTrend } from './card-trend.tsx'
import styles from './dashboard.module.css'
import type { DashboardData, SystemSummary, UserSummary } from './use-dashboard.ts'

type Summary = SystemSummary | UserSummary

const text = dashboardText.cards

/** What `SummaryCards` takes. */
export interface SummaryCardsProps {
  readonly data: DashboardData
  /** Shows the users that are close to a limit. */
  readonly onShowNearLimit: () => void
}

/** The figures of the range, each with what puts it into proportion. */
export function SummaryCards({ data, onShowNearLimit }: SummaryCardsProps): ReactNode {
  const { summary } = data
  const range = formatPeriodShort(summary.range)
  return (
    <StatCards columns={4}>
      <StatCard
        label={text.sessions}
        value={formatCount(summary.total_sessions)}
        exact={formatCount(summary.total_sessions)}
        unit={text.sessionsUnit(range)}
        secondary={text.sessionsMore(
          formatCount(summary.active_sessions),
          formatCount(summary.sessions_last_24h),
        )}
      />
      <TokenCards summary={summary} range={range} />
      <CostCard summary={summary} range={range} />
      <SuccessCard summary={summary} range={range} />
      <StatCard
        label={text.blocked}
        value={formatCount(summary.blocked_requests)}
        exact={formatCount(summary.blocked_requests)}
        unit={text.blockedUnit(range)}
        secondary={notBlocked(summary)}
      />
      <RagCard summary={summary} range={range} />
      {data.kind === 'all' ? (
        <UsersCard summary={data.summary} range={range} onShowNearLimit={onShowNearLimit} />
      ) : (
        <StatCard
          label={text.turns}
          value={formatTokens(summary.total_turns)}
          exact={formatCount(summary.total_turns)}
          unit={text.turnsUnit(range)}
          trend={trendOf(summary, summary.total_turns, (point) => point.turns)}
          secondary={text.turnsMore(formatCount(summary.turns_last_24h))}
        />
      )}
    </StatCards>
  )
}

/** Requests that got through although something spoke against them. */
function notBlocked({ would_have_blocked_requests: observed, bypassed_requests: bypassed }: Summary): string {
  const parts = [
    ...(observed > 0 ? [text.observed(formatCount(observed))] : []),
    ...(bypassed > 0 ? [text.bypassed(formatCount(bypassed))] : []),
  ]
  return parts.length === 0 ? text.noneBypassed : parts.join(', ')
}

type Point = Summary['activity']['points'][number]

/** A figure over the range, and beside the same part of the month before. */
function trendOf(
  { activity, previous }: Summary,
  now: number,
  of: (point: Pick<Point, 'turns' | 'input_tokens' | 'output_tokens' | 'cost_usd'>) => number,
): ReactNode {
  return (
    <CardTrend
      values={activity.points.map(of)}
      now={now}
      before={previous === undefined ? null : of(previous)}
      beforePeriod={previous?.period ?? null}
    />
  )
}

interface CardProps {
  readonly summary: Summary
  /** In words: `November 2026`. */
  readonly range: string
}

function TokenCards({ summary, range }: CardProps): ReactNode {
  const outside = summary.outside_turns_input_tokens
  const turns = Math.max(1, summary.total_turns)
  return (
    <>
      <StatCard
        label={text.tokensIn}
        value={formatTokens(summary.total_input_tokens)}
        exact={text.exactTokens(formatCount(summary.total_input_tokens))}
        unit={text.tokensUnit(range)}
        trend={trendOf(summary, summary.total_input_tokens, (point) => point.input_tokens)}
        secondary={
          outside > 0
            ? `${text.cached(formatTokens(summary.cached_input_tokens))}, ${text.outside(formatTokens(outside))}`
            : text.cached(formatTokens(summary.cached_input_tokens))
        }
      />
      <StatCard
        label={text.tokensOut}
        value={formatTokens(summary.total_output_tokens)}
        exact={text.exactTokens(formatCount(summary.total_output_tokens))}
        unit={text.tokensUnit(range)}
        trend={trendOf(summary, summary.total_output_tokens, (point) => point.output_tokens)}
        secondary={text.perTurn(
          formatTokens((summary.total_output_tokens - summary.outside_turns_output_tokens) / turns),
        )}
      />
    </>
  )
}

function CostCard({ summary, range }: CardProps): ReactNode {
  const { fallback_priced_turns: fallback, total_turns: turns, estimated_cost_usd: cost } = summary
  return (
    <StatCard
      label={text.cost}
      value={formatMoney(cost)}
      exact={text.costExact(formatMoneyExact(cost))}
      unit={text.costUnit(range)}
      trend={trendOf(summary, cost, (point) => point.cost_usd)}
      secondary={
        fallback > 0
          ? text.costFallback(fallback, formatCount(fallback))
          : text.costPerTurn(formatMoney(turns === 0 ? 0 : cost / turns))
      }
    />
  )
}

function SuccessCard({ summary, range }: CardProps): ReactNode {
  const { failed_turns: failed, partial_turns: partial, total_turns: turns } = summary
  if (turns === 0) {
    return (
      <StatCard
        label={text.success}
        value={text.noTurns}
        exact={text.noTurns}
        unit={text.successUnit(range)}
      />
    )
  }
  const more = text.failedOf(formatCount(failed), formatCount(turns))
  return (
    <StatCard
      label={text.success}
      value={formatPercent(summary.success_rate_percent)}
      exact={`${formatCount(summary.successful_turns)} / ${formatCount(turns)}`}
      unit={text.successUnit(range)}
      trend={failuresBefore(summary)}
      secondary={partial > 0 ? `${more}${text.partial(formatCount(partial))}` : more}
    />
  )
}

/** Failures per turn move both ways with the number of turns, so that the rate of the month before is said. */
function failuresBefore({ previous }: Summary): ReactNode {
  if (previous === undefined || previous.turns === 0) return null
  const sentence = text.failedBefore(
    formatPercent((previous.failed_turns / previous.turns) * 100),
    formatPeriodShort(previous.period),
  )
  return <div className={styles.delta}>{sentence}</div>
}

function RagCard({ summary, range }: CardProps): ReactNode {
  const { rag_guided_turns: guided, total_turns: turns, rag_output_tokens_saved: saved } = summary
  if (turns === 0) {
    return <StatCard label={text.rag} value={text.noTurns} exact={text.noTurns} unit={text.ragUnit(range)} />
  }
  const more = text.ragMore(formatCount(guided), formatCount(turns))
  return (
    <StatCard
      label={text.rag}
      value={formatPercent(summary.rag_activation_rate_percent)}
      exact={`${formatCount(guided)} / ${formatCount(turns)}`}
      unit={text.ragUnit(range)}
      secondary={saved > 0 ? `${more}${text.ragSaved(formatTokens(saved))}` : more}
    />
  )
}

interface UsersCardProps {
  readonly summary: SystemSummary
  readonly range: string
  readonly onShowNearLimit: () => void
}

function UsersCard({ summary, range, onShowNearLimit }: UsersCardProps): ReactNode {
  const near = summary.users_at_or_over_80_percent
  const more = text.usersMore(formatCount(summary.total_users), formatCount(near))
  return (
    <StatCard
      label={text.users}
      value={formatCount(summary.active_users)}
      exact={formatCount(summary.active_users)}
      unit={text.usersUnit(range)}
      secondary={
        near > 0 ? (
          <Anchor component="button" type="button" fz="inherit" ta="start" onClick={onShowNearLimit}>
            {more}
          </Anchor>
        ) : (
          more
        )
      }
    />
  )
}

import { Skeleton, Stack } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { useStatus } from '../../app/status.ts'
import { ModelBars, type ModelMetric } from '../../components/model-bars.tsx'
import { QueryStates } from '../../components/query-states.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { StatCard, StatCards } from '../../components/stat-card.tsx'
import { TimeBars, type TimeMetric } from '../../components/time-bars.tsx'
import {
  formatCount,
  formatMoney,
  formatMoneyExact,
  formatPercent,
  formatPeriodShort,
  formatTokens,
} from '../../format.ts'
import { userText } from '../../text/user.ts'
import { UserLimits } from '../dashboard/user-limits.tsx'
import { UserGrants } from './user-grants.tsx'
import { UserHead } from './user-head.tsx'
import { UserAudit, UserDecisions, UserSessions, UserTokens } from './user-lists.tsx'
import { UserMonths } from './user-months.tsx'

type Summary = OperationOutput<'consumption.summary'>

/** Everything about one user. Its sections load apart, so that a slow or failing one keeps nothing else away. */
export function UserContent({
  userId,
  onGone,
}: {
  readonly userId: string
  /** The user was deleted: there is nothing to show any more. */
  readonly onGone: () => void
}): ReactNode {
  const zone = useStatus().data?.time_zone ?? 'UTC'
  const summary = useSettledQuery(
    useWeirQuery('consumption.summary', { user_id: userId }, { keepPrevious: false }),
    userId,
  )
  return (
    <Stack gap="md">
      <QueryStates query={summary} skeleton={<Skeleton height={420} radius="md" />}>
        {(data) => (
          <Stack gap="md">
            <UserHead summary={data} onGone={onGone} />
            <UserLimits summary={data} zone={zone} />
            <Figures summary={data} />
          </Stack>
        )}
      </QueryStates>
      <UserGrants userId={userId} />
      <Days userId={userId} />
      {summary.data === undefined ? null : <Models summary={summary.data} />}
      <UserMonths userId={userId} />
      <UserDecisions userId={userId} />
      <UserSessions userId={userId} />
      <UserTokens userId={userId} />
      <UserAudit userId={userId} />
    </Stack>
  )
}

function Figures({ summary }: { readonly summary: Summary }): ReactNode {
  const text = userText.figures
  const month = formatPeriodShort(summary.current_period)
  const count = (value: number) => ({ value: formatTokens(value), exact: formatCount(value) })
  return (
    <StatCards columns={3}>
      <StatCard
        label={text.turns}
        {...count(summary.total_turns)}
        unit={text.unit('turns', month)}
        secondary={text.turnsMore(
          formatCount(summary.failed_turns),
          formatPercent(summary.success_rate_percent),
        )}
      />
      <StatCard
        label={text.tokens}
        {...count(summary.total_tokens)}
        unit={text.unit('tokens', month)}
        secondary={text.tokensMore(
          formatTokens(summary.total_input_tokens),
          formatTokens(summary.total_output_tokens),
        )}
      />
      <StatCard
        label={text.cost}
        value={formatMoney(summary.estimated_cost_usd)}
        exact={formatMoneyExact(summary.estimated_cost_usd)}
        unit={text.unit('US dollars', month)}
        secondary={text.costMore(formatMoney(summary.cost_today_usd))}
      />
      <StatCard
        label={text.rag}
        {...count(summary.rag_guided_turns)}
        unit={text.unit('turns', month)}
        secondary={text.ragMore(
          formatTokens(summary.rag_output_tokens_saved),
          formatTokens(summary.rag_output_tokens_lost),
        )}
      />
      <StatCard
        label={text.sessions}
        {...count(summary.total_sessions)}
        unit={text.unit('sessions', month)}
        secondary={text.sessionsMore(formatCount(summary.active_sessions))}
      />
      <StatCard
        label={text.refused}
        {...count(summary.blocked_requests)}
        unit={text.refusedUnit(month)}
        secondary={text.refusedMore(
          formatCount(summary.would_have_blocked_requests),
          formatCount(summary.bypassed_requests),
        )}
      />
    </StatCards>
  )
}

function Days({ userId }: { readonly userId: string }): ReactNode {
  const text = userText.days
  const [metric, setMetric] = useState<TimeMetric>('tokens')
  const query = useSettledQuery(
    useWeirQuery('consumption.days', { user_id: userId, days: 30 }, { keepPrevious: false }),
    userId,
  )
  return (
    <QueryStates query={query} skeleton={<Skeleton height={280} radius="md" />}>
      {({ days, time_zone }) => (
        <TimeBars
          title={text.title}
          range={text.range(time_zone)}
          stepName={text.step}
          metric={metric}
          onMetric={setMetric}
          points={days.map((day) => ({
            // Of `2026-11-03` the axis needs 11-03 only: the days may be of two years, but never of the same date.
            label: day.date.slice(5),
            fullLabel: day.date,
            turns: day.turns,
            failedTurns: day.failed_turns,
            inputTokens: day.input_tokens,
            outputTokens: day.output_tokens,
          }))}
        />
      )}
    </QueryStates>
  )
}

function Models({ summary }: { readonly summary: Summary }): ReactNode {
  const [metric, setMetric] = useState<ModelMetric>('tokens')
  return (
    <ModelBars
      title={userText.models.title}
      range={formatPeriodShort(summary.range)}
      models={summary.model_distribution}
      metric={metric}
      onMetric={setMetric}
      empty={userText.models.none}
    />
  )
}

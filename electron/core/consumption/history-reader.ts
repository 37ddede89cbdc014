import type { OperationOutput } from '../../../shared/contract/index.ts'
import { toIso } from '../../../shared/units.ts'
import type { Reader } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { findUserKey } from './consumption-store.ts'
import type { EffectiveLimits } from './limits.ts'
import { type TotalsWithSessions, totalsOnWire } from './summary-parts.ts'
import { periodText } from './windows.ts'

// A year, unless the caller says more (DESIGN 11).
const PERIODS = 12

/** The closed months of a user, newest first, each with what arrived after it was closed. Errors: `user_unknown`. */
export async function readHistory(
  db: Reader,
  userId: string,
  limit = PERIODS,
): Promise<OperationOutput<'consumption.history'>> {
  const userKey = await findUserKey(db, userId)
  if (userKey === undefined)
    throw new WeirError('user_unknown', `There is no user ${userId}.`, { details: { user_id: userId } })
  const rows = await db
    .selectFrom('consumption_periods_archive as a')
    .leftJoin('user_periods as p', (join) =>
      join.onRef('p.user_key', '=', 'a.user_key').onRef('p.period', '=', 'a.period'),
    )
    .selectAll('a')
    .select([
      'p.input_tokens as ledger_input_tokens',
      'p.output_tokens as ledger_output_tokens',
      'p.successful_turns as ledger_successful_turns',
      'p.failed_turns as ledger_failed_turns',
      'p.partial_turns as ledger_partial_turns',
    ])
    .where('a.user_key', '=', userKey)
    .orderBy('a.period', 'desc')
    .limit(limit)
    .execute()
  return { user_id: userId, periods: rows.map((row) => toHistoryRow(userId, row)) }
}

type HistoryRow = OperationOutput<'consumption.history'>['periods'][number]

interface ArchivedMonth extends TotalsWithSessions {
  readonly period: number
  readonly period_started_at: number
  readonly period_ended_at: number
  readonly archived_at: number
  readonly champion_cases_created: number
  readonly collections_subscribed: number
  readonly blocked_requests: number
  readonly peak_requests_per_hour: number
  readonly peak_requests_per_day: number
  readonly models_used: string
  readonly providers_used: string
  readonly limits: string
  readonly ledger_input_tokens: number | null
  readonly ledger_output_tokens: number | null
  readonly ledger_successful_turns: number | null
  readonly ledger_failed_turns: number | null
  readonly ledger_partial_turns: number | null
}

function toHistoryRow(userId: string, row: ArchivedMonth): HistoryRow {
  const limits = JSON.parse(row.limits) as Partial<EffectiveLimits>
  const totals = totalsOnWire(row)
  const ledgerTurns =
    (row.ledger_successful_turns ?? 0) + (row.ledger_failed_turns ?? 0) + (row.ledger_partial_turns ?? 0)
  return {
    user_id: userId,
    period: periodText(row.period),
    period_started_at: toIso(row.period_started_at),
    period_ended_at: toIso(row.period_ended_at),
    archived_at: toIso(row.archived_at),
    ...totals,
    champion_cases_created: row.champion_cases_created,
    collections_subscribed: row.collections_subscribed,
    blocked_requests: row.blocked_requests,
    peak_requests_per_hour: row.peak_requests_per_hour,
    peak_requests_per_day: row.peak_requests_per_day,
    models_used: JSON.parse(row.models_used) as string[],
    providers_used: JSON.parse(row.providers_used) as string[],
    limits_known: limits.prompts_per_hour !== undefined,
    input_tokens_limit: limits.input_tokens_per_month?.value ?? null,
    output_tokens_limit: limits.output_tokens_per_month?.value ?? null,
    prompts_per_hour_limit: limits.prompts_per_hour?.value ?? null,
    prompts_per_day_limit: limits.prompts_per_day?.value ?? null,
    adjustment_input_tokens: (row.ledger_input_tokens ?? row.input_tokens) - row.input_tokens,
    adjustment_output_tokens: (row.ledger_output_tokens ?? row.output_tokens) - row.output_tokens,
    adjustment_turns: ledgerTurns - totals.total_turns,
  }
}

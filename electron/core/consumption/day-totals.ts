import { sql } from 'kysely'
import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import type { Usage } from './usage.ts'
import type { Windows } from './windows.ts'

/** What a user's counters hold of a day, added up from the ledger. */
export type DayTotals = Pick<Usage, 'day_input_tokens' | 'day_output_tokens' | 'day_cost_micro_usd'>

/** The sums of a user's rows from one instant until before another. */
export async function dayTotalsOf(
  db: Reader | Writer,
  userKey: number,
  startsAt: EpochMs,
  endsAt: EpochMs,
): Promise<DayTotals> {
  const { rows } = await sql<DayTotals>`select
      coalesce(sum(input_tokens), 0) as day_input_tokens, coalesce(sum(output_tokens), 0) as day_output_tokens,
      coalesce(sum(cost_micro_usd), 0) as day_cost_micro_usd
    from consumption_turns where user_key = ${userKey}
      and occurred_at >= ${startsAt} and occurred_at < ${endsAt}`.execute(db)
  return rows[0] ?? { day_input_tokens: 0, day_output_tokens: 0, day_cost_micro_usd: 0 }
}

/**
 * The counters with the day that has begun since `before`. The ledger may hold turns of it already: an agent whose clock
 * is ahead told of them yesterday. Anybody else's day starts at nothing and asks nothing.
 */
export async function withHeldDay(
  db: Reader | Writer,
  before: Usage,
  usage: Usage,
  windows: Windows,
): Promise<Usage> {
  const hasBegun = usage.day_started_at !== before.day_started_at
  if (!hasBegun || (before.last_usage_at ?? 0) < usage.day_started_at) return usage
  return {
    ...usage,
    ...(await dayTotalsOf(db, usage.user_key, usage.day_started_at, windows.day.endsAt)),
  }
}

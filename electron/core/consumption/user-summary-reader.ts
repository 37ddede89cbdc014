import type { OperationOutput } from '../../../shared/contract/index.ts'
import { periodWindow } from '../../../shared/time-window.ts'
import { microUsdToUsd, toIso, toIsoOrNull } from '../../../shared/units.ts'
import type { Reader } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { limitStates, toWire } from './admission.ts'
import { withOpenReservations } from './admission-store.ts'
import { readCharts } from './charts-reader.ts'
import { findUserState } from './consumption-store.ts'
import { limitsOf, type Moment } from './context.ts'
import { profileOf, readProfiles } from './limit-rules-store.ts'
import { judgedUsage } from './observation-store.ts'
import { rangeTotals } from './period-reader.ts'
import { asOf } from './rollover.ts'
import { type Range, rangeOf, totalsOnWire } from './summary-parts.ts'
import type { Usage } from './usage.ts'
import { statusOf } from './user-status.ts'
import { periodText } from './windows.ts'

type Summary = OperationOutput<'consumption.summary'>

/** Everything about one user. Errors: `user_unknown`. */
export async function readUserSummary(
  db: Reader,
  userId: string,
  rangeName: string,
  moment: Moment,
): Promise<Summary> {
  const state = await findUserState(db, userId)
  if (state === undefined)
    throw new WeirError('user_unknown', `There is no user ${userId}.`, { details: { user_id: userId } })
  const profiles = await readProfiles(db)
  const decision = await limitsOf(db, state.account, profiles, moment)
  const usage = await withOpenReservations(db, await asOf(db, state.usage, moment.windows), moment.now)
  const states = limitStates(await judgedUsage(db, usage, moment), decision.limits, moment.windows)
  // Of the month the counters stand in, which is a later one than the clock's when that was set back.
  const range = rangeOf(rangeName, usage.period)
  const { models, ...charts } = await readCharts(db, { userKey: state.account.key, range }, moment)
  const status = statusOf(decision, states)
  return {
    user_id: state.account.id,
    username: state.account.username,
    email: state.account.email,
    is_active: state.account.isActive,
    is_admin: state.account.isAdmin,
    consumption_profile_id: state.account.profileId,
    profile_name: profileOf(profiles, state.account.profileId)?.name ?? null,
    ...totalsOnWire(await totalsOf(db, usage, range)),
    ...(await countersOf(db, state.usage, range)),
    ...limitFields(states.map(toWire), usage, moment),
    status: status.status,
    status_reason: status.reason,
    models_used: [...new Set(models.map((row) => row.model))],
    providers_used: [...new Set(models.map((row) => row.provider))],
    first_usage_at: toIsoOrNull(usage.first_usage_at),
    last_usage_at: toIsoOrNull(usage.last_usage_at),
    last_updated_at: toIso(usage.last_updated_at),
    last_reconciled_at: toIsoOrNull(usage.last_reconciled_at),
    last_drift_percent: usage.last_drift_ratio === null ? null : usage.last_drift_ratio * 100,
    ...charts,
  }
}

/** The period the counters stand at is read from them, so that what is shown is what enforces. */
async function totalsOf(db: Reader, usage: Usage, range: Range) {
  if (range.kind === 'period' && range.period === usage.period) return usage
  return rangeTotals(db, usage.user_key, range)
}

/**
 * Counters that are not sums of turns. A closed month's are in the archive, those of the month nobody has closed yet
 * still in the stored row; no month is in both.
 */
async function countersOf(db: Reader, stored: Usage, range: Range) {
  let archive = db
    .selectFrom('consumption_periods_archive')
    .select((eb) => [
      eb.fn.coalesce(eb.fn.sum<number>('champion_cases_created'), eb.lit(0)).as('champion_cases_created'),
      eb.fn.coalesce(eb.fn.sum<number>('collections_subscribed'), eb.lit(0)).as('collections_subscribed'),
      eb.fn.coalesce(eb.fn.sum<number>('blocked_requests'), eb.lit(0)).as('blocked_requests'),
      eb.fn.coalesce(eb.fn.max('peak_requests_per_hour'), eb.lit(0)).as('peak_requests_per_hour'),
      eb.fn.coalesce(eb.fn.max('peak_requests_per_day'), eb.lit(0)).as('peak_requests_per_day'),
    ])
    .where('user_key', '=', stored.user_key)
  if (range.kind === 'period') archive = archive.where('period', '=', range.period)
  const closed = await archive.executeTakeFirstOrThrow()
  if (range.kind === 'period' && range.period !== stored.period) {
    return { ...closed, would_have_blocked_requests: 0, bypassed_requests: 0 }
  }
  return {
    champion_cases_created: closed.champion_cases_created + stored.champion_cases_created,
    collections_subscribed: closed.collections_subscribed + stored.collections_subscribed,
    blocked_requests: closed.blocked_requests + stored.blocked_requests,
    would_have_blocked_requests: stored.would_have_blocked_requests,
    bypassed_requests: stored.bypassed_requests,
    peak_requests_per_hour: Math.max(closed.peak_requests_per_hour, stored.peak_requests_per_hour),
    peak_requests_per_day: Math.max(closed.peak_requests_per_day, stored.peak_requests_per_day),
  }
}

/** Today, this hour and this month against the limits in force: always of now, whatever the range. */
function limitFields(limits: Summary['limits'], usage: Usage, moment: Moment) {
  const of = (policy: Summary['limits'][number]['policy']) => limits.find((limit) => limit.policy === policy)
  const hour = of('prompts_per_hour')
  const day = of('prompts_per_day')
  const input = of('input_tokens_per_month')
  const output = of('output_tokens_per_month')
  const month = periodWindow(moment.settings.time_zone, periodText(usage.period))
  return {
    current_period: periodText(usage.period),
    period_started_at: toIso(month.startsAt),
    period_ends_at: toIso(month.endsAt),
    input_tokens_limit: input?.limit ?? null,
    output_tokens_limit: output?.limit ?? null,
    input_tokens_remaining: input?.remaining ?? null,
    output_tokens_remaining: output?.remaining ?? null,
    reserved_input_tokens: usage.reserved_input_tokens,
    reserved_output_tokens: usage.reserved_output_tokens,
    input_tokens_today: usage.day_input_tokens,
    output_tokens_today: usage.day_output_tokens,
    tokens_today: usage.day_input_tokens + usage.day_output_tokens,
    cost_today_usd: microUsdToUsd(usage.day_cost_micro_usd),
    requests_this_hour: usage.hour_requests,
    requests_today: usage.day_requests,
    hour_reset_at: hour?.resets_at ?? toIso(moment.windows.hour.endsAt),
    day_reset_at: day?.resets_at ?? toIso(moment.windows.day.endsAt),
    prompts_per_hour_limit: hour?.limit ?? null,
    prompts_per_day_limit: day?.limit ?? null,
    requests_hour_remaining: hour?.remaining ?? null,
    requests_day_remaining: day?.remaining ?? null,
    config_changes_this_hour: usage.hour_config_changes,
    limits,
  }
}

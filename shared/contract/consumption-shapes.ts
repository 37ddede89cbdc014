import { z } from 'zod'
import { limitState, turnStatus, usageStatus } from './fields.ts'

/** What a turn, a summary, a row of the users table and a closed month look like on the wire. */

const nullableText = z.string().nullable()

export const turnRecord = z.object({
  id: z.number(),
  user_id: z.string(),
  session_id: z.string(),
  turn_number: z.number(),
  user_query: nullableText,
  session_name: nullableText,
  input_tokens: z.number(),
  output_tokens: z.number(),
  cached_input_tokens: z.number(),
  total_tokens: z.number(),
  provider: z.string(),
  model: z.string(),
  cost_usd: z.number(),
  price_source: z.enum(['reported', 'catalogue', 'operator', 'fallback']),
  status: turnStatus,
  is_valid: z.boolean(),
  rag_used: z.boolean(),
  rag_tokens_saved: z.number(),
  duration_ms: z.number().nullable(),
  /** What its check had reserved, where the turn used more of it; null for all other turns. */
  exceeded_reservation: z.object({ input_tokens: z.number(), output_tokens: z.number() }).nullable(),
  source: z.enum(['api', 'import', 'repair']),
  period: z.string(),
  occurred_at: z.string(),
  created_at: z.string(),
})

const totals = {
  total_input_tokens: z.number(),
  total_output_tokens: z.number(),
  total_tokens: z.number(),
  cached_input_tokens: z.number(),
  outside_turns_input_tokens: z.number(),
  outside_turns_output_tokens: z.number(),
  successful_turns: z.number(),
  failed_turns: z.number(),
  partial_turns: z.number(),
  total_turns: z.number(),
  success_rate_percent: z.number(),
  rag_guided_turns: z.number(),
  rag_activation_rate_percent: z.number(),
  rag_output_tokens_saved: z.number(),
  rag_output_tokens_lost: z.number(),
  rag_cost_saved_usd: z.number(),
  champion_cases_created: z.number(),
  collections_subscribed: z.number(),
  estimated_cost_usd: z.number(),
  fallback_priced_turns: z.number(),
  total_sessions: z.number(),
}

const modelShare = z.object({
  provider: z.string(),
  model: z.string(),
  turns: z.number(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  total_tokens: z.number(),
  cost_usd: z.number(),
  percent_of_turns: z.number(),
})

const velocityPoint = z.object({
  hour_started_at: z.string(),
  turns: z.number(),
  failed_turns: z.number(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  total_tokens: z.number(),
  cost_usd: z.number(),
})

const activityPoint = z.object({
  starts_at: z.string(),
  label: z.string(),
  turns: z.number(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  cost_usd: z.number(),
})

const topSession = z.object({
  user_id: z.string(),
  username: z.string(),
  session_id: z.string(),
  session_name: nullableText,
  turns: z.number(),
  total_tokens: z.number(),
  cost_usd: z.number(),
  last_turn_at: z.string(),
})

const topQuestion = z.object({
  user_id: z.string(),
  username: z.string(),
  session_id: z.string(),
  session_name: nullableText,
  turn_number: z.number(),
  user_query: nullableText,
  model: z.string(),
  total_tokens: z.number(),
  cost_usd: z.number(),
  occurred_at: z.string(),
})

/** What both dashboards show: one user's or everybody's. */
const charts = {
  /** The last 24 clock hours up to now, oldest first, hours without turns included as zeros. */
  velocity_data: z.array(velocityPoint),
  /** The chosen range by day (a month) or by month (`all`), empty days included. */
  activity: z.object({ bucket: z.enum(['day', 'month']), points: z.array(activityPoint) }),
  model_distribution: z.array(modelShare),
  /** The ten dearest sessions of the range. */
  top_expensive_queries: z.array(topSession),
  /** The ten dearest single questions of the range. */
  top_expensive_questions: z.array(topQuestion),
  /** Months that hold turns, newest first. */
  periods: z.array(z.string()),
  /** The same part of the month before, to the hour: what the range is compared with. Absent for all time. */
  previous: z
    .object({
      period: z.string(),
      starts_at: z.string(),
      ends_at: z.string(),
      turns: z.number(),
      failed_turns: z.number(),
      input_tokens: z.number(),
      output_tokens: z.number(),
      cost_usd: z.number(),
    })
    .optional(),
  generated_at: z.string(),
}

/** The users nearest to a limit. */
const nearLimitUser = z.object({
  user_id: z.string(),
  username: z.string(),
  usage_percent: z.number(),
  /** The limit that is fullest. */
  usage_limit: nullableText,
  status: usageStatus,
})

const requestCounters = {
  requests_this_hour: z.number(),
  requests_today: z.number(),
  blocked_requests: z.number(),
  would_have_blocked_requests: z.number(),
  bypassed_requests: z.number(),
}

export const userSummary = z.object({
  user_id: z.string(),
  username: z.string(),
  email: nullableText,
  is_active: z.boolean(),
  is_admin: z.boolean(),
  /** Null: no profile of their own, so the default profile holds. */
  consumption_profile_id: z.number().nullable(),
  /** The profile that holds, their own or the default. */
  profile_name: nullableText,
  current_period: z.string(),
  period_started_at: z.string(),
  period_ends_at: z.string(),
  /** `YYYY-MM` or `all`: what the totals below speak of. */
  range: z.string(),
  ...totals,
  input_tokens_limit: z.number().nullable(),
  output_tokens_limit: z.number().nullable(),
  input_tokens_remaining: z.number().nullable(),
  output_tokens_remaining: z.number().nullable(),
  reserved_input_tokens: z.number(),
  reserved_output_tokens: z.number(),
  input_tokens_today: z.number(),
  output_tokens_today: z.number(),
  tokens_today: z.number(),
  cost_today_usd: z.number(),
  ...requestCounters,
  hour_reset_at: z.string(),
  day_reset_at: z.string(),
  prompts_per_hour_limit: z.number().nullable(),
  prompts_per_day_limit: z.number().nullable(),
  requests_hour_remaining: z.number().nullable(),
  requests_day_remaining: z.number().nullable(),
  config_changes_this_hour: z.number(),
  limits: z.array(limitState),
  status: usageStatus,
  status_reason: z.string(),
  sessions_last_24h: z.number(),
  turns_last_24h: z.number(),
  peak_requests_per_hour: z.number(),
  peak_requests_per_day: z.number(),
  models_used: z.array(z.string()),
  providers_used: z.array(z.string()),
  active_sessions: z.number(),
  first_usage_at: nullableText,
  last_usage_at: nullableText,
  last_updated_at: z.string(),
  last_reconciled_at: nullableText,
  last_drift_percent: z.number().nullable(),
  ...charts,
})

export const systemSummary = z.object({
  current_period: z.string(),
  period_started_at: z.string(),
  period_ends_at: z.string(),
  range: z.string(),
  total_users: z.number(),
  active_users: z.number(),
  users_at_or_over_80_percent: z.number(),
  /** The five nearest to a limit of those at 80 % or more, the nearest first. */
  near_limit_users: z.array(nearLimitUser).optional(),
  ...totals,
  ...requestCounters,
  active_sessions: z.number(),
  sessions_last_24h: z.number(),
  turns_last_24h: z.number(),
  first_usage_at: nullableText,
  last_usage_at: nullableText,
  ...charts,
})

/** One row of the user consumption table: the current period against the limits in force. */
export const userRow = z.object({
  user_id: z.string(),
  username: z.string(),
  email: nullableText,
  display_name: nullableText,
  is_active: z.boolean(),
  is_admin: z.boolean(),
  /** The profile that holds, their own or, where `consumption_profile_id` is null, the default. */
  profile_name: nullableText,
  consumption_profile_id: z.number().nullable(),
  current_period: z.string(),
  total_input_tokens: z.number(),
  total_output_tokens: z.number(),
  total_tokens: z.number(),
  input_tokens_limit: z.number().nullable(),
  output_tokens_limit: z.number().nullable(),
  input_percent: z.number().nullable(),
  output_percent: z.number().nullable(),
  requests_this_hour: z.number(),
  requests_today: z.number(),
  prompts_per_hour_limit: z.number().nullable(),
  prompts_per_day_limit: z.number().nullable(),
  hour_percent: z.number().nullable(),
  day_percent: z.number().nullable(),
  cost_limit_usd: z.number().nullable(),
  cost_percent: z.number().nullable(),
  /** Which rule set each limit, in words: `profile Free + grants`. */
  prompts_per_hour_limit_source: z.string(),
  prompts_per_day_limit_source: z.string(),
  input_tokens_limit_source: z.string(),
  output_tokens_limit_source: z.string(),
  cost_limit_source: z.string(),
  /** The kinds of rules behind them together. */
  limits_from: z.array(z.enum(['profile', 'default_profile', 'built_in', 'override', 'grants'])),
  /** The fullest of all limits, in percent; `usage_limit` names it. */
  usage_percent: z.number().nullable(),
  usage_limit: nullableText,
  status: usageStatus,
  estimated_cost_usd: z.number(),
  total_turns: z.number(),
  successful_turns: z.number(),
  failed_turns: z.number(),
  success_rate_percent: z.number(),
  rag_guided_turns: z.number(),
  blocked_requests: z.number(),
  total_sessions: z.number(),
  lifetime_tokens: z.number(),
  lifetime_cost_usd: z.number(),
  last_usage_at: nullableText,
})

export const USER_SORT_KEYS = [
  'username',
  'user_id',
  'email',
  'profile_name',
  'status',
  'usage_percent',
  'total_input_tokens',
  'total_output_tokens',
  'total_tokens',
  'input_percent',
  'output_percent',
  'requests_this_hour',
  'requests_today',
  'hour_percent',
  'day_percent',
  'cost_percent',
  'estimated_cost_usd',
  'total_turns',
  'failed_turns',
  'success_rate_percent',
  'rag_guided_turns',
  'blocked_requests',
  'total_sessions',
  'lifetime_tokens',
  'lifetime_cost_usd',
  'last_usage_at',
] as const

/** A closed month of a user, as it was when it was closed. */
export const historyRow = z.object({
  user_id: z.string(),
  period: z.string(),
  period_started_at: z.string(),
  period_ended_at: z.string(),
  archived_at: z.string(),
  ...totals,
  blocked_requests: z.number(),
  peak_requests_per_hour: z.number(),
  peak_requests_per_day: z.number(),
  models_used: z.array(z.string()),
  providers_used: z.array(z.string()),
  input_tokens_limit: z.number().nullable(),
  output_tokens_limit: z.number().nullable(),
  prompts_per_hour_limit: z.number().nullable(),
  prompts_per_day_limit: z.number().nullable(),
  /** False for months that were imported: which limits held then is not known. */
  limits_known: z.boolean(),
  /** Tokens of turns that arrived after the month was closed; the row itself never changes. */
  adjustment_input_tokens: z.number(),
  adjustment_output_tokens: z.number(),
  adjustment_turns: z.number(),
})

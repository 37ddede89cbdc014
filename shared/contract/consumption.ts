import { z } from 'zod'
import { costUsd, isoTime, limitState, period, queryInt, sessionId, tokens, turnStatus, usageStatus, userId } from './fields.ts'
import { operation } from './operation.ts'

/** Recording turns and reading what was consumed. */

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
  generated_at: z.string(),
}

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
  cost_percent: z.number().nullable(),
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
  'username', 'user_id', 'email', 'profile_name', 'status', 'usage_percent',
  'total_input_tokens', 'total_output_tokens', 'total_tokens', 'input_percent', 'output_percent',
  'requests_this_hour', 'requests_today', 'hour_percent', 'day_percent', 'cost_percent',
  'estimated_cost_usd', 'total_turns', 'failed_turns', 'success_rate_percent', 'rag_guided_turns',
  'blocked_requests', 'total_sessions', 'lifetime_tokens', 'lifetime_cost_usd', 'last_usage_at',
] as const

const historyRow = z.object({
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

const rangeParameter = z.union([period, z.literal('all'), z.literal('current')]).optional()

export const consumptionOperations = {
  'turns.record': operation({
    method: 'POST',
    path: '/api/v1/consumption/turns',
    scopes: ['executor'],
    effect: 'write',
    status: 201,
    summary: 'Record what a turn consumed',
    description:
      'Idempotent: the same turn again answers 200 with `replayed: true` and counts once; other figures under the same ' +
      '(user, session, turn number) are refused with 409. When the answer is 201 the turn is on disk.',
    input: z.strictObject({
      user_id: userId,
      session_id: sessionId,
      turn_number: z.int().min(1).max(1_000_000),
      provider: z.string().min(1).max(128),
      model: z.string().min(1).max(256),
      input_tokens: tokens,
      output_tokens: tokens,
      cached_input_tokens: tokens.optional(),
      status: turnStatus.optional(),
      rag_used: z.boolean().optional(),
      rag_tokens_saved: z.int().min(-1e9).max(1e9).optional(),
      cost_usd: costUsd.optional(),
      user_query: z.string().max(20_000).optional(),
      session_name: z.string().max(500).optional(),
      occurred_at: isoTime.optional(),
      duration_ms: z.int().min(0).max(1e9).optional(),
      admission_id: z.string().max(64).optional(),
    }),
    output: z.object({
      replayed: z.boolean(),
      /** The reservation the turn settled, or null: there was none or it had expired. */
      settled_admission_id: z.string().nullable(),
      turn: turnRecord,
    }),
    errors: ['turn_conflict', 'user_unknown', 'storage_full', 'storage_unavailable', 'restoring'],
    example: {
      user_id: 'alice', session_id: 'session-1', turn_number: 1, provider: 'Google', model: 'gemini-2.0-flash',
      input_tokens: 1200, output_tokens: 340, status: 'success', user_query: 'Which tables hold orders?',
    },
  }),
  'consumption.summary': operation({
    method: 'GET',
    path: '/api/v1/consumption/summary',
    scopes: ['user'],
    effect: 'read',
    status: 200,
    summary: 'Everything about one user: totals, limits, velocity, models, dearest sessions and questions',
    input: z.strictObject({ user_id: userId.optional(), period: rangeParameter }),
    output: userSummary,
    errors: ['user_unknown'],
    example: { user_id: 'alice' },
  }),
  'consumption.users': operation({
    method: 'GET',
    path: '/api/v1/consumption/users',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'The users with what they consumed this month against their limits',
    input: z.strictObject({
      threshold: queryInt(0, 1000).optional(),
      sort: z.enum(USER_SORT_KEYS).optional(),
      order: z.enum(['asc', 'desc']).optional(),
      search: z.string().max(200).optional(),
      profile: z.string().max(100).optional(),
      status: usageStatus.optional(),
      limit: queryInt(1, 1000).optional(),
      offset: queryInt(0, 10_000_000).optional(),
    }),
    output: z.object({
      users: z.array(userRow),
      total_count: z.number(),
      limit: z.number(),
      offset: z.number(),
    }),
    errors: [],
    example: { threshold: 80, sort: 'usage_percent', order: 'desc', limit: 50 },
  }),
  'consumption.turns': operation({
    method: 'GET',
    path: '/api/v1/consumption/turns',
    scopes: ['user'],
    effect: 'read',
    status: 200,
    summary: 'A page of the ledger, newest first',
    input: z.strictObject({
      user_id: userId.optional(),
      session_id: sessionId.optional(),
      limit: queryInt(1, 1000).optional(),
      offset: queryInt(0, 100_000_000).optional(),
    }),
    output: z.object({ turns: z.array(turnRecord), total_count: z.number(), limit: z.number(), offset: z.number() }),
    errors: ['user_unknown'],
    example: { user_id: 'alice', limit: 20 },
  }),
  'consumption.history': operation({
    method: 'GET',
    path: '/api/v1/consumption/history',
    scopes: ['user'],
    effect: 'read',
    status: 200,
    summary: 'The closed months of a user, newest first',
    input: z.strictObject({ user_id: userId.optional(), limit: queryInt(1, 1200).optional() }),
    output: z.object({ user_id: z.string(), periods: z.array(historyRow) }),
    errors: ['user_unknown'],
    example: { user_id: 'alice' },
  }),
  'consumption.systemSummary': operation({
    method: 'GET',
    path: '/api/v1/consumption/system-summary',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'Everybody together: totals, velocity, models, dearest sessions and questions',
    input: z.strictObject({ period: rangeParameter }),
    output: systemSummary,
    errors: [],
    example: {},
  }),
}

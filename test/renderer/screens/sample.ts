import type { OperationOutput } from '../../../shared/contract/index.ts'

export type SystemSummary = OperationOutput<'consumption.systemSummary'>
export type UserSummary = OperationOutput<'consumption.summary'>
export type UserRow = OperationOutput<'consumption.users'>['users'][number]

const NO_TOTALS = {
  total_input_tokens: 0,
  total_output_tokens: 0,
  total_tokens: 0,
  cached_input_tokens: 0,
  outside_turns_input_tokens: 0,
  outside_turns_output_tokens: 0,
  successful_turns: 0,
  failed_turns: 0,
  partial_turns: 0,
  total_turns: 0,
  success_rate_percent: 0,
  rag_guided_turns: 0,
  rag_activation_rate_percent: 0,
  rag_output_tokens_saved: 0,
  rag_output_tokens_lost: 0,
  rag_cost_saved_usd: 0,
  champion_cases_created: 0,
  collections_subscribed: 0,
  estimated_cost_usd: 0,
  fallback_priced_turns: 0,
  total_sessions: 0,
}

const SOME_TOTALS = {
  ...NO_TOTALS,
  total_input_tokens: 48_123_456,
  total_output_tokens: 9_876_543,
  total_tokens: 57_999_999,
  successful_turns: 468,
  failed_turns: 12,
  total_turns: 480,
  success_rate_percent: 97.5,
  estimated_cost_usd: 0.0042,
  total_sessions: 61,
}

const COUNTERS = {
  requests_this_hour: 0,
  requests_today: 0,
  blocked_requests: 17,
  would_have_blocked_requests: 0,
  bypassed_requests: 0,
  active_sessions: 3,
  sessions_last_24h: 9,
  turns_last_24h: 40,
  first_usage_at: null,
  last_usage_at: null,
}

const PERIOD = {
  current_period: '2026-11',
  period_started_at: '2026-11-01T00:00:00.000Z',
  period_ends_at: '2026-12-01T00:00:00.000Z',
}

const NO_CHARTS = {
  velocity_data: [],
  activity: { bucket: 'day' as const, points: [] },
  model_distribution: [],
  top_expensive_queries: [],
  top_expensive_questions: [],
  periods: [] as string[],
  generated_at: '2026-11-24T07:00:00.000Z',
}

const SOME_CHARTS = {
  ...NO_CHARTS,
  periods: ['2026-11', '2026-09'],
  top_expensive_questions: [
    {
      user_id: 'bob',
      username: 'Bob',
      session_id: 's1',
      session_name: null,
      turn_number: 1,
      user_query: '<b>Which tables hold orders?</b>',
      model: 'gemini-2.0-flash',
      total_tokens: 1_000,
      cost_usd: 0.001,
      occurred_at: '2026-11-20T07:00:00.000Z',
    },
  ],
}

/** Everybody's figures of a month with turns. */
export const SYSTEM: SystemSummary = {
  ...PERIOD,
  range: '2026-11',
  total_users: 1_204,
  active_users: 873,
  users_at_or_over_80_percent: 38,
  ...SOME_TOTALS,
  ...COUNTERS,
  ...SOME_CHARTS,
}

/** Everybody's figures before the first turn. */
export const EMPTY_SYSTEM: SystemSummary = {
  ...SYSTEM,
  total_users: 0,
  active_users: 0,
  users_at_or_over_80_percent: 0,
  ...NO_TOTALS,
  ...NO_CHARTS,
  blocked_requests: 0,
}

/** The figures of one user, who has used up the hour. */
export function userSummary(id: string): UserSummary {
  return {
    user_id: id,
    username: id === 'bob' ? 'Bob' : 'Alice',
    email: null,
    is_active: true,
    is_admin: false,
    consumption_profile_id: 1,
    profile_name: 'Free',
    ...PERIOD,
    range: '2026-11',
    ...SOME_TOTALS,
    input_tokens_limit: 100_000,
    output_tokens_limit: null,
    input_tokens_remaining: 0,
    output_tokens_remaining: null,
    reserved_input_tokens: 1_200,
    reserved_output_tokens: 0,
    input_tokens_today: 0,
    output_tokens_today: 0,
    tokens_today: 0,
    cost_today_usd: 0,
    ...COUNTERS,
    hour_reset_at: '2026-11-24T08:00:00.000Z',
    day_reset_at: '2026-11-25T00:00:00.000Z',
    prompts_per_hour_limit: 50,
    prompts_per_day_limit: 500,
    requests_hour_remaining: 0,
    requests_day_remaining: 450,
    config_changes_this_hour: 0,
    limits: [
      {
        policy: 'prompts_per_hour',
        limit: 50,
        used: 50,
        reserved: 0,
        remaining: 0,
        resets_at: new Date(Date.now() + 24.5 * 60_000).toISOString(),
        percent: 100,
        source: 'profile Free',
      },
      {
        policy: 'input_tokens_per_month',
        limit: 100_000,
        used: 81_204,
        reserved: 1_200,
        remaining: 17_596,
        resets_at: '2026-12-01T00:00:00.000Z',
        percent: 81.2,
        source: 'profile Free + grants',
      },
      {
        policy: 'output_tokens_per_month',
        limit: null,
        used: 9_000,
        reserved: 0,
        remaining: null,
        resets_at: '2026-12-01T00:00:00.000Z',
        percent: null,
        source: 'profile Free',
      },
    ],
    status: 'blocked',
    status_reason: 'Blocked until 08:00 UTC: 50 of 50 prompts this hour.',
    peak_requests_per_hour: 50,
    peak_requests_per_day: 50,
    models_used: [],
    providers_used: [],
    last_updated_at: '2026-11-24T07:00:00.000Z',
    last_reconciled_at: null,
    last_drift_percent: null,
    ...SOME_CHARTS,
  }
}

/** A row of the users table. */
export function userRow(change: Partial<UserRow> = {}): UserRow {
  return {
    user_id: 'alice',
    username: 'Alice',
    email: 'alice@example.org',
    display_name: null,
    is_active: true,
    is_admin: false,
    profile_name: 'Free',
    consumption_profile_id: 1,
    current_period: '2026-11',
    total_input_tokens: 81_204,
    total_output_tokens: 9_000,
    total_tokens: 90_204,
    input_tokens_limit: 100_000,
    output_tokens_limit: null,
    input_percent: 81.2,
    output_percent: null,
    requests_this_hour: 47,
    requests_today: 120,
    prompts_per_hour_limit: 50,
    prompts_per_day_limit: 500,
    hour_percent: 94,
    day_percent: 24,
    cost_limit_usd: null,
    cost_percent: null,
    prompts_per_hour_limit_source: 'override',
    prompts_per_day_limit_source: 'profile Free',
    input_tokens_limit_source: 'profile Free + grants',
    output_tokens_limit_source: 'profile Free',
    cost_limit_source: 'profile Free',
    limits_from: ['override', 'profile', 'grants'],
    usage_percent: 94,
    usage_limit: 'prompts_per_hour',
    status: 'critical',
    estimated_cost_usd: 0.0042,
    total_turns: 0,
    successful_turns: 0,
    failed_turns: 0,
    success_rate_percent: 0,
    rag_guided_turns: 0,
    blocked_requests: 0,
    total_sessions: 4,
    lifetime_tokens: 1e12,
    lifetime_cost_usd: 12_345.678901,
    last_usage_at: null,
    ...change,
  }
}

/** All users of the running month, as the users table gets them. */
export const EVERYBODY = {
  current_period: SYSTEM.current_period,
  total_users: SYSTEM.total_users,
  active_users: SYSTEM.active_users,
  users_at_or_over_80_percent: SYSTEM.users_at_or_over_80_percent,
  total_input_tokens: SYSTEM.total_input_tokens,
  total_output_tokens: SYSTEM.total_output_tokens,
  estimated_cost_usd: SYSTEM.estimated_cost_usd,
}

/** The same of a Weir without users. */
export const NOBODY_YET = { ...EVERYBODY, total_users: 0, active_users: 0, users_at_or_over_80_percent: 0 }

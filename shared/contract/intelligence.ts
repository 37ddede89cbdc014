import { z } from 'zod'
import { range, userId } from './fields.ts'
import { operation } from './operation.ts'

/** What retrieval brought: the operation of the screen Intelligence. Everything in it is counted or measured. */

/** Turns of one side of the comparison; with fewer, chance decides, and no figure of it is shown as a result. */
export const COMPARED_TURNS_MIN = 20

const side = z.object({
  turns: z.number(),
  /** Null without a turn. */
  median_total_tokens: z.number().nullable(),
  median_output_tokens: z.number().nullable(),
  successful_turns: z.number(),
  success_percent: z.number(),
  /** Turns that came with a duration; the median is of these. */
  timed_turns: z.number(),
  median_duration_ms: z.number().nullable(),
})

const savings = {
  tokens_saved: z.number(),
  tokens_lost: z.number(),
  cost_saved_usd: z.number(),
  cost_lost_usd: z.number(),
}

export const intelligenceOperations = {
  'intelligence.summary': operation({
    method: 'GET',
    path: '/api/v1/admin/intelligence',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary:
      'What retrieval brought: activation, champion cases, tokens saved and lost, with against without',
    description:
      'Totals come from the same sums as the dashboards. Medians are measured over the turns that are still in the ledger; ' +
      '`unmeasured_turns` says how many of the range retention has removed. `is_comparable` is false while one side has fewer ' +
      `than ${COMPARED_TURNS_MIN} turns.`,
    input: z.strictObject({
      period: range.optional(),
      user_id: userId.optional(),
    }),
    output: z.object({
      range: z.string(),
      current_period: z.string(),
      periods: z.array(z.string()),
      user_id: z.string().nullable(),
      username: z.string().nullable(),
      total_turns: z.number(),
      rag_guided_turns: z.number(),
      rag_activation_rate_percent: z.number(),
      rag_output_tokens_saved: z.number(),
      rag_output_tokens_lost: z.number(),
      /** What the saved tokens would have cost less what the lost ones did, each at the price of its turn. */
      rag_cost_saved_usd: z.number(),
      comparison: z.object({
        with_retrieval: side,
        without_retrieval: side,
        turns_min: z.number(),
        is_comparable: z.boolean(),
        is_duration_comparable: z.boolean(),
      }),
      unmeasured_turns: z.number(),
      /** Where it was saved and lost; the price is what a million of these tokens were reckoned at. */
      models: z.array(
        z.object({
          provider: z.string(),
          model: z.string(),
          rag_guided_turns: z.number(),
          ...savings,
          /** Null where no token was saved or lost. */
          usd_per_million: z.number().nullable(),
        }),
      ),
      trend: z.object({
        bucket: z.enum(['day', 'month']),
        points: z.array(
          z.object({
            starts_at: z.string(),
            label: z.string(),
            turns: z.number(),
            rag_guided_turns: z.number(),
            tokens_saved: z.number(),
            tokens_lost: z.number(),
          }),
        ),
      }),
      champion_cases: z.object({
        /** Of the range. */
        created: z.number(),
        created_last_7_days: z.number(),
        /** The newest that were reported one by one, whatever the range. */
        newest: z.array(
          z.object({
            user_id: z.string(),
            username: z.string(),
            /** The platform's id; null when it was counted without one. */
            case_id: z.string().nullable(),
            session_id: z.string().nullable(),
            turn_number: z.number().nullable(),
            counted_at: z.string(),
          }),
        ),
      }),
      generated_at: z.string(),
    }),
    errors: ['user_unknown'],
    example: { period: 'current' },
  }),
}

import { z } from 'zod'
import { limitValue, queryInt, userId } from './fields.ts'
import { operation } from './operation.ts'

/** Seeing whom the rules touch: the order of precedence with real users, an override before it is set, days of use. */

/** Where limits come from, in the order in which the first that says something wins; grants add to the result. */
export const LADDER_RUNGS = [
  'user_inactive',
  'override',
  'profile_inactive',
  'profile',
  'default_profile',
  'built_in',
  'grants',
] as const

const affectedUser = z.object({ user_id: z.string(), username: z.string(), reason: z.string() })

export const oversightOperations = {
  'limits.ladder': operation({
    method: 'GET',
    path: '/api/v1/admin/limits/ladder',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'Which rung of the order of precedence limits how many users now',
    input: z.strictObject({}),
    output: z.object({
      total_users: z.number(),
      rungs: z.array(
        z.object({
          rung: z.enum(LADDER_RUNGS),
          /** Users this rung decides something for now; 0 where nothing is set. */
          users: z.number(),
          /** The profiles of the rung with their users, largest first; empty where a rung has no names. */
          names: z.array(z.object({ name: z.string(), users: z.number() })),
        }),
      ),
    }),
    errors: [],
    example: {},
  }),
  'override.preview': operation({
    method: 'POST',
    path: '/api/v1/admin/override/preview',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'Whom an override would stop or set free now; changes nothing',
    input: z.strictObject({ prompts_per_hour: limitValue, prompts_per_day: limitValue }),
    output: z.object({
      /** Active users, all of whom it holds for. */
      affected_users: z.number(),
      would_block: z.array(affectedUser),
      would_unblock: z.array(affectedUser),
    }),
    errors: [],
    example: { prompts_per_hour: 10, prompts_per_day: null },
  }),
  'consumption.days': operation({
    method: 'GET',
    path: '/api/v1/consumption/days',
    scopes: ['user'],
    effect: 'read',
    status: 200,
    summary: 'What a user consumed on each of the last days, today included; days without anything too',
    input: z.strictObject({ user_id: userId.optional(), days: queryInt(1, 366).optional() }),
    output: z.object({
      user_id: z.string(),
      time_zone: z.string(),
      /** Oldest first. */
      days: z.array(
        z.object({
          starts_at: z.string(),
          date: z.string(),
          turns: z.number(),
          failed_turns: z.number(),
          input_tokens: z.number(),
          output_tokens: z.number(),
          cost_usd: z.number(),
        }),
      ),
    }),
    errors: ['user_unknown'],
    example: { user_id: 'alice', days: 30 },
  }),
}

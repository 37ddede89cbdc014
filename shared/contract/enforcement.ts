import { z } from 'zod'
import { LIMIT_CODES } from '../error-codes.ts'
import {
  enforcementMode,
  isoTime,
  limitName,
  limitState,
  limitValue,
  queryInt,
  reservation,
  tokens,
  userId,
} from './fields.ts'
import { operation } from './operation.ts'

/** What a no does, the limits for everybody in an emergency, and looking at what was decided. */

const nullableText = z.string().nullable()
const reason = z.string().trim().min(1).max(500)
const whenUnavailable = z.enum(['open', 'closed'])
const eventKind = z.enum(['blocked', 'would_have_blocked', 'bypassed'])
const modeSetting = z.object({
  mode: enforcementMode,
  reason: nullableText,
  until: nullableText,
  /** When it became so; null when it has been so from the start. */
  since: nullableText,
})

/** Limits for everybody while it lasts; null leaves that limit to each user's profile. */
export const limitOverride = z.object({
  prompts_per_hour: limitValue,
  prompts_per_day: limitValue,
  reason: z.string(),
  until: z.string(),
})

/** `mode`, `reason` and `until` as they were set; `in_force` is what holds now, `on` again once `until` has come. */
export const enforcementState = modeSetting.extend({
  when_unavailable: whenUnavailable,
  in_force: modeSetting,
  /** The most tokens one check may reserve in each direction, and for how long at most. */
  reservations: z.object({ max_tokens: z.number(), minutes: z.number() }),
  /** The override that holds now. */
  override: limitOverride.nullable(),
})

/** A request that was refused, would have been, or was let through unasked. Cost is in dollars. */
export const enforcementEvent = z.object({
  id: z.number(),
  at: z.string(),
  kind: eventKind,
  user_id: z.string(),
  /** Null when Weir knows no such user. */
  username: nullableText,
  code: z.string(),
  policy: nullableText,
  limit: z.number().nullable(),
  used: z.number().nullable(),
  reserved: z.number().nullable(),
  session_id: nullableText,
  /** What the caller was told, in a sentence. */
  told: z.string(),
})

/** One rule a check goes through, in the order they are asked; the first that refuses ends the asking. */
export const explainedRule = z.object({
  rule: z.enum([
    'user_active',
    'profile_active',
    'prompts_per_hour',
    'prompts_per_day',
    'input_tokens_per_month',
    'output_tokens_per_month',
    'cost_per_month_usd',
  ]),
  result: z.enum(['passes', 'refuses', 'not-asked']),
  detail: z.string(),
})

const refusalCode = z.enum([...LIMIT_CODES, 'user_inactive', 'profile_inactive'])

export const enforcementOperations = {
  'enforcement.get': operation({
    method: 'GET',
    path: '/api/v1/admin/enforcement',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'Whether limits are enforced, why not, and until when',
    input: z.strictObject({}),
    output: enforcementState,
    errors: [],
    example: {},
    command: 'enforcement show',
  }),
  'enforcement.set': operation({
    method: 'PUT',
    path: '/api/v1/admin/enforcement',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Enforce limits, only observe, or switch the asking off for a while',
    description:
      '`observe` lets pass and notes what would have been blocked; `off` does not ask, ends by itself after 24 hours at ' +
      'the latest, and is `on` again then. Both need a reason. `on` needs none and forgets reason and end. ' +
      'Recording goes on in all modes.',
    input: z.strictObject({
      mode: enforcementMode,
      reason: reason.nullable().optional(),
      until: isoTime.nullable().optional(),
      when_unavailable: whenUnavailable.optional(),
    }),
    output: enforcementState,
    errors: ['invalid_request'],
    example: { mode: 'observe', reason: 'Trying the new limits out' },
  }),
  'override.set': operation({
    method: 'PUT',
    path: '/api/v1/admin/override',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Limits for everybody in an emergency, with a reason and an end',
    description: 'A member that is null leaves that limit to the profiles. At least one must be a number.',
    input: z.strictObject({
      prompts_per_hour: limitValue,
      prompts_per_day: limitValue,
      reason,
      until: isoTime,
    }),
    output: limitOverride,
    errors: ['invalid_request'],
    example: {
      prompts_per_hour: 10,
      prompts_per_day: null,
      reason: 'The provider throttles us',
      until: '2030-01-01T00:00:00Z',
    },
  }),
  'override.clear': operation({
    method: 'DELETE',
    path: '/api/v1/admin/override',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'End the override; the profiles hold again with the next check',
    input: z.strictObject({}),
    output: z.object({ override: z.null() }),
    errors: [],
    example: {},
  }),
  'enforcement.events': operation({
    method: 'GET',
    path: '/api/v1/admin/enforcement/events',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'Who was blocked, would have been, or was let through unasked; newest first',
    input: z.strictObject({
      limit: queryInt(1, 1000).optional(),
      offset: queryInt(0, 10_000_000).optional(),
      user_id: userId.optional(),
      kind: eventKind.optional(),
      /** Only those of this limit. */
      policy: limitName.optional(),
      code: z.string().max(100).optional(),
      /** From this instant on. */
      since: isoTime.optional(),
      /** Before this instant. */
      until: isoTime.optional(),
    }),
    output: z.object({
      events: z.array(enforcementEvent),
      /** How many there are of each reason, whatever `kind` and `code` narrow the list to; most frequent first. */
      counts: z.array(z.object({ kind: eventKind, code: z.string(), count: z.number() })),
      total_count: z.number(),
      limit: z.number(),
      offset: z.number(),
    }),
    errors: [],
    example: { kind: 'blocked', limit: 20 },
  }),
  'limits.explain': operation({
    method: 'POST',
    path: '/api/v1/admin/limits/explain',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'Say rule by rule what a check would answer; counts and reserves nothing',
    input: z.strictObject({
      user_id: userId,
      estimated_input_tokens: tokens.optional(),
      estimated_output_tokens: tokens.optional(),
    }),
    output: z.object({
      user_id: z.string(),
      /** What a check would answer now. */
      allowed: z.boolean(),
      enforcement: enforcementMode,
      /** The rule that refuses, or would if limits were enforced; null when none does. */
      code: refusalCode.nullable(),
      detail: z.string(),
      rules: z.array(explainedRule),
      /** What a check with these estimates would reserve. */
      reservation,
      limits: z.array(limitState),
    }),
    errors: ['user_unknown'],
    example: { user_id: 'alice', estimated_input_tokens: 1200 },
  }),
  'audit.list': operation({
    method: 'GET',
    path: '/api/v1/admin/audit',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'Who changed what, with how it was before and after; newest first',
    input: z.strictObject({
      limit: queryInt(1, 1000).optional(),
      offset: queryInt(0, 10_000_000).optional(),
      actor: z.string().max(200).optional(),
      object_kind: z.string().max(100).optional(),
      object_id: z.string().max(200).optional(),
      action: z.string().max(100).optional(),
      /** Whatever was done to this user: the user, their grants, tokens and figures. */
      about_user: userId.optional(),
      /** From this instant on. */
      since: isoTime.optional(),
      /** Before this instant. */
      until: isoTime.optional(),
    }),
    output: z.object({
      /** What there is to filter by, whatever the filter. */
      choices: z.object({
        actors: z.array(z.string()),
        actions: z.array(z.string()),
        object_kinds: z.array(z.string()),
      }),
      entries: z.array(
        z.object({
          id: z.number(),
          at: z.string(),
          actor: z.string(),
          via: z.enum(['window', 'browser', 'command-line', 'api', 'job', 'start']),
          action: z.string(),
          object_kind: z.string(),
          object_id: z.string(),
          /** Whatever the change was about; null where there was nothing before, or nothing is left after. */
          before: z.unknown(),
          after: z.unknown(),
        }),
      ),
      total_count: z.number(),
      limit: z.number(),
      offset: z.number(),
    }),
    errors: [],
    example: { object_kind: 'user', limit: 20 },
  }),
}

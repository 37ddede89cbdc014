import { z } from 'zod'
import { turnRecord } from './consumption-shapes.ts'
import {
  costUsd,
  enforcementMode,
  limitState,
  queryInt,
  sessionId,
  tokens,
  usageStatus,
  userId,
} from './fields.ts'
import { operation } from './operation.ts'

/** What is counted beside turns, what is added to a turn afterwards, and how a user stands against every limit. */

// Visible ASCII, as a header can carry it; a UUID is the usual choice.
const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible characters without spaces, for example a UUID')

const turnNumber = z.int().min(1).max(1_000_000)

const IDEMPOTENCY_HEADER = { idempotency_key: 'Idempotency-Key' } as const

export const countingOperations = {
  'turns.extend': operation({
    method: 'PATCH',
    path: '/api/v1/consumption/turns/{session_id}/{turn_number}',
    scopes: ['executor'],
    effect: 'write',
    status: 200,
    summary: 'Add what an extension consumed to a recorded turn',
    description:
      'Tokens and cost are added to the turn, in its own month. Each `Idempotency-Key` counts once for a turn: the same key again ' +
      'answers `replayed: true`; with other figures it is refused with 409. Without `cost_usd` the turn is priced anew with all its ' +
      'tokens, or, when its cost was reported, the added tokens by the catalogue; what was booked never becomes less.',
    input: z.strictObject({
      session_id: sessionId,
      // From the path it arrives as text.
      turn_number: queryInt(1, 1_000_000),
      user_id: userId.optional(),
      input_tokens: tokens.optional(),
      output_tokens: tokens.optional(),
      cached_input_tokens: tokens.optional(),
      cost_usd: costUsd.optional(),
      reason: z.string().max(500).optional(),
      idempotency_key: idempotencyKey,
    }),
    headers: IDEMPOTENCY_HEADER,
    output: z.object({
      replayed: z.boolean(),
      /** The turn with everything added so far. */
      turn: turnRecord,
    }),
    errors: [
      'turn_unknown',
      'turn_conflict',
      'user_unknown',
      'storage_full',
      'storage_unavailable',
      'restoring',
    ],
    example: {
      session_id: 'session-1',
      turn_number: 1,
      user_id: 'alice',
      input_tokens: 300,
      output_tokens: 80,
      reason: 'chart',
      idempotency_key: '8e03978e-40d5-43e8-bc93-6894a57f9324',
    },
  }),
  'consumption.championCase': operation({
    method: 'POST',
    path: '/api/v1/consumption/champion-cases',
    scopes: ['executor'],
    effect: 'write',
    status: 201,
    summary: 'Count a champion case',
    description:
      'Counted once per `case_id`, in the running month; the same case again answers 200 with `replayed: true`. Without a `case_id` ' +
      'an `Idempotency-Key` must say which call this is.',
    input: z.strictObject({
      user_id: userId,
      case_id: z.string().min(1).max(255).optional(),
      session_id: sessionId.optional(),
      turn_number: turnNumber.optional(),
      idempotency_key: idempotencyKey.optional(),
    }),
    headers: IDEMPOTENCY_HEADER,
    output: z.object({
      replayed: z.boolean(),
      user_id: z.string(),
      current_period: z.string(),
      /** Of the running month, this one included. */
      champion_cases_created: z.number(),
    }),
    errors: ['user_unknown', 'storage_full', 'storage_unavailable', 'restoring'],
    example: { user_id: 'alice', case_id: 'case-17', session_id: 'session-1', turn_number: 1 },
  }),
  'consumption.configChange': operation({
    method: 'POST',
    path: '/api/v1/consumption/config-changes',
    scopes: ['executor'],
    effect: 'write',
    status: 200,
    summary: 'Ask whether a user may change a configuration now, and count it',
    description:
      'One step: a yes is counted at once against `config_changes_per_hour`, a no costs nothing and says when to come back. ' +
      'With `dry_run` nothing is counted.',
    input: z.strictObject({ user_id: userId, dry_run: z.boolean().optional() }),
    output: z.object({
      allowed: z.literal(true),
      enforcement: enforcementMode,
      would_have_blocked: z.enum(['config_limit_exceeded', 'user_inactive', 'profile_inactive']).nullable(),
      bypassed: z.boolean(),
      /** The limit after this change; empty when the answer could not be worked out. */
      limits: z.array(limitState),
    }),
    errors: [
      'config_limit_exceeded',
      'user_inactive',
      'profile_inactive',
      'user_unknown',
      'limits_unavailable',
      'restoring',
    ],
    example: { user_id: 'alice' },
  }),
  'consumption.quotaStatus': operation({
    method: 'GET',
    path: '/api/v1/auth/user/quota-status',
    scopes: ['user'],
    effect: 'read',
    status: 200,
    summary: 'Used, limit, remaining and percent of every limit of a user',
    input: z.strictObject({ user_id: userId.optional() }),
    output: z.object({
      user_id: z.string(),
      status: usageStatus,
      /** One sentence: why, and until when. */
      status_reason: z.string(),
      limits: z.array(limitState),
    }),
    errors: ['user_unknown'],
    example: { user_id: 'alice' },
  }),
}

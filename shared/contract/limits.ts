import { z } from 'zod'
import { LIMIT_CODES } from '../error-codes.ts'
import { enforcementMode, limitState, reservation, sessionId, tokens, userId } from './fields.ts'
import { operation } from './operation.ts'

/** May this user run a turn now? */
export const limitOperations = {
  'limits.check': operation({
    method: 'POST',
    path: '/api/v1/limits/check',
    scopes: ['executor'],
    effect: 'write',
    status: 200,
    summary: 'Ask whether a user may run a turn now',
    description:
      'A yes is counted at once and reserves the estimated tokens until the turn is recorded or ten minutes have passed. ' +
      'An estimate above what one check may reserve (setting `max_reservation_tokens`) is cut to it; `reservation` says so. ' +
      'A no costs nothing and says when to come back. With `dry_run` nothing is counted or reserved.',
    input: z.strictObject({
      user_id: userId,
      session_id: sessionId.optional(),
      estimated_input_tokens: tokens.optional(),
      estimated_output_tokens: tokens.optional(),
      dry_run: z.boolean().optional(),
    }),
    output: z.object({
      allowed: z.literal(true),
      admission_id: z.string().nullable(),
      enforcement: enforcementMode,
      would_have_blocked: z.enum([...LIMIT_CODES, 'user_inactive', 'profile_inactive']).nullable(),
      bypassed: z.boolean(),
      expires_at: z.string().nullable(),
      /** Zeros for what is only let through; null where the limits could not be worked out. */
      reservation: reservation.nullable(),
      limits: z.array(limitState),
    }),
    errors: [
      ...LIMIT_CODES,
      'user_inactive',
      'profile_inactive',
      'user_unknown',
      'limits_unavailable',
      'restoring',
    ],
    example: { user_id: 'alice', session_id: 'session-1', estimated_input_tokens: 1200 },
    command: 'check',
  }),
}

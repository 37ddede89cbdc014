import { z } from 'zod'
import { isoTime, limitCostUsd, limitName, userId } from './fields.ts'
import { operation } from './operation.ts'

/** Raises of single limits of single users, for a while. */

/** `amount` is in the limit's unit: requests, tokens, or dollars. */
export const grant = z.object({
  id: z.number(),
  user_id: z.string(),
  limit: limitName,
  amount: z.number(),
  expires_at: z.string(),
  reason: z.string(),
  created_by: z.string(),
  created_at: z.string(),
  revoked_at: z.string().nullable(),
  /** Whether it raises the limit now. */
  is_in_force: z.boolean(),
})

export const grantOperations = {
  'grants.create': operation({
    method: 'POST',
    path: '/api/v1/auth/admin/users/{id}/grants',
    scopes: ['admin'],
    effect: 'write',
    status: 201,
    summary: 'Raise one limit of a user for a while; in force with the next check',
    description:
      'The amount is added to what the profile or the override says, on top of other grants; dollars for ' +
      '`cost_per_month_usd`, whole numbers for the others. It changes nothing where there is no limit.',
    input: z.strictObject({
      id: userId,
      limit: limitName,
      amount: limitCostUsd,
      expires_at: isoTime,
      reason: z.string().trim().min(1).max(500),
    }),
    output: grant,
    errors: ['user_unknown', 'invalid_request'],
    example: {
      id: 'alice',
      limit: 'prompts_per_hour',
      amount: 50,
      expires_at: '2030-01-01T00:00:00Z',
      reason: 'Demo week',
    },
  }),
  'grants.list': operation({
    method: 'GET',
    path: '/api/v1/auth/admin/users/{id}/grants',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: "A user's grants, newest first; those that are over too",
    input: z.strictObject({ id: userId }),
    output: z.object({ grants: z.array(grant) }),
    errors: ['user_unknown'],
    example: { id: 'alice' },
  }),
  'grants.revoke': operation({
    method: 'DELETE',
    path: '/api/v1/auth/admin/users/{id}/grants/{grant_id}',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'End a grant before its time',
    input: z.strictObject({ id: userId, grant_id: z.coerce.number().int().min(1) }),
    output: grant,
    errors: ['user_unknown', 'grant_unknown'],
    example: { id: 'alice', grant_id: 1 },
  }),
}

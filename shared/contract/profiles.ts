import { z } from 'zod'
import { limitCostUsd, limitValue } from './fields.ts'
import { operation } from './operation.ts'

/** Named sets of limits, and what a change of one would do. */

const nullableText = z.string().nullable()

export const profile = z.object({
  id: z.number(),
  name: z.string(),
  description: nullableText,
  prompts_per_hour: limitValue,
  prompts_per_day: limitValue,
  config_changes_per_hour: limitValue,
  input_tokens_per_month: limitValue,
  output_tokens_per_month: limitValue,
  cost_per_month_usd: z.number().nullable(),
  is_default: z.boolean(),
  is_active: z.boolean(),
  user_count: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
})

/** What an operator decides about a profile. */
const fields = {
  name: z.string().trim().min(1).max(100),
  description: z.string().max(1000).nullable().optional(),
  prompts_per_hour: limitValue.optional(),
  prompts_per_day: limitValue.optional(),
  config_changes_per_hour: limitValue.optional(),
  input_tokens_per_month: limitValue.optional(),
  output_tokens_per_month: limitValue.optional(),
  cost_per_month_usd: limitCostUsd.nullable().optional(),
  is_default: z.boolean().optional(),
  is_active: z.boolean().optional(),
}

const profileId = z.coerce.number().int().min(1)

const EXAMPLE = {
  name: 'Team',
  description: 'For the support team',
  prompts_per_hour: 100,
  prompts_per_day: 1000,
  config_changes_per_hour: 10,
  input_tokens_per_month: 1_000_000,
  output_tokens_per_month: null,
  cost_per_month_usd: 250,
  is_default: false,
  is_active: true,
}

const LEFT_OUT = 'A limit that is null is unlimited, 0 blocks everything.'

const affectedUser = z.object({
  user_id: z.string(),
  username: z.string(),
  /** One sentence: what stops, or has stopped, this user. */
  reason: z.string(),
})

export const profileOperations = {
  'profiles.list': operation({
    method: 'GET',
    path: '/api/v1/auth/admin/consumption-profiles',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'The profiles with how many users each has',
    input: z.strictObject({}),
    output: z.object({ profiles: z.array(profile) }),
    errors: [],
    example: {},
    command: 'profiles list',
  }),
  'profiles.create': operation({
    method: 'POST',
    path: '/api/v1/auth/admin/consumption-profiles',
    scopes: ['admin'],
    effect: 'write',
    status: 201,
    summary: 'Add a profile',
    description: `${LEFT_OUT} One that is left out is unlimited. As the default it takes the place of the one that was.`,
    input: z.strictObject(fields),
    output: profile,
    errors: ['profile_exists', 'invalid_request'],
    example: EXAMPLE,
  }),
  'profiles.update': operation({
    method: 'PUT',
    path: '/api/v1/auth/admin/consumption-profiles/{id}',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Change a profile; in force with the next check of everybody who has it',
    description: `${LEFT_OUT} The name is always sent; of the rest, what is left out stays as it is. The default stays active, and is the default until another is.`,
    input: z.strictObject({ id: profileId, ...fields }),
    output: profile,
    errors: ['profile_unknown', 'profile_exists', 'invalid_request'],
    example: { id: 1, ...EXAMPLE },
  }),
  'profiles.preview': operation({
    method: 'POST',
    path: '/api/v1/auth/admin/consumption-profiles/{id}/preview',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'Which users a change of a profile would block or set free now; changes nothing',
    input: z.strictObject({ id: profileId, ...fields }),
    output: z.object({
      /** Users whose limits would come from other figures than now. */
      affected_users: z.number(),
      would_block: z.array(affectedUser),
      would_unblock: z.array(affectedUser),
    }),
    errors: ['profile_unknown', 'profile_exists', 'invalid_request'],
    example: { id: 1, ...EXAMPLE },
  }),
  'profiles.delete': operation({
    method: 'DELETE',
    path: '/api/v1/auth/admin/consumption-profiles/{id}',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Delete a profile nobody has, or move its users to another one first',
    input: z.strictObject({ id: profileId, move_users_to: profileId.optional() }),
    output: z.object({ profile, moved_users: z.number() }),
    errors: ['profile_unknown', 'profile_in_use', 'invalid_request'],
    example: { id: 1, move_users_to: 2 },
  }),
}

import { z } from 'zod'
import { isoTime, queryFlag, queryInt, scope, userId } from './fields.ts'
import { operation } from './operation.ts'

/** Users and access tokens. */

const nullableText = z.string().nullable()

export const user = z.object({
  id: z.string(),
  username: z.string(),
  email: nullableText,
  display_name: nullableText,
  is_active: z.boolean(),
  is_admin: z.boolean(),
  consumption_profile_id: z.number().nullable(),
  profile_name: nullableText,
  source: z.enum(['operator', 'import', 'auto', 'demo']),
  created_at: z.string(),
  updated_at: z.string(),
})

/** A user as the list has it. */
export const listedUser = user.extend({ last_usage_at: nullableText })

/** What the list can be sorted by. */
export const USER_LIST_SORT_KEYS = [
  'username',
  'id',
  'email',
  'display_name',
  'profile_name',
  'is_active',
  'is_admin',
  'created_at',
  'last_usage_at',
] as const

export const accessToken = z.object({
  id: z.number(),
  name: z.string(),
  /** The first characters of the token, enough to recognise it and useless to call with. */
  prefix: z.string(),
  scope,
  user_id: nullableText,
  created_at: z.string(),
  last_used_at: nullableText,
  expires_at: nullableText,
  revoked_at: nullableText,
})

const username = z.string().trim().min(1).max(200)
const email = z.email().max(320).nullable()

export const administrationOperations = {
  'users.list': operation({
    method: 'GET',
    path: '/api/v1/auth/admin/users',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'The users, by name unless another order is asked for',
    description: 'Deleted users whose turns were kept are listed only with status=deleted.',
    input: z.strictObject({
      search: z.string().max(200).optional(),
      status: z.enum(['active', 'inactive', 'deleted']).optional(),
      /** Number of a profile; `none` are those without one of their own, who have the default. */
      profile: z.string().max(20).optional(),
      sort: z.enum(USER_LIST_SORT_KEYS).optional(),
      order: z.enum(['asc', 'desc']).optional(),
      limit: queryInt(1, 10_000).optional(),
      offset: queryInt(0, 10_000_000).optional(),
    }),
    output: z.object({
      users: z.array(listedUser),
      total_count: z.number(),
      limit: z.number(),
      offset: z.number(),
    }),
    errors: [],
    example: { search: 'ali' },
    command: 'users list',
  }),
  'users.create': operation({
    method: 'POST',
    path: '/api/v1/auth/admin/users',
    scopes: ['admin'],
    effect: 'write',
    status: 201,
    summary: 'Add a user',
    input: z.strictObject({
      id: userId.optional(),
      username,
      email: email.optional(),
      display_name: z.string().max(200).nullable().optional(),
      consumption_profile_id: z.int().nullable().optional(),
      is_admin: z.boolean().optional(),
    }),
    output: user,
    errors: ['user_exists', 'profile_unknown'],
    example: { id: 'alice', username: 'Alice' },
    command: 'users add',
  }),
  'users.update': operation({
    method: 'PATCH',
    path: '/api/v1/auth/admin/users/{id}',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Change a user; what is left out stays. Deactivated, the next check is refused',
    input: z.strictObject({
      id: userId,
      username: username.optional(),
      email: email.optional(),
      display_name: z.string().max(200).nullable().optional(),
      is_active: z.boolean().optional(),
      is_admin: z.boolean().optional(),
      consumption_profile_id: z.int().nullable().optional(),
    }),
    output: user,
    errors: ['user_unknown', 'profile_unknown'],
    example: { id: 'alice', is_active: false },
    command: 'users deactivate',
  }),
  'users.setProfile': operation({
    method: 'PUT',
    path: '/api/v1/auth/admin/users/{id}/consumption-profile',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Give a user another profile; in force with the next check',
    input: z.strictObject({ id: userId, profile_id: z.int().nullable() }),
    output: user,
    errors: ['user_unknown', 'profile_unknown'],
    example: { id: 'alice', profile_id: 1 },
    command: 'users set-profile',
  }),
  'tokens.list': operation({
    method: 'GET',
    path: '/api/v1/auth/admin/tokens',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'The access tokens, without their secrets',
    input: z.strictObject({ include_revoked: queryFlag.optional() }),
    output: z.object({ tokens: z.array(accessToken) }),
    errors: [],
    example: {},
    command: 'tokens list',
  }),
  'tokens.create': operation({
    method: 'POST',
    path: '/api/v1/auth/admin/tokens',
    scopes: ['admin'],
    effect: 'write',
    status: 201,
    summary: 'Make an access token; it is shown this once and only its hash is kept',
    input: z.strictObject({
      name: z.string().trim().min(1).max(100),
      scope,
      user_id: userId.optional(),
      expires_at: isoTime.optional(),
    }),
    output: z.object({ id: z.number(), token: z.string(), prefix: z.string() }),
    errors: ['user_unknown', 'invalid_request'],
    example: { name: 'agent', scope: 'executor' },
    command: 'tokens create',
  }),
  'tokens.revoke': operation({
    method: 'DELETE',
    path: '/api/v1/auth/admin/tokens/{id}',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Revoke a token; the next request with it is refused',
    input: z.strictObject({ id: z.coerce.number().int().min(1) }),
    output: accessToken,
    errors: ['token_unknown'],
    example: { id: 1 },
    command: 'tokens revoke',
  }),
}

import { z } from 'zod'
import { operation } from '../../shared/contract/operation.ts'

/**
 * What HTTP has beyond the operation table: signing a browser in, and asking whether Weir is up. In the same form as
 * the table, so that OpenAPI and the documentation tell of them in the same way.
 */

/** Codes and tokens have 50 characters; what is longer is neither. */
const SECRET_LENGTH_MAX = 512

const secret = z.string().min(1).max(SECRET_LENGTH_MAX)

export const OWN_CONTRACT = {
  login: operation({
    method: 'POST',
    path: '/api/v1/auth/login',
    scopes: ['none'],
    effect: 'write',
    status: 200,
    summary: 'Sign a browser in with a one-time code or an admin token',
    description:
      'Sets an HttpOnly, SameSite=Strict cookie. A session ends after 12 hours without a request, when its token is ' +
      'revoked, and when Weir stops. Send `csrf` as `X-Weir-CSRF` with everything that is not a GET.',
    input: z.union([z.strictObject({ code: secret }), z.strictObject({ token: secret })]),
    output: z.object({ name: z.string(), csrf: z.string() }),
    errors: ['unauthorized', 'forbidden', 'too_many_requests'],
    example: { code: 'the part of the login link after #' },
  }),
  session: operation({
    method: 'GET',
    path: '/api/v1/auth/session',
    scopes: ['none'],
    effect: 'read',
    status: 200,
    summary: 'Whether this browser is signed in, and the value for X-Weir-CSRF',
    input: z.strictObject({}),
    output: z.object({
      authenticated: z.boolean(),
      name: z.string().nullable(),
      csrf: z.string().nullable(),
    }),
    errors: [],
    example: {},
  }),
  logout: operation({
    method: 'POST',
    path: '/api/v1/auth/logout',
    scopes: ['none'],
    effect: 'write',
    status: 200,
    summary: 'Sign this browser out',
    input: z.strictObject({}),
    output: z.object({ authenticated: z.literal(false) }),
    errors: [],
    example: {},
  }),
  loginCode: operation({
    method: 'POST',
    path: '/api/v1/auth/login-codes',
    scopes: ['admin'],
    effect: 'write',
    status: 201,
    summary: 'Make a one-time login link for a browser; good for 60 seconds and one use',
    input: z.strictObject({}),
    output: z.object({ code: z.string(), expires_at: z.string(), url: z.string() }),
    errors: [],
    example: {},
  }),
  healthz: operation({
    method: 'GET',
    path: '/healthz',
    scopes: ['none'],
    effect: 'read',
    status: 200,
    summary: 'The process is up',
    input: z.strictObject({}),
    output: z.object({
      status: z.literal('up'),
      service: z.literal('weir'),
      face: z.enum(['window', 'browser', 'command-line']),
    }),
    errors: [],
    example: {},
  }),
  readyz: operation({
    method: 'GET',
    path: '/readyz',
    scopes: ['none'],
    effect: 'read',
    status: 200,
    summary: 'The database answers',
    input: z.strictObject({}),
    output: z.object({ status: z.literal('ready') }),
    errors: ['storage_unavailable', 'shutting_down'],
    example: {},
  }),
  openapi: operation({
    method: 'GET',
    path: '/api/v1/openapi.json',
    scopes: ['none'],
    effect: 'read',
    status: 200,
    summary: 'This API as OpenAPI 3.1',
    input: z.strictObject({}),
    output: z.looseObject({ openapi: z.string() }),
    errors: [],
    example: {},
  }),
}

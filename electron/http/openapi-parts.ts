import { ERROR_CODES } from '../../shared/error-codes.ts'
import type { DescribedResponse, JsonSchema } from './openapi-types.ts'

/** Parts of the OpenAPI document that are the same for every operation. */

/** With 429 and 503. */
export const RETRY_HEADERS: NonNullable<DescribedResponse['headers']> = {
  'Retry-After': {
    description: 'Seconds to wait before asking again',
    schema: { type: 'integer', minimum: 1 },
  },
}

/** Of a limit check, whether yes or no. */
export const RATE_LIMIT_HEADERS: NonNullable<DescribedResponse['headers']> = {
  'RateLimit-Policy': {
    description:
      'Quotas that apply: q is the quota, w the window in seconds, qu the unit when it is not requests',
    schema: { type: 'string' },
  },
  RateLimit: { description: 'What remains (r) and seconds to the reset (t)', schema: { type: 'string' } },
}

/** Every error. */
export const PROBLEM_SCHEMA: JsonSchema = {
  type: 'object',
  description:
    'Problem details (RFC 9457). Some codes add members, such as limit, used, resets_at and errors.',
  required: ['type', 'title', 'status', 'code', 'detail', 'request_id'],
  properties: {
    type: { type: 'string', format: 'uri', description: 'urn:weir:error:<code>' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(ERROR_CODES) },
    detail: { type: 'string', description: 'One sentence for a person' },
    request_id: { type: 'string', description: 'Leads to the line of the log' },
    errors: {
      type: 'array',
      description: 'With invalid_request: what is wrong, and where',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
    limit: { type: ['number', 'null'] },
    used: { type: 'number' },
    resets_at: { type: 'string', format: 'date-time' },
    retry_after_seconds: { type: 'integer', minimum: 1 },
  },
}

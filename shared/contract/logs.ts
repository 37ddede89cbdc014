import { z } from 'zod'
import { isoTime, queryInt } from './fields.ts'
import { operation } from './operation.ts'

/** The log of this Weir: its newest lines, and how often what one watches for has happened. */

const nullableText = z.string().nullable()

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export const logLevel = z.enum(LOG_LEVELS)

/** One line. `fields` is what it says beyond the members every line has; secrets and prompt text are not in it. */
export const logLine = z.object({
  /** Grows from line to line, also over restarts: what `after` and `before` are compared with. */
  seq: z.number(),
  at: z.string(),
  level: logLevel,
  /** The part of Weir: `http`, `import`, `limits`, … */
  area: z.string(),
  message: z.string(),
  user_id: nullableText,
  /** The `request_id` of the answer this line belongs to. */
  request_id: nullableText,
  /** Named on lines one watches for: `database_error`, `drift_warning`, `dual_write_failure`. */
  event: nullableText,
  fields: z.record(z.string(), z.unknown()),
})

const name = z.string().min(1).max(128)
const seq = queryInt(0, Number.MAX_SAFE_INTEGER)

/** Lines of one answer; a screenful is fifty. */
export const LOG_LINES_MAX = 1000

export const logOperations = {
  'logs.list': operation({
    method: 'GET',
    path: '/api/v1/admin/logs',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'Lines of the log, newest first',
    description:
      'One answer looks through about eight megabytes. `is_complete` is false when there may be more: ask again with ' +
      '`before` set to `oldest_seq`. To follow the log ask with `after` set to `newest_seq`; an answer that is not ' +
      'complete then has left lines out.',
    input: z.strictObject({
      level: logLevel.optional(),
      area: name.optional(),
      user_id: name.optional(),
      request_id: name.optional(),
      event: name.optional(),
      text: z.string().min(1).max(200).optional(),
      since: isoTime.optional(),
      until: isoTime.optional(),
      after: seq.optional(),
      before: seq.optional(),
      limit: queryInt(1, LOG_LINES_MAX).default(200),
    }),
    output: z.object({
      lines: z.array(logLine),
      /** Number of the newest line there is, whether or not it was asked for; 0 without a log. */
      newest_seq: z.number(),
      /** Number of the oldest line that was looked at; null when none was. */
      oldest_seq: z.number().nullable(),
      is_complete: z.boolean(),
      lowest_level: logLevel,
      log_bytes: z.number(),
      cap_bytes: z.number(),
    }),
    errors: [],
    example: { level: 'warn', limit: 50 },
  }),
  'logs.counters': operation({
    method: 'GET',
    path: '/api/v1/admin/logs/counters',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'How often what one watches for stands in the log since a time',
    description: 'Without `since` it counts the last 24 hours.',
    input: z.strictObject({ since: isoTime.optional() }),
    output: z.object({
      since: z.string(),
      /** False when the log does not reach back that far: there may have been more. */
      reaches_back: z.boolean(),
      oldest_at: nullableText,
      counters: z.array(z.object({ event: z.string(), count: z.number(), last_at: nullableText })),
    }),
    errors: [],
    example: {},
  }),
}

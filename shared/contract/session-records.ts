import { z } from 'zod'
import { turnRecord } from './consumption-shapes.ts'
import { period, queryFlag, queryInt, sessionId, userId } from './fields.ts'
import { operation } from './operation.ts'

/** Looking at sessions: the list of all, and one with its turns. */

const nullableText = z.string().nullable()

/** `active`: a turn within the last hour; `idle`: open, but nothing for an hour; `closed`: its owner has closed it. */
export const sessionStatus = z.enum(['active', 'idle', 'closed'])

/** A session with what it used in the range asked for. */
export const sessionRow = z.object({
  user_id: z.string(),
  username: z.string(),
  session_id: z.string(),
  session_name: nullableText,
  status: sessionStatus,
  /** Where its turns came from; `mixed` when from several places, null without turns. */
  source: z.enum(['api', 'import', 'repair', 'mixed']).nullable(),
  models: z.array(z.string()),
  turns: z.number(),
  failed_turns: z.number(),
  total_input_tokens: z.number(),
  total_output_tokens: z.number(),
  /** Input and output, those outside turns included. */
  total_tokens: z.number(),
  /** Of the tokens, those spent outside turns: naming the session, calls that belong to no turn. */
  outside_turns_tokens: z.number(),
  estimated_cost_usd: z.number(),
  first_used_at: z.string(),
  last_used_at: z.string(),
  closed_at: nullableText,
})

/** What a list of sessions can be ordered by. */
export const SESSION_SORT_KEYS = [
  'session_name',
  'username',
  'turns',
  'total_tokens',
  'estimated_cost_usd',
  'first_used_at',
  'last_used_at',
] as const

export const sessionRecordOperations = {
  'sessions.list': operation({
    method: 'GET',
    path: '/api/v1/sessions',
    scopes: ['user'],
    effect: 'read',
    status: 200,
    summary: 'A page of the sessions of one user or, for an admin, of everybody',
    description:
      'Figures are those of the whole session or, with `period`, of that month; then only sessions with turns in it are listed. ' +
      '`search` looks into the name and the id of a session.',
    input: z.strictObject({
      user_id: userId.optional(),
      search: z.string().max(200).optional(),
      status: sessionStatus.optional(),
      /** Only sessions that spent tokens outside their turns. */
      outside: queryFlag.optional(),
      period: period.optional(),
      sort: z.enum(SESSION_SORT_KEYS).optional(),
      order: z.enum(['asc', 'desc']).optional(),
      limit: queryInt(1, 200).optional(),
      offset: queryInt(0, 10_000_000).optional(),
    }),
    output: z.object({
      sessions: z.array(sessionRow),
      total_count: z.number(),
      limit: z.number(),
      offset: z.number(),
    }),
    errors: ['user_unknown'],
    example: { user_id: 'alice', sort: 'estimated_cost_usd', order: 'desc', limit: 50 },
  }),
  'sessions.get': operation({
    method: 'GET',
    path: '/api/v1/sessions/{id}',
    scopes: ['user'],
    effect: 'read',
    status: 200,
    summary: 'One session with a page of its turns in their order, and how its sums come about',
    input: z.strictObject({
      id: sessionId,
      user_id: userId.optional(),
      limit: queryInt(1, 1000).optional(),
      offset: queryInt(0, 10_000_000).optional(),
    }),
    output: z.object({
      session: sessionRow,
      /** Both sums and the named rest between them; all of the whole session. */
      sums: z.object({
        turns_input_tokens: z.number(),
        turns_output_tokens: z.number(),
        outside_turns_input_tokens: z.number(),
        outside_turns_output_tokens: z.number(),
        outside_turns_cost_usd: z.number(),
      }),
      /** The session file as it was read last; null when the session never came from a file. */
      file: z
        .object({
          path: z.string(),
          size_bytes: z.number(),
          turns: z.number(),
          read_at: z.string(),
          problem: nullableText,
        })
        .nullable(),
      turns: z.array(turnRecord),
      total_count: z.number(),
      limit: z.number(),
      offset: z.number(),
    }),
    errors: ['user_unknown', 'session_unknown'],
    example: { id: 'session-1', user_id: 'alice' },
  }),
}

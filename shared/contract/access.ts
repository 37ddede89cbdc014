import { z } from 'zod'
import { accessToken, user } from './administration.ts'
import { isoTime, queryFlag, userId } from './fields.ts'
import { operation } from './operation.ts'

/** What concerns many users at once or ends them, and tokens that take the place of others. */

/** Ids of a bulk change; with the longest ids there are they still fit a request body. */
export const BULK_IDS_MAX = 400
/** Characters of one piece of a CSV file: whatever is in it, it fits a request body of 64 KB as JSON. */
export const CSV_PIECE_CHARACTERS_MAX = 24_000
/** A month: longer than any change of a program's configuration should take. */
export const OVERLAP_MINUTES_MAX = 43_200

/** Which users of the list. */
export const userFilter = z.strictObject({
  search: z.string().max(200).optional(),
  status: z.enum(['active', 'inactive']).optional(),
  /** Number of a profile; `none` are those without one of their own, who have the default. */
  profile: z.string().max(20).optional(),
})

const nullableText = z.string().nullable()

const formerState = z.object({
  user_ids: z.array(z.string()),
  consumption_profile_id: z.number().nullable().optional(),
  is_active: z.boolean().optional(),
})

const importedRow = z.object({
  /** Line of the file, from 1. */
  line: z.number(),
  id: nullableText,
  username: nullableText,
  result: z.enum(['new', 'changed', 'same', 'bad']),
  /** Why a row is bad; null for the others. */
  reason: nullableText,
  /** What differs, by column. */
  changes: z.array(z.object({ column: z.string(), before: nullableText, after: nullableText })),
})

export const accessOperations = {
  'users.bulk': operation({
    method: 'POST',
    path: '/api/v1/auth/admin/users/bulk',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Give many users a profile, or let them in or out; in force with the next check',
    description:
      'Either user_ids or filter says whom; one or both of consumption_profile_id and is_active say what. `undo` holds what they were before, ready to be sent again.',
    input: z.strictObject({
      user_ids: z.array(userId).min(1).max(BULK_IDS_MAX).optional(),
      filter: userFilter.optional(),
      consumption_profile_id: z.int().nullable().optional(),
      is_active: z.boolean().optional(),
      dry_run: z.boolean().optional(),
    }),
    output: z.object({
      matched: z.number(),
      changed: z.number(),
      unchanged: z.number(),
      unknown_ids: z.array(z.string()),
      undo: z.array(formerState),
    }),
    errors: ['profile_unknown', 'invalid_request'],
    example: { user_ids: ['alice', 'bob'], consumption_profile_id: 1 },
  }),
  'users.delete': operation({
    method: 'DELETE',
    path: '/api/v1/auth/admin/users/{id}',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Delete a user, with the turns kept for the books or removed for good',
    description:
      'kept: the user runs no turn any more and is in no list, the turns still count in every total, and is_active: true brings the user back. removed: the turns, sessions and everything else of the user are erased. Session files are never touched. confirm must be the id, except for a dry_run.',
    input: z.strictObject({
      id: userId,
      turns: z.enum(['kept', 'removed']),
      confirm: z.string().max(200).optional(),
      dry_run: queryFlag.optional(),
    }),
    output: z.object({
      user,
      turns: z.enum(['kept', 'removed']),
      /** What there is of the user: kept, or gone. */
      books: z.object({
        sessions: z.number(),
        turns: z.number(),
        input_tokens: z.number(),
        output_tokens: z.number(),
        cost_usd: z.number(),
        tokens: z.number(),
      }),
    }),
    errors: ['user_unknown', 'invalid_request'],
    example: { id: 'alice', turns: 'kept', confirm: 'alice' },
    command: 'users delete',
  }),
  'users.import': operation({
    method: 'POST',
    path: '/api/v1/auth/admin/users/import',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Add and change users from CSV; with dry_run only say what would happen',
    description:
      'The first line names the columns: id, username, email, display_name, profile, active, admin; others are passed over. An empty cell leaves a user as it is. Bad rows are told with their reason and left out. A larger file is sent in pieces, each with the line of names; first_line says which line of the file the second line of the piece is.',
    input: z.strictObject({
      csv: z.string().min(1).max(CSV_PIECE_CHARACTERS_MAX),
      first_line: z.int().min(2).max(10_000_000).optional(),
      dry_run: z.boolean().optional(),
    }),
    output: z.object({
      new: z.number(),
      changed: z.number(),
      same: z.number(),
      bad: z.number(),
      ignored_columns: z.array(z.string()),
      rows: z.array(importedRow),
    }),
    errors: ['invalid_request'],
    example: { csv: 'id,username,profile\nalice,Alice,Free\n', dry_run: true },
    command: 'users import',
  }),
  'users.export': operation({
    method: 'GET',
    path: '/api/v1/auth/admin/users/export',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'The users of a filter as CSV, safe to open in a spreadsheet and to import again',
    input: z.strictObject({
      search: z.string().max(200).optional(),
      status: z.enum(['active', 'inactive']).optional(),
      profile: z.string().max(20).optional(),
    }),
    output: z.object({ csv: z.string(), users: z.number() }),
    errors: [],
    example: { status: 'active' },
    command: 'users export',
  }),
  'tokens.rotate': operation({
    method: 'POST',
    path: '/api/v1/auth/admin/tokens/{id}/rotate',
    scopes: ['admin'],
    effect: 'write',
    status: 201,
    summary: 'Make the successor of a token; the old one works until the overlap is over',
    description:
      'Name, scope and user are those of the old one, and so is the length of its life unless expires_at says otherwise. With an overlap of 0 the old one is refused from the next request on.',
    input: z.strictObject({
      id: z.coerce.number().int().min(1),
      overlap_minutes: z.int().min(0).max(OVERLAP_MINUTES_MAX),
      expires_at: isoTime.optional(),
    }),
    output: z.object({ id: z.number(), token: z.string(), prefix: z.string(), old: accessToken }),
    errors: ['token_unknown', 'invalid_request'],
    example: { id: 1, overlap_minutes: 60 },
    command: 'tokens rotate',
  }),
}

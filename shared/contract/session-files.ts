import { z } from 'zod'
import { systemSummary, userSummary } from './consumption-shapes.ts'
import { range, userId } from './fields.ts'
import { operation } from './operation.ts'
import { unreadableFile } from './operator.ts'

/** How the ledger keeps up with the session files. */

const nullableText = z.string().nullable()

/**
 * `following`: the last pass went well; `failing`: it did not, and another follows; `off`: switched off; `no_folder`:
 * none is known; `not_set_up`: before the first-run screen was left, or sample data; `not_started`: this process does
 * not follow files (a command).
 */
export const followState = z.enum(['following', 'failing', 'off', 'no_folder', 'not_set_up', 'not_started'])

export const sessionFilesState = z.object({
  state: followState,
  sessions_dir: nullableText,
  /** Whether the system tells of every change; otherwise some are found by looking every minute. */
  hears_changes: z.boolean(),
  is_reading: z.boolean(),
  /** Up to when everything in the folder is in the ledger. */
  caught_up_at: nullableText,
  /** Changed files that were still being written to at the last pass. */
  files_waiting: z.number(),
  /** Whether something has changed since the last pass began. */
  has_changes: z.boolean(),
  problem_count: z.number(),
  /** Files that could not be read or have lost turns, at most 200; the numbers they once gave stay. */
  problems: z.array(unreadableFile),
  last_pass: z
    .object({
      started_at: z.string(),
      took_ms: z.number(),
      files_read: z.number(),
      files_unchanged: z.number(),
      /** Rows of the ledger that were added or grew. */
      turns_written: z.number(),
      /** Turns the ledger holds with other figures; reconciliation says which. */
      conflicting: z.number(),
    })
    .nullable(),
  last_error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  /** Who writes the files: the agent, or Weir when a turn is recorded. */
  writer: z.enum(['agent', 'weir']),
  /** Turns that are in their session file and wait for the database. */
  dual_write: z.object({
    pending: z.number(),
    oldest_at: nullableText,
    last_error: nullableText,
    /** Second writes that failed since this process started. */
    failures: z.number(),
  }),
  /** Since this process started. */
  files_read: z.number(),
  turns_written: z.number(),
})

const rangeParameter = range.optional()

const readFrom = {
  source: z.literal('files'),
  /** Up to when the files were read. */
  read_at: z.string(),
}

export const sessionFileOperations = {
  'sessions.analytics': operation({
    method: 'GET',
    path: '/api/v1/sessions/analytics',
    scopes: ['user'],
    effect: 'read',
    status: 200,
    summary:
      'What the session files add up to, for one user or, for an admin who names nobody, for everybody',
    description:
      'The old way: always from the files, also while the database is there. Of all time, unless `period` says otherwise. ' +
      'Takes as long as reading what has changed in the files since it was asked last.',
    input: z.strictObject({ user_id: userId.optional(), period: rangeParameter }),
    output: z.object({
      ...readFrom,
      user_id: nullableText,
      range: z.string(),
      total_sessions: z.number(),
      active_sessions: z.number(),
      total_turns: z.number(),
      successful_turns: z.number(),
      failed_turns: z.number(),
      partial_turns: z.number(),
      success_rate_percent: z.number(),
      total_input_tokens: z.number(),
      total_output_tokens: z.number(),
      total_tokens: z.number(),
      outside_turns_input_tokens: z.number(),
      outside_turns_output_tokens: z.number(),
      rag_guided_turns: z.number(),
      rag_activation_rate_percent: z.number(),
      rag_output_tokens_saved: z.number(),
      estimated_cost_usd: z.number(),
      velocity_data: systemSummary.shape.velocity_data,
      model_distribution: systemSummary.shape.model_distribution,
      top_expensive_queries: systemSummary.shape.top_expensive_queries,
      top_expensive_questions: systemSummary.shape.top_expensive_questions,
    }),
    errors: ['user_unknown', 'folder_unreadable', 'storage_full', 'storage_unavailable'],
    example: { user_id: 'alice' },
  }),
  'consumption.filesSummary': operation({
    method: 'GET',
    path: '/api/v1/auth/user/consumption-summary',
    scopes: ['user'],
    effect: 'read',
    status: 200,
    summary: 'Everything about one user as the session files tell it',
    description:
      'The old way: always from the files. What files do not know (requests, reservations, blocked requests, champion cases) is 0; ' +
      'limits and names are those of the database as last read.',
    input: z.strictObject({ user_id: userId.optional(), period: rangeParameter }),
    output: userSummary.extend(readFrom),
    errors: ['user_unknown', 'folder_unreadable', 'storage_full', 'storage_unavailable'],
    example: { user_id: 'alice' },
  }),
  'sessionFiles.get': operation({
    method: 'GET',
    path: '/api/v1/admin/session-files',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'How far the ledger is up with the session files, and which files have problems',
    input: z.strictObject({}),
    output: sessionFilesState,
    errors: [],
    example: {},
  }),
  'sessionFiles.catchUp': operation({
    method: 'POST',
    path: '/api/v1/admin/session-files/catch-up',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Read changed session files in now, instead of at the next change or minute',
    description:
      'Answers when it is done. Adds what is new and never lowers a number; a file that has lost turns is a problem in the answer.',
    input: z.strictObject({}),
    output: sessionFilesState,
    errors: ['busy', 'folder_unreadable', 'storage_full', 'storage_unavailable'],
    example: {},
  }),
}

import { z } from 'zod'
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
  /** Since this process started. */
  files_read: z.number(),
  turns_written: z.number(),
})

export const sessionFileOperations = {
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

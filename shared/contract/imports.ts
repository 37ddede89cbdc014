import { z } from 'zod'
import { operation } from './operation.ts'

/** Imports that have written, and undoing one of them. */

const nullableText = z.string().nullable()

/** What undoing takes out, and what stays and why. */
export const undoTotals = z.object({
  turns: z.number(),
  sessions: z.number(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  cost_usd: z.number(),
  /** Added by the import and neither used nor changed since. */
  users: z.number(),
  profiles: z.number(),
  tokens: z.number(),
  prices: z.number(),
  /**
   * Sessions that stay, of which other imports tell tokens outside the turns, and whose turns were told once more since:
   * these tokens may come out otherwise than without the import, but the session never below what any of the others told.
   */
  sessions_reckoned: z.number(),
  staying: z.object({
    /** Turns that another import, which was not undone, tells of too. */
    other_imports: z.number(),
    /** Turns a reconciliation has corrected since. */
    corrected: z.number(),
    /** Turns the agent has added tokens to since. */
    added_to: z.number(),
    /** Turns of sessions whose tokens outside turns something else than imports has told: these may be in both. */
    told_outside: z.number(),
    /** Turns that retention has put into the sums of their month. */
    in_month_sums: z.number(),
    /** Users, profiles, tokens and prices that another import brings too, or that were used or changed since. */
    rows: z.number(),
  }),
})

export const importBatch = z.object({
  /** The run that `import.start` answered with. */
  id: z.string(),
  started_at: z.string(),
  finished_at: nullableText,
  sessions_dir: nullableText,
  auth_db: nullableText,
  started_by: z.string(),
  via: z.string(),
  state: z.enum(['running', 'done', 'cancelled', 'failed', 'interrupted', 'undoing', 'undone']),
  /** Rows of the ledger it has written: turns, and one for each session that spent something outside of them. */
  turns: z.number(),
  /** Users its sources tell of. */
  users: z.number(),
  /** Null when it is not being undone. It can be cancelled until `removing`. */
  undo: z
    .object({
      phase: z.enum(['counting', 'backing_up', 'removing']),
      sessions_done: z.number(),
      sessions_total: z.number(),
    })
    .nullable(),
  /** Why the last undoing did not come to its end. */
  undo_error: nullableText,
  undone_at: nullableText,
  undone_by: nullableText,
  /** What was taken out so far. */
  undone: undoTotals.nullable(),
})

export const importsOperations = {
  'imports.list': operation({
    method: 'GET',
    path: '/api/v1/admin/imports',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary:
      'Imports that have written, newest first; those from before version 12 of the database are not known',
    input: z.strictObject({}),
    output: z.object({ imports: z.array(importBatch) }),
    errors: [],
    example: {},
  }),
  'imports.get': operation({
    method: 'GET',
    path: '/api/v1/admin/imports/{id}',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'One import, and how far undoing it is',
    input: z.strictObject({ id: z.string().max(64) }),
    output: importBatch,
    errors: ['run_unknown'],
    example: { id: 'import-1' },
  }),
  'imports.undo': operation({
    method: 'POST',
    path: '/api/v1/admin/imports/{id}/undo',
    scopes: ['admin'],
    effect: 'write',
    status: 202,
    summary:
      'Take out of the books what one import has added; `dry_run` only says what would go and what stays',
    description:
      'Needs `confirm` with the id. A verified backup is made first. What something else tells of as well stays: turns of ' +
      'another import, turns recorded through the API or read in from a followed folder, turns that were corrected or added to. ' +
      'Counters, roll-ups and closed months come out as if the import had not been made, but for what the totals count: ' +
      'turns that stay, and `sessions_reckoned`, whose tokens outside turns may come out otherwise, the session never below what others told. ' +
      'A closed month may keep tokens outside turns that another import has moved into turns after it was closed. ' +
      'Follow it with `imports.get`.',
    input: z.strictObject({
      id: z.string().max(64),
      dry_run: z.boolean().optional(),
      confirm: z.string().max(64).optional(),
    }),
    output: z.object({
      import: importBatch,
      totals: undoTotals,
      dry_run: z.boolean(),
      /** Why it cannot be undone now; null when it can. */
      blocked: nullableText,
    }),
    errors: ['run_unknown', 'import_not_undoable', 'busy', 'invalid_request'],
    example: { id: 'import-1', dry_run: true },
  }),
  'imports.cancelUndo': operation({
    method: 'POST',
    path: '/api/v1/admin/imports/{id}/undo/cancel',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Stop undoing an import before anything is taken out; afterwards it goes to its end',
    input: z.strictObject({ id: z.string().max(64) }),
    output: importBatch,
    errors: ['run_unknown'],
    example: { id: 'import-1' },
  }),
}

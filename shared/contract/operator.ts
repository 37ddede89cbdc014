import { z } from 'zod'
import { enforcementMode } from './fields.ts'
import { operation } from './operation.ts'

/** What the operator does with Weir itself: first run, import, check of the books, state of the console. */

const nullableText = z.string().nullable()

/** Why a session file was left out; the text is for a person. */
export const unreadableFile = z.object({ path: z.string(), reason: z.string() })

/** What an auth database of the platform brought, table by table. */
const authDatabaseReport = z.object({
  file: z.string(),
  tables: z.array(
    z.object({
      table: z.string(),
      /** Rows of the table. */
      found: z.number(),
      /** Written by this run; in a dry run what it would write. */
      imported: z.number(),
      already_there: z.number(),
      /** Weir has it otherwise, and keeps it so. */
      conflicting: z.number(),
      rejected: z.number(),
    }),
  ),
  /** Share of what could be taken that Weir gives back exactly; null in a dry run and where there was nothing. */
  accuracy_percent: z.number().nullable(),
  /** Rows that cannot be taken. */
  rejects: z.array(z.object({ table: z.string(), row: z.string(), reason: z.string() })),
  conflicts: z.array(z.object({ table: z.string(), row: z.string(), reason: z.string() })),
  /** Tables that stay behind altogether. */
  not_taken: z.array(z.object({ table: z.string(), rows: z.number(), reason: z.string() })),
})

/**
 * The answer of `weir import`: what the files hold, what was new, and what reading the database back proved. `users`
 * counts those of both sources; the other figures are of the session files, with what an auth database brought beside them.
 */
export const importReport = z.object({
  users: z.number(),
  sessions: z.number(),
  turns: z.number(),
  unreadable: z.array(unreadableFile),
  /** Turns (and outside-turns rows) written by this run. */
  imported: z.number(),
  /** Turns that were in the ledger before. */
  already_there: z.number(),
  /** Turns the ledger holds with other figures, recorded by the API; left as they are. */
  conflicting: z.number(),
  /** Share of the files' (user, period) totals that the database gives back exactly; null when nothing was read. */
  accuracy_percent: z.number().nullable(),
  mismatches: z.array(
    z.object({
      user_id: z.string(),
      period: z.string(),
      field: z.string(),
      file_value: z.number(),
      database_value: z.number(),
    }),
  ),
  periods: z.array(
    z.object({
      period: z.string(),
      users: z.number(),
      turns: z.number(),
      input_tokens: z.number(),
      output_tokens: z.number(),
      cost_usd: z.number(),
    }),
  ),
  /** Everybody the sources tell of, those with the most tokens first. */
  by_user: z.array(
    z.object({
      user_id: z.string(),
      /** As Weir knew them before this run; null when nobody had the id. */
      username: nullableText,
      turns: z.number(),
      input_tokens: z.number(),
      output_tokens: z.number(),
      /** Whether the database gives back all months of theirs exactly; null when that was not looked at. */
      is_exact: z.boolean().nullable(),
    }),
  ),
  outside_turns_tokens: z.number(),
  dry_run: z.boolean(),
  validate_only: z.boolean(),
  /** Null when only session files were read. */
  auth_database: authDatabaseReport.nullable(),
})

export const importRun = z.object({
  run_id: z.string(),
  /** Null when only an auth database is read. */
  sessions_dir: nullableText,
  auth_db: nullableText,
  status: z.enum(['running', 'done', 'failed', 'cancelled']),
  phase: z.enum(['listing', 'taking', 'reading', 'writing', 'archiving', 'validating', 'finished']),
  files_total: z.number(),
  files_done: z.number(),
  /** Rows of the auth database, and how many of them were written or, to prove it, compared; both count. */
  auth_rows_total: z.number(),
  auth_rows_done: z.number(),
  turns_written: z.number(),
  files_per_second: z.number(),
  started_at: z.string(),
  finished_at: nullableText,
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  report: importReport.nullable(),
})

export const operatorOperations = {
  'status.get': operation({
    method: 'GET',
    path: '/api/v1/admin/status',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'The state of this Weir: what the status bar and the banners show',
    input: z.strictObject({}),
    output: z.object({
      state: z.enum(['running', 'importing', 'restoring', 'stopping']),
      version: z.string(),
      face: z.enum(['window', 'browser', 'command-line']),
      api_url: nullableText,
      data_dir: z.string(),
      database_size_bytes: z.number(),
      schema_version: z.number(),
      time_zone: z.string(),
      current_period: z.string(),
      enforcement: z.object({ mode: enforcementMode, reason: nullableText, until: nullableText }),
      override_until: nullableText,
      users: z.number(),
      turns: z.number(),
      /** True until something was imported, the sample was loaded, or the operator chose to start empty. */
      first_run: z.boolean(),
      is_sample: z.boolean(),
      /** Alerts nobody has looked at, without muted kinds. */
      unread_alerts: z.number(),
      executor_tokens: z.number(),
      running_import: importRun.nullable(),
      /** A restore that goes on, and how many of its steps are behind it; while it exchanges the databases nobody is answered. */
      running_restore: z
        .object({ run_id: z.string(), steps_done: z.number(), steps_total: z.number() })
        .nullable(),
      /** Turns that are being priced again. `turns_total` is null until they are counted. */
      running_reprice: z
        .object({ run_id: z.string(), turns_done: z.number(), turns_total: z.number().nullable() })
        .nullable(),
      /** The restore that put this database in its place; null when none did. Another one: everything is to be asked again. */
      restored_as: nullableText,
      /** Whether the database is whole. A damaged one is not written to any more; `backup` is what a recovery would put there. */
      storage: z.object({
        state: z.enum(['ok', 'damaged']),
        found_at: nullableText,
        detail: nullableText,
        backup: z.object({ id: z.string(), created_at: z.string() }).nullable(),
      }),
      /** Where the dashboards' figures come from. */
      dashboards: z.object({
        source: z.enum(['database', 'files']),
        /** The operator's choice; `files` also holds by itself while the database cannot be read. */
        chosen: z.enum(['database', 'files']),
        database_down_since: nullableText,
        is_reading: z.boolean(),
        /** Up to when the files were read; null while they are not used or not read yet. */
        read_at: nullableText,
        problem_count: z.number(),
        error: nullableText,
      }),
      started_at: z.string(),
      now: z.string(),
    }),
    errors: [],
    example: {},
  }),
  'setup.suggestions': operation({
    method: 'GET',
    path: '/api/v1/admin/setup',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary:
      'What the first-run screen offers: folders that hold session files, the data folder, the time zone',
    input: z.strictObject({ sessions_dir: z.string().max(4096).optional() }),
    output: z.object({
      data_dir: z.string(),
      time_zone: z.string(),
      api_url: nullableText,
      sessions_dir: nullableText,
      /** What a look at the folder found; null when no folder is named. */
      folder: z
        .object({
          exists: z.boolean(),
          readable: z.boolean(),
          users: z.number(),
          files: z.number(),
          bytes: z.number(),
          problem: nullableText,
        })
        .nullable(),
    }),
    errors: [],
    example: {},
  }),
  'setup.startEmpty': operation({
    method: 'POST',
    path: '/api/v1/admin/setup/start-empty',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Leave the first-run screen without data',
    input: z.strictObject({}),
    output: z.object({ first_run: z.literal(false) }),
    errors: [],
    example: {},
  }),
  'setup.loadSample': operation({
    method: 'POST',
    path: '/api/v1/admin/setup/sample',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Fill an empty Weir with sample users and turns, marked as such',
    input: z.strictObject({}),
    output: z.object({ users: z.number(), sessions: z.number(), turns: z.number() }),
    errors: ['not_empty', 'busy'],
    example: {},
    command: 'demo',
  }),
  'setup.removeSample': operation({
    method: 'POST',
    path: '/api/v1/admin/setup/remove-sample',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Take the sample away, with everything recorded for its users',
    description:
      'Other users stay. Where there are none, the first-run screen is back: `first_run`. Without a sample nothing ' +
      'is done and all numbers are 0.',
    input: z.strictObject({}),
    output: z.object({ users: z.number(), turns: z.number(), first_run: z.boolean() }),
    errors: ['busy'],
    example: {},
  }),
  'import.start': operation({
    method: 'POST',
    path: '/api/v1/admin/import',
    scopes: ['admin'],
    effect: 'write',
    status: 202,
    summary:
      'Read session files, an auth database of the platform, or both into Weir; answers with a run to follow',
    description:
      'Repeatable: turns that are there already are left alone. `auth_db` is a SQLite file that is opened for reading ' +
      'only; of it come users, profiles, tokens, prices, closed months and turns. `dry_run` writes nothing; ' +
      '`validate_only` only compares the sources with the database.',
    input: z.strictObject({
      /** One of the two is needed. */
      sessions_dir: z.string().min(1).max(4096).optional(),
      auth_db: z.string().min(1).max(4096).optional(),
      dry_run: z.boolean().optional(),
      validate_only: z.boolean().optional(),
    }),
    output: importRun,
    errors: ['busy', 'folder_unreadable', 'auth_database_unreadable', 'invalid_request'],
    example: { sessions_dir: 'sessions', dry_run: true },
    command: 'import',
  }),
  'import.lookAtAuthDatabase': operation({
    method: 'GET',
    path: '/api/v1/admin/auth-database',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'What an import could take from an auth database of the platform, table by table',
    input: z.strictObject({ auth_db: z.string().min(1).max(4096) }),
    output: z.object({
      tables: z.array(z.object({ table: z.string(), rows: z.number() })),
      not_taken: z.array(z.object({ table: z.string(), rows: z.number(), reason: z.string() })),
    }),
    errors: ['auth_database_unreadable'],
    example: { auth_db: 'platform/auth.db' },
  }),
  'import.get': operation({
    method: 'GET',
    path: '/api/v1/admin/import/{run_id}',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'How far an import is, and its report when it is done',
    input: z.strictObject({ run_id: z.string().max(64) }),
    output: importRun,
    errors: ['run_unknown'],
    example: { run_id: 'import-1' },
  }),
  'import.cancel': operation({
    method: 'POST',
    path: '/api/v1/admin/import/{run_id}/cancel',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Stop an import; whole sessions that were written stay, and running it again goes on from there',
    input: z.strictObject({ run_id: z.string().max(64) }),
    output: importRun,
    errors: ['run_unknown'],
    example: { run_id: 'import-1' },
  }),
  'books.verify': operation({
    method: 'POST',
    path: '/api/v1/admin/verify',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'Add the ledger up again and compare it with every counter, roll-up and archive row',
    input: z.strictObject({}),
    output: z.object({
      checked: z.number(),
      differences: z.array(
        z.object({
          table: z.string(),
          key: z.string(),
          field: z.string(),
          expected: z.number(),
          found: z.number(),
        }),
      ),
    }),
    errors: [],
    example: {},
    command: 'verify',
  }),
}

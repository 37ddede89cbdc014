import { z } from 'zod'
import { period, queryInt, userId } from './fields.ts'
import { operation } from './operation.ts'
import { unreadableFile } from './operator.ts'

/** Finding what differs between the session files and the ledger, and repairing it. */

export const RECONCILIATION_CAUSES = [
  'missing_in_database',
  'missing_in_file',
  'values_differ',
  'outside_turns_differ',
  'file_unreadable',
  'file_shrank',
  'pruned_by_retention',
  'changed_while_reading',
  'duplicate_session',
] as const

export const RECONCILIATION_STATUSES = [
  'ok',
  'drift',
  'corrected',
  'manual_review',
  'missing_db_record',
  'missing_files',
] as const

const value = z.union([z.number(), z.string(), z.boolean(), z.null()])

export const reconciliationFinding = z.object({
  /** Names the finding to `reconciliation.repair`. */
  id: z.number(),
  session_id: z.string(),
  /** 0 is what was spent outside turns; null is the file as a whole. */
  turn_number: z.number().nullable(),
  field: z.string(),
  /** Null where this side has no such row. */
  file_value: value,
  database_value: value,
  cause: z.enum(RECONCILIATION_CAUSES),
  /**
   * `add` and `correct` are done by a fix; `confirm` needs a person, because a number would become smaller; for
   * `restore_file` the file has to come back; `wait`: the next run sees more.
   */
  repair: z.enum(['add', 'correct', 'confirm', 'restore_file', 'wait']),
  state: z.enum(['open', 'corrected']),
})

/** The report: the same on screen, over HTTP and on the command line. */
export const reconciliationReport = z.object({
  run_id: z.string(),
  started_at: z.string(),
  finished_at: z.string().nullable(),
  threshold_percent: z.number(),
  /** `all` or a month. */
  period: z.string(),
  summary: z.object({
    total_users: z.number(),
    ok: z.number(),
    drift: z.number(),
    corrected: z.number(),
    manual_review: z.number(),
    missing_db_record: z.number(),
    missing_files: z.number(),
    files_read: z.number(),
    files_unchanged: z.number(),
  }),
  users: z.array(
    z.object({
      user_id: z.string(),
      period: z.string(),
      status: z.enum(RECONCILIATION_STATUSES),
      drift_percent: z.number(),
      findings: z.array(reconciliationFinding),
    }),
  ),
  unreadable: z.array(unreadableFile),
})

export type ReconciliationReport = z.output<typeof reconciliationReport>

export const reconciliationRun = z.object({
  run_id: z.string(),
  status: z.enum(['running', 'done', 'failed', 'cancelled']),
  phase: z.enum(['listing', 'comparing', 'fixing', 'finished']),
  fix: z.boolean(),
  threshold_percent: z.number(),
  period: z.string(),
  sessions_dir: z.string(),
  started_by: z.string(),
  started_at: z.string(),
  finished_at: z.string().nullable(),
  users_total: z.number(),
  users_done: z.number(),
  files_done: z.number(),
  files_per_second: z.number(),
  /** The copy of the database from before the first repair; restoring it undoes them. */
  safety_copy_id: z.string().nullable(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  /** Null while the run is going on. */
  report: reconciliationReport.nullable(),
})

const runId = z.string().min(1).max(64)

/** What `drift` may be at most to be repaired without asking; the default of DESIGN 7. */
export const DEFAULT_THRESHOLD_PERCENT = 5

export const reconciliationOperations = {
  'reconciliation.start': operation({
    method: 'POST',
    path: '/api/v1/admin/reconciliation',
    scopes: ['admin'],
    effect: 'write',
    status: 202,
    summary: 'Compare the session files with the ledger, turn by turn',
    description:
      'Changes nothing unless `fix` is true; then rows of users whose drift is at most the threshold are added or corrected, never lowered, after a safety copy. ' +
      'Files that are as they were when last found equal are not read again unless `full` is true.',
    input: z.strictObject({
      fix: z.boolean().optional(),
      user_id: userId.optional(),
      threshold_percent: z.number().min(0).max(100).optional(),
      period: z.union([z.literal('all'), period]).optional(),
      full: z.boolean().optional(),
      /** The folder of session files; remembered. Without, that of the last import or reconciliation. */
      sessions_dir: z.string().min(1).max(4096).optional(),
    }),
    output: reconciliationRun,
    errors: ['busy', 'folder_unreadable', 'shutting_down', 'storage_full', 'storage_unavailable'],
    example: { period: 'all', threshold_percent: 5 },
    command: 'reconcile',
  }),
  'reconciliation.list': operation({
    method: 'GET',
    path: '/api/v1/admin/reconciliation',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'The last runs, newest first',
    input: z.strictObject({ limit: queryInt(1, 30).optional() }),
    output: z.object({
      runs: z.array(reconciliationRun),
      /** The folder a run without `sessions_dir` compares; null when none is known yet. */
      sessions_dir: z.string().nullable(),
    }),
    errors: [],
    example: { limit: 10 },
  }),
  'reconciliation.get': operation({
    method: 'GET',
    path: '/api/v1/admin/reconciliation/{run_id}',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'One run: how far it is, and its report when it is over',
    input: z.strictObject({ run_id: runId }),
    output: reconciliationRun,
    errors: ['run_unknown'],
    example: { run_id: 'reconciliation-1' },
  }),
  'reconciliation.cancel': operation({
    method: 'POST',
    path: '/api/v1/admin/reconciliation/{run_id}/cancel',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Stop a run between two users; what it repaired stays',
    input: z.strictObject({ run_id: runId }),
    output: reconciliationRun,
    errors: ['run_unknown'],
    example: { run_id: 'reconciliation-1' },
  }),
  'reconciliation.repair': operation({
    method: 'POST',
    path: '/api/v1/admin/reconciliation/{run_id}/repair',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Set chosen rows of the ledger to what their files say, also where a number becomes smaller',
    description:
      'For findings whose repair is `add`, `correct` or `confirm`. Both sides are compared again first; a finding that no longer holds is left alone. A safety copy is made before.',
    input: z.strictObject({
      run_id: runId,
      finding_ids: z.array(z.int().min(1)).min(1).max(1000),
      reason: z.string().trim().min(1).max(500),
    }),
    output: z.object({
      repaired: z.number(),
      safety_copy_id: z.string().nullable(),
      run: reconciliationRun,
    }),
    errors: [
      'run_unknown',
      'busy',
      'invalid_request',
      'folder_unreadable',
      'storage_full',
      'storage_unavailable',
    ],
    example: { run_id: 'reconciliation-1', finding_ids: [1], reason: 'Seen in the file of the platform' },
  }),
  'reconciliation.report': operation({
    method: 'GET',
    path: '/api/v1/admin/reconciliation/{run_id}/report',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'The report of a run, as JSON or as a text to keep',
    input: z.strictObject({
      run_id: runId,
      format: z.enum(['json', 'text', 'csv', 'markdown']).optional(),
    }),
    output: z.union([
      reconciliationReport,
      z.object({ file_name: z.string(), media_type: z.string(), content: z.string() }),
    ]),
    errors: ['run_unknown'],
    example: { run_id: 'reconciliation-1', format: 'json' },
  }),
}

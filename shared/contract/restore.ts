import { z } from 'zod'
import { operation } from './operation.ts'

/**
 * Going back to a backup. Limits, profiles and settings become those of the backup; what was consumed since stays
 * counted, and nothing that was revoked comes to life again.
 */

/** The steps of a restore, in their order. Up to `check` nothing that is served was touched. */
export const RESTORE_STEPS = [
  /** A private copy of the backup: hash, integrity, references, schema. */
  'validate',
  /** A backup of what is there now. */
  'safety_backup',
  /** A working copy of the backup, brought to the schema of this Weir. */
  'stage',
  /** What the database of now has and the backup has not. */
  'carry_forward',
  /** The turns of the session files that neither has. */
  'replay_files',
  /** From here checks and records are answered with `restoring`, for seconds. What came last is carried over. */
  'fence',
  /** Counters and roll-ups added up again, reservations ended. */
  'recompute',
  /** Integrity, references, books. */
  'check',
  /** The databases change places; the old one is kept. */
  'swap',
  /** The restored one is opened and serves. */
  'reopen',
] as const

export const restoreStep = z.object({
  step: z.enum(RESTORE_STEPS),
  state: z.enum(['waiting', 'running', 'done', 'skipped', 'failed', 'not_reached']),
  /** A sentence about what it came to. */
  detail: z.string().nullable(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  /** What it counted, by name: `turns`, `rows`, `bytes`, … */
  figures: z.record(z.string(), z.number()),
})

export const restoreRun = z.object({
  run_id: z.string(),
  /** `undo` goes back to what was before another restore. */
  kind: z.enum(['restore', 'undo']),
  /** `rolled_back`: it was carried out, could not be opened, and what was there before serves again. */
  status: z.enum(['running', 'done', 'failed', 'cancelled', 'rolled_back']),
  /** The backup that is restored. */
  backup_id: z.string(),
  backup_created_at: z.string(),
  /** The backup of what was there before; null until it is made, and where nothing could be read. */
  safety_backup_id: z.string().nullable(),
  /** The restore an undo undoes. */
  undoes: z.string().nullable(),
  /** The undo that took this one back. */
  undone_by: z.string().nullable(),
  started_by: z.string(),
  started_at: z.string(),
  finished_at: z.string().nullable(),
  /** How long checks and records were refused, in milliseconds; null until they are answered again. */
  fenced_ms: z.number().nullable(),
  can_cancel: z.boolean(),
  can_undo: z.boolean(),
  /** Where the database of before is kept; null while nothing was exchanged. */
  kept_in: z.string().nullable(),
  steps: z.array(restoreStep),
  error: z
    .object({
      code: z.string(),
      detail: z.string(),
      /** Where the backup is damaged: the next one, which was found whole. */
      next_backup_id: z.string().optional(),
    })
    .nullable(),
})

/** What a plan counts. */
export const RESTORE_SUBJECTS = [
  'turns',
  'sessions',
  'users',
  'profiles',
  'tokens',
  'grants',
  'closed_months',
] as const

export const restoreCount = z.object({
  subject: z.enum(RESTORE_SUBJECTS),
  /** Null where the database of now cannot be read. Tokens are those that can be used. */
  now: z.number().nullable(),
  in_backup: z.number(),
  /** There now and not in the backup: stays. */
  kept: z.number(),
  /** In the backup and no longer there now: comes back. Tokens never do. */
  comes_back: z.number(),
  after: z.number(),
})

export const restoreChange = z.object({
  kind: z.enum(['profile', 'user', 'setting', 'price', 'token']),
  /** Name of the profile or setting, id of the user, model of the price, name of the token. */
  subject: z.string(),
  /** What of it changes: `prompts_per_hour`, `consumption_profile`, `value`, … */
  field: z.string(),
  /** As a person reads it; null: there is none, or without limit. */
  now: z.string().nullable(),
  after: z.string().nullable(),
})

export const restorePlan = z.object({
  backup: z.object({
    id: z.string(),
    created_at: z.string(),
    reason: z.string(),
    size_bytes: z.number(),
    schema_version: z.number(),
  }),
  /** The schema it is brought to. */
  schema_version: z.number(),
  /** Why the database of now cannot be read; null when it can. */
  live_problem: z.string().nullable(),
  counts: z.array(restoreCount),
  /** The session files; null where no folder is known or it cannot be read. `missing` turns are in neither database. */
  files: z
    .object({ sessions_dir: z.string(), turns: z.number(), missing: z.number(), unreadable: z.number() })
    .nullable(),
  /** What changes, the first 200. */
  changes: z.array(restoreChange),
  changes_total: z.number(),
  /** Sentences the operator should read before confirming. */
  notices: z.array(z.string()),
})

const backupId = z.string().min(1).max(64)
const runId = z.string().min(1).max(64)
const BACKUP_ERRORS = [
  'backup_unknown',
  'backup_damaged',
  'passphrase_needed',
  'database_newer',
  'storage_full',
  'storage_unavailable',
] as const

export const restoreOperations = {
  'restore.plan': operation({
    method: 'GET',
    path: '/api/v1/admin/restore/plan/{backup_id}',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'Prove a backup and say what restoring it would change; changes nothing',
    input: z.strictObject({ backup_id: backupId }),
    output: restorePlan,
    errors: BACKUP_ERRORS,
    example: { backup_id: '20261124T013000Z-9f3a' },
  }),
  'restore.unlock': operation({
    method: 'POST',
    path: '/api/v1/admin/restore/unlock',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'Take the passphrase of an encrypted backup, in memory, until Weir stops',
    description:
      'Needed for backups of another machine, or of an earlier passphrase. Afterwards the backup, and all that were made ' +
      'with the same passphrase, can be verified, compared and restored.',
    input: z.strictObject({ backup_id: backupId, passphrase: z.string().min(1).max(1024) }),
    output: z.object({ backup_id: z.string() }),
    errors: ['backup_unknown', 'backup_damaged', 'passphrase_wrong', 'invalid_request'],
    example: { backup_id: '20261124T013000Z-9f3a', passphrase: 'nine red kites over the harbour' },
  }),
  'restore.start': operation({
    method: 'POST',
    path: '/api/v1/admin/restore',
    scopes: ['admin'],
    effect: 'write',
    status: 202,
    summary: 'Go back to a backup; what was consumed since stays counted, what was revoked stays revoked',
    input: z.strictObject({ backup_id: backupId, confirm: z.literal(true) }),
    output: restoreRun,
    errors: ['backup_unknown', 'backup_damaged', 'restore_impossible', 'busy'],
    example: { backup_id: '20261124T013000Z-9f3a', confirm: true },
    command: 'restore',
  }),
  'restore.recover': operation({
    method: 'POST',
    path: '/api/v1/admin/restore/newest',
    scopes: ['admin'],
    effect: 'write',
    status: 202,
    summary:
      'Restore the newest backup that is still whole: the way out of a damaged database, also of one that cannot be read',
    input: z.strictObject({ confirm: z.literal(true) }),
    output: restoreRun,
    errors: ['backup_unknown', 'passphrase_needed', 'restore_impossible', 'busy'],
    example: { confirm: true },
  }),
  'restore.list': operation({
    method: 'GET',
    path: '/api/v1/admin/restore',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'Restores, newest first, and the one that is running',
    input: z.strictObject({}),
    output: z.object({ restores: z.array(restoreRun), running: restoreRun.nullable() }),
    errors: [],
    example: {},
  }),
  'restore.get': operation({
    method: 'GET',
    path: '/api/v1/admin/restore/{run_id}',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'How far a restore is, step by step; answered also while the databases change places',
    input: z.strictObject({ run_id: runId }),
    output: restoreRun,
    errors: ['run_unknown'],
    example: { run_id: 'restore-20261124T101500Z-1f2e' },
  }),
  'restore.cancel': operation({
    method: 'POST',
    path: '/api/v1/admin/restore/{run_id}/cancel',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary:
      'Stop a restore before the databases change places; after that it goes through, and can be undone',
    input: z.strictObject({ run_id: runId }),
    output: restoreRun,
    errors: ['run_unknown'],
    example: { run_id: 'restore-20261124T101500Z-1f2e' },
  }),
  'restore.undo': operation({
    method: 'POST',
    path: '/api/v1/admin/restore/{run_id}/undo',
    scopes: ['admin'],
    effect: 'write',
    status: 202,
    summary:
      'Take a restore back: limits, profiles and settings are those of before, what was consumed stays',
    input: z.strictObject({ run_id: runId, confirm: z.literal(true) }),
    output: restoreRun,
    errors: ['run_unknown', 'restore_impossible', 'backup_unknown', 'backup_damaged', 'busy'],
    example: { run_id: 'restore-20261124T101500Z-1f2e', confirm: true },
  }),
}

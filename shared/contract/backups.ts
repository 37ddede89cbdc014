import { z } from 'zod'
import { BACKUP_REASONS } from '../backup-reasons.ts'
import { operation } from './operation.ts'

/** Backups: making one, listing and proving them, and removing those nobody needs. */

/** A backup that can be read. `verified_at` is when it was last opened and found whole. */
export const backup = z.object({
  id: z.string(),
  created_at: z.string(),
  reason: z.enum(BACKUP_REASONS),
  size_bytes: z.number(),
  sha256: z.string(),
  schema_version: z.number(),
  verified_at: z.string().nullable(),
})

/** A backup of the list. An `invalid` one has no manifest that can be read; `problem` says why. */
export const listedBackup = z.object({
  id: z.string(),
  /** The folder it is in. */
  path: z.string(),
  status: z.enum(['verified', 'unverified', 'invalid']),
  problem: z.string().nullable(),
  created_at: z.string().nullable(),
  reason: z.enum(BACKUP_REASONS).nullable(),
  size_bytes: z.number().nullable(),
  sha256: z.string().nullable(),
  schema_version: z.number().nullable(),
  verified_at: z.string().nullable(),
  /** Rows of all tables together. */
  rows: z.number().nullable(),
})

export const backupRun = z.object({
  run_id: z.string(),
  status: z.enum(['running', 'done', 'failed', 'cancelled']),
  phase: z.enum(['snapshot', 'copying', 'verifying', 'finished']),
  reason: z.enum(BACKUP_REASONS),
  started_at: z.string(),
  finished_at: z.string().nullable(),
  /** How much of the copy is on disk. */
  bytes_done: z.number(),
  /** Null until the snapshot is there and its size is known. */
  bytes_total: z.number().nullable(),
  backup: backup.nullable(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
})

const backupId = z.string().min(1).max(64)
const runId = z.string().min(1).max(64)

export const backupOperations = {
  'backups.create': operation({
    method: 'POST',
    path: '/api/v1/admin/backups',
    scopes: ['admin'],
    effect: 'write',
    status: 202,
    summary: 'Make a backup while everything goes on; it is done when the copy was opened and found whole',
    input: z.strictObject({ reason: z.enum(BACKUP_REASONS).optional() }),
    output: backupRun,
    errors: ['busy', 'shutting_down'],
    example: { reason: 'manual' },
    command: 'backup create',
  }),
  'backups.getRun': operation({
    method: 'GET',
    path: '/api/v1/admin/backup-runs/{run_id}',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'How far a backup is; runs are known until Weir stops',
    input: z.strictObject({ run_id: runId }),
    output: backupRun,
    errors: ['run_unknown'],
    example: { run_id: 'backup-1f2e3d4c' },
  }),
  'backups.cancel': operation({
    method: 'POST',
    path: '/api/v1/admin/backup-runs/{run_id}/cancel',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Stop making a backup; nothing of it stays. One that is being verified already is finished',
    input: z.strictObject({ run_id: runId }),
    output: backupRun,
    errors: ['run_unknown'],
    example: { run_id: 'backup-1f2e3d4c' },
  }),
  'backups.list': operation({
    method: 'GET',
    path: '/api/v1/admin/backups',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'All backups, newest first, with those that cannot be used',
    input: z.strictObject({}),
    output: z.object({ backups: z.array(listedBackup), running: backupRun.nullable() }),
    errors: [],
    example: {},
    command: 'backup list',
  }),
  'backups.verify': operation({
    method: 'POST',
    path: '/api/v1/admin/backups/{backup_id}/verify',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Open a private copy of a backup: hash, integrity, references and row counts',
    input: z.strictObject({ backup_id: backupId }),
    output: backup,
    errors: ['backup_unknown', 'backup_damaged', 'database_newer', 'storage_full', 'storage_unavailable'],
    example: { backup_id: '20261124T013000Z-9f3a' },
    command: 'backup verify',
  }),
  'backups.delete': operation({
    method: 'DELETE',
    path: '/api/v1/admin/backups/{backup_id}',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Delete a backup; never the last verified one',
    input: z.strictObject({ backup_id: backupId }),
    output: z.object({ id: z.string() }),
    errors: ['backup_unknown', 'backup_needed', 'busy'],
    example: { backup_id: '20261124T013000Z-9f3a' },
  }),
}

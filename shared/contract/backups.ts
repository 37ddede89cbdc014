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
  /** Whether the rule never removes it: it is the way back of a migration. */
  is_pinned: z.boolean(),
  /** Whether it is the only one that was proved; then it cannot be deleted. */
  is_last_verified: z.boolean(),
  /** `open`: encrypted, and Weir has its key. `locked`: its passphrase has to be entered before it can be opened. */
  lock: z.enum(['none', 'open', 'locked']),
  /** How it stands in the second folder; null when no copy was ever tried. */
  copy: z
    .object({
      state: z.enum(['copying', 'copied', 'failed']),
      /** Where the copy is, or was to go. */
      path: z.string(),
      /** When it was read back there, or failed. */
      at: z.string(),
      problem: z.string().nullable(),
    })
    .nullable(),
})

/** Whether new backups are encrypted, and since when. `unreadable`: the key is damaged or gone, and none is made. */
const encryption = z.object({ state: z.enum(['off', 'on', 'unreadable']), since: z.string().nullable() })

/** Short ones are guessed, however slow a guess is made. */
export const PASSPHRASE_LENGTH_MIN = 12
/** Longer ones are no safer. */
export const PASSPHRASE_LENGTH_MAX = 1024

/** What the list says of all backups together. */
const backupOverview = z.object({
  backups: z.array(listedBackup),
  /** `is_recent`: younger than a backup may be old, which is a day. */
  newest_verified: z.object({ id: z.string(), created_at: z.string(), is_recent: z.boolean() }).nullable(),
  place: z.object({
    dir: z.string(),
    free_bytes: z.number(),
    /** What must be free before a backup is begun. */
    needed_bytes: z.number(),
  }),
  /** The second folder; null when there is none. */
  copy_dir: z.string().nullable(),
  encryption,
  /** How many stay: the last ones, and the newest of as many days, weeks and months; ways back have a rule of their own. */
  kept: z.object({ last: z.number(), days: z.number(), weeks: z.number(), months: z.number() }),
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
    output: backupOverview.extend({ running: backupRun.nullable() }),
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
    errors: [
      'backup_unknown',
      'backup_damaged',
      'passphrase_needed',
      'database_newer',
      'storage_full',
      'storage_unavailable',
    ],
    example: { backup_id: '20261124T013000Z-9f3a' },
    command: 'backup verify',
  }),
  'backups.copy': operation({
    method: 'POST',
    path: '/api/v1/admin/backups/{backup_id}/copy',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Copy a backup to the second folder and read it back there',
    description:
      'Every new backup is copied by itself; this is for one that failed, or is older than the setting.',
    input: z.strictObject({ backup_id: backupId }),
    output: listedBackup,
    errors: [
      'backup_unknown',
      'backup_damaged',
      'folder_unreadable',
      'storage_full',
      'invalid_request',
      'busy',
    ],
    example: { backup_id: '20261124T013000Z-9f3a' },
  }),
  'backups.setPassphrase': operation({
    method: 'PUT',
    path: '/api/v1/admin/backup-passphrase',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Encrypt new backups with a passphrase, or no longer (null)',
    description:
      'A key made of it is kept in the data folder, in no backup: backups are made while nobody is there to be asked. ' +
      'Without the passphrase they cannot be opened anywhere else, by nobody. Earlier backups keep what they were made with.',
    input: z.strictObject({
      passphrase: z.string().min(PASSPHRASE_LENGTH_MIN).max(PASSPHRASE_LENGTH_MAX).nullable(),
    }),
    output: encryption,
    errors: ['busy'],
    example: { passphrase: 'nine red kites over the harbour' },
    command: 'backup encrypt',
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

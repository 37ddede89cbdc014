import { join } from 'node:path'
import type { AlertsApi, WeirConfig } from './api.ts'
import { BackupCopies } from './backup/backup-copies.ts'
import type { BackupKeys } from './backup/backup-keys.ts'
import { BackupManager } from './backup/backup-manager.ts'
import type { Database } from './database/database.ts'
import type { SystemPorts } from './kernel/ports.ts'
import type { WorkerClient } from './kernel/worker-client.ts'
import type { SettingsManager } from './settings/settings-manager.ts'
import { writeSetting } from './settings/settings-store.ts'
import { createBackupCopier } from './workers/backup-copier.ts'
import type { WorkerTasks } from './workers/tasks.ts'

/** What backups are put together from. */
export interface BackupsOpening {
  readonly config: WeirConfig
  readonly ports: SystemPorts
  readonly database: Database
  readonly databaseFile: string
  readonly settings: SettingsManager
  readonly alerts: Pick<AlertsApi, 'raise'>
  readonly worker: WorkerClient<WorkerTasks>
  readonly keys: BackupKeys
}

/** Puts backups together: the catalogue, the copies in the second folder, and what is known of their encryption. */
export async function openBackups(
  parts: BackupsOpening,
): Promise<{ readonly backups: BackupManager; readonly copies: BackupCopies }> {
  const { config, ports, database, databaseFile, settings, alerts, worker, keys } = parts
  await settleEncryption(parts)
  const copies = new BackupCopies({
    ports,
    backupsDir: join(config.dataDir, 'backups'),
    targetDir: () => settings.current().backup_copy_dir,
    copier: (input, signal) => worker.run('copy-backup', input, { signal }),
    alerts,
    isAwaitedAtEnd: config.face === 'command-line',
  })
  const backups = new BackupManager({
    ports,
    database,
    wish: {
      write: async (trx, since, at) => void (await writeSetting(trx, 'backup_encryption', since, at)),
      written: async () => void (await settings.reload()),
    },
    databaseFile,
    sqliteBinding: config.sqliteBinding,
    dataDir: config.dataDir,
    version: config.version,
    copier: createBackupCopier(worker, config.sqliteBinding, keys),
    keys,
    copies,
  })
  return { backups, copies }
}

/** Brings the key and what the database says of it together, and tells the operator where the key is missing. */
async function settleEncryption({ ports, database, settings, alerts, keys }: BackupsOpening): Promise<void> {
  const wanted = settings.current().backup_encryption
  keys.want(wanted !== null)
  const { state, since } = keys.state()
  if (state === 'on' && wanted === null) {
    // An end came between the two, or the database is one of before.
    await database.write((trx) => writeSetting(trx, 'backup_encryption', since, ports.clock.now()))
    await settings.reload()
  }
  if (state !== 'unreadable') return
  await alerts.raise({
    kind: 'backup',
    onceKey: `key-${wanted ?? 'unknown'}`,
    severity: 'critical',
    title: 'No backup is made: the key of encrypted backups is missing',
    detail:
      'Backups are to be encrypted, and backup.key in the data folder is gone or damaged. A backup that anybody can open ' +
      'is not made instead. Set the passphrase again on the screen of the backups, or switch encryption off there.',
    link: '/backups',
  })
}

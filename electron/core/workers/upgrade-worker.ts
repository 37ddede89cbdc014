import type { BackupKeys } from '../backup/backup-keys.ts'
import type { SystemPorts } from '../kernel/ports.ts'
import { WorkerClient } from '../kernel/worker-client.ts'
import type { UpgradeWorker } from '../restore/upgrade.ts'
import { createBackupCopier } from './backup-copier.ts'
import type { WorkerTasks } from './tasks.ts'

/** A worker thread for bringing one database up to date; it starts with the first task and is to be closed. */
export function openUpgradeWorker(
  workerFile: string,
  ports: Pick<SystemPorts, 'clock' | 'log'>,
  sqliteBinding: string | null,
  keys: BackupKeys,
): UpgradeWorker {
  const worker = new WorkerClient<WorkerTasks>({ workerFile, clock: ports.clock, log: ports.log })
  return {
    copier: createBackupCopier(worker, sqliteBinding, keys),
    stage: (input, onProgress) =>
      worker.run(
        'stage-backup',
        { ...input, key: keys.ofFolder(input.backupFolder) },
        { onBatch: (progress) => onProgress(progress) },
      ),
    convert: (staged) => worker.run('convert-staged', { staged, sqliteBinding }),
    close: () => worker.close(),
  }
}

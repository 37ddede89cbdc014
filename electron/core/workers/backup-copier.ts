import type { BackupKeys } from '../backup/backup-keys.ts'
import type { BackupCopier } from '../backup/backup-manager.ts'
import type { WorkerClient } from '../kernel/worker-client.ts'
import type { WorkerTasks } from './tasks.ts'

/** Makes and proves backups in the worker thread. */
export function createBackupCopier(
  worker: WorkerClient<WorkerTasks>,
  sqliteBinding: string | null,
  keys: BackupKeys,
): BackupCopier {
  return {
    make: async (input, signal, onProgress) =>
      worker.run(
        'make-backup',
        { ...input, key: keys.forNew() },
        {
          ...(signal !== undefined && { signal }),
          onBatch: ({ done, total }) => onProgress?.(done, total),
        },
      ),
    verify: async (folder) =>
      worker.run('verify-backup', { folder, sqliteBinding, key: keys.ofFolder(folder) }),
  }
}

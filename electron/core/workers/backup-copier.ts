import type { BackupCopier } from '../backup/backup-manager.ts'
import type { WorkerClient } from '../kernel/worker-client.ts'
import type { WorkerTasks } from './tasks.ts'

/** Makes and proves backups in the worker thread. */
export function createBackupCopier(
  worker: WorkerClient<WorkerTasks>,
  sqliteBinding: string | null,
): BackupCopier {
  return {
    make: (input, signal, onProgress) =>
      worker.run('make-backup', input, {
        ...(signal !== undefined && { signal }),
        onBatch: ({ done, total }) => onProgress?.(done, total),
      }),
    verify: (folder) => worker.run('verify-backup', { folder, sqliteBinding }),
  }
}

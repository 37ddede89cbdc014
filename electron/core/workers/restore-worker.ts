import type { BackupKeys } from '../backup/backup-keys.ts'
import type { SystemPorts } from '../kernel/ports.ts'
import { WorkerClient } from '../kernel/worker-client.ts'
import type { RestoreWorker } from '../restore/restore-worker.ts'
import { createSessionScanner } from './session-scanner.ts'
import type { WorkerTasks } from './tasks.ts'

/** A worker thread for one restore or plan; it starts with the first task and is to be closed. */
export function openRestoreWorker(
  workerFile: string,
  ports: Pick<SystemPorts, 'clock' | 'log'>,
  sqliteBinding: string | null,
  keys: BackupKeys,
): RestoreWorker {
  const worker = new WorkerClient<WorkerTasks>({ workerFile, clock: ports.clock, log: ports.log })
  return {
    scanner: createSessionScanner(worker),
    compare: async (input) =>
      worker.run('compare-backup', { ...input, key: keys.ofFolder(input.backupFolder) }),
    verify: async (folder) =>
      worker.run('verify-backup', { folder, sqliteBinding, key: keys.ofFolder(folder) }),
    stage: async (input, signal, onProgress) =>
      worker.run(
        'stage-backup',
        { ...input, key: keys.ofFolder(input.backupFolder) },
        { signal, onBatch: (progress) => onProgress(progress) },
      ),
    migrate: (staged) => worker.run('migrate-staged', { staged, sqliteBinding }),
    carry: (input) => worker.run('carry-forward', input),
    recompute: (input) => worker.run('recompute-staged', input),
    seal: (input) => worker.run('seal-staged', input),
    close: () => worker.close(),
  }
}

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
): UpgradeWorker {
  const worker = new WorkerClient<WorkerTasks>({ workerFile, clock: ports.clock, log: ports.log })
  return {
    copier: createBackupCopier(worker, sqliteBinding),
    stage: (input, onProgress) =>
      worker.run('stage-backup', input, { onBatch: (progress) => onProgress(progress) }),
    convert: (staged) => worker.run('convert-staged', { staged, sqliteBinding }),
    close: () => worker.close(),
  }
}

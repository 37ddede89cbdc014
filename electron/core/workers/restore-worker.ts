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
): RestoreWorker {
  const worker = new WorkerClient<WorkerTasks>({ workerFile, clock: ports.clock, log: ports.log })
  return {
    scanner: createSessionScanner(worker),
    compare: (input) => worker.run('compare-backup', input),
    verify: (folder) => worker.run('verify-backup', { folder, sqliteBinding }),
    stage: (input, signal, onProgress) =>
      worker.run('stage-backup', input, { signal, onBatch: (progress) => onProgress(progress) }),
    migrate: (staged) => worker.run('migrate-staged', { staged, sqliteBinding }),
    carry: (input) => worker.run('carry-forward', input),
    recompute: (input) => worker.run('recompute-staged', input),
    seal: (input) => worker.run('seal-staged', input),
    close: () => worker.close(),
  }
}

import { periodNumber } from '../consumption/windows.ts'
import type { WorkerClient } from '../kernel/worker-client.ts'
import type { ReconciliationWorker } from '../reconciliation/reconciliation-worker.ts'
import type { WorkerTasks } from './tasks.ts'

/** Session files and ledger compared by the worker thread. */
export function createReconciliationWorker(
  worker: WorkerClient<WorkerTasks>,
  database: {
    readonly databaseFile: string
    readonly sqliteBinding: string | null
    readonly zone: () => string
  },
): ReconciliationWorker {
  const { databaseFile, sqliteBinding, zone } = database
  return {
    scan: ({ period, ...input }, onMessage, signal) =>
      worker.run(
        'scan-drift',
        {
          ...input,
          databaseFile,
          sqliteBinding,
          zone: zone(),
          period: period === 'all' ? null : periodNumber(period),
        },
        { onBatch: onMessage, signal },
      ),
    reread: (sessionsDir, userId, sessionIds) =>
      worker.run('reread-sessions', { sessionsDir, userId, sessionIds }),
  }
}

import type { WorkerClient } from '../kernel/worker-client.ts'
import type { SessionScanner } from '../sessions/session-scanner.ts'
import type { WorkerTasks } from './tasks.ts'

/** Session files read by the worker thread. */
export function createSessionScanner(worker: WorkerClient<WorkerTasks>): SessionScanner {
  return {
    look: (sessionsDir) => worker.run('look-at-folder', { sessionsDir }),
    scan: (input, onMessage) => worker.run('scan-sessions', input, { onBatch: onMessage }),
  }
}

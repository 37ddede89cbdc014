import type { AuthReader } from '../auth-database/auth-database.ts'
import type { Clock } from '../kernel/ports.ts'
import type { WorkerClient } from '../kernel/worker-client.ts'
import type { WorkerTasks } from './tasks.ts'

/** Auth databases of the platform, read by the worker thread. */
export function createAuthReader(
  worker: WorkerClient<WorkerTasks>,
  clock: Clock,
  sqliteBinding: string | null,
): AuthReader {
  return {
    look: (file) => worker.run('look-at-auth-database', { file, sqliteBinding }),
    read: (file, part, onBatch) =>
      worker.run('read-auth-database', { file, sqliteBinding, part, now: clock.now() }, { onBatch }),
  }
}

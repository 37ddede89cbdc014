import type { ConsumptionContext } from '../consumption/context.ts'
import type { ExportRunsParts } from '../exports/export-runs.ts'
import type { WorkerClient } from '../kernel/worker-client.ts'
import type { WorkerTasks } from './tasks.ts'

/** Tables written into files by the worker thread. */
export function createExportWriter(
  worker: WorkerClient<WorkerTasks>,
  context: Pick<ConsumptionContext, 'clock' | 'settings'>,
  database: { readonly databaseFile: string; readonly sqliteBinding: string | null },
): ExportRunsParts['write'] {
  return (request, file, signal, onBatch) =>
    worker.run(
      'export-table',
      { ...database, request, file, now: context.clock.now(), settings: context.settings() },
      { onBatch, signal },
    )
}

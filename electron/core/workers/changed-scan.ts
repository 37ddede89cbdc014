import type { EpochMs } from '../../../shared/units.ts'
import type { ScanChanged } from '../import/catch-up-run.ts'
import type { WorkerClient } from '../kernel/worker-client.ts'
import type { WorkerTasks } from './tasks.ts'

/** How a folder is scanned. */
export interface ChangedScanOptions {
  readonly hashContents: boolean
  /** Between which times a file must have been written to be left for the next scan; asked when a scan begins. */
  readonly unrested?: () => { readonly from: EpochMs; readonly to: EpochMs }
}

/** Reads in the worker thread what has changed against what a database remembers of the files. */
export function createChangedScan(
  worker: WorkerClient<WorkerTasks>,
  sqliteBinding: string | null,
): (databaseFile: string, options: ChangedScanOptions) => ScanChanged {
  return (databaseFile, { hashContents, unrested }) =>
    (sessionsDir, onBatch, signal) => {
      const span = unrested === undefined ? {} : { unrested: unrested() }
      const input = { sessionsDir, databaseFile, sqliteBinding, hashContents, ...span }
      return worker.run('scan-changed', input, { onBatch, signal })
    }
}

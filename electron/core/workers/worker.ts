import { parentPort } from 'node:worker_threads'
import { lookAtAuthDatabase, readAuthDatabase } from '../auth-database/read-auth-database.ts'
import { makeBackup, verifyBackup } from '../backup/backup-task.ts'
import { copyBackup } from '../backup/copy-task.ts'
import { exportTable } from '../exports/export-task.ts'
import { scanChanged } from '../import/scan-changed.ts'
import { assert } from '../kernel/weir-error.ts'
import { rereadSessions } from '../reconciliation/reread-sessions.ts'
import { scanDrift } from '../reconciliation/scan-drift.ts'
import { compareBackup } from '../restore/compare-task.ts'
import { carryForward, recomputeStaged, sealStaged } from '../restore/restore-task.ts'
import { convertStaged, migrateStaged, stageBackup } from '../restore/staged-database.ts'
import { lookAtFolder } from '../sessions/look-at-folder.ts'
import { scanSessions } from '../sessions/scan-sessions.ts'
import { serveTasks, type TaskRunners } from './task-runner.ts'
import type { WorkerTasks } from './tasks.ts'

/** The worker thread's entry: `worker.js` when built, this file itself on a Node that runs TypeScript. */

const runners: TaskRunners<WorkerTasks> = {
  'scan-sessions': (input) => scanSessions(input),
  'scan-changed': (input) => scanChanged(input),
  'look-at-folder': async (input) => lookAtFolder(input.sessionsDir),
  'look-at-auth-database': async (input) => lookAtAuthDatabase(input),
  'read-auth-database': (input) => readAuthDatabase(input),
  'check-database': async (input) => {
    const { checkDatabase } = await import('../verify/check-database-task.ts')
    return checkDatabase(input.databaseFile, input.sqliteBinding)
  },
  'verify-books': async (input) => {
    // Only then: it brings the database driver, which a scan does not need.
    const { verifyBooks } = await import('../verify/verify-task.ts')
    return verifyBooks(input.databaseFile, input.sqliteBinding)
  },
  'plan-reprice': async (input) => {
    const { planReprice } = await import('../prices/reprice-plan.ts')
    return planReprice(input)
  },
  'measure-retrieval': async (input) => {
    const { measureRetrieval } = await import('../intelligence/measure-retrieval.ts')
    return measureRetrieval(input)
  },
  'export-table': (input) => exportTable(input),
  'scan-drift': (input) => scanDrift(input),
  'reread-sessions': async (input) => rereadSessions(input),
  'make-backup': (input) => makeBackup(input),
  'copy-backup': (input) => copyBackup(input),
  'verify-backup': async (input) => verifyBackup(input.folder, input.sqliteBinding, input.key),
  'compare-backup': (input) => compareBackup(input),
  'stage-backup': (input) => stageBackup(input),
  'migrate-staged': async (input) => migrateStaged(input.staged, input.sqliteBinding),
  'convert-staged': async (input) => convertStaged(input.staged, input.sqliteBinding),
  'carry-forward': async (input) => carryForward(input),
  'recompute-staged': async (input) => recomputeStaged(input),
  'seal-staged': async (input) => sealStaged(input),
}

assert(parentPort !== null, 'worker.ts runs as a worker thread')
serveTasks(parentPort, runners)

import type { Row } from '../lib/row.ts'
import { checks } from './p01-checks.ts'
import { waitingTimes } from './p02-waiting-times.ts'
import { admissions } from './p03-admissions.ts'
import { records } from './p04-records.ts'
import { userReads } from './p05-user-reads.ts'
import { systemReads } from './p06-system-reads.ts'
import { sessionFiles } from './p07-session-files.ts'
import { secondReconciliation } from './p08-second-reconciliation.ts'
import { ledgerImport } from './p09-import.ts'
import { backup } from './p10-backup.ts'
import { rollover } from './p11-rollover.ts'
import { windowTimes } from './p12-window.ts'
import { memory } from './p13-memory.ts'
import { databaseBytes } from './p14-bytes.ts'
import { restore } from './p15-restore.ts'

/** Every row, in the order they run: P9 first, because it builds the ledger that others copy. */
export const ROWS: readonly Row[] = [
  ledgerImport,
  checks,
  waitingTimes,
  admissions,
  records,
  userReads,
  systemReads,
  sessionFiles,
  secondReconciliation,
  backup,
  rollover,
  windowTimes,
  restore,
  databaseBytes,
  memory,
]

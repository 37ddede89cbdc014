import * as step1 from './0001-ledger-counters-and-roll-ups.ts'
import * as step2 from './0002-session-ids-extensions-and-cases.ts'
import * as step3 from './0003-collections-subscribed.ts'
import * as step4 from './0004-alerts.ts'
import * as step5 from './0005-reconciliation.ts'
import * as step6 from './0006-deleted-users.ts'
import * as step7 from './0007-jobs.ts'
import * as step8 from './0008-observations.ts'
import * as step9 from './0009-imported-prices.ts'
import * as step10 from './0010-exceeded-reservations.ts'
import * as step11 from './0011-audit-by-object.ts'
import * as step12 from './0012-import-batches.ts'

/** One step of the schema: from `version - 1` to `version`, all or nothing. */
export interface MigrationStep {
  /** The `user_version` the database has after this step. */
  readonly version: number
  /** File name without its ending: number and reason. */
  readonly name: string
  readonly statements: readonly string[]
}

/** The steps in order. A released step is never edited: a mistake is mended by the next one. */
export const MIGRATIONS: readonly MigrationStep[] = [
  { version: 1, name: '0001-ledger-counters-and-roll-ups', statements: step1.statements },
  { version: 2, name: '0002-session-ids-extensions-and-cases', statements: step2.statements },
  { version: 3, name: '0003-collections-subscribed', statements: step3.statements },
  { version: 4, name: '0004-alerts', statements: step4.statements },
  { version: 5, name: '0005-reconciliation', statements: step5.statements },
  { version: 6, name: '0006-deleted-users', statements: step6.statements },
  { version: 7, name: '0007-jobs', statements: step7.statements },
  { version: 8, name: '0008-observations', statements: step8.statements },
  { version: 9, name: '0009-imported-prices', statements: step9.statements },
  { version: 10, name: '0010-exceeded-reservations', statements: step10.statements },
  { version: 11, name: '0011-audit-by-object', statements: step11.statements },
  { version: 12, name: '0012-import-batches', statements: step12.statements },
]

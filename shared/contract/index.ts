import type { z } from 'zod'
import { accessOperations } from './access.ts'
import { administrationOperations } from './administration.ts'
import { alertOperations } from './alerts.ts'
import { backupOperations } from './backups.ts'
import { consumptionOperations } from './consumption.ts'
import { countingOperations } from './counting.ts'
import { enforcementOperations } from './enforcement.ts'
import { exportOperations } from './exports.ts'
import { grantOperations } from './grants.ts'
import { importsOperations } from './imports.ts'
import { intelligenceOperations } from './intelligence.ts'
import { jobOperations } from './jobs.ts'
import { limitOperations } from './limits.ts'
import { logOperations } from './logs.ts'
import { operatorOperations } from './operator.ts'
import { oversightOperations } from './oversight.ts'
import { priceCatalogueOperations } from './price-catalogue.ts'
import { priceImportOperations } from './price-import.ts'
import { priceOperations } from './prices.ts'
import { profileOperations } from './profiles.ts'
import { readinessOperations } from './readiness.ts'
import { reconciliationOperations } from './reconciliation.ts'
import { repriceOperations } from './reprice.ts'
import { restoreOperations } from './restore.ts'
import { sessionFileOperations } from './session-files.ts'
import { sessionRecordOperations } from './session-records.ts'
import { sessionOperations } from './sessions.ts'
import { settingOperations } from './settings.ts'
import { subscriptionOperations } from './subscriptions.ts'

/**
 * Every operation of Weir under its name. HTTP routes, IPC, the typed client, OpenAPI and the command line
 * come from this table; `electron/operations/handlers.ts` must have a handler for each name or does not compile.
 */
export const OPERATIONS = {
  ...limitOperations,
  ...consumptionOperations,
  ...administrationOperations,
  ...accessOperations,
  ...profileOperations,
  ...grantOperations,
  ...enforcementOperations,
  ...operatorOperations,
  ...importsOperations,
  ...sessionOperations,
  ...sessionRecordOperations,
  ...countingOperations,
  ...subscriptionOperations,
  ...priceOperations,
  ...repriceOperations,
  ...priceImportOperations,
  ...priceCatalogueOperations,
  ...intelligenceOperations,
  ...alertOperations,
  ...logOperations,
  ...readinessOperations,
  ...settingOperations,
  ...jobOperations,
  ...reconciliationOperations,
  ...backupOperations,
  ...exportOperations,
  ...restoreOperations,
  ...oversightOperations,
  ...sessionFileOperations,
}

export type OperationName = keyof typeof OPERATIONS
/** What a caller sends. */
export type OperationInput<Name extends OperationName> = z.input<(typeof OPERATIONS)[Name]['input']>
/** What the handler gets: the input after validation, with text of query strings turned into numbers. */
export type ParsedInput<Name extends OperationName> = z.output<(typeof OPERATIONS)[Name]['input']>
/** What the caller gets back. */
export type OperationOutput<Name extends OperationName> = z.output<(typeof OPERATIONS)[Name]['output']>

import { administrationHandlers } from './administration-handlers.ts'
import { alertHandlers } from './alerts-handlers.ts'
import { backupHandlers } from './backups-handlers.ts'
import { consumptionHandlers } from './consumption-handlers.ts'
import { countingHandlers } from './counting-handlers.ts'
import { directoryHandlers } from './directory-handlers.ts'
import type { Handlers } from './dispatch-types.ts'
import { enforcementHandlers } from './enforcement-handlers.ts'
import { exportHandlers } from './exports-handlers.ts'
import { intelligenceHandlers } from './intelligence-handlers.ts'
import { jobHandlers } from './jobs-handlers.ts'
import { observingHandlers } from './observing-handlers.ts'
import { operatorHandlers } from './operator-handlers.ts'
import { oversightHandlers } from './oversight-handlers.ts'
import { priceHandlers } from './prices-handlers.ts'
import { reconciliationHandlers } from './reconciliation-handlers.ts'
import { restoreHandlers } from './restore-handlers.ts'
import { sessionFileHandlers } from './session-files-handlers.ts'
import { sessionHandlers } from './sessions-handlers.ts'

/** One handler per operation of the table; a missing, doubled or misspelt one does not compile. */
export const HANDLERS = {
  ...consumptionHandlers,
  ...administrationHandlers,
  ...directoryHandlers,
  ...enforcementHandlers,
  ...operatorHandlers,
  ...sessionHandlers,
  ...countingHandlers,
  ...priceHandlers,
  ...intelligenceHandlers,
  ...alertHandlers,
  ...observingHandlers,
  ...jobHandlers,
  ...reconciliationHandlers,
  ...backupHandlers,
  ...exportHandlers,
  ...restoreHandlers,
  ...oversightHandlers,
  ...sessionFileHandlers,
} satisfies Handlers

import { administrationHandlers } from './administration-handlers.ts'
import { consumptionHandlers } from './consumption-handlers.ts'
import type { Handlers } from './dispatch-types.ts'
import { operatorHandlers } from './operator-handlers.ts'

/** One handler per operation of the table; a missing, doubled or misspelt one does not compile. */
export const HANDLERS = {
  ...consumptionHandlers,
  ...administrationHandlers,
  ...operatorHandlers,
} satisfies Handlers

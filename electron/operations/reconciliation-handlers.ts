import type { Handlers } from './dispatch-types.ts'

/** Comparing the session files with the ledger, and repairing it. */
export const reconciliationHandlers = {
  'reconciliation.start': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.reconciliation.start(input, caller),
  }),
  'reconciliation.list': async (weir, input) => ({
    kind: 'done',
    value: await weir.reconciliation.list(input.limit),
  }),
  'reconciliation.get': async (weir, input) => ({
    kind: 'done',
    value: await weir.reconciliation.get(input.run_id),
  }),
  'reconciliation.cancel': async (weir, input) => ({
    kind: 'done',
    value: await weir.reconciliation.cancel(input.run_id),
  }),
  'reconciliation.repair': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.reconciliation.repair(input, caller),
  }),
  'reconciliation.report': async (weir, input) => ({
    kind: 'done',
    value: await weir.reconciliation.report(input.run_id, input.format),
  }),
} satisfies Partial<Handlers>

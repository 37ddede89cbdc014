import type { Handlers } from './dispatch-types.ts'

/** The price table and what was spent. */
export const priceHandlers = {
  'prices.list': async (weir, input) => ({ kind: 'done', value: await weir.prices.list(input) }),
  'prices.set': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.prices.set(input, caller),
  }),
  'prices.lookUp': async (weir, input) => ({ kind: 'done', value: await weir.prices.lookUp(input) }),
  'prices.setFallback': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.prices.setFallback(input, caller),
  }),
  'prices.delete': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.prices.delete(input.id, caller),
  }),
  'prices.repricePlan': async (weir, input) => ({ kind: 'done', value: await weir.repricing.plan(input) }),
  'prices.reprice': async (weir, input, caller) => ({
    kind: 'done',
    value: weir.repricing.start(input, caller),
  }),
  'prices.repriceRun': async (weir, input) => ({ kind: 'done', value: weir.repricing.get(input.run_id) }),
  'prices.repriceCancel': async (weir, input) => ({
    kind: 'done',
    value: weir.repricing.cancel(input.run_id),
  }),
  'prices.import': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.prices.import(input, caller),
  }),
  'prices.removeImported': async (weir, _input, caller) => ({
    kind: 'done',
    value: await weir.prices.removeImported(caller),
  }),
  'prices.updateCatalogue': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.prices.updateCatalogue(input, caller),
  }),
  'costs.summary': async (weir, input) => ({ kind: 'done', value: await weir.prices.costs(input.period) }),
} satisfies Partial<Handlers>

import type { Handlers } from './dispatch-types.ts'

/** Enforcement, the override, and looking at what was decided and changed. */
export const enforcementHandlers = {
  'enforcement.get': async (weir) => ({ kind: 'done', value: await weir.enforcement.get() }),
  'enforcement.set': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.enforcement.set(input, caller),
  }),
  'override.set': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.enforcement.setOverride(input, caller),
  }),
  'override.clear': async (weir, _input, caller) => ({
    kind: 'done',
    value: await weir.enforcement.clearOverride(caller),
  }),
  'enforcement.events': async (weir, input) => ({
    kind: 'done',
    value: await weir.enforcement.events(input),
  }),
  'limits.explain': async (weir, input) => ({ kind: 'done', value: await weir.enforcement.explain(input) }),
  'audit.list': async (weir, input) => ({ kind: 'done', value: await weir.audit.list(input) }),
} satisfies Partial<Handlers>

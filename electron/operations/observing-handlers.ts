import type { Handlers } from './dispatch-types.ts'

/** Looking at Weir itself: its log, its readiness, its settings. */
export const observingHandlers = {
  'logs.list': async (weir, input) => ({ kind: 'done', value: await weir.logs.list(input) }),
  'logs.counters': async (weir, input) => ({ kind: 'done', value: await weir.logs.counters(input) }),
  'readiness.get': async (weir) => ({ kind: 'done', value: await weir.readiness.run() }),
  'diagnostics.get': async (weir) => ({ kind: 'done', value: await weir.diagnostics() }),
  'settings.get': async (weir) => ({ kind: 'done', value: await weir.settings.get() }),
  'settings.update': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.settings.update(input, caller),
  }),
} satisfies Partial<Handlers>

import type { Handlers } from './dispatch-types.ts'

/** What retrieval brought. */
export const intelligenceHandlers = {
  'intelligence.summary': async (weir, input) => ({
    kind: 'done',
    value: await weir.intelligence.summary(input),
  }),
} satisfies Partial<Handlers>

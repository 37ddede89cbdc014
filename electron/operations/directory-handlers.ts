import type { Handlers } from './dispatch-types.ts'

/** Many users at once, the end of one, and tokens that take the place of others. */
export const directoryHandlers = {
  'users.bulk': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.directory.bulk(input, caller),
  }),
  'users.delete': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.directory.delete(input, caller),
  }),
  'users.import': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.directory.import(input, caller),
  }),
  'users.export': async (weir, input) => ({ kind: 'done', value: await weir.directory.export(input) }),
  'tokens.rotate': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.tokens.rotate(input, caller),
  }),
} satisfies Partial<Handlers>

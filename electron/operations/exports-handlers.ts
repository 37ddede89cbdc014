import type { Handlers } from './dispatch-types.ts'

/** Tables written into files. */
export const exportHandlers = {
  'exports.start': async (weir, input) => ({ kind: 'done', value: weir.exports.start(input) }),
  'exports.getRun': async (weir, input) => ({ kind: 'done', value: weir.exports.get(input.run_id) }),
  'exports.cancel': async (weir, input) => ({ kind: 'done', value: weir.exports.cancel(input.run_id) }),
  'exports.read': async (weir, input) => ({
    kind: 'done',
    value: await weir.exports.read(input.run_id, input.offset ?? 0),
  }),
} satisfies Partial<Handlers>

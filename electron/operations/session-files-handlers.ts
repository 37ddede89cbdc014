import type { Handlers } from './dispatch-types.ts'

/** Keeping up with the session files. */
export const sessionFileHandlers = {
  'sessionFiles.get': async (weir) => ({ kind: 'done', value: weir.sessionFiles.state() }),
  'sessionFiles.catchUp': async (weir) => ({ kind: 'done', value: await weir.sessionFiles.catchUp() }),
} satisfies Partial<Handlers>

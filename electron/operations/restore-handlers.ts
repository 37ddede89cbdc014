import type { Handlers } from './dispatch-types.ts'

/** Going back to a backup, and following it. */
export const restoreHandlers = {
  'restore.plan': async (weir, input) => ({
    kind: 'done',
    value: await weir.restores.plan(input.backup_id),
  }),
  'restore.unlock': async (weir, input) => ({ kind: 'done', value: await weir.restores.unlock(input) }),
  'restore.start': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.restores.start(input, caller),
  }),
  'restore.recover': async (weir, _input, caller) => ({
    kind: 'done',
    value: await weir.restores.recover(caller),
  }),
  'restore.list': async (weir) => ({ kind: 'done', value: await weir.restores.list() }),
  'restore.get': async (weir, input) => ({ kind: 'done', value: await weir.restores.get(input.run_id) }),
  'restore.cancel': async (weir, input) => ({
    kind: 'done',
    value: await weir.restores.cancel(input.run_id),
  }),
  'restore.undo': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.restores.undo(input.run_id, caller),
  }),
} satisfies Partial<Handlers>

import type { Handlers } from './dispatch-types.ts'

/** What the operator does with Weir itself. */
export const operatorHandlers = {
  'status.get': async (weir) => ({ kind: 'done', value: await weir.status() }),
  'setup.suggestions': async (weir, input) => ({
    kind: 'done',
    value: await weir.suggestions(input.sessions_dir),
  }),
  'setup.startEmpty': async (weir, _input, caller) => ({
    kind: 'done',
    value: await weir.startEmpty(caller),
  }),
  'setup.loadSample': async (weir, _input, caller) => ({
    kind: 'done',
    value: await weir.loadSample(caller),
  }),
  'setup.removeSample': async (weir, _input, caller) => ({
    kind: 'done',
    value: await weir.removeSample(caller),
  }),
  'import.start': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.imports.start(input, caller),
  }),
  'import.lookAtAuthDatabase': async (weir, input) => ({
    kind: 'done',
    value: await weir.imports.look(input.auth_db),
  }),
  'import.get': async (weir, input) => ({ kind: 'done', value: await weir.imports.get(input.run_id) }),
  'import.cancel': async (weir, input) => ({ kind: 'done', value: await weir.imports.cancel(input.run_id) }),
  'imports.list': async (weir) => ({ kind: 'done', value: await weir.importBatches.list() }),
  'imports.get': async (weir, input) => ({ kind: 'done', value: await weir.importBatches.get(input.id) }),
  'imports.undo': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.importBatches.undo(input, caller),
  }),
  'imports.cancelUndo': async (weir, input) => ({
    kind: 'done',
    value: await weir.importBatches.cancelUndo(input.id),
  }),
  'books.verify': async (weir) => ({ kind: 'done', value: await weir.verify() }),
} satisfies Partial<Handlers>

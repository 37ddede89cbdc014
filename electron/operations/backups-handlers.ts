import type { Handlers } from './dispatch-types.ts'

/** Making, listing, proving and deleting backups. */
export const backupHandlers = {
  'backups.create': async (weir, input, caller) => ({
    kind: 'done',
    value: weir.backupRuns.start(input.reason ?? 'manual', caller),
  }),
  'backups.getRun': async (weir, input) => ({ kind: 'done', value: weir.backupRuns.get(input.run_id) }),
  'backups.cancel': async (weir, input) => ({ kind: 'done', value: weir.backupRuns.cancel(input.run_id) }),
  'backups.list': async (weir) => ({ kind: 'done', value: weir.backupRuns.list() }),
  'backups.verify': async (weir, input) => ({
    kind: 'done',
    value: await weir.backups.verify(input.backup_id),
  }),
  'backups.copy': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.backups.copy(input.backup_id, caller),
  }),
  'backups.setPassphrase': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.backups.setPassphrase(input.passphrase, caller),
  }),
  'backups.delete': async (weir, input, caller) => {
    await weir.backups.delete(input.backup_id, caller)
    return { kind: 'done', value: { id: input.backup_id } }
  },
} satisfies Partial<Handlers>

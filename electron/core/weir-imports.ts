import type { Actor, BackupsApi, WeirConfig } from './api.ts'
import { AuthDatabaseImport } from './auth-database/auth-database.ts'
import { backUpBeforeImport } from './backup/before-import.ts'
import type { ConsumptionContext } from './consumption/context.ts'
import { ImportBatches } from './import/import-batches.ts'
import { ImportManager } from './import/import-manager.ts'
import { LedgerAdapter } from './import/ledger-adapter.ts'
import type { SystemPorts } from './kernel/ports.ts'
import type { WorkerClient } from './kernel/worker-client.ts'
import { sessionsFolder } from './settings/sessions-folder.ts'
import type { SettingsManager } from './settings/settings-manager.ts'
import { createAuthReader } from './workers/auth-reader.ts'
import { createSessionScanner } from './workers/session-scanner.ts'
import type { WorkerTasks } from './workers/tasks.ts'

/** What importing, and undoing an import, are made of. */
interface Parts {
  readonly config: WeirConfig
  readonly ports: SystemPorts
  readonly context: ConsumptionContext
  readonly settings: SettingsManager
  readonly worker: WorkerClient<WorkerTasks>
  readonly ownFolder: string
  readonly backUp: BackupsApi['create']
  readonly reloadPrices: () => Promise<void>
  readonly forgetTokens: () => void
  readonly lookAtFiles: () => void
  readonly isRestoring: () => boolean
  readonly changed: () => void
}

/** Puts together the imports and what is noted of them. */
export function openImports(parts: Parts): {
  readonly imports: ImportManager
  readonly importBatches: ImportBatches
} {
  const { config, ports, context, settings, worker } = parts
  const backups = { create: parts.backUp }
  const importBatches: ImportBatches = new ImportBatches({
    context,
    timers: ports.timers,
    settings,
    followed: (chosen) =>
      chosen.watch_sessions ? sessionsFolder(config.sessionsDir, chosen, parts.ownFolder) : null,
    safetyCopy: (actor, signal) => parts.backUp({ reason: 'before-undo', signal }, actor),
    isImporting: () => imports.running() !== null,
    isRestoring: parts.isRestoring,
    onUndone: async () => {
      parts.forgetTokens()
      await parts.reloadPrices()
      parts.lookAtFiles()
    },
    changed: parts.changed,
  })
  const imports = new ImportManager({
    ledger: new LedgerAdapter(context),
    batches: importBatches,
    authDatabase: new AuthDatabaseImport(
      createAuthReader(worker, ports.clock, config.sqliteBinding),
      context,
      parts.reloadPrices,
    ),
    scanner: createSessionScanner(worker),
    clock: ports.clock,
    log: ports.log,
    randomBytes: ports.randomBytes,
    zone: () => settings.current().time_zone,
    safetyCopy: (actor: Actor, signal) => backUpBeforeImport(context.database, backups, actor, signal),
    onImported: async (sessionsDir, actor) => {
      await settings.change({ sessions_dir: sessionsDir }, actor)
      parts.lookAtFiles()
    },
  })
  return { imports, importBatches }
}

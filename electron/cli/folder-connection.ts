import type { OperationInput, OperationName } from '../../shared/contract/index.ts'
import type { Caller, Weir, WeirConfig } from '../core/api.ts'
import { ChangeFeed } from '../core/kernel/change-feed.ts'
import { keepFilesPrivate, prepareDataFolder } from '../core/kernel/data-folder-path.ts'
import { Gate } from '../core/kernel/gate.ts'
import { Metrics } from '../core/kernel/metrics.ts'
import { operatorName } from '../core/kernel/operator-name.ts'
import type { Logger, SystemPorts } from '../core/kernel/ports.ts'
import { productFiles } from '../core/kernel/product-files.ts'
import { runtimeProblem, specialBinding } from '../core/kernel/runtime-guard.ts'
import { sessionsDirOfFile } from '../core/kernel/start-settings.ts'
import { systemPorts } from '../core/kernel/system-ports.ts'
import { WeirError } from '../core/kernel/weir-error.ts'
import { createWeir, openForRescue } from '../core/weir.ts'
import { dispatchToAnswer } from '../operations/dispatch.ts'
import type { WeirConnection } from './weir-connection.ts'

/**
 * Opens the data folder in this very process, as its operator, until it is closed again. Errors: those of `CreateWeir`;
 * `storage_unavailable` when this Node cannot hold the database.
 */
export async function openFolder(dataDir: string, log: Logger): Promise<WeirConnection> {
  const { config, ports } = prepare(dataDir, log)
  const weir = await createWeir(config, ports)
  const caller = operator()
  return {
    instance: null,
    call: <Name extends OperationName>(name: Name, input: OperationInput<Name>) =>
      dispatchToAnswer(weir, name, input, caller),
    close: () => weir.close(),
  }
}

/**
 * Holds a folder whose database cannot be opened: backups can be compared and restored, and nothing else. Errors:
 * `folder_in_use`.
 */
export function openFolderForRescue(dataDir: string, log: Logger): WeirConnection {
  const { config, ports } = prepare(dataDir, log)
  const rescue = openForRescue(config, ports)
  const caller = operator()
  // Restoring asks nothing else of a Weir; whatever else is asked says that it cannot be done now.
  const weir = {
    ports,
    restores: rescue.restores,
    gate: new Gate(),
    metrics: new Metrics(),
    changes: new ChangeFeed(),
  }
  return {
    instance: null,
    async call<Name extends OperationName>(name: Name, input: OperationInput<Name>) {
      if (name.startsWith('restore.'))
        return await dispatchToAnswer(weir as unknown as Weir, name, input, caller)
      throw new WeirError('storage_unavailable', 'The database cannot be opened. Restore a backup first.')
    },
    close: () => rescue.close(),
  }
}

function prepare(dataDir: string, log: Logger): { readonly config: WeirConfig; readonly ports: SystemPorts } {
  const sqliteBinding = specialBinding(process.env, process.versions)
  const problem = runtimeProblem(process.versions, sqliteBinding ?? undefined)
  if (problem !== undefined) throw new WeirError('storage_unavailable', problem)
  keepFilesPrivate()
  prepareDataFolder(dataDir)
  const { version, workerFile } = productFiles()
  const ports = systemPorts(log)
  const startedAt = ports.clock.now()
  const places = { dataDir, sessionsDir: sessionsDirOfFile(dataDir), sqliteBinding }
  return { config: { ...places, version, workerFile, face: 'command-line', startedAt }, ports }
}

function operator(): Caller {
  return {
    name: operatorName(process.env),
    via: 'command-line',
    scope: 'admin',
    userId: null,
    tokenId: null,
  }
}

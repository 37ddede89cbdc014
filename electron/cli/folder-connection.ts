import type { OperationInput, OperationName } from '../../shared/contract/index.ts'
import type { Caller } from '../core/api.ts'
import { keepFilesPrivate, prepareDataFolder } from '../core/kernel/data-folder-path.ts'
import { operatorName } from '../core/kernel/operator-name.ts'
import type { Logger } from '../core/kernel/ports.ts'
import { productFiles } from '../core/kernel/product-files.ts'
import { runtimeProblem, specialBinding } from '../core/kernel/runtime-guard.ts'
import { systemPorts } from '../core/kernel/system-ports.ts'
import { WeirError } from '../core/kernel/weir-error.ts'
import { createWeir } from '../core/weir.ts'
import { dispatchToAnswer } from '../operations/dispatch.ts'
import type { WeirConnection } from './weir-connection.ts'

/**
 * Opens the data folder in this very process, as its operator, until it is closed again. Errors: those of `CreateWeir`;
 * `storage_unavailable` when this Node cannot hold the database.
 */
export async function openFolder(dataDir: string, log: Logger): Promise<WeirConnection> {
  const sqliteBinding = specialBinding(process.env, process.versions)
  const problem = runtimeProblem(process.versions, sqliteBinding ?? undefined)
  if (problem !== undefined) throw new WeirError('storage_unavailable', problem)
  keepFilesPrivate()
  prepareDataFolder(dataDir)
  const { version, workerFile } = productFiles()
  const ports = systemPorts(log)
  const weir = await createWeir(
    {
      dataDir,
      version,
      workerFile,
      face: 'command-line',
      sessionsDir: null,
      sqliteBinding,
      startedAt: ports.clock.now(),
    },
    ports,
  )
  const caller: Caller = {
    name: operatorName(process.env),
    via: 'command-line',
    scope: 'admin',
    userId: null,
    tokenId: null,
  }
  return {
    instance: null,
    call: <Name extends OperationName>(name: Name, input: OperationInput<Name>) =>
      dispatchToAnswer(weir, name, input, caller),
    close: () => weir.close(),
  }
}

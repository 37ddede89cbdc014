import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Weir } from '../../../electron/core/api.ts'
import { systemPorts } from '../../../electron/core/kernel/system-ports.ts'
import { createWeir } from '../../../electron/core/weir.ts'
import { ROOT } from './serve.ts'

export type LocalWeir = Weir

/** The core in this process, from source. */
export function openWeir(dataDir: string, sessionsDir: string | null = null): Promise<LocalWeir> {
  const nothing = () => undefined
  const log = { debug: nothing, info: nothing, warn: console.warn, error: console.error }
  return createWeir(
    {
      dataDir,
      face: 'command-line',
      version: '0',
      sessionsDir,
      workerFile: join(ROOT, 'electron', 'core', 'workers', 'worker.ts'),
      sqliteBinding: null,
      startedAt: Date.now(),
    },
    { ...systemPorts(log), randomBytes: (count) => randomBytes(count) },
  )
}

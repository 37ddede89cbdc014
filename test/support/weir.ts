import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Actor, Weir, WeirConfig } from '../../electron/core/api.ts'
import type { Clock, Timers } from '../../electron/core/kernel/ports.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { recordingLog } from './fake-weir.ts'

/** A whole Weir without a face, over a folder and a worker thread of its own. */

export const WORKER_FILE = resolve(import.meta.dirname, '../../electron/core/workers/worker.ts')
export const OPERATOR: Actor = { name: 'Olga', via: 'window' }

/** The machine's clock, for tests that measure. */
export const SYSTEM_CLOCK: Clock = { now: () => Date.now(), monotonicMs: () => performance.now() }

export interface TestWeir {
  readonly weir: Weir
  readonly dataDir: string
  readonly log: ReturnType<typeof recordingLog>
  /** Ends it and removes the folder. */
  close(): Promise<void>
}

/** Where a test's data folder goes; `createWeir` makes it. */
export function freshDataDir(): { readonly dataDir: string; readonly remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'weir-whole-'))
  return { dataDir: join(root, 'data'), remove: () => rmSync(root, { recursive: true, force: true }) }
}

export function configOf(dataDir: string, members: Partial<WeirConfig> = {}): WeirConfig {
  return {
    dataDir,
    face: 'command-line',
    version: '0.0.0-test',
    sessionsDir: null,
    workerFile: WORKER_FILE,
    sqliteBinding: null,
    startedAt: Date.parse('2026-11-24T10:00:00Z'),
    ...members,
  }
}

export async function openWeir(
  clock: Clock,
  config: Partial<WeirConfig> = {},
  more: { readonly timers?: Timers } = {},
): Promise<TestWeir> {
  const { dataDir, remove } = freshDataDir()
  const log = recordingLog()
  const ports = { clock, log, randomBytes: (count: number) => randomBytes(count), ...more }
  const weir = await createWeir(configOf(dataDir, config), ports)
  return {
    weir,
    dataDir,
    log,
    close: async () => {
      await weir.close()
      remove()
    },
  }
}

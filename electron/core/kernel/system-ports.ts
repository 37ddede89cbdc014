import { randomBytes } from 'node:crypto'
import type { Logger, SystemPorts } from './ports.ts'

/** The real machine behind the ports of core: its clock, its chance, and the given log. */
export function systemPorts(log: Logger): SystemPorts {
  return {
    clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
    log,
    randomBytes: (count) => randomBytes(count),
  }
}

import { randomBytes } from 'node:crypto'
import type { Logger, LogKeeper, SystemPorts } from './ports.ts'

/** The real machine behind the ports of core: its clock, its chance, and the given log. `keeper` is what holds it on disk, if it is. */
export function systemPorts(log: Logger, keeper?: LogKeeper): SystemPorts {
  return {
    clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
    log,
    randomBytes: (count) => randomBytes(count),
    ...(keeper === undefined ? {} : { logKeeper: keeper }),
  }
}

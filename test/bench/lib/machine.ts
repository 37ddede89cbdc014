import { closeSync, existsSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { median } from './stats.ts'

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memory_gb: number
  readonly platform: string
  readonly node: string
  /** Of the minute before the run: what else was going on. */
  readonly load_average: number
  /** A 4 kB write and its fdatasync, median: what one durable commit costs at the least. */
  readonly fdatasync_ms: number
}

/** A file system in memory, where syncing costs nothing; null where there is none. */
export const MEMORY_FOLDER = existsSync('/dev/shm') ? '/dev/shm' : null

/** Looks at the machine; writes a little file into `folder`. */
export function lookAtMachine(folder: string): Machine {
  const [first] = cpus()
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    load_average: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    fdatasync_ms: fdatasyncMs(folder),
  }
}

/** Whether a folder is in memory, where a durable commit would be a fiction. */
export function isInMemory(folder: string): boolean {
  // The magic number of tmpfs.
  return process.platform === 'linux' && statfsSync(folder).type === 0x01021994
}

function fdatasyncMs(folder: string): number {
  const file = join(folder, 'fdatasync')
  const fd = openSync(file, 'w')
  const block = new Uint8Array(4096)
  const times: number[] = []
  for (let count = 0; count < 200; count += 1) {
    const start = performance.now()
    writeSync(fd, block)
    fdatasyncSync(fd)
    times.push(performance.now() - start)
  }
  closeSync(fd)
  rmSync(file)
  return Math.round(median(times) * 1000) / 1000
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { scanSessions } from '../../../electron/core/sessions/scan-sessions.ts'
import { memoryBytes } from './serve.ts'

/** Reads a sessions folder one way and tells how long it took and how much memory; a process for each measurement. */

export type ScanWay = 'read and JSON.parse' | 'scan' | 'scan and hash'

export interface ScanTimes {
  readonly files: number
  readonly turns: number
  readonly ms: number
  /** The most the process ever had resident, in bytes. */
  readonly peakResidentBytes: number
}

function parseAll(dir: string): { files: number; turns: number } {
  let files = 0
  let turns = 0
  for (const user of readdirSync(dir)) {
    for (const name of readdirSync(join(dir, user))) {
      const session = JSON.parse(readFileSync(join(dir, user, name), 'utf8')) as {
        last_turn_data: { workflow_history: unknown[] }
      }
      files += 1
      turns += session.last_turn_data.workflow_history.length
    }
  }
  return { files, turns }
}

function scanAll(dir: string, hashContents: boolean): { files: number; turns: number } {
  let turns = 0
  const scan = scanSessions({ sessionsDir: dir, known: new Map(), hashContents })
  for (;;) {
    const step = scan.next()
    if (step.done === true) return { files: step.value.filesDone, turns }
    if (step.value.kind === 'batch')
      for (const piece of step.value.pieces) turns += piece.session.turns.length
  }
}

const [way, dir = ''] = process.argv.slice(2)
const start = performance.now()
const read = way === 'read and JSON.parse' ? parseAll(dir) : scanAll(dir, way === 'scan and hash')
const ms = performance.now() - start
// Not maxRSS: a forked process inherits that of its parent.
const peakResidentBytes = memoryBytes('self', 'VmHWM')
process.send?.({ ...read, ms, peakResidentBytes } satisfies ScanTimes, () => process.exit(0))

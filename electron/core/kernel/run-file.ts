import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writeFileAtomically } from './atomic-file.ts'

const runFile = z.object({
  pid: z.int().min(1),
  port: z.int().min(1),
  url: z.url(),
  token: z.string().min(1),
  started_at: z.string(),
})

/**
 * `run.json`: how programs of the same operator reach the Weir that has the data folder. `token` is an admin token
 * that lives as long as the process; the file is readable by its owner only.
 */
export type RunFile = z.output<typeof runFile>

function pathIn(dataDir: string): string {
  return join(dataDir, 'run.json')
}

/** Writes `run.json` in one step: nobody reads half of it. */
export function writeRunFile(dataDir: string, content: RunFile): Promise<void> {
  return writeFileAtomically(pathIn(dataDir), `${JSON.stringify(content, null, 2)}\n`)
}

/** What `run.json` says, or undefined: nothing runs, or what is there is not a file of ours. */
export function readRunFile(dataDir: string): RunFile | undefined {
  let text: string
  try {
    text = readFileSync(pathIn(dataDir), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  try {
    return runFile.parse(JSON.parse(text))
  } catch {
    // It is only a signpost: one that cannot be read leads nowhere, and the lock still says whether somebody is there.
    return undefined
  }
}

/**
 * Removes `run.json` when it is the one this process wrote. Works at once, so that it can be the last thing a dying
 * process does.
 */
export function removeRunFile(dataDir: string, pid: number): void {
  if (readRunFile(dataDir)?.pid === pid) rmSync(pathIn(dataDir), { force: true })
}

/** Whether a process with this number exists, ours or not. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

import fs, { writeFileSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { REAL_FILES, type RestoreFiles } from '../../electron/core/restore/restore-files.ts'

/** The end of the process, as far as the code under test can tell. */
export class Crash extends Error {}

/** Nothing is synced: the process ends in these tests and the machine does not, and a disk takes its time. */
const QUICK_FILES: RestoreFiles = {
  ...REAL_FILES,
  write: (path, text) => writeFileSync(path, text),
  syncFolder: () => undefined,
}

/** The steps that change something on disk. */
const CHANGING = ['makeFolder', 'write', 'rename', 'remove', 'syncFolder'] as const

/**
 * Files whose process ends before the change numbered `at`, counted from 0; `torn` lets a write that is cut short
 * leave half of its text behind. `count` is how many changes there were.
 */
export function crashingFiles(at: number, torn = false): RestoreFiles & { readonly count: () => number } {
  let changes = 0
  const files = { ...QUICK_FILES, count: () => changes }
  for (const name of CHANGING) {
    const change = QUICK_FILES[name] as (...args: string[]) => void
    Object.assign(files, {
      [name]: (...args: string[]) => {
        if (changes === at) {
          if (torn && name === 'write') {
            const [path = '', text = ''] = args
            QUICK_FILES.write(path, text.slice(0, text.length / 2))
          }
          throw new Crash(`before change ${at}: ${name}`)
        }
        changes += 1
        change(...args)
      },
    })
  }
  return files
}

/** What changes something on disk, of all that the code under test calls itself. */
const CHANGES_OF_FS = ['mkdirSync', 'openSync', 'writeSync', 'renameSync', 'rmSync'] as const
const SYNCS_OF_FS = ['fsyncSync', 'fdatasyncSync'] as const
const CHANGES_OF_PROMISES = ['open', 'rename', 'rm'] as const
const CHANGES_OF_HANDLE = ['writeFile', 'sync'] as const

let processes = 0

type Call = (...args: readonly unknown[]) => unknown

/**
 * Does `work` in a process that ends before the change numbered `at` of any file, counted from 0: for code that has no
 * port for its files, in this thread. `torn` leaves half of a write that is cut short, and half of a folder that is being
 * removed. Answers how many changes there were; fewer than `at` means that it came to its end.
 */
export async function endingBefore(at: number, torn: boolean, work: () => Promise<unknown>): Promise<number> {
  let changes = 0
  let isOver = false
  const real = { fs: { ...fs }, promises: { ...fs.promises }, pid: process.pid }
  /** Counts the change, or ends the process in the middle of it; afterwards nothing is changed any more. */
  const change = (name: string, half: () => void): void => {
    if (!isOver && changes === at && torn) half()
    isOver ||= changes === at
    if (isOver) throw new Crash(`before change ${at}: ${name}`)
    changes += 1
  }
  const instead = (name: string, call: Call): Call => {
    if (SYNCS_OF_FS.some((one) => one === name)) return () => change(name, () => undefined)
    return (...args) => {
      if (isChange(name, args)) change(name, () => doHalf(real.fs, name, args))
      return call(...args)
    }
  }
  const handleThatEnds = (handle: FileHandle): FileHandle => {
    for (const name of CHANGES_OF_HANDLE) {
      const call = (handle[name] as Call).bind(handle)
      Object.assign(handle, {
        [name]: async (...args: readonly unknown[]) => {
          change(name, () => undefined)
          return name === 'sync' ? undefined : call(...args)
        },
      })
    }
    return handle
  }
  for (const name of [...CHANGES_OF_FS, ...SYNCS_OF_FS])
    Object.assign(fs, { [name]: instead(name, real.fs[name] as Call) })
  for (const name of CHANGES_OF_PROMISES)
    Object.assign(fs.promises, {
      [name]: async (...args: readonly unknown[]) => {
        if (isChange(name, args)) change(name, () => undefined)
        const result = await (real.promises[name] as Call)(...args)
        return name === 'open' ? handleThatEnds(result as FileHandle) : result
      },
    })
  // Names of temporary files hold it: another process leaves those of this one alone.
  processes += 1
  Object.defineProperty(process, 'pid', { value: processes })
  syncBuiltinESMExports()
  try {
    await work()
  } catch (error) {
    // What the end of the process looks like to whoever called is as various as the callers.
    if (!isOver) throw error
  } finally {
    for (const name of [...CHANGES_OF_FS, ...SYNCS_OF_FS]) Object.assign(fs, { [name]: real.fs[name] })
    for (const name of CHANGES_OF_PROMISES) Object.assign(fs.promises, { [name]: real.promises[name] })
    Object.defineProperty(process, 'pid', { value: real.pid })
    syncBuiltinESMExports()
  }
  return changes
}

/** Opening to read changes nothing, and neither does removing what is not there. */
function isChange(name: string, args: readonly unknown[]): boolean {
  if (name === 'open' || name === 'openSync') return String(args[1]) !== 'r'
  return (name !== 'rm' && name !== 'rmSync') || fs.existsSync(String(args[0]))
}

function doHalf(real: typeof fs, name: string, args: readonly unknown[]): void {
  if (name === 'writeSync') {
    const [file, bytes] = args as [number, Buffer | string]
    real.writeSync(file, Buffer.from(bytes).subarray(0, bytes.length / 2))
  }
  const path = String(args[0])
  if (name !== 'rmSync' || !real.statSync(path).isDirectory()) return
  const [first] = real.readdirSync(path)
  if (first !== undefined) real.rmSync(join(path, first), { recursive: true })
}

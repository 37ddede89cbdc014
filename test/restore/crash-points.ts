import { writeFileSync } from 'node:fs'
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

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'

/** Where the parts of the product are that are opened by path. */
export interface ProductFiles {
  readonly version: string
  /** The page: `index.html` and its scripts. Built in every case. */
  readonly rendererDir: string
  /** The window's preload script. Built in every case. */
  readonly preloadFile: string
  /** The worker thread's entry: built, or the source when this very file runs from source. */
  readonly workerFile: string
}

/** Finds the product's folder by its package.json: this module may be in a chunk, in an archive or in the source tree. */
export function productFiles(): ProductFiles {
  const root = folderOfPackage(import.meta.dirname)
  const out = join(root, 'out')
  const isBuilt = import.meta.dirname.startsWith(out + sep)
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return {
    version,
    rendererDir: join(out, 'renderer'),
    preloadFile: join(out, 'preload', 'preload.cjs'),
    workerFile: isBuilt
      ? join(out, 'main', 'worker.js')
      : join(root, 'electron', 'core', 'workers', 'worker.ts'),
  }
}

function folderOfPackage(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from
  const parent = dirname(from)
  if (parent === from) throw new Error('package.json of Weir was not found above its program files')
  return folderOfPackage(parent)
}

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { sha256OfFile, syncFolder, writeSynced } from '../backup/backup-task.ts'

/**
 * What a restore does to files: a port, so that a test can stop the process before and after every single step.
 * Everything is synchronous, because it happens while no database is open and nobody is answered.
 */
export interface RestoreFiles {
  exists(path: string): boolean
  /** Names in a folder; none when there is no such folder. */
  list(folder: string): readonly string[]
  readText(path: string): string
  /** In hex. */
  sha256(path: string): string
  /** With its parents, for the owner only. */
  makeFolder(path: string): void
  /** The text is on disk when it returns; its name is not before the folder is synced. */
  write(path: string, text: string): void
  rename(from: string, to: string): void
  /** A file, or a folder with all that is in it; no matter when there is none. */
  remove(path: string): void
  syncFolder(path: string): void
}

/** The file system itself. */
export const REAL_FILES: RestoreFiles = {
  exists: existsSync,
  list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
  readText: (path) => readFileSync(path, 'utf8'),
  sha256: sha256OfFile,
  makeFolder: (path) => {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  },
  write: writeSynced,
  rename: renameSync,
  remove: (path) => rmSync(path, { recursive: true, force: true }),
  syncFolder,
}

/** Replaces a file so that a crash leaves the old text or the new one, and the new one for good when it returns. */
export function replaceFile(files: RestoreFiles, path: string, text: string): void {
  const temporary = `${path}.tmp`
  files.write(temporary, text)
  files.rename(temporary, path)
  files.syncFolder(dirname(path))
}

import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openReadHandle } from '../database/open-handle.ts'

/** A copy of the database from before the first repair of a run: restoring it undoes them. */

/** Makes a copy and names it. One function, so that another kind of backup can take its place. */
export type SafetyCopy = (reason: 'before-fix') => Promise<{ readonly id: string }>

export interface SnapshotInput {
  readonly databaseFile: string
  readonly sqliteBinding: string | null
  readonly backupsDir: string
  readonly id: string
}

/** Copies the database, as it is at one moment, to `<backups>/<id>/auth.db`. Blocks: for worker threads. */
export function snapshotDatabase(input: SnapshotInput): { readonly id: string } {
  const folder = join(input.backupsDir, input.id)
  const file = join(folder, 'auth.db')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const handle = openReadHandle(input.databaseFile, input.sqliteBinding)
  try {
    handle.prepare('VACUUM INTO ?').run(file)
  } catch (error) {
    // Half a copy must never be taken for one.
    rmSync(folder, { recursive: true, force: true })
    throw error
  } finally {
    handle.close()
  }
  return { id: input.id }
}

import { constants } from 'node:fs'
import { access, mkdir, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, sep } from 'node:path'
import { WeirError } from '../kernel/weir-error.ts'

/**
 * Refuses a second folder for backups that could not be one: not there, not writable, or inside the folder of the
 * backups it is to save. Asks the file system without blocking: it may be a share that hangs. Errors: `folder_unreadable`.
 */
export async function refuseUnfitCopyDir(folder: string, dataDir: string): Promise<void> {
  if (!isAbsolute(folder)) throw unfit(`${folder} is not a whole path; it begins at the root of a disk`)
  const backups = join(dataDir, 'backups')
  try {
    if (!(await stat(folder)).isDirectory()) throw unfit(`${folder} is a file and not a folder`)
    await access(folder, constants.W_OK)
    await mkdir(backups, { recursive: true, mode: 0o700 })
    const [inner, outer] = await Promise.all([realpath(folder), realpath(backups)])
    if (inner === outer || inner.startsWith(outer + sep))
      throw unfit(`${folder} is where the backups are already`)
  } catch (error) {
    if (error instanceof WeirError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'ENOENT') throw unfit(`${folder} is not there. Make the folder, or attach its disk`, error)
    throw unfit(`${folder} cannot be written to (${code || String(error)})`, error)
  }
}

function unfit(why: string, cause?: unknown): WeirError {
  return new WeirError('folder_unreadable', `${why}. Choose a folder on another disk.`, { cause })
}

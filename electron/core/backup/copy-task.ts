import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { WeirError } from '../kernel/weir-error.ts'
import { BACKUP_ID } from './backup-rules.ts'
import {
  type CopyProgress,
  copyInPieces,
  isDiskFull,
  sha256OfFile,
  syncFolder,
  writeSynced,
} from './backup-task.ts'
import { fileNameOf, type Manifest, parseManifest } from './manifest.ts'

/** What copying a published backup elsewhere needs; all of it crosses to the worker thread. */
export interface CopyInput {
  readonly backupsDir: string
  readonly id: string
  /** Absolute; it must be there, because a missing one is most often a disk that is not attached. */
  readonly targetDir: string
  /** Ids of backups the rule has removed here; their copies go as well once the new copy is whole. */
  readonly remove: readonly string[]
}

/** Where the copy is, and what its bytes hash to when they are read back there. */
export interface CopiedBackup {
  readonly path: string
  readonly sha256: string
}

const TRASH = '.trash-'
/** Others write to that disk as well; the last byte of it is not ours to take. */
const SPARE_BYTES = 16 * 1024 * 1024

/**
 * Copies a published backup into another folder and reads it back there; yields the bytes copied. Published by a
 * rename, so what has the name of a backup there is whole. For a worker thread: the folder may be a slow stick or a
 * share that hangs. Errors: `backup_damaged`, `folder_unreadable`, `storage_full`.
 */
export function* copyBackup(input: CopyInput): Generator<CopyProgress, CopiedBackup> {
  const { id, targetDir } = input
  const source = join(input.backupsDir, id)
  const text = readManifest(source)
  const manifest = parseManifest(text)
  const name = fileNameOf(manifest)
  const partial = join(targetDir, `.${id}.partial`)
  const path = join(targetDir, id)
  try {
    refuseUnfit(targetDir, manifest)
    removeTrash(targetDir)
    rmSync(partial, { recursive: true, force: true })
    mkdirSync(partial, { mode: 0o700 })
    const copied = yield* copyInPieces(join(source, name), join(partial, name))
    if (copied.sha256 !== manifest.sha256)
      throw new WeirError(
        'backup_damaged',
        `The bytes of backup ${id} have changed since it was made, so it was not copied.`,
      )
    if (sha256OfFile(join(partial, name)) !== manifest.sha256)
      throw new WeirError(
        'folder_unreadable',
        `What was written to ${targetDir} reads back differently. Check that disk, or choose another folder.`,
      )
    writeSynced(join(partial, 'manifest.json'), text)
    syncLoosely(partial)
    replace(path, partial)
    syncLoosely(targetDir)
    for (const old of input.remove) remove(targetDir, old)
    return { path, sha256: manifest.sha256 }
  } catch (error) {
    throw toCopyError(error, targetDir)
  } finally {
    // The disk may be gone by now; then there is nothing to tidy up, and the fault above is the one to tell.
    if (existsSync(partial)) rmSync(partial, { recursive: true, force: true })
  }
}

function readManifest(folder: string): string {
  try {
    return readFileSync(join(folder, 'manifest.json'), 'utf8')
  } catch (error) {
    throw new WeirError('backup_damaged', 'The manifest of this backup is missing. Choose another backup.', {
      cause: error,
    })
  }
}

function refuseUnfit(targetDir: string, manifest: Manifest): void {
  // Not made when missing: that would fill the disk under an empty mount point.
  if (!existsSync(targetDir))
    throw new WeirError('folder_unreadable', `${targetDir} is not there. Is the disk or the share attached?`)
  const { bavail, bsize } = statfsSync(targetDir)
  const needed = manifest.size_bytes + SPARE_BYTES
  if (bavail * bsize < needed)
    throw new WeirError(
      'storage_full',
      `The copy needs ${needed} bytes and ${bavail * bsize} are free in ${targetDir}.`,
    )
}

/** A copy that was there before is replaced only by one that is whole. */
function replace(path: string, partial: string): void {
  const old = `${path}.old`
  rmSync(old, { recursive: true, force: true })
  if (existsSync(path)) renameSync(path, old)
  renameSync(partial, path)
  rmSync(old, { recursive: true, force: true })
}

function remove(targetDir: string, id: string): void {
  const path = join(targetDir, id)
  if (!existsSync(path)) return
  const trash = join(targetDir, `${TRASH}${id}`)
  // First out of the list, as in the folder of the backups themselves.
  renameSync(path, trash)
  rmSync(trash, { recursive: true, force: true })
}

/** What an end came in the middle of removing. A half copy of another id may be one that another Weir is making there. */
function removeTrash(targetDir: string): void {
  for (const name of readdirSync(targetDir))
    if (name.startsWith(TRASH) && BACKUP_ID.test(name.slice(TRASH.length)))
      rmSync(join(targetDir, name), { recursive: true, force: true })
}

/** Sticks and shares often cannot sync a folder; the files in it are synced all the same. */
function syncLoosely(folder: string): void {
  try {
    syncFolder(folder)
  } catch (error) {
    if (!CANNOT_SYNC.includes(codeOf(error))) throw error
  }
}

const CANNOT_SYNC: readonly string[] = ['EINVAL', 'ENOTSUP', 'EPERM', 'EISDIR']

function toCopyError(error: unknown, targetDir: string): unknown {
  if (error instanceof WeirError) return error
  if (isDiskFull(error))
    return new WeirError('storage_full', `${targetDir} is full. Free some space there and copy it again.`, {
      cause: error,
    })
  if (codeOf(error) === '') return error
  return new WeirError(
    'folder_unreadable',
    `${targetDir} cannot be written to (${codeOf(error)}). Is the disk attached, and may Weir write there?`,
    { cause: error },
  )
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

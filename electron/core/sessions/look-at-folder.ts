import { WeirError } from '../kernel/weir-error.ts'
import { listSessionFiles, sessionsRoot } from './list-session-files.ts'

/** What a look at a folder found, without opening a file. */
export interface FolderLook {
  readonly exists: boolean
  readonly readable: boolean
  /** Folders with a user's id as name. */
  readonly users: number
  readonly files: number
  readonly bytes: number
  /** What is wrong or unexpected, in a sentence; null when it looks like a sessions folder. */
  readonly problem: string | null
}

const NOTHING_FOUND = { users: 0, files: 0, bytes: 0 }
const NO_SESSIONS =
  'There are no session files here. Weir expects the folder that holds <user>/<session>.json.'

/** Counts what an import would read. Blocks: for worker threads. Never throws for what the folder is. */
export function lookAtFolder(sessionsDir: string): FolderLook {
  let root: string
  try {
    root = sessionsRoot(sessionsDir)
  } catch (error) {
    return { exists: !isMissing(error), readable: false, ...NOTHING_FOUND, problem: sentenceOf(error) }
  }
  try {
    const { users, files, bytes } = countSessionFiles(root)
    return { exists: true, readable: true, users, files, bytes, problem: files === 0 ? NO_SESSIONS : null }
  } catch (error) {
    return { exists: true, readable: false, ...NOTHING_FOUND, problem: sentenceOf(error) }
  }
}

/** How much is in a folder. Errors: `folder_unreadable`. */
export function countSessionFiles(root: string): { users: number; files: number; bytes: number } {
  let users = 0
  let files = 0
  let bytes = 0
  for (const listed of listSessionFiles(root)) {
    if (listed.userId !== null) users += 1
    files += listed.files.length
    for (const file of listed.files) bytes += file.sizeBytes
  }
  return { users, files, bytes }
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.cause instanceof Error &&
    'code' in error.cause &&
    error.cause.code === 'ENOENT'
  )
}

function sentenceOf(error: unknown): string {
  if (error instanceof WeirError && error.code === 'folder_unreadable') return error.message
  throw error
}

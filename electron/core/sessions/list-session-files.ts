import { type Dirent, lstatSync, readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { sessionId as sessionIdRule, userId as userIdRule } from '../../../shared/contract/fields.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { fileProblem, LINK_PROBLEM } from './file-problem.ts'

/** A session file as the folder lists it. */
export interface ListedSessionFile {
  readonly userId: string
  readonly sessionId: string
  /** Relative to the sessions folder, with forward slashes: `<user>/<session>.json`. */
  readonly path: string
  readonly sizeBytes: number
  /** With the fraction the file system gives. */
  readonly modifiedAtMs: number
}

/** Something in the folder that is left out; `reason` is a sentence for a person. */
export interface UnreadableFile {
  readonly path: string
  readonly reason: string
}

/** One entry of the sessions folder: a user with their files, or only what was left out (`userId` null). */
export interface ListedUser {
  readonly userId: string | null
  /** By session id. */
  readonly files: readonly ListedSessionFile[]
  readonly unreadable: readonly UnreadableFile[]
}

const EXTENSION = '.json'
const BAD_NAME =
  'The name is not an id Weir accepts: 1 to 128 letters, digits or . _ @ : + - that start with a letter or digit.'
const MISPLACED = 'The file lies beside the user folders; Weir expects <user>/<session>.json.'

/** The real path of a sessions folder. Errors: `folder_unreadable`. */
export function sessionsRoot(sessionsDir: string): string {
  try {
    return realpathSync(sessionsDir)
  } catch (error) {
    throw new WeirError(
      'folder_unreadable',
      `The folder ${sessionsDir} cannot be opened. ${fileProblem(error)}`,
      {
        cause: error,
      },
    )
  }
}

/**
 * The session files of a folder, user by user in the order of their ids, so that no more than one user's list is
 * in memory. No link is followed below `root`. Blocks: for worker threads. Errors: `folder_unreadable`.
 *
 * @param root from `sessionsRoot`
 * @param onlyUserId leaves everybody else's folder closed
 */
export function* listSessionFiles(root: string, onlyUserId?: string): Generator<ListedUser, void> {
  for (const entry of sortedEntries(root)) {
    if (onlyUserId !== undefined && entry.name !== onlyUserId) continue
    const listed = listTopEntry(root, entry)
    if (listed !== null) yield listed
  }
}

function sortedEntries(root: string): Dirent[] {
  try {
    return entriesOf(root)
  } catch (error) {
    throw new WeirError('folder_unreadable', `The folder ${root} cannot be listed. ${fileProblem(error)}`, {
      cause: error,
    })
  }
}

function entriesOf(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function listTopEntry(root: string, entry: Dirent): ListedUser | null {
  if (entry.isSymbolicLink()) return leftOut(entry.name, LINK_PROBLEM)
  // Other files beside the user folders (a README, a .DS_Store) do not claim to be sessions.
  if (!entry.isDirectory()) return entry.name.endsWith(EXTENSION) ? leftOut(entry.name, MISPLACED) : null
  if (!userIdRule.safeParse(entry.name).success) return leftOut(entry.name, BAD_NAME)
  try {
    return listUser(root, entry.name)
  } catch (error) {
    return leftOut(entry.name, fileProblem(error))
  }
}

function listUser(root: string, userId: string): ListedUser {
  const folder = join(root, userId)
  // Between the listing and here someone may have put a link in the folder's place.
  if (realpathSync(folder) !== folder) return leftOut(userId, LINK_PROBLEM)
  const files: ListedSessionFile[] = []
  const unreadable: UnreadableFile[] = []
  for (const entry of entriesOf(folder)) {
    if (!entry.name.endsWith(EXTENSION)) continue
    const path = `${userId}/${entry.name}`
    const sessionId = entry.name.slice(0, -EXTENSION.length)
    if (!sessionIdRule.safeParse(sessionId).success) {
      unreadable.push({ path: printable(path), reason: BAD_NAME })
      continue
    }
    const found = statFile(folder, entry)
    if (typeof found === 'string') unreadable.push({ path, reason: found })
    else files.push({ userId, sessionId, path, ...found })
  }
  return { userId, files, unreadable }
}

/** Size and time of a regular file, or why it is left out. */
function statFile(folder: string, entry: Dirent): { sizeBytes: number; modifiedAtMs: number } | string {
  try {
    const stats = lstatSync(join(folder, entry.name))
    if (stats.isSymbolicLink()) return LINK_PROBLEM
    if (!stats.isFile()) return 'This is not a regular file.'
    return { sizeBytes: stats.size, modifiedAtMs: stats.mtimeMs }
  } catch (error) {
    return fileProblem(error)
  }
}

function leftOut(name: string, reason: string): ListedUser {
  return { userId: null, files: [], unreadable: [{ path: printable(name), reason }] }
}

/** A name that can be shown: control characters could move a terminal's cursor. */
function printable(name: string): string {
  return name.replace(/\p{Cc}/gu, '\uFFFD')
}

import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { FileBytes } from './file-bytes.ts'
import { fileProblem } from './file-problem.ts'
import type { ListedSessionFile } from './list-session-files.ts'
import { FastSessionReader } from './scan-bytes.ts'
import {
  SESSION_FILE_BYTES_MAX,
  type SessionReading,
  UNREADABLE,
  type UnreadableSession,
} from './session-reading.ts'

/** What was read of a file, with what tells later whether it has changed since. */
export interface ReadSessionFile {
  readonly reading: SessionReading | UnreadableSession
  /** Of the very file that was read, which may be newer than the listing. */
  readonly sizeBytes: number
  readonly modifiedAtMs: number
  /** Of the content; null when it was not asked for or not read. */
  readonly sha256: Uint8Array | null
}

/** A file that is written to while it is read is tried again this often, then left for the next run. */
const ATTEMPTS_MAX = 3

// Where the system has them: never follow a link in place of the file, and never wait for the other end of a pipe.
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** Reads session files one after the other with the same memory. Blocks while it reads: for worker threads. */
export class SessionFileReader {
  readonly #root: string
  readonly #hashContents: boolean
  readonly #bytes = new FileBytes()
  readonly #reader = new FastSessionReader()

  /**
   * @param root the real path of the sessions folder
   * @param hashContents whether to work out SHA-256 of every file (costs about a third of the time)
   */
  constructor(root: string, hashContents: boolean) {
    this.#root = root
    this.#hashContents = hashContents
  }

  /** Never throws for a file: one that cannot be opened or read is unreadable with the reason. */
  read(file: ListedSessionFile): ReadSessionFile {
    const unread = { sizeBytes: file.sizeBytes, modifiedAtMs: file.modifiedAtMs, sha256: null }
    try {
      for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
        const result = this.#attempt(file)
        if (result !== 'changed') return result
      }
      return {
        ...unread,
        reading: unreadable(UNREADABLE.changed),
      }
    } catch (error) {
      return { ...unread, reading: unreadable(fileProblem(error)) }
    }
  }

  #attempt(file: ListedSessionFile): ReadSessionFile | 'changed' {
    const descriptor = openSync(join(this.#root, file.userId, `${file.sessionId}.json`), OPEN_FLAGS)
    try {
      const before = fstatSync(descriptor)
      const seen = { sizeBytes: before.size, modifiedAtMs: before.mtimeMs, sha256: null }
      if (!before.isFile()) return { ...seen, reading: unreadable('This is not a regular file.') }
      if (before.size > SESSION_FILE_BYTES_MAX) return { ...seen, reading: unreadable(UNREADABLE.tooLarge) }
      if (!this.#fill(descriptor, before.size) || !isSame(before, fstatSync(descriptor))) return 'changed'
      const reading = this.#reader.read(this.#bytes, { ...file, modifiedAtMs: before.mtimeMs })
      const sha256 = this.#hashContents ? createHash('sha256').update(this.#bytes.content).digest() : null
      return { ...seen, reading, sha256 }
    } finally {
      closeSync(descriptor)
    }
  }

  /** Reads the whole content; false when the file has become shorter. */
  #fill(descriptor: number, size: number): boolean {
    const target = this.#bytes.reserve(size)
    let filled = 0
    while (filled < size) {
      const count = readSync(descriptor, target, filled, size - filled, filled)
      if (count === 0) return false
      filled += count
    }
    return true
  }
}

function isSame(before: Stats, after: Stats): boolean {
  return before.size === after.size && before.mtimeMs === after.mtimeMs
}

function unreadable(reason: string): UnreadableSession {
  return { kind: 'unreadable', reason }
}

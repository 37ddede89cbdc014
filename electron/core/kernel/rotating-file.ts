import {
  chmodSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

/**
 * `weir.log` and the files it was before: appended to in batches, put aside when it is full, the oldest removed, so
 * that the folder never holds more than its cap. (pino-roll numbers the file that is being written and removes old
 * ones some time later; the name `weir.log` and the cap are promises, so this is done here.)
 */

const PRIVATE_FILE = 0o600

/** Parts the cap is divided into: the one being written and seven before it. More would only be smaller files. */
const PARTS = 8
/**
 * What one file beside it may take of the cap: ten logs of jobs (each with the one before it) are a quarter. A megabyte
 * is more than anybody reads.
 */
const BESIDE_SHARE = 40
const BESIDE_BYTES_MAX = 1024 * 1024
/** Lines of a breath are written together; long enough to save writes, short enough to look live. */
const FLUSH_MS = 200
/** So much at once is written without waiting for the breath to end. */
const FLUSH_BYTES = 64 * 1024
/** More waiting than this means the disk does not keep up, or a flood: lines are dropped, counted and said. */
const WAITING_BYTES_MAX = 1024 * 1024

/** The file being written; what was before is `weir.1.log` (the newest) and so on. */
export const LOG_NAME = 'weir.log'
/** A log of a job, or the one before it. */
const BESIDE = /^consumption_[a-z]+(\.1)?\.log$/
const ROTATED = /^weir\.(\d{1,4})\.log$/

/** The log files of a folder, the newest first. */
export function logFilesOf(folder: string): readonly string[] {
  const names = readdirSync(folder)
  const rotated = names
    .map((name) => ({ name, number: Number(ROTATED.exec(name)?.[1] ?? Number.NaN) }))
    .filter(({ number }) => !Number.isNaN(number))
    .sort((one, other) => one.number - other.number)
    .map(({ name }) => name)
  return (names.includes(LOG_NAME) ? [LOG_NAME, ...rotated] : rotated).map((name) => join(folder, name))
}

/** How a rotating file is made. */
export interface RotatingFileOptions {
  /** Absolute; made when missing. */
  readonly folder: string
  /** Bytes the folder may hold, other logs included. */
  readonly capBytes: number
  /** Hears of the first write that failed; a full disk must stop neither the server nor the checks. */
  readonly onTrouble: (error: Error) => void
}

/** The file behind the log. Nothing here throws after it is open: a log must never be the reason that work fails. */
export class RotatingFile {
  readonly #folder: string
  readonly #onTrouble: (error: Error) => void
  #capBytes: number
  /** Null for as long as it cannot be opened, and when closed. */
  #descriptor: number | null = null
  #isClosed = false
  #bytes = 0
  #waiting: string[] = []
  #waitingBytes = 0
  #dropped = 0
  #timer: NodeJS.Timeout | undefined
  #mayRotate = false
  /** What others may still put beside it before room must be made. */
  #besideRoom = 0
  #isTroubleTold = false

  /** Errors: those of the file system when the file cannot be opened. */
  constructor(options: RotatingFileOptions) {
    this.#folder = options.folder
    this.#capBytes = options.capBytes
    this.#onTrouble = options.onTrouble
    this.#open()
    // A file of an older version may have been made with other rights.
    if (process.platform !== 'win32') chmodSync(join(options.folder, LOG_NAME), PRIVATE_FILE)
  }

  /** Takes a line in; false when it, or what waits before it, was dropped. `now` writes both at once. */
  write(line: string, now: boolean): boolean {
    if (this.#isClosed || this.#waitingBytes > WAITING_BYTES_MAX) {
      this.#dropped += 1
      return false
    }
    const dropped = this.#dropped
    this.#waiting.push(line)
    this.#waitingBytes += line.length
    if (now || this.#waitingBytes >= FLUSH_BYTES) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref()
    return this.#dropped === dropped
  }

  /** Lines dropped since this was asked last. */
  takeDropped(): number {
    const dropped = this.#dropped
    this.#dropped = 0
    return dropped
  }

  /** The line that told of so many dropped ones was dropped itself: they are told of later, without it. */
  putBackDropped(count: number): void {
    this.#dropped += count - 1
  }

  /** Puts what waits on disk. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const lines = this.#waiting
    if (lines.length === 0) return
    this.#waiting = []
    this.#waitingBytes = 0
    for (const batch of batchesOf(lines)) this.#append(batch)
  }

  /** From now on this process owns the folder: it may put files aside and remove the oldest. */
  own(): void {
    this.#mayRotate = true
    this.limitTo(this.#capBytes)
  }

  /** Another cap; what is too much is removed at once, the oldest first. */
  limitTo(capBytes: number): void {
    this.#capBytes = capBytes
    if (!this.#mayRotate) return
    this.flush()
    this.#guarded(() => {
      if (this.#bytes > this.#partBytes()) this.#rotate()
      this.#removeTooLarge()
      this.#removeOldest()
    })
  }

  /** Others are about to put so many bytes beside it. */
  makeRoom(bytes: number): void {
    this.#besideRoom -= bytes
    if (this.#besideRoom < 0 && this.#mayRotate) this.#guarded(() => this.#removeOldest())
  }

  /** How large one file that others put beside it may become. */
  besideBytesMax(): number {
    return Math.min(BESIDE_BYTES_MAX, Math.floor(this.#capBytes / BESIDE_SHARE))
  }

  /** Writes what waits and closes; lines that come later are dropped. */
  close(): void {
    this.flush()
    this.#isClosed = true
    if (this.#descriptor !== null) closeSync(this.#descriptor)
    this.#descriptor = null
  }

  #partBytes(): number {
    return Math.floor(this.#capBytes / PARTS)
  }

  #append(lines: readonly string[]): void {
    const isWritten = this.#guarded(() => {
      const bytes = Buffer.from(lines.join(''))
      if (this.#mayRotate && this.#bytes > 0 && this.#bytes + bytes.length > this.#partBytes()) this.#rotate()
      const descriptor = this.#descriptor ?? this.#open()
      // Counted before: half a batch on a full disk takes room too.
      this.#bytes += bytes.length
      writeSync(descriptor, bytes)
    })
    if (!isWritten) this.#dropped += lines.length
  }

  /** Also after it could not be opened, and when somebody removed it or its folder. */
  #open(): number {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const descriptor = openSync(join(this.#folder, LOG_NAME), 'a', PRIVATE_FILE)
    this.#descriptor = descriptor
    this.#bytes = fstatSync(descriptor).size
    return descriptor
  }

  #rotate(): void {
    if (this.#isClosed) return
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const rotated = logFilesOf(this.#folder).filter((path) => !path.endsWith(LOG_NAME))
    // Up to the first number that is free; from the oldest on, or a file would be renamed over the next one.
    const moved = rotated.filter((path, index) => path.endsWith(`weir.${index + 1}.log`))
    for (const [index, path] of [...moved.entries()].reverse())
      renameSync(path, join(this.#folder, `weir.${index + 2}.log`))
    if (this.#descriptor !== null) closeSync(this.#descriptor)
    this.#descriptor = null
    try {
      putAside(join(this.#folder, LOG_NAME), join(this.#folder, 'weir.1.log'))
    } finally {
      this.#open()
    }
    this.#removeOldest()
  }

  /** Logs of jobs from a time when they could be larger. */
  #removeTooLarge(): void {
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name)
      if (BESIDE.test(name) && statSync(path).size > this.besideBytesMax()) rmSync(path, { force: true })
    }
  }

  /**
   * Room MUST be left for the file being written to become full, and for a part of what others write beside it: the
   * cap holds at every moment, not after a while.
   */
  #removeOldest(): void {
    const rotated = logFilesOf(this.#folder).filter((path) => !path.endsWith(`${LOG_NAME}`))
    this.#besideRoom = this.#partBytes()
    let room = this.#capBytes - this.#partBytes() - this.#besideRoom - otherBytes(this.#folder)
    for (const path of rotated) {
      room -= statSync(path).size
      if (room < 0) rmSync(path, { force: true })
    }
  }

  #guarded(work: () => void): boolean {
    try {
      work()
      return true
    } catch (error) {
      if (!this.#isTroubleTold) this.#onTrouble(error instanceof Error ? error : new Error(String(error)))
      this.#isTroubleTold = true
      return false
    }
  }
}

/** Renames it, if it is still there. */
function putAside(path: string, to: string): void {
  try {
    renameSync(path, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** What the other files of the folder take: the logs of the jobs. */
function otherBytes(folder: string): number {
  const ours = new Set(logFilesOf(folder))
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => !ours.has(path))
    .reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0)
}

/** Bytes all logs of the folder take; 0 when it does not exist. */
export function logFolderBytes(folder: string): number {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return 0
  return (
    otherBytes(folder) +
    logFilesOf(folder).reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0)
  )
}

function* batchesOf(lines: readonly string[]): Generator<readonly string[]> {
  let batch: string[] = []
  let length = 0
  for (const line of lines) {
    if (batch.length > 0 && length + line.length > FLUSH_BYTES) {
      yield batch
      batch = []
      length = 0
    }
    batch.push(line)
    length += line.length
  }
  yield batch
}

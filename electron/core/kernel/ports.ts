import type { EpochMs } from '../../../shared/units.ts'

/** What core asks of the machine. Tests give it others; nothing else in core may reach for the time or for chance. */

/** Wall time for windows and records; monotonic time for durations. */
export interface Clock {
  now(): EpochMs
  /** Milliseconds since some fixed moment; never goes backwards. */
  monotonicMs(): number
}

/** Structured log lines. `fields` must not hold tokens or prompt text. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

/** Calls back once, after a while. */
export interface Timers {
  /** Answers what takes the call back. A waiting timer keeps no process alive. */
  after(ms: number, call: () => void): () => void
}

/** What keeps the log on disk: what a reader of the log and the setting of its size need. */
export interface LogKeeper {
  /** The least that is written. */
  readonly lowestLevel: 'debug' | 'info' | 'warn' | 'error'
  /** Puts lines that wait to be written on disk. */
  flush(): void
  /** Changes how many bytes all log files together may take; the oldest are removed at once. */
  limitTo(bytes: number): void
  /** Others are about to put so many bytes beside the log: where that would be too much, its oldest lines go first. */
  makeRoom(bytes: number): void
  /** How large one file that others put beside the log may become, in bytes. */
  besideBytesMax(): number
}

/** Whether this program is opened when its user signs in to the machine. The truth is the system's, which the user may change there. */
export interface LoginItem {
  /** Why it cannot be set here, for a person; null when it can. */
  readonly whyNot: string | null
  isSet(): boolean
  /** Errors are those of the file system. */
  set(isOn: boolean): void
}

/** Cryptographically random bytes. */
export type RandomBytes = (count: number) => Uint8Array

export interface SystemPorts {
  readonly clock: Clock
  readonly log: Logger
  readonly randomBytes: RandomBytes
  /** Absent where the log is not a file: for commands and in tests. */
  readonly logKeeper?: LogKeeper
  /** Absent where nothing starts by itself: for commands and in tests. */
  readonly timers?: Timers
  /** Absent where there is no window that could be opened. */
  readonly loginItem?: LoginItem
}

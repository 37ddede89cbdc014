import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { periodOf } from '../../../shared/time-window.ts'
import type { EpochMs } from '../../../shared/units.ts'
import { ledgerTurns } from '../consumption/ledger-import.ts'
import { periodNumber } from '../consumption/windows.ts'
import { openReadHandle } from '../database/open-handle.ts'
import {
  type ListedUser,
  listSessionFiles,
  sessionsRoot,
  type UnreadableFile,
} from '../sessions/list-session-files.ts'
import { SessionFileReader } from '../sessions/read-session-file.ts'
import { UserComparison } from './compare-user.ts'
import type { ComparedSession, ComparedUser } from './compared.ts'
import { LedgerSide } from './ledger-side.ts'

/** Comparing a whole sessions folder with the ledger, user by user, in the worker thread. */

export interface DriftScanInput {
  readonly sessionsDir: string
  readonly databaseFile: string
  readonly sqliteBinding: string | null
  /** Only this user; null for everybody. */
  readonly userId: string | null
  /** Only this month, 202611; null for all. */
  readonly period: number | null
  /** Reads every file, also those that are as they were when last found equal. */
  readonly isFull: boolean
  /** The billing time zone. */
  readonly zone: string
  readonly startedAt: EpochMs
}

export type DriftMessage =
  | { readonly kind: 'listed'; readonly users: number }
  | {
      readonly kind: 'compared'
      readonly users: readonly ComparedUser[]
      readonly sessions: readonly ComparedSession[]
      readonly unreadable: readonly UnreadableFile[]
      /** Counts since the scan began. */
      readonly usersDone: number
      readonly filesRead: number
      readonly filesUnchanged: number
    }

export interface DriftResult {
  readonly filesRead: number
  readonly filesUnchanged: number
}

/** Files and users in a message: bounds the time between two moments at which the scan can be stopped. */
const BATCH_FILES_MAX = 100
const BATCH_USERS_MAX = 100

/** Compares; memory does not grow with the number of files. Blocks: for worker threads. Errors: `folder_unreadable`. */
export function* scanDrift(input: DriftScanInput): Generator<DriftMessage, DriftResult> {
  const root = sessionsRoot(input.sessionsDir)
  const handle = openReadHandle(input.databaseFile, input.sqliteBinding)
  try {
    const scan = new Scan(input, root, new LedgerSide(handle))
    yield { kind: 'listed', users: scan.countUsers() }
    for (const listed of listSessionFiles(root, input.userId ?? undefined)) yield* scan.take(listed)
    yield* scan.takeUsersWithoutFolder()
    yield scan.message()
    return { filesRead: scan.filesRead, filesUnchanged: scan.filesUnchanged }
  } finally {
    handle.close()
  }
}

class Scan {
  readonly #input: DriftScanInput
  readonly #root: string
  readonly #ledger: LedgerSide
  readonly #reader: SessionFileReader
  readonly #seen = new Set<string>()
  readonly #periodOf: (at: EpochMs) => number
  filesRead = 0
  filesUnchanged = 0
  #usersDone = 0
  #users: ComparedUser[] = []
  #sessions: ComparedSession[] = []
  #unreadable: UnreadableFile[] = []
  #filesInBatch = 0

  constructor(input: DriftScanInput, root: string, ledger: LedgerSide) {
    this.#input = input
    this.#root = root
    this.#ledger = ledger
    // What tells a changed file is its size and time; a hash would cost a third of the time and tell nothing more.
    this.#reader = new SessionFileReader(root, false)
    this.#periodOf = (at) => periodNumber(periodOf(input.zone, at))
  }

  /** Folders and users together, without opening a file. */
  countUsers(): number {
    if (this.#input.userId !== null) return 1
    const folders = readdirSync(this.#root, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    return new Set([...folders.map((entry) => entry.name), ...this.#ledger.userIds()]).size
  }

  *take(listed: ListedUser): Generator<DriftMessage, void> {
    const { userId } = listed
    this.#unreadable.push(...listed.unreadable)
    if (userId === null) return
    this.#seen.add(userId)
    const comparison = this.#comparisonOf(userId)
    for (const entry of listed.unreadable) comparison.leaveOut(entry)
    for (const file of listed.files) {
      if (!this.#input.isFull && comparison.isUnchanged(file)) {
        this.filesUnchanged += 1
        // Nothing to send, and looking at it took microseconds: no reason to pause.
        continue
      }
      this.filesRead += 1
      comparison.compare(file, this.#reader.read(file), this.#input.startedAt)
      this.#filesInBatch += 1
      if (this.#filesInBatch >= BATCH_FILES_MAX) {
        this.#drainSessions(comparison)
        yield this.message()
      }
    }
    this.#finish(comparison)
    if (this.#users.length >= BATCH_USERS_MAX) yield this.message()
  }

  /** Everybody in the database whose folder is not there. */
  *takeUsersWithoutFolder(): Generator<DriftMessage, void> {
    for (const userId of this.#input.userId === null ? this.#ledger.userIds() : [this.#input.userId]) {
      if (this.#seen.has(userId)) continue
      if (this.#ledger.userKey(userId) === undefined && this.#input.userId === userId) continue
      this.#finish(this.#comparisonOf(userId))
      if (this.#users.length >= BATCH_USERS_MAX) yield this.message()
    }
  }

  message(): DriftMessage {
    const message = {
      kind: 'compared',
      users: this.#users,
      sessions: this.#sessions,
      unreadable: this.#unreadable,
      usersDone: this.#usersDone,
      filesRead: this.filesRead,
      filesUnchanged: this.filesUnchanged,
    } satisfies DriftMessage
    this.#users = []
    this.#sessions = []
    this.#unreadable = []
    this.#filesInBatch = 0
    return message
  }

  #comparisonOf(userId: string): UserComparison {
    return new UserComparison(userId, this.#ledger, {
      period: this.#input.period,
      periodOf: this.#periodOf,
      rowsOf: ledgerTurns,
      isStill: (file) => {
        const stats = lstatSync(join(this.#root, file.path), { throwIfNoEntry: false })
        return stats?.size === file.sizeBytes && stats.mtimeMs === file.modifiedAtMs
      },
      exists: (path) => lstatSync(join(this.#root, path), { throwIfNoEntry: false })?.isFile() === true,
    })
  }

  #finish(comparison: UserComparison): void {
    const user = comparison.finish()
    this.#drainSessions(comparison)
    this.#unreadable.push(...comparison.unreadable)
    this.#users.push(user)
    this.#usersDone += 1
  }

  #drainSessions(comparison: UserComparison): void {
    this.#sessions.push(...comparison.takeSessions())
  }
}

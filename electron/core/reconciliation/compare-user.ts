import type { EpochMs } from '../../../shared/units.ts'
import { carriedSessionId } from '../consumption/carried-month.ts'
import type { ListedSessionFile, UnreadableFile } from '../sessions/list-session-files.ts'
import type { ReadSessionFile } from '../sessions/read-session-file.ts'
import { type SessionReading, UNREADABLE } from '../sessions/session-reading.ts'
import type { ComparedSession, ComparedUser } from './compared.ts'
import {
  type Cause,
  compareSession,
  type Difference,
  type PrunedSums,
  type Repair,
  type RowsOf,
} from './drift.ts'
import { digestOf, type KnownSession, type LedgerSide, type SessionMonth } from './ledger-side.ts'

/** One user's folder against the user's rows, file by file. */

export interface ComparisonRules {
  /** Only what belongs to this month; null for all. */
  readonly period: number | null
  readonly periodOf: (at: EpochMs) => number
  readonly rowsOf: RowsOf
  /** Whether the file still is as it was read. */
  readonly isStill: (file: ListedSessionFile) => boolean
  /** Whether there is a file at a path of the sessions folder. */
  readonly exists: (path: string) => boolean
}

interface ComparingFacts {
  readonly turnsImported: Map<string, number>
  readonly pruned: Map<number, number>
  /** By month and session; a month with nothing in it was pruned before its sums were kept. */
  readonly prunedSums: Map<number, Map<string, PrunedSums>>
}

export class UserComparison {
  readonly userId: string
  readonly unreadable: UnreadableFile[] = []
  readonly #ledger: LedgerSide
  readonly #rules: ComparisonRules
  readonly #userKey: number | undefined
  readonly #months: Map<string, SessionMonth[]>
  readonly #known: Map<string, KnownSession>
  /** Read when the first file is compared: somebody with whom nothing has changed needs none of it. */
  #comparing: ComparingFacts | undefined
  readonly #differences: Difference[] = []
  readonly #withFile = new Set<string>()
  #compared: ComparedSession[] = []
  #files = 0
  #fileSum = 0

  constructor(userId: string, ledger: LedgerSide, rules: ComparisonRules) {
    this.userId = userId
    this.#ledger = ledger
    this.#rules = rules
    this.#userKey = ledger.userKey(userId)
    this.#months = ledger.sessions(this.#userKey)
    this.#known = ledger.known(userId)
  }

  /** Whether both sides of the file's session are as they were when they were equal; counts it then. */
  isUnchanged(file: ListedSessionFile): boolean {
    const known = this.#known.get(file.sessionId)
    if (known === undefined || known.is_equal === 0) return false
    if (known.size_bytes !== file.sizeBytes || known.modified_at_ms !== file.modifiedAtMs) return false
    const months = this.#months.get(file.sessionId)
    if (known.ledger_digest !== digestOf(months)) return false
    this.#files += 1
    this.#withFile.add(file.sessionId)
    this.#fileSum += this.#sumOf(months)
    return true
  }

  /** Something of the user's folder that could not even be listed as a session file. */
  leaveOut(entry: UnreadableFile): void {
    const name = entry.path.slice(entry.path.indexOf('/') + 1)
    if (!name.endsWith('.json')) return
    const sessionId = name.slice(0, -'.json'.length)
    this.#files += 1
    this.#withFile.add(sessionId)
    this.#differences.push(this.#ofFile(sessionId, 'file_unreadable', 'restore_file', entry.reason))
  }

  /** Compares a file that was read with the session's rows as they are now. */
  compare(file: ListedSessionFile, read: ReadSessionFile, startedAt: EpochMs): void {
    const { reading } = read
    const { sessionId } = file
    this.#files += 1
    this.#withFile.add(sessionId)
    const turnsMax = Math.max(
      this.#known.get(sessionId)?.turns_max ?? 0,
      this.#facts.turnsImported.get(sessionId) ?? 0,
      reading.kind === 'session' ? reading.turns.length : 0,
    )
    const found =
      reading.kind === 'session'
        ? this.#differencesOf(file, read, reading, { turnsMax, startedAt })
        : [this.#unreadable(file, reading.reason)]
    this.#differences.push(...found)
    this.#compared.push({
      userId: this.userId,
      sessionId,
      sizeBytes: read.sizeBytes,
      modifiedAtMs: read.modifiedAtMs,
      ledgerDigest: digestOf(this.#months.get(sessionId)),
      // Rows that came since the digest was read are compared by the next run, too.
      isEqual: found.length === 0,
      turnsMax,
    })
  }

  /** The sessions compared since the last call. */
  takeSessions(): ComparedSession[] {
    const compared = this.#compared
    this.#compared = []
    return compared
  }

  /** Adds the sessions without a file and answers what was found. */
  finish(): ComparedUser {
    let ledgerRows = 0
    for (const [sessionId, months] of this.#months) {
      ledgerRows += months.reduce((sum, month) => sum + month.rows, 0)
      if (this.#withFile.has(sessionId)) continue
      if (!this.#rules.exists(`${this.userId}/${sessionId}.json`))
        this.#differences.push(this.#ofFile(sessionId, 'missing_in_file', 'restore_file', null))
    }
    const { period } = this.#rules
    return {
      userId: this.userId,
      hasUserRow: this.#userKey !== undefined,
      files: this.#files,
      ledgerRows,
      fileSum: this.#fileSum,
      differences: this.#differences.filter(
        (one) => period === null || one.period === null || one.period === period,
      ),
    }
  }

  get #facts(): ComparingFacts {
    this.#comparing ??= {
      turnsImported: this.#ledger.turnsImported(this.userId),
      pruned: this.#ledger.pruned(this.#userKey),
      prunedSums: this.#ledger.prunedSums(this.#userKey),
    }
    return this.#comparing
  }

  #differencesOf(
    file: ListedSessionFile,
    read: ReadSessionFile,
    session: SessionReading,
    { turnsMax, startedAt }: { turnsMax: number; startedAt: EpochMs },
  ): Difference[] {
    const original = this.#original(session)
    if (original !== undefined)
      return [this.#ofFile(file.sessionId, 'duplicate_session', 'restore_file', original, read)]
    const rows = this.#rules.rowsOf(session)
    const { turns, extensions } = this.#ledger.turns(this.#userKey, file.sessionId)
    const differences = compareSession(session, rows, turns, extensions, {
      modifiedAtMs: read.modifiedAtMs,
      turnsMax,
      startedAt,
      periodOf: this.#rules.periodOf,
      prunedBefore: (period) => this.#facts.pruned.get(period),
      prunedSums: (period) => this.#prunedSumsOf(file.sessionId, period),
    })
    const isStill =
      differences.length === 0 ||
      this.#rules.isStill({ ...file, sizeBytes: read.sizeBytes, modifiedAtMs: read.modifiedAtMs })
    if (!isStill) return [this.#ofFile(file.sessionId, 'changed_while_reading', 'wait', UNREADABLE.changed)]
    for (const row of rows) {
      if (!this.#isInPeriod(this.#rules.periodOf(row.occurredAt))) continue
      this.#fileSum += row.inputTokens + row.outputTokens + (row.turnNumber === 0 ? 0 : 1)
    }
    return differences
  }

  #prunedSumsOf(sessionId: string, period: number): PrunedSums | undefined {
    const sums = this.#facts.prunedSums.get(period)
    // A month taken over as a whole has the turns of all its sessions in one sum.
    if (sums === undefined || sums.has(carriedSessionId(period))) return undefined
    return sums.get(sessionId) ?? { turns: 0, tokens: 0 }
  }

  /** The path of the file this one is a copy of, if there is one. */
  #original(session: SessionReading): string | undefined {
    if (session.claims === undefined) return undefined
    const path = `${session.claims.userId}/${session.claims.sessionId}.json`
    // What a file says of itself may be anything; only plain names are looked up.
    return /^[\w.@:+-]+\/[\w.@:+-]+$/.test(path) && this.#rules.exists(path) ? path : undefined
  }

  #unreadable(file: ListedSessionFile, reason: string): Difference {
    if (reason === UNREADABLE.changed)
      return this.#ofFile(file.sessionId, 'changed_while_reading', 'wait', reason)
    this.unreadable.push({ path: file.path, reason })
    return this.#ofFile(file.sessionId, 'file_unreadable', 'restore_file', reason)
  }

  /** A finding about a whole file. It is no drift unless the file is not there: what it says is not known. */
  #ofFile(
    sessionId: string,
    cause: Cause,
    repair: Repair,
    fileValue: string | null,
    read?: ReadSessionFile,
  ): Difference {
    const months = this.#months.get(sessionId)
    const tokens = months?.reduce((sum, month) => sum + month.tokens, 0)
    const created = read?.reading.kind === 'session' ? this.#rules.periodOf(read.reading.createdAt) : null
    const periods = months?.map((month) => month.period) ?? []
    const isOfPeriod = this.#rules.period !== null && periods.includes(this.#rules.period)
    return {
      sessionId,
      turnNumber: null,
      field: 'file',
      fileValue,
      databaseValue: tokens ?? null,
      cause,
      repair,
      period: isOfPeriod ? this.#rules.period : (periods[0] ?? created),
      weight: cause === 'missing_in_file' ? this.#sumOf(months) : 0,
    }
  }

  #sumOf(months: readonly SessionMonth[] | undefined): number {
    return (months ?? [])
      .filter((month) => this.#isInPeriod(month.period))
      .reduce((sum, month) => sum + month.tokens + month.turns, 0)
  }

  #isInPeriod(period: number): boolean {
    return this.#rules.period === null || period === this.#rules.period
  }
}

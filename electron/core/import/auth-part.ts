import { setImmediate as nextMacrotask } from 'node:timers/promises'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { SessionReading } from '../sessions/session-reading.ts'
import {
  AUTH_TABLES,
  type AuthBatch,
  type AuthCompared,
  type AuthDatabase,
  type AuthItem,
  type AuthPart,
  type LeftOut,
} from './auth-port.ts'
import type { ImportMode } from './ledger-port.ts'
import { type MonthSums, monthDifference } from './month-difference.ts'

/** The part of an import that brings an auth database of the platform. */

type Report = NonNullable<NonNullable<OperationOutput<'import.get'>['report']>['auth_database']>
type Tally = { -readonly [Name in keyof Report['tables'][number]]: Report['tables'][number][Name] }

/** Entries of a list in the report; a database that is wrong altogether must not fill the memory with its reasons. */
const REPORT_LIST_MAX = 10_000

/** Rows compared in one step, between which limit checks are answered. */
const ROWS_A_STEP = 50

/** Who follows the part. */
export interface AuthListener {
  /** The import that can be undone. */
  readonly batch: () => number | null
  /** Throws between two transactions when the run was cancelled. */
  readonly stopIfCancelled: () => void
  /** Told of users before anything is written of them. */
  readonly onUsers: (userIds: readonly string[]) => Promise<void>
  /** Told of every session that was compared. */
  readonly onSession: (session: SessionReading, turns: NonNullable<AuthCompared['turns']>) => void
  /** What the sources have told so far of the turns of a user's month, such as 202511; undefined where nothing. */
  readonly sumsOf: (userId: string, period: number) => MonthSums | undefined
}

export class AuthDatabasePart {
  readonly #file: string
  readonly #mode: ImportMode
  readonly #source: AuthDatabase
  readonly #told: AuthListener
  readonly #tallies = new Map<string, Tally>()
  readonly #users = new Set<string>()
  readonly #rejects: LeftOut[] = []
  readonly #conflicts: LeftOut[] = []
  readonly #refused = new Set<string>()
  #notTaken: Report['not_taken'] = []
  #rowsTotal = 0
  #rowsDone = 0
  #same = 0
  #compared = 0

  constructor(file: string, mode: ImportMode, source: AuthDatabase, told: AuthListener) {
    this.#file = file
    this.#mode = mode
    this.#source = source
    this.#told = told
    for (const table of AUTH_TABLES)
      this.#tallies.set(table, {
        table,
        found: 0,
        imported: 0,
        already_there: 0,
        conflicting: 0,
        rejected: 0,
      })
  }

  /** Ids of the users it has told of. */
  get userIds(): readonly string[] {
    return [...this.#users]
  }

  /** Rows to go through: once to write them, once to read them back. */
  get rowsTotal(): number {
    return this.#mode === 'import' ? 2 * this.#rowsTotal : this.#rowsTotal
  }

  get rowsDone(): number {
    return this.#rowsDone
  }

  get turnsWritten(): number {
    return this.#tally('consumption_turns').imported
  }

  /** Looks what is there, and brings what is needed before the first turn: prices, profiles, users and their tokens. */
  async people(): Promise<void> {
    const { tables, notTaken } = await this.#source.look(this.#file)
    this.#rowsTotal = tables.reduce((sum, { rows }) => sum + rows, 0)
    this.#notTaken = [...notTaken]
    if (this.#mode !== 'import') return
    await this.#write('people')
    await this.#source.take()
  }

  /** Brings turns, and after them the months they belong to. The session files MUST come before: they know more. */
  async ledger(): Promise<void> {
    if (this.#mode === 'import') await this.#write('ledger')
  }

  /** Compares all of it with what Weir has: after an import that is its proof, else what an import would bring. */
  async compare(): Promise<void> {
    for (const part of ['people', 'ledger'] as const)
      await this.#source.read(this.#file, part, (batch) => this.#compareBatch(batch))
  }

  report(isComplete: boolean): Report {
    const isValidated = isComplete && this.#mode !== 'dry-run'
    const percent = this.#compared === 0 ? null : Math.floor((this.#same * 10_000) / this.#compared) / 100
    return {
      file: this.#file,
      tables: [...this.#tallies.values()].map((tally) => ({
        ...tally,
        // Read back, what was written is there too.
        already_there: Math.max(
          0,
          tally.already_there - (isValidated && this.#mode === 'import' ? tally.imported : 0),
        ),
      })),
      accuracy_percent: isValidated ? percent : null,
      rejects: [...this.#rejects],
      conflicts: [...this.#conflicts],
      not_taken: this.#notTaken,
    }
  }

  async #write(part: AuthPart): Promise<void> {
    await this.#source.read(this.#file, part, async (batch) => {
      this.#told.stopIfCancelled()
      await this.#noteUsers(batch.items)
      const written = await this.#source.write(batch.items, this.#told.batch())
      for (const [at, { imported, refused }] of written.entries()) {
        const item = batch.items[at]
        this.#tally(batch.table).imported += imported
        if (refused === null || item === undefined) continue
        this.#refused.add(`${item.table} ${item.row}`)
        this.#reject({ table: item.table, row: item.row, reason: refused })
      }
      this.#rowsDone += batch.rows
      await nextMacrotask()
    })
  }

  async #compareBatch(batch: AuthBatch): Promise<void> {
    this.#told.stopIfCancelled()
    const tally = this.#tally(batch.table)
    tally.found += batch.rows
    for (const left of batch.rejects) this.#reject(left)
    const items = batch.items.filter((item) => !this.#refused.has(`${item.table} ${item.row}`))
    await this.#noteUsers(items)
    for (let from = 0; from < items.length; from += ROWS_A_STEP) {
      const some = items.slice(from, from + ROWS_A_STEP)
      for (const [at, compared] of (await this.#source.compare(some)).entries()) {
        const item = some[at]
        const one = this.#mode === 'dry-run' ? this.#foreseen(item, compared) : compared
        if (item?.table === 'consumption_turns' && one.turns !== undefined)
          this.#told.onSession(item.session, one.turns)
        tally.conflicting += one.conflicts.length
        if (this.#mode === 'dry-run') tally.imported += one.missing
        tally.already_there += one.same
        this.#conflicts.push(...one.conflicts.slice(0, Math.max(0, REPORT_LIST_MAX - this.#conflicts.length)))
        this.#same += one.same
        this.#compared += one.same + one.missing + one.conflicts.length
      }
      await nextMacrotask()
    }
    this.#rowsDone += batch.rows
  }

  /** What an import would find: a month of which turns come is closed from those, whatever the platform has in it. */
  #foreseen(item: AuthItem | undefined, one: AuthCompared): AuthCompared {
    if (item?.table !== 'consumption_periods_archive' || one.missing === 0) return one
    const { table, row, month } = item
    const here = this.#told.sumsOf(month.userId, month.period)
    const difference = here === undefined ? null : monthDifference(month, here)
    if (difference === null) return one
    const reason = `Weir would close this month by its turns: ${difference}.`
    return { same: 0, missing: 0, conflicts: [{ table, row, reason }] }
  }

  async #noteUsers(items: readonly AuthItem[]): Promise<void> {
    const ids = items.flatMap((item) => {
      if (item.table === 'users') return [item.user.id]
      return item.table === 'consumption_turns' ? [item.session.userId] : []
    })
    for (const id of ids) this.#users.add(id)
    await this.#told.onUsers(ids)
  }

  #reject(left: LeftOut): void {
    this.#tally(left.table).rejected += 1
    if (this.#rejects.length < REPORT_LIST_MAX) this.#rejects.push(left)
  }

  #tally(table: string): Tally {
    const tally = this.#tallies.get(table)
    if (tally === undefined) throw new Error(`${table} is a table that is brought`)
    return tally
  }
}

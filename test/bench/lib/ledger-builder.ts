import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { seedProfiles } from '../../../electron/core/access/shipped-profiles.ts'
import { Database } from '../../../electron/core/database/database.ts'
import { LedgerAdapter } from '../../../electron/core/import/ledger-adapter.ts'
import { loadPriceBook, seedPriceCatalogue } from '../../../electron/core/pricing/price-catalogue.ts'
import { PIECE_TURNS_MAX } from '../../../electron/core/sessions/scan-sessions.ts'
import type { SessionReading } from '../../../electron/core/sessions/session-reading.ts'
import { SettingsManager } from '../../../electron/core/settings/settings-manager.ts'
import { type LedgerSpec, sessionReadings, userIds } from './session-readings.ts'

/** Builds a data folder through the product's own import, slice by slice as an import run does it. */
export class LedgerBuilder {
  readonly spec: LedgerSpec
  readonly databaseFile: string
  readonly #database: Database
  readonly #ledger: LedgerAdapter
  readonly #slices: Iterator<SessionReading[], void>

  private constructor(spec: LedgerSpec, databaseFile: string, database: Database, ledger: LedgerAdapter) {
    this.spec = spec
    this.databaseFile = databaseFile
    this.#database = database
    this.#ledger = ledger
    this.#slices = slicesOf(sessionReadings(spec))
  }

  static async open(dataDir: string, spec: LedgerSpec): Promise<LedgerBuilder> {
    const databaseFile = join(dataDir, 'auth.db')
    const database = Database.open({ file: databaseFile, sqliteBinding: null })
    const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
    await database.write((trx) => seedProfiles(trx, clock.now()))
    await seedPriceCatalogue(database, clock.now())
    const settings = await SettingsManager.open(database, clock)
    await settings.change({ first_run_done: true }, { name: 'bench', via: 'start' })
    const prices = await loadPriceBook(database.reader)
    const nothing = () => undefined
    const log = { debug: nothing, info: nothing, warn: console.warn, error: console.error }
    const ledger = new LedgerAdapter({
      clock,
      log,
      randomBytes: (count) => randomBytes(count),
      database,
      settings: () => settings.current(),
      prices: () => prices,
    })
    return new LedgerBuilder(spec, databaseFile, database, ledger)
  }

  /** Imports at least so many ledger rows, fewer only at the end. Answers how many and how long writing them took. */
  async import(rows: number): Promise<{ readonly rows: number; readonly ms: number }> {
    let written = 0
    let ms = 0
    while (written < rows) {
      const slice = this.#slices.next()
      if (slice.done === true) break
      // Only the ledger's work is timed: making the sessions up is ours.
      const start = performance.now()
      written += (await this.#ledger.importSessions(slice.value)).imported
      ms += performance.now() - start
    }
    return { rows: written, ms }
  }

  /** Closes the months that are over, gives the users the shipped profiles in turn, and closes the database. */
  async finish(): Promise<void> {
    const ids = userIds(this.spec.users)
    for (let from = 0; from < ids.length; from += 50)
      await this.#ledger.archiveClosedPeriods(ids.slice(from, from + 50))
    await this.#database.close()
    withDatabase(this.databaseFile, (handle) => {
      const profiles = handle
        .prepare<[], number>('select id from consumption_profiles order by id')
        .pluck()
        .all()
      const assign = handle.prepare('update users set consumption_profile_id = ? where key % ? = ?')
      profiles.forEach((id, index) => {
        assign.run(id, profiles.length, index)
      })
    })
  }
}

/** Limits no load reaches, but limits all the same: each of them is worked out and shown. */
export function liftLimits(databaseFile: string): void {
  withDatabase(databaseFile, (handle) => {
    handle.exec(
      `update consumption_profiles set prompts_per_hour = 1000000000, prompts_per_day = 1000000000,
        input_tokens_per_month = 1000000000000, output_tokens_per_month = 1000000000000,
        cost_per_month_micro_usd = 1000000000000`,
    )
  })
}

/** Looks at or changes a database nobody has open. */
export function withDatabase<Result>(file: string, use: (handle: BetterSqlite3.Database) => Result): Result {
  const handle = new BetterSqlite3(file)
  try {
    return use(handle)
  } finally {
    handle.close()
  }
}

/** As an import run cuts them: so many turns at the most are written in one transaction. */
function* slicesOf(sessions: Iterable<SessionReading>): Generator<SessionReading[], void> {
  let slice: SessionReading[] = []
  let turns = 0
  for (const session of sessions) {
    if (slice.length > 0 && turns + session.turns.length > PIECE_TURNS_MAX) {
      yield slice
      slice = []
      turns = 0
    }
    slice.push(session)
    turns += session.turns.length
  }
  if (slice.length > 0) yield slice
}

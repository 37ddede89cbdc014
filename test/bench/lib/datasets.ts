import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { verifyBooks } from '../../../electron/core/verify/verify-task.ts'
import { LedgerBuilder, liftLimits } from './ledger-builder.ts'
import { type LedgerSpec, userIds } from './session-readings.ts'
import type { WorkFolder } from './work-folder.ts'

/** Mean turns of a session in the ledgers the rows share. */
const TURNS_A_SESSION = 8

/** Above this adding the ledger up again takes longer than it tells: it is the same code as for the small one. */
const VERIFIED_TURNS_MAX = 200_000

/** Data folders by the size of their ledger, built when first asked for; rows work on copies. */
export class Datasets {
  readonly users: readonly string[]
  readonly #folder: WorkFolder
  readonly #say: (text: string) => void
  readonly #built = new Map<number, string>()

  constructor(folder: WorkFolder, userCount: number, say: (text: string) => void) {
    this.users = userIds(userCount)
    this.#folder = folder
    this.#say = say
  }

  /** How the shared ledger of a size is made. */
  specOf(turns: number): LedgerSpec {
    return {
      users: this.users.length,
      turns,
      turnsASession: TURNS_A_SESSION,
      order: 'by user',
      now: Date.now(),
    }
  }

  /** A row that has built the ledger of a size while measuring hands it over. */
  adopt(turns: number, dataDir: string): void {
    this.#built.set(turns, dataDir)
  }

  /** The data folder with so many turns. Not to be opened: ask for a copy. */
  async of(turns: number): Promise<string> {
    const built = this.#built.get(turns)
    if (built !== undefined) return built
    this.#say(`building a ledger of ${turns} turns`)
    const dataDir = await this.build(this.specOf(turns))
    this.adopt(turns, dataDir)
    return dataDir
  }

  /** Builds a ledger that is not shared. */
  async build(spec: LedgerSpec): Promise<string> {
    const dataDir = this.#folder.sub(`ledger-${spec.turns}`)
    const builder = await LedgerBuilder.open(dataDir, spec)
    await builder.import(Number.POSITIVE_INFINITY)
    await builder.finish()
    if (spec.turns <= VERIFIED_TURNS_MAX) assertBooksAreRight(builder.databaseFile)
    return dataDir
  }

  /** A copy to work on; `lifted` without limits that a load would reach. */
  async copy(turns: number, how: { readonly lifted: boolean; readonly into?: string }): Promise<string> {
    const from = await this.of(turns)
    const to = how.into ?? this.#folder.sub('data')
    copyFileSync(join(from, 'auth.db'), join(to, 'auth.db'))
    if (how.lifted) liftLimits(join(to, 'auth.db'))
    return to
  }
}

function assertBooksAreRight(databaseFile: string): void {
  const { checked, differences } = verifyBooks(databaseFile, null)
  if (checked === 0 || differences.length > 0) {
    throw new Error(
      `the ledger built for the benchmark has ${differences.length} differences in ${checked} comparisons`,
    )
  }
}

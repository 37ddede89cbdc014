import { compareTurns } from '../consumption/compare-turns.ts'
import type { ConsumptionContext } from '../consumption/context.ts'
import { importSessions } from '../consumption/ledger-import.ts'
import type { Reader, Writer } from '../database/database.ts'
import { isForbiddenByTable } from '../database/storage-error.ts'
import type {
  AuthBatch,
  AuthCompared,
  AuthDatabase,
  AuthItem,
  AuthLook,
  AuthPart,
  AuthWritten,
} from '../import/auth-port.ts'
import { addMonth, addPrice, lookAtMonth, lookAtPrice } from './auth-figures.ts'
import { addProfile, addToken, lookAtProfile, lookAtToken, lookAtUser, saveUser } from './auth-people.ts'
import type { Look } from './look.ts'

/** Reading the file, wherever that is done. */
export interface AuthReader {
  look(file: string): Promise<AuthLook>
  read(file: string, part: AuthPart, onBatch: (batch: AuthBatch) => Promise<void>): Promise<void>
}

/** An auth database of the platform, and what it goes into. Every write is one short transaction. */
export class AuthDatabaseImport implements AuthDatabase {
  readonly #reader: AuthReader
  readonly #context: ConsumptionContext
  readonly #onTaken: () => Promise<void>

  /** `onTaken` is told when prices and tokens may be new. */
  constructor(reader: AuthReader, context: ConsumptionContext, onTaken: () => Promise<void>) {
    this.#reader = reader
    this.#context = context
    this.#onTaken = onTaken
  }

  look(file: string): Promise<AuthLook> {
    return this.#reader.look(file)
  }

  read(file: string, part: AuthPart, onBatch: (batch: AuthBatch) => Promise<void>): Promise<void> {
    return this.#reader.read(file, part, onBatch)
  }

  async write(items: readonly AuthItem[]): Promise<readonly AuthWritten[]> {
    try {
      return await this.#writeAll(items)
    } catch (error) {
      if (!isForbiddenByTable(error)) throw error
    }
    // One of them cannot be held: each by itself, so that it alone is left out.
    const written: AuthWritten[] = []
    for (const item of items) written.push(...(await this.#writeAlone(item)))
    return written
  }

  async #writeAlone(item: AuthItem): Promise<readonly AuthWritten[]> {
    try {
      return await this.#writeAll([item])
    } catch (error) {
      if (!isForbiddenByTable(error)) throw error
      return [{ imported: 0, refused: 'It holds something that Weir cannot keep.' }]
    }
  }

  #writeAll(items: readonly AuthItem[]): Promise<readonly AuthWritten[]> {
    return this.#context.database.writeSlice(async (trx) => {
      const written: AuthWritten[] = []
      for (const item of items) written.push(await this.#writeOne(trx, item))
      return written
    })
  }

  compare(items: readonly AuthItem[]): Promise<readonly AuthCompared[]> {
    return this.#context.database.read(async (db) => {
      const compared: AuthCompared[] = []
      for (const item of items) compared.push(await this.#compareOne(db, item))
      return compared
    })
  }

  take(): Promise<void> {
    return this.#onTaken()
  }

  async #writeOne(trx: Writer, item: AuthItem): Promise<AuthWritten> {
    if (item.table === 'consumption_turns') {
      const { imported } = await importSessions(trx, [item.session], this.#context)
      return { imported, refused: null }
    }
    if ((await this.#lookAt(trx, item)).kind !== 'missing') return { imported: 0, refused: null }
    const refused = await this.#add(trx, item)
    // A month that turns have closed may have come out otherwise than there.
    const isTaken =
      item.table !== 'consumption_periods_archive' || (await this.#lookAt(trx, item)).kind === 'same'
    return { imported: refused === null && isTaken ? 1 : 0, refused }
  }

  /** Answers why it cannot be added, or null. */
  async #add(trx: Writer, item: Exclude<AuthItem, { table: 'consumption_turns' }>): Promise<string | null> {
    const context = this.#context
    switch (item.table) {
      case 'access_tokens':
        return addToken(trx, item.token, context)
      case 'consumption_profiles':
        await addProfile(trx, item.profile, context)
        return null
      case 'users':
        return saveUser(trx, item.user, context)
      case 'llm_model_costs':
        await addPrice(trx, item.price, context)
        return null
      case 'consumption_periods_archive':
        await addMonth(trx, item.month, context)
        return null
    }
  }

  #lookAt(db: Reader | Writer, item: Exclude<AuthItem, { table: 'consumption_turns' }>): Promise<Look> {
    switch (item.table) {
      case 'consumption_profiles':
        return lookAtProfile(db, item.profile)
      case 'users':
        return lookAtUser(db, item.user)
      case 'access_tokens':
        return lookAtToken(db, item.token)
      case 'llm_model_costs':
        return lookAtPrice(db, item.price, this.#context)
      case 'consumption_periods_archive':
        return lookAtMonth(db, item.month, this.#context)
    }
  }

  async #compareOne(db: Reader, item: AuthItem): Promise<AuthCompared> {
    const { table, row } = item
    if (table === 'consumption_turns') {
      const { same, missing, others } = await compareTurns(
        db,
        item.session,
        this.#context.settings().time_zone,
      )
      const reason = 'The ledger has this turn with other figures. It is left as it is.'
      return {
        same: same.length,
        missing: missing.length,
        conflicts: others.map((turn) => ({ table, row: `${row} ${turn}`, reason })),
        turns: { same, missing },
      }
    }
    const look = await this.#lookAt(db, item)
    if (look.kind === 'other')
      return { same: 0, missing: 0, conflicts: [{ table, row, reason: look.reason }] }
    return { same: look.kind === 'same' ? 1 : 0, missing: look.kind === 'missing' ? 1 : 0, conflicts: [] }
  }
}

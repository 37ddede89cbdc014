import { holdCarriedMonth } from '../consumption/carried-month.ts'
import { compareTurns } from '../consumption/compare-turns.ts'
import { findUserKey } from '../consumption/consumption-store.ts'
import type { ConsumptionContext } from '../consumption/context.ts'
import { holdKnownRow, holdNewRow, type RowKind } from '../consumption/import-holds-store.ts'
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
import { canonicalProvider } from '../pricing/provider-names.ts'
import { addMonth, addPrice, lookAtMonth, lookAtPrice } from './auth-figures.ts'
import { addProfile, addToken, lookAtProfile, lookAtToken, lookAtUser, saveUser } from './auth-people.ts'
import type { Look } from './look.ts'

/** Reading the file, wherever that is done. */
export interface AuthReader {
  look(file: string): Promise<AuthLook>
  read(file: string, part: AuthPart, onBatch: (batch: AuthBatch) => Promise<void>): Promise<void>
}

type OneRow = Exclude<AuthItem, { table: 'consumption_turns' }>

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

  async write(items: readonly AuthItem[], batch: number | null): Promise<readonly AuthWritten[]> {
    try {
      return await this.#writeAll(items, batch)
    } catch (error) {
      if (!isForbiddenByTable(error)) throw error
    }
    // One of them cannot be held: each by itself, so that it alone is left out.
    const written: AuthWritten[] = []
    for (const item of items) written.push(...(await this.#writeAlone(item, batch)))
    return written
  }

  async #writeAlone(item: AuthItem, batch: number | null): Promise<readonly AuthWritten[]> {
    try {
      return await this.#writeAll([item], batch)
    } catch (error) {
      if (!isForbiddenByTable(error)) throw error
      return [{ imported: 0, refused: 'It holds something that Weir cannot keep.' }]
    }
  }

  #writeAll(items: readonly AuthItem[], batch: number | null): Promise<readonly AuthWritten[]> {
    return this.#context.database.writeSlice(async (trx) => {
      const written: AuthWritten[] = []
      for (const item of items) written.push(await this.#writeOne(trx, item, batch))
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

  async #writeOne(trx: Writer, item: AuthItem, batch: number | null): Promise<AuthWritten> {
    if (item.table === 'consumption_turns') {
      const { imported } = await importSessions(trx, [item.session], this.#context, 'added again', batch)
      return { imported, refused: null }
    }
    const look = await this.#lookAt(trx, item)
    if (look.kind === 'same') await this.#holdKnown(trx, item, batch)
    if (look.kind !== 'missing') return { imported: 0, refused: null }
    const wasThere = item.table === 'users' && (await findUserKey(trx, item.user.id)) !== undefined
    // One moment: undoing tells by it whether somebody has changed the row since.
    const at = this.#context.clock.now()
    const refused = await this.#add(trx, item, batch, {
      ...this.#context,
      clock: { now: () => at, monotonicMs: () => this.#context.clock.monotonicMs() },
    })
    const row = rowOf(item)
    if (wasThere) await this.#holdKnown(trx, item, batch)
    else if (row !== null && refused === null) await holdNewRow(trx, batch, { ...row, madeAt: at })
    // A month that turns have closed may have come out otherwise than there.
    const isTaken =
      item.table !== 'consumption_periods_archive' || (await this.#lookAt(trx, item)).kind === 'same'
    return { imported: refused === null && isTaken ? 1 : 0, refused }
  }

  /** Of what is there by other imports alone. */
  async #holdKnown(trx: Writer, item: OneRow, batch: number | null): Promise<void> {
    if (item.table === 'consumption_periods_archive') {
      await holdCarriedMonth(trx, batch, item.month, this.#context.clock.now())
      return
    }
    const row = rowOf(item)
    if (row !== null) await holdKnownRow(trx, batch, row.kind, row.name)
  }

  /** Answers why it cannot be added, or null. */
  async #add(
    trx: Writer,
    item: OneRow,
    batch: number | null,
    context: ConsumptionContext,
  ): Promise<string | null> {
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
        await addMonth(trx, item.month, context, batch)
        return null
    }
  }

  #lookAt(db: Reader | Writer, item: OneRow): Promise<Look> {
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

/** How what an import holds calls the row; null for a month, which is held as a session is. */
function rowOf(item: OneRow): { readonly kind: RowKind; readonly name: string } | null {
  switch (item.table) {
    case 'users':
      return { kind: 'user', name: item.user.id }
    case 'consumption_profiles':
      return { kind: 'profile', name: item.profile.name }
    case 'access_tokens':
      return { kind: 'token', name: Buffer.from(item.token.sha256).toString('hex') }
    case 'llm_model_costs': {
      const { isManual, provider, model } = item.price
      return {
        kind: 'price',
        name: JSON.stringify([isManual ? 'operator' : 'imported', canonicalProvider(provider), model]),
      }
    }
    case 'consumption_periods_archive':
      return null
  }
}

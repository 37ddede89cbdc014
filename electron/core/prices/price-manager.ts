import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { type EpochMs, microUsdToUsd, toIso } from '../../../shared/units.ts'
import type { Actor, PricesApi } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import { windowsAt } from '../consumption/windows.ts'
import type { Database, Reader } from '../database/database.ts'
import type { Clock, Logger } from '../kernel/ports.ts'
import { assert, WeirError } from '../kernel/weir-error.ts'
import { bundledCatalogue, CATALOGUE_VERSION } from '../pricing/bundled-catalogue.ts'
import { patternToRegExp } from '../pricing/model-pattern.ts'
import type { PriceBook } from '../pricing/price-book.ts'
import { loadPriceBook } from '../pricing/price-catalogue.ts'
import {
  deleteImported,
  deleteImportedAfter,
  listPrices,
  replaceCatalogue,
  saveImported,
  storedCatalogueVersion,
} from '../pricing/price-store.ts'
import { priceTurn } from '../pricing/price-turn.ts'
import { type ModelPrice, priceInForce } from '../pricing/token-price.ts'
import type { SettingsManager } from '../settings/settings-manager.ts'
import { diffCatalogues } from './catalogue-update.ts'
import { readCosts } from './costs-reader.ts'
import { deleteOperatorPrice, listStoredPrices, saveOperatorPrice } from './operator-price-store.ts'
import { diffPrices } from './price-import.ts'
import { readPriceList, turnsByPrice } from './price-list-reader.ts'
import {
  type FiguresInput,
  fallbackOf,
  figuresOnWire,
  priceOnWire,
  type StoredPrice,
  toTokenPrice,
} from './price-wire.ts'

/** More rows than anybody reads would only fill the log; how many there were stands in it. */
const AUDIT_ROWS_MAX = 200

/**
 * The prices: the book in memory that every recorded turn is priced by, and what the operator changes of it. A change
 * is answered only when the book knows it, so that the next recorded turn goes by it.
 */
export class PriceManager implements PricesApi {
  readonly #database: Pick<Database, 'reader' | 'read' | 'write'>
  readonly #clock: Clock
  readonly #settings: SettingsManager
  readonly #log: Logger | undefined
  #book: PriceBook
  /** Loads follow one another: an older one must never take the place of a newer one. */
  #loading: Promise<void> = Promise.resolve()

  private constructor(
    database: Pick<Database, 'reader' | 'read' | 'write'>,
    clock: Clock,
    settings: SettingsManager,
    book: PriceBook,
    log: Logger | undefined,
  ) {
    this.#database = database
    this.#clock = clock
    this.#settings = settings
    this.#book = book
    this.#log = log
    this.#warnOfUnusable()
  }

  /** Loads the book. Errors: `internal` for a price whose steps cannot be read. */
  static async open(
    database: Pick<Database, 'reader' | 'read' | 'write'>,
    clock: Clock,
    settings: SettingsManager,
    log?: Logger,
  ): Promise<PriceManager> {
    const book = await loadPriceBook(database.reader, fallbackOf(settings.current()))
    return new PriceManager(database, clock, settings, book, log)
  }

  /** The prices as of the last change; a value, never changed in place. */
  book(): PriceBook {
    return this.#book
  }

  /** Lets what somebody else wrote into the table count. */
  reload(): Promise<void> {
    return this.#reload()
  }

  list(query: ParsedInput<'prices.list'>): Promise<OperationOutput<'prices.list'>> {
    const now = this.#clock.now()
    const settings = this.#settings.current()
    const { period } = windowsAt(settings.time_zone, now)
    const isDefaultFallback = settings.fallback_price === null
    return this.#database.read((db) =>
      readPriceList(db, query, { book: this.#book, now, period, isDefaultFallback }),
    )
  }

  /** Errors: `invalid_request`. */
  async set(input: ParsedInput<'prices.set'>, actor: Actor): Promise<OperationOutput<'prices.set'>> {
    checkPattern(input.model_pattern)
    const now = this.#clock.now()
    const key = {
      provider: input.provider,
      modelPattern: input.model_pattern,
      validFrom: input.valid_from === undefined ? now : Date.parse(input.valid_from),
    }
    const answer = await this.#database.write(async (trx) => {
      const isIt = (price: StoredPrice): boolean =>
        price.source === 'operator' &&
        price.provider === key.provider &&
        price.modelPattern === key.modelPattern &&
        price.validFrom === key.validFrom
      const before = (await listStoredPrices(trx)).find(isIt)
      await saveOperatorPrice(trx, key, toTokenPrice(input), now)
      const after = (await listStoredPrices(trx)).find(isIt)
      assert(after !== undefined, 'a price that was just written is found in its own transaction')
      const price = priceOnWire(after)
      const replaced = before === undefined ? null : priceOnWire(before)
      await audit(trx, {
        at: now,
        actor,
        action: 'prices.set',
        objectKind: 'price',
        objectId: String(price.id),
        before: replaced,
        after: price,
      })
      return { price, replaced }
    })
    await this.#reload()
    return answer
  }

  /** Errors: `price_unknown`, `invalid_request`. */
  async delete(id: number, actor: Actor): Promise<OperationOutput<'prices.delete'>> {
    const now = this.#clock.now()
    const answer = await this.#database.write(async (trx) => {
      const found = (await listStoredPrices(trx)).find((price) => price.id === id)
      if (found === undefined) {
        throw new WeirError(
          'price_unknown',
          `There is no price with the number ${id}. It may be deleted already.`,
        )
      }
      if (found.source !== 'operator') {
        const message = 'is not one of your own and stays as it is; set a price of your own to go before it'
        throw new WeirError('invalid_request', `The price ${message}.`, {
          details: { errors: [{ path: 'id', message }] },
        })
      }
      await deleteOperatorPrice(trx, id)
      const price = priceOnWire(found)
      await audit(trx, {
        at: now,
        actor,
        action: 'prices.delete',
        objectKind: 'price',
        objectId: String(id),
        before: price,
      })
      return { price }
    })
    await this.#reload()
    return answer
  }

  /** What a turn would cost, by the very function that prices recorded ones. */
  async lookUp(query: ParsedInput<'prices.lookUp'>): Promise<OperationOutput<'prices.lookUp'>> {
    const occurredAt: EpochMs = query.at === undefined ? this.#clock.now() : Date.parse(query.at)
    const turn = {
      provider: query.provider,
      model: query.model,
      occurredAt,
      inputTokens: query.input_tokens ?? 0,
      outputTokens: query.output_tokens ?? 0,
      cachedInputTokens: query.cached_input_tokens ?? 0,
    }
    const book = this.#book
    const found = book.priceOf(turn.provider, turn.model, occurredAt)
    const { costMicroUsd, source } = priceTurn(book, turn)
    const stored = (await listStoredPrices(this.#database.reader)).find(
      (price) =>
        price.source === found?.source &&
        price.provider === found.provider &&
        price.modelPattern === found.modelPattern &&
        price.validFrom === found.validFrom,
    )
    const applied = found === undefined ? book.fallback : priceInForce(found, turn.inputTokens, occurredAt)
    return {
      cost_usd: microUsdToUsd(costMicroUsd),
      source,
      price: stored === undefined ? null : priceOnWire(stored),
      applied: figuresOnWire(applied),
      at: toIso(occurredAt),
    }
  }

  /** Errors: `invalid_request`. */
  async setFallback(
    input: ParsedInput<'prices.setFallback'>,
    actor: Actor,
  ): Promise<OperationOutput<'prices.setFallback'>> {
    const price = input.reset === true ? null : toTokenPrice(fallbackFigures(input))
    const stored =
      price === null
        ? null
        : {
            input_micro_usd_per_million: price.inputMicroUsdPerMillion,
            output_micro_usd_per_million: price.outputMicroUsdPerMillion,
            cached_input_micro_usd_per_million: price.cachedInputMicroUsdPerMillion,
          }
    await this.#settings.change({ fallback_price: stored }, actor, 'prices.setFallback')
    await this.#reload()
    return { ...figuresOnWire(this.#book.fallback), is_default: price === null }
  }

  /** Errors: `invalid_request`. */
  async import(input: ParsedInput<'prices.import'>, actor: Actor): Promise<OperationOutput<'prices.import'>> {
    const now = this.#clock.now()
    const validFrom = input.valid_from === undefined ? now : Date.parse(input.valid_from)
    const { report, prices } = diffPrices(input.entries, this.#book, now, validFrom)
    if (input.dry_run === true || prices.length === 0) return report
    const label = input.label ?? 'LiteLLM'
    await this.#database.write(async (trx) => {
      const replaced = await deleteImportedAfter(trx, prices, now)
      await saveImported(trx, prices, label, now)
      const rows = report.rows
        .filter((row) => row.result === 'new' || row.result === 'changed')
        .slice(0, AUDIT_ROWS_MAX)
      const side = (figures: 'before' | 'after') =>
        rows.map((row) => ({ provider: row.provider, model: row.model, ...row[figures] }))
      await audit(trx, {
        at: now,
        actor,
        action: 'prices.import',
        objectKind: 'price',
        objectId: label,
        before: { rows: side('before') },
        after: { prices: prices.length, replaced, valid_from: toIso(validFrom), rows: side('after') },
      })
    })
    await this.#reload()
    return report
  }

  async removeImported(actor: Actor): Promise<OperationOutput<'prices.removeImported'>> {
    const removed = await this.#database.write(async (trx) => {
      const count = await deleteImported(trx)
      if (count > 0) {
        await audit(trx, {
          at: this.#clock.now(),
          actor,
          action: 'prices.removeImported',
          objectKind: 'price',
          objectId: 'imported',
          before: { prices: count },
        })
      }
      return count
    })
    await this.#reload()
    return { removed }
  }

  async updateCatalogue(
    input: ParsedInput<'prices.updateCatalogue'>,
    actor: Actor,
  ): Promise<OperationOutput<'prices.updateCatalogue'>> {
    // Read before anything is locked: the first time takes a moment.
    const bundled = await bundledCatalogue()
    if (input.dry_run === true) return this.#database.read((db) => this.#catalogueReport(db, bundled))
    const report = await this.#database.write(async (trx) => {
      const found = await this.#catalogueReport(trx, bundled)
      if (found.from_version === CATALOGUE_VERSION && found.rows.length === 0) return found
      const now = this.#clock.now()
      await replaceCatalogue(trx, bundled, CATALOGUE_VERSION, now)
      await audit(trx, {
        at: now,
        actor,
        action: 'prices.updateCatalogue',
        objectKind: 'price',
        objectId: CATALOGUE_VERSION,
        before: { version: found.from_version, rows: auditSide(found.rows, 'before') },
        after: {
          version: CATALOGUE_VERSION,
          new: found.new,
          changed: found.changed,
          removed: found.removed,
          rows: auditSide(found.rows, 'after'),
        },
      })
      return found
    })
    await this.#reload()
    return report
  }

  async #catalogueReport(db: Reader, bundled: readonly ModelPrice[]) {
    const now = this.#clock.now()
    const { period } = windowsAt(this.#settings.current().time_zone, now)
    const held = (await listPrices(db)).filter((price) => price.source === 'catalogue')
    const turnsOf = await turnsByPrice(db, { book: this.#book, now, period })
    return {
      from_version: (await storedCatalogueVersion(db)) ?? null,
      to_version: CATALOGUE_VERSION,
      ...diffCatalogues(held, bundled, turnsOf),
    }
  }

  costs(range = 'current'): Promise<OperationOutput<'costs.summary'>> {
    const now = this.#clock.now()
    const { period } = windowsAt(this.#settings.current().time_zone, now)
    return this.#database.read((db) => readCosts(db, range, { book: this.#book, now, period }))
  }

  #warnOfUnusable(): void {
    const { unusable } = this.#book
    if (unusable.length === 0) return
    this.#log?.warn('Prices of model patterns that are no regular expressions are left out.', {
      model_patterns: unusable.slice(0, AUDIT_ROWS_MAX),
    })
  }

  #reload(): Promise<void> {
    const load = async (): Promise<void> => {
      this.#book = await loadPriceBook(this.#database.reader, fallbackOf(this.#settings.current()))
      this.#warnOfUnusable()
    }
    // Also after a load that failed: its caller heard of it.
    this.#loading = this.#loading.then(load, load)
    return this.#loading
  }
}

/** One side of what changes, as the audit log keeps it. */
function auditSide(
  rows: OperationOutput<'prices.updateCatalogue'>['rows'],
  side: 'before' | 'after',
): object[] {
  return rows
    .slice(0, AUDIT_ROWS_MAX)
    .map((row) => ({ provider: row.provider, model: row.model_pattern, ...row[side] }))
}

function checkPattern(pattern: string): void {
  try {
    patternToRegExp(pattern)
  } catch (cause) {
    const message = 'stands between slashes and is no regular expression; a name, or a name with *, will do'
    throw new WeirError('invalid_request', `The model pattern ${message}.`, {
      details: { errors: [{ path: 'model_pattern', message }] },
      cause,
    })
  }
}

function fallbackFigures(input: ParsedInput<'prices.setFallback'>): FiguresInput {
  const { input_usd_per_million: given, output_usd_per_million: made } = input
  if (given !== undefined && made !== undefined)
    return { ...input, input_usd_per_million: given, output_usd_per_million: made }
  const path = given === undefined ? 'input_usd_per_million' : 'output_usd_per_million'
  throw new WeirError(
    'invalid_request',
    `${path} is missing: a fallback price needs both input and output, or reset: true.`,
    { details: { errors: [{ path, message: 'is missing' }] } },
  )
}

import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import type { EpochMs } from '../../../shared/units.ts'
import { modelRows } from '../consumption/period-reader.ts'
import { periodText } from '../consumption/windows.ts'
import type { Reader } from '../database/database.ts'
import { CATALOGUE_VERSION } from '../pricing/bundled-catalogue.ts'
import type { PriceBook } from '../pricing/price-book.ts'
import { storedCatalogueVersion } from '../pricing/price-store.ts'
import type { ModelPrice } from '../pricing/token-price.ts'
import { listStoredPrices } from './operator-price-store.ts'
import { figuresOnWire, priceOnWire, type StoredPrice } from './price-wire.ts'

type Query = ParsedInput<'prices.list'>

// A page that fits a screen when the caller does not say.
const PAGE_SIZE = 50

/** By which prices, and in which month, use is counted. */
export interface PriceListContext {
  readonly book: PriceBook
  readonly now: EpochMs
  readonly period: number
  readonly isDefaultFallback: boolean
}

/** One page of the price table: prices in use first, then the operator's, then by name and the newest date. */
export async function readPriceList(
  db: Reader,
  query: Query,
  context: PriceListContext,
): Promise<OperationOutput<'prices.list'>> {
  const limit = query.limit ?? PAGE_SIZE
  const offset = query.offset ?? 0
  const all = await listStoredPrices(db)
  const turnsOf = await turnsByPrice(db, context)
  const rows = all.filter((price) => matches(price, query, turnsOf(price)))
  rows.sort(
    (a, b) =>
      turnsOf(b) - turnsOf(a) ||
      Number(b.source === 'operator') - Number(a.source === 'operator') ||
      byText.compare(a.provider, b.provider) ||
      byText.compare(a.modelPattern, b.modelPattern) ||
      b.validFrom - a.validFrom,
  )
  const count = (source: ModelPrice['source']) => all.filter((price) => price.source === source).length
  return {
    prices: rows
      .slice(offset, offset + limit)
      .map((price) => ({ ...priceOnWire(price), turns_this_month: turnsOf(price) })),
    total_count: rows.length,
    limit,
    offset,
    current_period: periodText(context.period),
    catalogue: {
      version: (await storedCatalogueVersion(db)) ?? null,
      prices: count('catalogue'),
      bundled_version: CATALOGUE_VERSION,
    },
    operator_prices: count('operator'),
    imported_prices: count('imported'),
    fallback: { ...figuresOnWire(context.book.fallback), is_default: context.isDefaultFallback },
  }
}

const byText = new Intl.Collator('en', { sensitivity: 'base', numeric: true })

/** What the database keeps unique, as one text. */
function keyOf(price: Pick<ModelPrice, 'source' | 'provider' | 'modelPattern' | 'validFrom'>): string {
  return [price.source, price.provider, price.modelPattern, price.validFrom].join('\n')
}

/** How many turns of the month go by a price: those whose model it counts for now. */
export async function turnsByPrice(
  db: Reader,
  context: Pick<PriceListContext, 'book' | 'now' | 'period'>,
): Promise<(price: ModelPrice) => number> {
  const turns = new Map<string, number>()
  for (const row of await modelRows(db, null, { kind: 'period', period: context.period })) {
    const price = context.book.priceOf(row.provider, row.model, context.now)
    if (price === undefined) continue
    const key = keyOf(price)
    turns.set(key, (turns.get(key) ?? 0) + row.turns)
  }
  return (price) => turns.get(keyOf(price)) ?? 0
}

function matches(price: StoredPrice, query: Query, turns: number): boolean {
  if (query.source !== undefined && price.source !== query.source) return false
  if (query.used === true && turns === 0) return false
  const words = (query.search ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  const text = `${price.provider} ${price.modelPattern}`.toLowerCase()
  return words.every((word) => text.includes(word))
}

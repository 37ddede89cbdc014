import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { LISTED_TWICE } from '../../../shared/price-file-pieces.ts'
import type { EpochMs } from '../../../shared/units.ts'
import type { PriceBook } from '../pricing/price-book.ts'
import type { ModelPrice } from '../pricing/token-price.ts'
import { greatestChange, isSamePrice } from './compare-prices.ts'
import { type ReadEntry, readEntry } from './price-file.ts'
import { figuresOnWire } from './price-wire.ts'

/** What entries of a price file would change, compared with the prices that count now. Pure. */

type Report = OperationOutput<'prices.import'>
type Row = Report['rows'][number]

/** The comparison, and the prices that differ. */
export interface PriceDiff {
  readonly report: Report
  readonly prices: readonly ModelPrice[]
}

/**
 * Compares entries with what the book holds from `validFrom` until now: all of it is what an import writes over.
 * Of two entries for the same model the first counts.
 */
export function diffPrices(
  entries: ParsedInput<'prices.import'>['entries'],
  book: PriceBook,
  now: EpochMs,
  validFrom: EpochMs,
): PriceDiff {
  const rows: Row[] = []
  const prices: ModelPrice[] = []
  const counts = { new: 0, changed: 0, same: 0, unusable: 0 }
  const seen = new Set<string>()
  for (const [name, entry] of Object.entries(entries)) {
    let read = readEntry(name, entry)
    if (read.kind === 'price') {
      const key = `${read.provider}\n${read.model.toLowerCase()}`
      if (seen.has(key)) read = { kind: 'unusable', reason: LISTED_TWICE }
      seen.add(key)
    }
    const row = rowOf(name, read, book, now, validFrom)
    counts[row.result] += 1
    rows.push(row)
    if (read.kind === 'price' && row.result !== 'same') prices.push(priceOf(read, validFrom))
  }
  return { report: { ...counts, rows }, prices }
}

function priceOf(read: Extract<ReadEntry, { kind: 'price' }>, validFrom: EpochMs): ModelPrice {
  const { kind: _kind, model: modelPattern, ...figures } = read
  return { ...figures, modelPattern, validFrom, source: 'imported' }
}

function rowOf(name: string, read: ReadEntry, book: PriceBook, now: EpochMs, validFrom: EpochMs): Row {
  if (read.kind === 'unusable') {
    const nothing = { provider: null, model: null, before: null, after: null, change_percent: null }
    return { name, result: 'unusable', reason: read.reason, ...nothing, has_steps: false, overridden: false }
  }
  const { provider, model } = read
  // What is given for a time to come is compared with what holds then.
  const held = book.listedPrices(provider, model, validFrom, Math.max(validFrom, now))
  const isOther = (price: (typeof held)[number]): boolean => price === undefined || !isSamePrice(price, read)
  const isSameThroughout = !held.some(isOther)
  // Where the price of now is the file's already, the newest one that is not is what makes the difference.
  const before = isSameThroughout ? held.at(-1) : held.findLast(isOther)
  return {
    name,
    result: before === undefined ? 'new' : isSameThroughout ? 'same' : 'changed',
    reason: null,
    provider,
    model,
    before: before === undefined ? null : figuresOnWire(before),
    after: figuresOnWire(read),
    change_percent: before === undefined ? null : greatestChange(before, read),
    has_steps: read.steps.length > 0,
    overridden: book.priceOf(provider, model, now)?.source === 'operator',
  }
}

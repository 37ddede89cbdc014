import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { ModelPrice } from '../pricing/token-price.ts'
import { greatestChange, isSamePrice } from './compare-prices.ts'
import { figuresOnWire, validFromOnWire } from './price-wire.ts'

/** What one catalogue would change in another. Pure. */

type Report = OperationOutput<'prices.updateCatalogue'>
type Row = Report['rows'][number]

/** A price of a catalogue: what it is found by. */
export function catalogueKey(price: Pick<ModelPrice, 'provider' | 'modelPattern' | 'validFrom'>): string {
  return [price.provider, price.modelPattern, price.validFrom].join('\n')
}

/** Compares price by price. `turnsOf` says how many turns of the running month go by one that counts now. */
export function diffCatalogues(
  held: readonly ModelPrice[],
  bundled: readonly ModelPrice[],
  turnsOf: (price: ModelPrice) => number,
): Omit<Report, 'from_version' | 'to_version'> {
  const before = new Map(held.map((price) => [catalogueKey(price), price]))
  const rows: Row[] = []
  let same = 0
  for (const after of bundled) {
    const key = catalogueKey(after)
    const old = before.get(key)
    before.delete(key)
    if (old === undefined) rows.push(rowOf('new', null, after, 0))
    else if (isSamePrice(old, after)) same += 1
    else rows.push(rowOf('changed', old, after, turnsOf(old)))
  }
  for (const old of before.values()) rows.push(rowOf('removed', old, null, turnsOf(old)))
  const count = (result: Row['result']) => rows.filter((row) => row.result === result).length
  // Sorting keeps the order of the catalogue among equals: models of one provider stand together.
  rows.sort((one, other) => other.turns_this_month - one.turns_this_month)
  return { new: count('new'), changed: count('changed'), removed: count('removed'), same, rows }
}

function rowOf(
  result: Row['result'],
  before: ModelPrice | null,
  after: ModelPrice | null,
  turns: number,
): Row {
  const { provider, modelPattern, validFrom } = (after ?? before) as ModelPrice
  return {
    result,
    provider,
    model_pattern: modelPattern,
    valid_from: validFromOnWire(validFrom),
    before: before === null ? null : figuresOnWire(before),
    after: after === null ? null : figuresOnWire(after),
    change_percent: before === null || after === null ? null : greatestChange(before, after),
    has_steps: [before, after].some((price) => price !== null && price.steps.length > 0),
    turns_this_month: turns,
  }
}

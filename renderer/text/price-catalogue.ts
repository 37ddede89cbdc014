import { formatCount } from '../format.ts'
import { counted } from './figures.ts'
import { priceImportText } from './price-import.ts'

/** Texts of the catalogue that comes with Weir, and of putting a newer one in its place. */
export const priceCatalogueText = {
  inForce: (version: string, prices: number) => `Catalogue: ${version}, ${counted(prices, 'price')}.`,
  none: 'none',
  newer: (version: string) => `This Weir comes with another catalogue: ${version}.`,
  newerWhy: 'The prices you have go on to count until you have seen what would change and said so.',
  look: 'See what it would change',
  title: 'Update the catalogue',
  versions: (from: string, to: string) => `From ${from} to ${to}.`,
  hint: 'Your own prices and imported ones stay and go before the catalogue. Recorded turns keep their cost until an extension is added to them.',
  counts: { changed: 'Changed', new: 'New', removed: 'Removed', same: 'The same' },
  show: 'Which prices',
  table: 'What the catalogue would change',
  columns: {
    model: priceImportText.columns.model,
    before: priceImportText.columns.before,
    after: 'In the new one',
    change: priceImportText.columns.change,
    turns: 'Turns this month',
  },
  from: (at: string) => `from ${at} on`,
  noRows: 'Nothing of this kind.',
  nothing: 'Every price is the same. Only the name of the catalogue changes.',
  cut: (shown: number, all: number) => `The first ${formatCount(shown)} of ${formatCount(all)}.`,
  run: 'Update the catalogue',
  done: (version: string) => `The catalogue ${version} counts from the next recorded turn on.`,
} as const

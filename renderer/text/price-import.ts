import { formatCount, formatMoneyExact } from '../format.ts'
import { counted } from './figures.ts'

/** Texts of taking prices over from a file. */
export const priceImportText = {
  button: 'Import prices',
  title: 'Import prices from a file',
  hint: 'Choose model_prices_and_context_window.json as LiteLLM publishes it. Nothing counts before you have seen what differs and said so. Imported prices go before the catalogue and after your own.',
  file: 'Price file',
  tooLarge: 'This file is larger than 20 MB. That is no price list.',
  notPrices: 'This file is not a JSON object of models, as LiteLLM publishes it.',
  reading: (done: number, all: number) => `Reading part ${formatCount(done)} of ${formatCount(all)}`,
  counts: {
    changed: 'Changed',
    new: 'New',
    same: 'The same',
    unusable: 'Not usable',
  },
  show: 'Which entries',
  search: 'Search model or provider',
  table: 'What the file would change',
  columns: {
    take: 'Take',
    model: 'Model',
    before: 'So far',
    after: 'In the file',
    change: 'Change',
    reason: 'Why not',
  },
  unit: 'US dollars per million tokens: input / output / cached input',
  figures: (input: number, output: number, cached: number | null) =>
    [input, output, ...(cached === null ? [] : [cached])].map(formatMoneyExact).join(' / '),
  none: '–',
  steps: 'and steps for long prompts',
  overridden: 'your own price goes before it',
  takeRow: (name: string) => `Take the price of ${name}`,
  takeAll: 'Take all that are shown',
  chosen: (count: number) => `${counted(count, 'price')} chosen`,
  cut: (shown: number, all: number) =>
    `The first ${formatCount(shown)} of ${formatCount(all)}. Search for the others; what is chosen stays chosen.`,
  noRows: 'Nothing of this kind in the file.',
  nothing: 'Every price of the file that can be used counts already.',
  run: (count: number) => `Take over ${counted(count, 'price')}`,
  done: (count: number) => `${counted(count, 'price')} taken over.`,
  failed: (done: number, detail: string) =>
    done === 0 ? detail : `${counted(done, 'price')} taken over, then it stopped: ${detail}`,
  remove: 'Remove imported',
  removeTitle: (count: number) => `Remove ${counted(count, 'imported price')}?`,
  removeWhy:
    'The catalogue counts again from the next turn on; recorded turns keep their cost until an extension is added to them. Importing the file again brings the prices back.',
  removed: (count: number) => `${counted(count, 'imported price')} removed.`,
} as const

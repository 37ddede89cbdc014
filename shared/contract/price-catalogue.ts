import { z } from 'zod'
import { operation } from './operation.ts'

/** The catalogue that comes with a newer Weir, looked at before it counts. */

const figures = z.object({
  input_usd_per_million: z.number(),
  output_usd_per_million: z.number(),
  cached_input_usd_per_million: z.number().nullable(),
})

const catalogueRow = z.object({
  result: z.enum(['new', 'changed', 'removed']),
  provider: z.string(),
  model_pattern: z.string(),
  /** Null when it also holds for everything older. */
  valid_from: z.string().nullable(),
  before: figures.nullable(),
  after: figures.nullable(),
  /** Of the figure that changes most; null where something was free, is new or goes. */
  change_percent: z.number().nullable(),
  /** Long prompts or times of day have other prices, before or after. */
  has_steps: z.boolean(),
  /** Turns of the running month whose model goes by the price that changes or goes. */
  turns_this_month: z.number(),
})

export const priceCatalogueOperations = {
  'prices.updateCatalogue': operation({
    method: 'POST',
    path: '/api/v1/admin/prices/catalogue',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary:
      'Put the catalogue this Weir comes with in the place of the one that counts, or with dry_run only say what would change',
    description:
      'A newer Weir goes on with the prices there are until this is asked for. Your own prices and imported ones stay and go before ' +
      'it, recorded turns keep their cost until an extension is added to them. There is a row for every price that differs; doing it ' +
      'again changes nothing.',
    input: z.strictObject({ dry_run: z.boolean().optional() }),
    output: z.object({
      /** The catalogue that counted; null when there was none. */
      from_version: z.string().nullable(),
      to_version: z.string(),
      new: z.number(),
      changed: z.number(),
      removed: z.number(),
      same: z.number(),
      /** Those in use this month first. */
      rows: z.array(catalogueRow),
    }),
    errors: [],
    example: { dry_run: true },
  }),
}

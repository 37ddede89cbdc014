import { z } from 'zod'
import { ENTRIES_MAX } from '../price-file-pieces.ts'
import { isoTime } from './fields.ts'
import { operation } from './operation.ts'

/** Prices from a file of the operator's, looked at before they count. */

const figures = z.object({
  input_usd_per_million: z.number(),
  output_usd_per_million: z.number(),
  cached_input_usd_per_million: z.number().nullable(),
})

const importRow = z.object({
  /** As the file names it. */
  name: z.string(),
  result: z.enum(['new', 'changed', 'same', 'unusable']),
  /** Why it cannot be used, in a sentence. */
  reason: z.string().nullable(),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  /** The price in the place of which it comes, a price of your own aside; null when there is none. */
  before: figures.nullable(),
  after: figures.nullable(),
  /** Of the figure that changes most; null where something was free or had no price. */
  change_percent: z.number().nullable(),
  /** Long prompts have other prices. */
  has_steps: z.boolean(),
  /** A price of your own goes before it. */
  overridden: z.boolean(),
})

export const priceImportOperations = {
  'prices.import': operation({
    method: 'POST',
    path: '/api/v1/admin/prices/import',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary:
      'Take prices over from a LiteLLM price file, or with dry_run only say what each entry would change',
    description:
      'Entries are those of model_prices_and_context_window.json: dollars for one token, read as decimals. Send a larger ' +
      'file in pieces. Imported prices go before the catalogue and after your own; without `valid_from` they hold from now ' +
      'on, with an earlier one also in the place of what was imported for the time since. Doing it again changes nothing. There is a row for every entry, in their order.',
    input: z.strictObject({
      entries: z
        .record(z.string().min(1).max(300), z.unknown())
        .refine((entries) => Object.keys(entries).length <= ENTRIES_MAX, {
          message: `must be at most ${ENTRIES_MAX} models; send the others in a further request`,
        }),
      /** Where the prices are from, as the price table names it. */
      label: z.string().trim().min(1).max(100).optional(),
      valid_from: isoTime.optional(),
      dry_run: z.boolean().optional(),
    }),
    output: z.object({
      new: z.number(),
      changed: z.number(),
      same: z.number(),
      unusable: z.number(),
      rows: z.array(importRow),
    }),
    errors: ['invalid_request'],
    example: {
      entries: {
        'gemini/gemini-2.5-pro': {
          litellm_provider: 'gemini',
          mode: 'chat',
          input_cost_per_token: 1.25e-6,
          output_cost_per_token: 1e-5,
          cache_read_input_token_cost: 1.25e-7,
        },
      },
      dry_run: true,
    },
  }),
  'prices.removeImported': operation({
    method: 'DELETE',
    path: '/api/v1/admin/prices/import',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Take all imported prices away; the catalogue counts again from the next turn on',
    input: z.strictObject({}),
    output: z.object({ removed: z.number() }),
    errors: [],
    example: {},
  }),
}

import { z } from 'zod'
import { isoTime, queryFlag, queryInt, range, tokens } from './fields.ts'
import { operation } from './operation.ts'

/** The price table, what a turn costs by it, and what was spent: the operations of the screen Costs & prices. */

// A million dollars for a million tokens is far above any price, and what is above it is a typing error.
const usdPerMillion = z.number().min(0).max(1_000_000)
const name = z.string().trim().min(1).max(200)

const priceFigures = {
  input_usd_per_million: usdPerMillion,
  output_usd_per_million: usdPerMillion,
  /** Input read from the provider's cache; null when it costs what other input costs. */
  cached_input_usd_per_million: usdPerMillion.nullable().optional(),
}

const figuresOnWire = {
  input_usd_per_million: z.number(),
  output_usd_per_million: z.number(),
  cached_input_usd_per_million: z.number().nullable(),
}

const price = z.object({
  id: z.number(),
  provider: z.string(),
  model_pattern: z.string(),
  source: z.enum(['catalogue', 'imported', 'operator']),
  ...figuresOnWire,
  /** Other prices for long prompts or times of day. */
  has_steps: z.boolean(),
  /** Null when it also holds for everything older. */
  valid_from: z.string().nullable(),
})

const listedPrice = price.extend({
  /** Turns of the running month whose model goes by this price now. */
  turns_this_month: z.number(),
})

const costFigures = {
  turns: z.number(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  cost_usd: z.number(),
}

export const priceOperations = {
  'prices.list': operation({
    method: 'GET',
    path: '/api/v1/admin/prices',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'The price table: the catalogue and the prices of the operator, the used ones first',
    input: z.strictObject({
      search: z.string().max(200).optional(),
      source: z.enum(['catalogue', 'imported', 'operator']).optional(),
      /** Only prices that turns of the running month go by. */
      used: queryFlag.optional(),
      limit: queryInt(1, 500).optional(),
      offset: queryInt(0, 1_000_000).optional(),
    }),
    output: z.object({
      prices: z.array(listedPrice),
      total_count: z.number(),
      limit: z.number(),
      offset: z.number(),
      current_period: z.string(),
      catalogue: z.object({
        version: z.string().nullable(),
        prices: z.number(),
        /** The catalogue this Weir comes with; where it is another, it counts once it is asked for. */
        bundled_version: z.string(),
      }),
      operator_prices: z.number(),
      imported_prices: z.number(),
      fallback: z.object({ ...figuresOnWire, is_default: z.boolean() }),
    }),
    errors: [],
    example: { search: 'gemini', limit: 50 },
  }),
  'prices.set': operation({
    method: 'PUT',
    path: '/api/v1/admin/prices',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Set a price of your own; in force with the next recorded turn',
    description:
      'Goes before the catalogue. `provider` is a name or `*` for every provider; `model_pattern` is a name, or has `*` for any ' +
      'characters. Without `valid_from` it holds from now on; turns are priced by the price of their own time, and what is ' +
      'recorded already stays as it is. The same provider, model and date again replaces the figures.',
    input: z.strictObject({
      provider: name,
      model_pattern: name,
      ...priceFigures,
      valid_from: isoTime.optional(),
    }),
    output: z.object({ price, replaced: price.nullable() }),
    errors: ['invalid_request'],
    example: {
      provider: 'Google',
      model_pattern: 'gemini-2.0-flash',
      input_usd_per_million: 0.1,
      output_usd_per_million: 0.4,
      cached_input_usd_per_million: 0.025,
    },
  }),
  'prices.lookUp': operation({
    method: 'GET',
    path: '/api/v1/admin/prices/look-up',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'What a turn would cost at a time, and by which price',
    input: z.strictObject({
      provider: name,
      model: name,
      input_tokens: z.coerce.number().pipe(tokens).optional(),
      output_tokens: z.coerce.number().pipe(tokens).optional(),
      cached_input_tokens: z.coerce.number().pipe(tokens).optional(),
      at: isoTime.optional(),
    }),
    output: z.object({
      cost_usd: z.number(),
      source: z.enum(['catalogue', 'operator', 'fallback']),
      /** Null when nobody has a price, and the fallback price counts. */
      price: price.nullable(),
      /** The figures that count, after steps for long prompts and times of day. */
      applied: z.object(figuresOnWire),
      at: z.string(),
    }),
    errors: [],
    example: { provider: 'Google', model: 'gemini-2.0-flash', input_tokens: 1000, output_tokens: 200 },
  }),
  'prices.setFallback': operation({
    method: 'PUT',
    path: '/api/v1/admin/prices/fallback',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Set what a model without a price is taken to cost',
    description: 'With `reset: true` it is again the price Weir comes with.',
    input: z.strictObject({
      input_usd_per_million: usdPerMillion.optional(),
      output_usd_per_million: usdPerMillion.optional(),
      cached_input_usd_per_million: usdPerMillion.nullable().optional(),
      reset: z.boolean().optional(),
    }),
    output: z.object({ ...figuresOnWire, is_default: z.boolean() }),
    errors: ['invalid_request'],
    example: { input_usd_per_million: 1, output_usd_per_million: 3 },
  }),
  'prices.delete': operation({
    method: 'DELETE',
    path: '/api/v1/admin/prices/{id}',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Take a price of your own away; the catalogue counts again from the next turn on',
    input: z.strictObject({ id: queryInt(1, Number.MAX_SAFE_INTEGER) }),
    output: z.object({ price }),
    errors: ['price_unknown', 'invalid_request'],
    example: { id: 1 },
  }),
  'costs.summary': operation({
    method: 'GET',
    path: '/api/v1/admin/costs',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'What was spent in a month or in all: by provider, model and user',
    input: z.strictObject({ period: range.optional() }),
    output: z.object({
      range: z.string(),
      current_period: z.string(),
      /** Months that hold anything, newest first. */
      periods: z.array(z.string()),
      totals: z.object({
        ...costFigures,
        sessions: z.number(),
        cached_input_tokens: z.number(),
        cached_input_percent: z.number(),
        cost_per_turn_usd: z.number(),
        cost_per_session_usd: z.number(),
        fallback_priced_turns: z.number(),
      }),
      providers: z.array(z.object({ provider: z.string(), ...costFigures })),
      models: z.array(
        z.object({
          provider: z.string(),
          model: z.string(),
          ...costFigures,
          /** Whose price counts for it now. */
          price_source: z.enum(['catalogue', 'imported', 'operator', 'fallback']),
        }),
      ),
      /** The dearest users, at most 50, and how many there are. */
      users: z.array(z.object({ user_id: z.string(), username: z.string(), ...costFigures })),
      users_count: z.number(),
    }),
    errors: [],
    example: { period: 'current' },
  }),
}

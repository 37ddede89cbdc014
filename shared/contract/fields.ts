import { z } from 'zod'
import { TOKENS_MAX, TURN_COST_USD_MAX } from '../units.ts'

/** Field types that several operations share, so that a bound is decided once. */

// What the platform uses as ids (UUIDs, names, mail-like names); no slash, so that an id is always one path segment.
const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._@:+-]{0,127}$/

export const userId = z
  .string()
  .regex(ID_PATTERN, 'must be 1 to 128 letters, digits or . _ @ : + - and start with a letter or digit')
export const sessionId = userId
export const tokens = z.int().min(0).max(TOKENS_MAX)
export const costUsd = z.number().min(0).max(TURN_COST_USD_MAX)
export const isoTime = z.iso.datetime({ offset: true })
export const period = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month like 2026-11')
/**
 * A time to look at: a month, or words that stay relative: `current` and `previous` are the running month and the one
 * before it whenever they are asked, `all` is everything.
 */
export const range = z.union([period, z.enum(['current', 'previous', 'all'])])
/** A limit; `null` is unlimited and `0` blocks everything. */
export const limitValue = z.int().min(0).max(TOKENS_MAX).nullable()
/** A monthly budget or a raise of one, in dollars: up to a billion, which in micro-dollars still adds exactly. */
export const limitCostUsd = z.number().min(0).max(1_000_000_000)
export const scope = z.enum(['executor', 'user', 'admin'])
export const turnStatus = z.enum(['success', 'failed', 'partial'])
export const enforcementMode = z.enum(['on', 'observe', 'off'])

/** Whole numbers and switches of a query string arrive as text. */
export const queryInt = (min: number, max: number) => z.coerce.number().int().min(min).max(max)
export const queryFlag = z.union([z.boolean(), z.stringbool()])

export const limitName = z.enum([
  'prompts_per_hour',
  'prompts_per_day',
  'input_tokens_per_month',
  'output_tokens_per_month',
  'cost_per_month_usd',
  'config_changes_per_hour',
])

/** One limit of a user as it stands now: `limit` null is unlimited; `source` says which rule set it. */
/** What one check keeps for its turn: its estimates, each cut to `max_tokens`, the most one check may reserve. */
export const reservation = z.object({
  input_tokens: z.number(),
  output_tokens: z.number(),
  max_tokens: z.number(),
})

export const limitState = z.object({
  policy: limitName,
  limit: z.number().nullable(),
  used: z.number(),
  reserved: z.number(),
  remaining: z.number().nullable(),
  resets_at: z.string(),
  percent: z.number().nullable(),
  source: z.string(),
})

export const usageStatus = z.enum([
  'unlimited',
  'good',
  'moderate',
  'warning',
  'critical',
  'blocked',
  'inactive',
])

import { type BareItem, type Item, serializeList } from 'structured-headers'
import type { z } from 'zod'
import type { limitName, limitState } from '../../shared/contract/fields.ts'
import { DAY_MS, HOUR_MS, MICRO_USD_PER_USD, SECOND_MS } from '../../shared/units.ts'

/**
 * `RateLimit-Policy` and `RateLimit` as draft-ietf-httpapi-ratelimit-headers has them: structured-field lists with
 * one item per limit that is not unlimited: `q` quota, `w` window in seconds, `r` remaining, `t` seconds to the reset.
 */

type LimitState = z.infer<typeof limitState>
type LimitName = z.infer<typeof limitName>

interface Policy {
  readonly name: string
  /** What `q` and `r` count; requests when absent, as in the draft. */
  readonly unit: string | undefined
  /** Units of `q` per unit of the limit: structured integers cannot hold cents of a dollar. */
  readonly scale: number
  readonly windowSeconds: (resetsAt: number) => number
}

const hour = (): number => HOUR_MS / SECOND_MS
const day = (): number => DAY_MS / SECOND_MS

const POLICIES: Readonly<Record<LimitName, Policy>> = {
  prompts_per_hour: { name: 'hour', unit: undefined, scale: 1, windowSeconds: hour },
  prompts_per_day: { name: 'day', unit: undefined, scale: 1, windowSeconds: day },
  input_tokens_per_month: { name: 'input-tokens', unit: 'tokens', scale: 1, windowSeconds: monthBefore },
  output_tokens_per_month: { name: 'output-tokens', unit: 'tokens', scale: 1, windowSeconds: monthBefore },
  cost_per_month_usd: {
    name: 'cost',
    unit: 'micro-usd',
    scale: MICRO_USD_PER_USD,
    windowSeconds: monthBefore,
  },
  config_changes_per_hour: { name: 'config-changes', unit: 'changes', scale: 1, windowSeconds: hour },
}

/** The largest integer of a structured field (RFC 9651): fifteen digits. */
const STRUCTURED_INTEGER_MAX = 999_999_999_999_999

/** Limits change rarely and users share profiles, so few policies are in use at once; beyond that, start again. */
const POLICY_CACHE_MAX = 256
const policyCache = new Map<string, string>()

/** The two header values of a set of limits, or undefined when all are unlimited. */
export function rateLimitHeaders(
  limits: readonly LimitState[],
  nowMs: number,
): { readonly policy: string; readonly limit: string } | undefined {
  let cacheKey = ''
  let limit = ''
  for (const state of limits) {
    if (state.limit === null) continue
    const policy = POLICIES[state.policy]
    const remaining = structuredInteger((state.remaining ?? 0) * policy.scale)
    const resetSeconds = structuredInteger(Math.ceil((Date.parse(state.resets_at) - nowMs) / SECOND_MS))
    // Written by hand and not by structured-headers, which takes 3 microseconds where a whole check takes 20: names
    // are constants of this file and numbers are integers, so there is nothing to escape. A test parses it back.
    limit += `${limit === '' ? '' : ', '}"${policy.name}";r=${remaining};t=${resetSeconds}`
    cacheKey += `${policy.name}=${state.limit}@${state.resets_at};`
  }
  if (limit === '') return undefined
  return { policy: policyHeader(limits, cacheKey), limit }
}

function policyHeader(limits: readonly LimitState[], cacheKey: string): string {
  const known = policyCache.get(cacheKey)
  if (known !== undefined) return known
  if (policyCache.size >= POLICY_CACHE_MAX) policyCache.clear()
  const header = serializeList(limits.flatMap(policyItem))
  policyCache.set(cacheKey, header)
  return header
}

function policyItem(state: LimitState): readonly Item[] {
  if (state.limit === null) return []
  const policy = POLICIES[state.policy]
  const parameters = new Map<string, BareItem>([['q', structuredInteger(state.limit * policy.scale)]])
  if (policy.unit !== undefined) parameters.set('qu', policy.unit)
  parameters.set('w', policy.windowSeconds(Date.parse(state.resets_at)))
  return [[policy.name, parameters]]
}

function structuredInteger(value: number): number {
  return Math.min(STRUCTURED_INTEGER_MAX, Math.max(0, Math.round(value)))
}

/** Seconds of the calendar month that ends at an instant; an hour of summer time more or less does not matter here. */
function monthBefore(endMs: number): number {
  // A day before its end is inside the month in every time zone, so its number of days can be asked for in UTC.
  const inside = new Date(endMs - DAY_MS)
  const lastDay = new Date(Date.UTC(inside.getUTCFullYear(), inside.getUTCMonth() + 1, 0))
  return (lastDay.getUTCDate() * DAY_MS) / SECOND_MS
}

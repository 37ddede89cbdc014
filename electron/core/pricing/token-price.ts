import type { EpochMs, MicroUsd } from '../../../shared/units.ts'

/** What a million tokens cost. Whole micro-dollars, exact for every price a provider publishes. */
export interface TokenPrice {
  readonly inputMicroUsdPerMillion: number
  readonly outputMicroUsdPerMillion: number
  /** Input read from the provider's cache; null when it costs what other input costs. */
  readonly cachedInputMicroUsdPerMillion: number | null
}

/** Another price under a condition: a long prompt, a time of day, or both. */
export interface PriceStep extends TokenPrice {
  /** Applies to turns with more input tokens than this, and then to all of their tokens; null for any length. */
  readonly overInputTokens: number | null
  /** Applies between these seconds of the UTC day, the first included; over midnight when the second is the smaller. */
  readonly daySeconds: { readonly from: number; readonly until: number } | null
}

/** A price of the table: for which models of which provider, from when on, and who says so. */
export interface ModelPrice extends TokenPrice {
  readonly provider: string
  /** See `model-pattern.ts`. */
  readonly modelPattern: string
  /** In order; the last step whose condition holds sets the price. */
  readonly steps: readonly PriceStep[]
  readonly validFrom: EpochMs
  readonly source: 'catalogue' | 'imported' | 'operator'
}

/** The tokens of a turn. `inputTokens` includes `cachedInputTokens`. */
export interface TokenCounts {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedInputTokens: number
}

/**
 * What a model without a price is taken to cost: 1 dollar per million input tokens, 3 per million output tokens.
 * That is about twice the median of the catalogue's models (0.50 and 1.20 in version 0.1.8) and below its upper
 * quartile (1.50 and 4.80): an unknown model is sooner over- than underestimated, and never free, or a cost
 * budget would not hold for it. Turns priced like this are counted and shown; an operator's price replaces it.
 */
export const FALLBACK_PRICE: TokenPrice = {
  inputMicroUsdPerMillion: 1_000_000,
  outputMicroUsdPerMillion: 3_000_000,
  cachedInputMicroUsdPerMillion: null,
}

const TOKENS_PER_PRICE = 1_000_000
const DAY_SECONDS = 86_400

/** The price of a turn of this length at this instant, after the steps. */
export function priceInForce(price: ModelPrice, inputTokens: number, occurredAt: EpochMs): TokenPrice {
  if (price.steps.length === 0) return price
  // The remainder is made positive so that instants before 1970 have a time of day as well.
  const daySecond = ((Math.floor(occurredAt / 1000) % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS
  return price.steps.findLast((step) => stepApplies(step, inputTokens, daySecond)) ?? price
}

function stepApplies(step: PriceStep, inputTokens: number, daySecond: number): boolean {
  if (step.overInputTokens !== null && inputTokens <= step.overInputTokens) return false
  if (step.daySeconds === null) return true
  const { from, until } = step.daySeconds
  return until < from ? daySecond >= from || daySecond < until : daySecond >= from && daySecond < until
}

/** What the tokens cost: exact, and rounded half up once at the end. More cached than input tokens count as all cached. */
export function costOf(price: TokenPrice, tokens: TokenCounts): MicroUsd {
  const cached = Math.min(tokens.cachedInputTokens, tokens.inputTokens)
  const cachedPrice = price.cachedInputMicroUsdPerMillion ?? price.inputMicroUsdPerMillion
  const sum =
    (tokens.inputTokens - cached) * price.inputMicroUsdPerMillion +
    cached * cachedPrice +
    tokens.outputTokens * price.outputMicroUsdPerMillion
  if (sum < Number.MAX_SAFE_INTEGER) return roundedQuotient(sum)
  return exactCost(price, cachedPrice, tokens, cached)
}

/** `sum / 1 000 000`, rounded half up; the remainder keeps it exact where a division of floats would not be. */
function roundedQuotient(sum: number): MicroUsd {
  const rest = sum % TOKENS_PER_PRICE
  return (sum - rest) / TOKENS_PER_PRICE + (rest * 2 >= TOKENS_PER_PRICE ? 1 : 0)
}

/** The same for sums a double cannot hold: nine billion dollars a turn, so this is about being right, not fast. */
function exactCost(price: TokenPrice, cachedPrice: number, tokens: TokenCounts, cached: number): MicroUsd {
  const sum =
    BigInt(tokens.inputTokens - cached) * BigInt(price.inputMicroUsdPerMillion) +
    BigInt(cached) * BigInt(cachedPrice) +
    BigInt(tokens.outputTokens) * BigInt(price.outputMicroUsdPerMillion)
  const million = BigInt(TOKENS_PER_PRICE)
  return Number((sum + million / 2n) / million)
}

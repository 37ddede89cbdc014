import type { OperationOutput } from '../../../shared/contract/index.ts'
import { type EpochMs, microUsdToUsd, toIso, usdToMicroUsd } from '../../../shared/units.ts'
import type { ModelPrice, TokenPrice } from '../pricing/token-price.ts'
import type { Settings } from '../settings/settings.ts'

export type PriceOnWire = OperationOutput<'prices.set'>['price']

/** A price of the table with the number of its row. */
export interface StoredPrice extends ModelPrice {
  readonly id: number
}

/** The figures of a price in dollars. */
export function figuresOnWire(price: TokenPrice) {
  const cached = price.cachedInputMicroUsdPerMillion
  return {
    input_usd_per_million: microUsdToUsd(price.inputMicroUsdPerMillion),
    output_usd_per_million: microUsdToUsd(price.outputMicroUsdPerMillion),
    cached_input_usd_per_million: cached === null ? null : microUsdToUsd(cached),
  }
}

/** A row of the price table as callers see it. */
export function priceOnWire(price: StoredPrice): PriceOnWire {
  return {
    id: price.id,
    provider: price.provider,
    model_pattern: price.modelPattern,
    source: price.source,
    ...figuresOnWire(price),
    has_steps: price.steps.length > 0,
    valid_from: validFromOnWire(price.validFrom),
  }
}

/** A price from the beginning of time also holds for everything older. */
export function validFromOnWire(at: EpochMs): string | null {
  return at === 0 ? null : toIso(at)
}

/** Figures in dollars as they came in. */
export interface FiguresInput {
  readonly input_usd_per_million: number
  readonly output_usd_per_million: number
  readonly cached_input_usd_per_million?: number | null | undefined
}

/** The same in whole micro-dollars, rounded half up. */
export function toTokenPrice(input: FiguresInput): TokenPrice {
  const cached = input.cached_input_usd_per_million ?? null
  return {
    inputMicroUsdPerMillion: usdToMicroUsd(input.input_usd_per_million),
    outputMicroUsdPerMillion: usdToMicroUsd(input.output_usd_per_million),
    cachedInputMicroUsdPerMillion: cached === null ? null : usdToMicroUsd(cached),
  }
}

/** The operator's fallback price, or undefined where the one Weir comes with holds. */
export function fallbackOf(settings: Pick<Settings, 'fallback_price'>): TokenPrice | undefined {
  const stored = settings.fallback_price
  if (stored === null) return undefined
  return {
    inputMicroUsdPerMillion: stored.input_micro_usd_per_million,
    outputMicroUsdPerMillion: stored.output_micro_usd_per_million,
    cachedInputMicroUsdPerMillion: stored.cached_input_micro_usd_per_million,
  }
}

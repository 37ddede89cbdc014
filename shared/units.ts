/**
 * Units of Weir, in the type as well as in the name.
 * A branded number cannot be passed where another unit is expected.
 */

declare const unit: unique symbol

/** UTC instant, whole milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number & { readonly [unit]?: 'EpochMs' }

/** Money: whole millionths of a US dollar. Sums of it are exact up to nine billion dollars. */
export type MicroUsd = number & { readonly [unit]?: 'MicroUsd' }

/** Micro-dollars in one dollar. */
export const MICRO_USD_PER_USD = 1_000_000

/** One second, minute, hour and day in milliseconds. A calendar day may be longer or shorter: see `time-window.ts`. */
export const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** The largest token count a single turn may report: 2^40, far above any model and far below the loss of exactness. */
export const TOKENS_MAX = 2 ** 40

/** The largest cost a single turn may report, in dollars: a million; above it a typing error is likelier than a bill. */
export const TURN_COST_USD_MAX = 1_000_000

/**
 * Dollars (a JSON number) to micro-dollars, rounded half up in decimal: 0.0000005 is 1, although its
 * binary value is a hair less than a half. Works on the shortest decimal that names the number.
 */
export function usdToMicroUsd(usd: number): MicroUsd {
  const scaled = usd * MICRO_USD_PER_USD
  const floor = Math.floor(scaled)
  // 1e-9 of a micro-dollar, widened with the size of the number: the error of one multiplication, not a rule of money.
  const tolerance = Math.max(1e-9, Math.abs(scaled) * Number.EPSILON * 4)
  return scaled - floor >= 0.5 - tolerance ? floor + 1 : floor
}

/** Micro-dollars to dollars with at most six decimals, as it stands on the wire. */
export function microUsdToUsd(microUsd: MicroUsd): number {
  return microUsd / MICRO_USD_PER_USD
}

/** An instant as it stands on the wire: ISO 8601 in UTC with milliseconds and `Z`. */
export function toIso(at: EpochMs): string {
  return new Date(at).toISOString()
}

/** Like `toIso`, with `null` for what never happened. */
export function toIsoOrNull(at: EpochMs | null): string | null {
  return at === null ? null : toIso(at)
}

/** `part` of `whole` in percent with one decimal; 0 when there is no whole, never a division by zero. */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1000) / 10
}

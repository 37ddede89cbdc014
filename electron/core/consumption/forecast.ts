import type { EpochMs } from '../../../shared/units.ts'

/** When a limit will be reached if things go on as they do. Pure. */

/** How much was used over how long. */
export interface Pace {
  readonly amount: number
  readonly overMs: number
  /** Less than this much time says nothing yet. */
  readonly overMsMin: number
}

export interface ForecastInput {
  /** In the unit of the limit; null is unlimited. */
  readonly limit: number | null
  readonly used: number
  readonly pace: Pace
  readonly now: EpochMs
  /** When the window ends and counting starts again. */
  readonly resetsAt: EpochMs
}

export type Forecast =
  | { readonly outlook: 'before_reset'; readonly reachesAt: EpochMs }
  | {
      readonly outlook: 'no_limit' | 'reached' | 'not_before_reset' | 'no_usage' | 'too_early'
      readonly reachesAt: null
    }

/** The first whole millisecond at which the limit is used up at that pace, unless the window ends before. */
export function forecastLimit({ limit, used, pace, now, resetsAt }: ForecastInput): Forecast {
  if (limit === null) return { outlook: 'no_limit', reachesAt: null }
  if (used >= limit) return { outlook: 'reached', reachesAt: null }
  if (pace.overMs < pace.overMsMin) return { outlook: 'too_early', reachesAt: null }
  if (pace.amount <= 0) return { outlook: 'no_usage', reachesAt: null }
  const reachesAt = now + Math.ceil(((limit - used) * pace.overMs) / pace.amount)
  // The window's end belongs to the next one: used up then is used up never.
  if (reachesAt >= resetsAt) return { outlook: 'not_before_reset', reachesAt: null }
  return { outlook: 'before_reset', reachesAt }
}

import { useLiveState } from './live-state.ts'
import { type Remembered, remembered, useRemembered } from './remembered.ts'

/**
 * What can be chosen: seconds that lie at least between two refreshes of a panel, `live` for as soon as figures change,
 * 0 for off. Without the change feed it is asked at these times; 10 s is the shortest that does not keep a laptop awake.
 */
export const REFRESH_CHOICES = ['live', 10, 30, 60, 0] as const

export type RefreshChoice = (typeof REFRESH_CHOICES)[number]

/** What a new operator gets: nothing is asked while nothing changes, so that there is no price for it. */
const DEFAULT_CHOICE: RefreshChoice = 'live'

/** Once a second looks like at once; more would be flicker. */
const LIVE_MS = 1_000
/** While the feed tells of changes: what only the clock changes (resets in, the last 24 hours) moves by this. */
const UNASKED_MS = 60_000
/** While it does not. */
const LOST_MS = 10_000

/** The chosen interval, remembered. */
export const refreshChoice: Remembered<RefreshChoice> = remembered(
  'refresh-seconds',
  (stored) => REFRESH_CHOICES.find((choice) => choice === stored) ?? DEFAULT_CHOICE,
)

/** The least time between two refreshes of a panel, in milliseconds; false when the operator switched them off. */
export function refreshGapMs(choice: RefreshChoice): number | false {
  if (choice === 'live') return LIVE_MS
  return choice === 0 ? false : choice * 1000
}

/** How often screens ask again without having heard of a change, in milliseconds; false when that is off. */
export function useRefreshInterval(): number | false {
  const gapMs = refreshGapMs(useRemembered(refreshChoice))
  const restMs = useLiveState() === 'lost' ? LOST_MS : UNASKED_MS
  return gapMs === false ? false : Math.max(gapMs, restMs)
}

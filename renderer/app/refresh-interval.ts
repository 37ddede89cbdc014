import { type Remembered, remembered, useRemembered } from './remembered.ts'

/** Seconds between two refreshes that can be chosen; 0 is off. 10 s is the shortest that does not keep a laptop awake. */
export const REFRESH_SECONDS = [10, 30, 60, 0] as const

export type RefreshSeconds = (typeof REFRESH_SECONDS)[number]

/** What a new operator gets: often enough to watch, seldom enough not to distract. */
const DEFAULT_SECONDS: RefreshSeconds = 30

/** The chosen interval, remembered. */
export const refreshSeconds: Remembered<RefreshSeconds> = remembered(
  'refresh-seconds',
  (stored) => REFRESH_SECONDS.find((seconds) => seconds === stored) ?? DEFAULT_SECONDS,
)

/** How often screens ask again, in milliseconds; false when the operator switched it off. */
export function useRefreshInterval(): number | false {
  const seconds = useRemembered(refreshSeconds)
  return seconds === 0 ? false : seconds * 1000
}

import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS, toIso } from '../../../shared/units.ts'

/**
 * Whether the wall clock can be believed, as a pure function of what was seen of it. A sleep of the machine and a clock
 * set forward look the same from here: both are a jump of wall time over monotonic time. Jobs that only tidy up run
 * after either; what removes turns waits until the clock has been steady for a day, or the operator says it is right.
 */
export interface ClockState {
  /** The latest wall time that was ever seen. */
  readonly seenAt: EpochMs
  readonly suspect: { readonly reason: string; readonly since: EpochMs; readonly msLeft: number } | null
}

/** What was seen at one moment. */
export interface ClockReading {
  readonly wallAt: EpochMs
  readonly monotonicMs: number
}

export interface ClockChange {
  readonly state: ClockState
  /** How far the wall clock went more (or less, when negative) than time passed. */
  readonly jumpMs: number
}

/** A jump forward above this is not believed: a day and two hours, so that no change of zone or season is one. */
export const JUMP_FORWARD_MS_MAX = 26 * HOUR_MS
/** A clock set back by more than this is wrong now or was wrong before. Less is what time servers correct. */
export const SET_BACK_MS_MAX = 5 * MINUTE_MS
/** So long must time pass evenly until the clock is believed again: a person or a time server would have mended it. */
export const STEADY_MS = DAY_MS

/** `last` is the reading before, of this process; undefined right after the start, where only the wall clock is known. */
export function watchClock(
  state: ClockState,
  last: ClockReading | undefined,
  reading: ClockReading,
): ClockChange {
  const elapsedMs = last === undefined ? 0 : reading.monotonicMs - last.monotonicMs
  const expectedAt = last === undefined ? state.seenAt : last.wallAt + elapsedMs
  const jumpMs = reading.wallAt - expectedAt
  const seenAt = Math.max(state.seenAt, reading.wallAt)
  // After a start a clock behind the latest time seen was set back while Weir was away.
  const isSetBack = jumpMs < -SET_BACK_MS_MAX
  if (jumpMs > JUMP_FORWARD_MS_MAX || isSetBack) {
    const fromTo = `from ${toIso(expectedAt)} to ${toIso(reading.wallAt)}`
    const reason = isSetBack
      ? `The clock was set back ${fromTo}`
      : `The clock went on ${fromTo} unseen: the machine was asleep or off, or the clock was set`
    return { state: { seenAt, suspect: { reason, since: reading.wallAt, msLeft: STEADY_MS } }, jumpMs }
  }
  const { suspect } = state
  if (suspect === null) return { state: { seenAt, suspect }, jumpMs }
  const msLeft = suspect.msLeft - elapsedMs
  return { state: { seenAt, suspect: msLeft <= 0 ? null : { ...suspect, msLeft } }, jumpMs }
}

import type { Clock } from '../core/kernel/ports.ts'

/** A moment on both clocks. */
export interface Moment {
  readonly wallMs: number
  readonly monotonicMs: number
}

/** This moment on both clocks. */
export function momentOf(clock: Clock): Moment {
  return { wallMs: clock.now(), monotonicMs: clock.monotonicMs() }
}

/**
 * Milliseconds since a moment, by whichever clock says more: the monotonic one stands still while the machine
 * sleeps, the wall clock can be set back. What expires must expire by both.
 */
export function elapsedMs(since: Moment, clock: Clock): number {
  return Math.max(clock.now() - since.wallMs, clock.monotonicMs() - since.monotonicMs)
}

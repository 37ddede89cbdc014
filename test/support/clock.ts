import type { Clock } from '../../electron/core/kernel/ports.ts'
import type { EpochMs } from '../../shared/units.ts'

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  #now: EpochMs
  #monotonicMs = 0

  constructor(now: string | EpochMs = '2026-11-24T10:20:00Z') {
    this.#now = typeof now === 'number' ? now : Date.parse(now)
  }

  now(): EpochMs {
    return this.#now
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  /** Jumps to an instant, as a set clock does; monotonic time does not follow. */
  set(at: string | EpochMs): void {
    this.#now = typeof at === 'number' ? at : Date.parse(at)
  }

  /** Lets time pass. */
  advance(ms: number): void {
    this.#now += ms
    this.#monotonicMs += ms
  }
}

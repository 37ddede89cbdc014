import type { Timers } from '../../electron/core/kernel/ports.ts'
import type { TestClock } from './clock.ts'

/** Timers that fire when a test says so: `fire` lets time pass up to the earliest one and calls it. */
export class VirtualTimers implements Timers {
  readonly #clock: TestClock
  readonly #waiting = new Set<{ readonly atMs: number; readonly call: () => void }>()

  constructor(clock: TestClock) {
    this.#clock = clock
  }

  after(ms: number, call: () => void): () => void {
    const timer = { atMs: this.#clock.monotonicMs() + ms, call }
    this.#waiting.add(timer)
    return () => this.#waiting.delete(timer)
  }

  get count(): number {
    return this.#waiting.size
  }

  /** Fires every timer that is due by now, and lets what they began go on until nothing moves. */
  async fireDue(): Promise<void> {
    for (const timer of [...this.#waiting]) {
      if (timer.atMs > this.#clock.monotonicMs()) continue
      this.#waiting.delete(timer)
      timer.call()
    }
    await settled()
  }

  /** Fires all timers, due or not: a timer that comes early must do no harm. */
  async fireAll(): Promise<void> {
    const timers = [...this.#waiting]
    this.#waiting.clear()
    for (const timer of timers) timer.call()
    await settled()
  }

  /** The process is gone. */
  forget(): void {
    this.#waiting.clear()
  }
}

/** Everything that only waits for promises has gone on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/**
 * Upper bounds in milliseconds: half a millisecond tells a check that is answered from memory from one that waits for
 * the disk, 100 is what the dashboards are held to, and ten seconds is where everything else has given up.
 */
export const LATENCY_BOUNDS_MS = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 10_000] as const

/** A histogram of durations: counters in an array, so that noting one costs less than a microsecond. */
export class Latency {
  /** One more than there are bounds: what is slower than all of them. */
  readonly #counts = new Float64Array(LATENCY_BOUNDS_MS.length + 1)
  #count = 0
  #sumMs = 0

  observe(ms: number): void {
    let at = 0
    while (at < LATENCY_BOUNDS_MS.length && ms > (LATENCY_BOUNDS_MS[at] ?? 0)) at += 1
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    this.#count += 1
    this.#sumMs += ms
  }

  get count(): number {
    return this.#count
  }

  get sumMs(): number {
    return this.#sumMs
  }

  /** How many were at most as long as each bound, and last how many there were. */
  cumulative(): readonly number[] {
    let sum = 0
    return [...this.#counts].map((count) => {
      sum += count
      return sum
    })
  }

  /** Takes in what another one has seen. */
  add(other: Latency): void {
    for (const [at, count] of other.#counts.entries()) this.#counts[at] = (this.#counts[at] ?? 0) + count
    this.#count += other.#count
    this.#sumMs += other.#sumMs
  }

  /**
   * The duration in milliseconds that this share (0 to 1) was not slower than, between the bounds in a straight line;
   * null without any. What lies above the last bound counts as that bound.
   */
  quantile(share: number): number | null {
    if (this.#count === 0) return null
    const wanted = share * this.#count
    let below = 0
    for (const [at, count] of this.#counts.entries()) {
      if (count > 0 && below + count >= wanted) {
        const from = LATENCY_BOUNDS_MS[at - 1] ?? 0
        const to = LATENCY_BOUNDS_MS[at] ?? from
        return from + ((to - from) * (wanted - below)) / count
      }
      below += count
    }
    return LATENCY_BOUNDS_MS.at(-1) ?? null
  }
}

import { Latency } from './latency.ts'

/**
 * What is measured while Weir works: plain counters of the calls, and sources that are asked when somebody looks.
 * Nothing is shown that was not measured: a source that has nothing to say has no line, never a zero.
 */

/** One figure of a source, in the sense of Prometheus. */
export interface Sample {
  /** `weir_…`, units at its end (`_seconds`, `_bytes`, `_total` for counters). */
  readonly name: string
  /** One sentence. */
  readonly help: string
  readonly type: 'gauge' | 'counter'
  readonly value: number
  readonly labels?: Readonly<Record<string, string>>
}

/** Asks a part of Weir for its figures; called when the metrics are read, so it should take milliseconds. */
export type Collect = () => Promise<readonly Sample[]> | readonly Sample[]

/** The calls of one operation. */
export interface CallTally {
  readonly latency: Latency
  /** By code: `ok` for successes, the code of the refusal otherwise. */
  readonly outcomes: Map<string, number>
}

/** What the sources said, and which of them did not answer. */
export interface Collected {
  readonly samples: readonly Sample[]
  readonly sources: readonly { readonly name: string; readonly isUp: boolean }[]
}

/** The figures of this process since it started. */
export class Metrics {
  readonly #calls = new Map<string, CallTally>()
  readonly #checks = new Map<string, number>()
  readonly #sources = new Map<string, Collect>()

  /** Notes a call of an operation: how long it took and what came of it (`ok` or a code). */
  noteCall(operation: string, ms: number, outcome: string): void {
    let tally = this.#calls.get(operation)
    if (tally === undefined) {
      tally = { latency: new Latency(), outcomes: new Map() }
      this.#calls.set(operation, tally)
    }
    tally.latency.observe(ms)
    tally.outcomes.set(outcome, (tally.outcomes.get(outcome) ?? 0) + 1)
  }

  /** Notes what a limit check that counts came to: `allowed`, `would_have_blocked`, `bypassed`, or the code of its no. */
  noteCheck(outcome: string): void {
    this.#checks.set(outcome, (this.#checks.get(outcome) ?? 0) + 1)
  }

  /** The calls by operation. */
  calls(): ReadonlyMap<string, CallTally> {
    return this.#calls
  }

  /** The checks by outcome. */
  checks(): ReadonlyMap<string, number> {
    return this.#checks
  }

  /** The durations of several operations together. */
  latencyOf(operations: readonly string[]): Latency {
    const all = new Latency()
    for (const name of operations) {
      const tally = this.#calls.get(name)
      if (tally !== undefined) all.add(tally.latency)
    }
    return all
  }

  /**
   * Adds a part of Weir to what is shown. The same name again replaces it; the returned function takes it away.
   * A source that throws is shown as down and takes nobody else with it.
   */
  registerSource(name: string, collect: Collect): () => void {
    this.#sources.set(name, collect)
    return () => {
      if (this.#sources.get(name) === collect) this.#sources.delete(name)
    }
  }

  /** Asks all sources, in the order of their names. */
  async collect(): Promise<Collected> {
    const names = [...this.#sources.keys()].sort()
    const answers = await Promise.allSettled(
      names.map(async (name) => (await this.#sources.get(name)?.()) ?? []),
    )
    return {
      samples: answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : [])),
      sources: names.map((name, at) => ({ name, isUp: answers[at]?.status === 'fulfilled' })),
    }
  }
}

import { focusManager, type Query, type QueryClient } from '@tanstack/react-query'
import { isConcerned } from './live-topics.ts'
import type { WeirQueryMeta } from './queries.ts'

/** A panel takes at most a twentieth of the core's time, however much there is to add up. */
const REST_PER_ANSWER = 20
/** One slow answer, of a laptop that slept meanwhile for example, must not leave a panel deaf. */
const REST_MS_MAX = 30_000
/** An answer that was under way when the change came may be older than it; then one looks again after this. */
const AGAIN_MS = 250

/** What is known of a query that was asked again. */
interface Renewal {
  /** By the clock that is never set. */
  startedAt: number
  tookMs: number
  timer: ReturnType<typeof setTimeout> | undefined
}

/**
 * Asks again for what changed: once for any number of changes, one question per query at a time, and with a pause
 * between two of them. Nothing is asked for that nobody sees: it is only marked as old.
 */
export class LiveRefresh {
  readonly #queries: QueryClient
  readonly #gapMs: () => number | false
  readonly #renewals = new WeakMap<Query, Renewal>()
  #isStopped = false

  /** `gapMs`: the least time between two questions of one query; false asks for nothing. */
  constructor(queries: QueryClient, gapMs: () => number | false) {
    this.#queries = queries
    this.#gapMs = gapMs
  }

  /** Something of these subjects changed. */
  changed(topics: readonly string[]): void {
    this.#renew((query) => isConcerned(String(query.queryKey[0]), topics))
  }

  /** Anything may have changed: nothing was heard for a time. */
  missed(): void {
    this.#renew(() => true)
  }

  /** What is planned is left undone. */
  stop(): void {
    this.#isStopped = true
  }

  #renew(isOld: (query: Query) => boolean): void {
    for (const query of this.#queries.getQueryCache().getAll()) {
      const meta = query.meta as Partial<WeirQueryMeta> | undefined
      if (meta?.hearsChanges === true && isOld(query)) this.#plan(query)
    }
  }

  #plan(query: Query): void {
    const gapMs = this.#gapMs()
    // Asked for when its screen, or the page, is looked at again.
    if (!isSeen(query)) {
      query.invalidate()
      return
    }
    if (gapMs === false) return
    const renewal = this.#renewalOf(query)
    if (renewal.timer !== undefined) return
    const restMs = Math.max(gapMs, Math.min(renewal.tookMs * REST_PER_ANSWER, REST_MS_MAX))
    // By the clock of the wall, which may have been set back since: then it looks like just now, and not like later.
    const sinceAnswerMs = Math.max(0, Date.now() - query.state.dataUpdatedAt)
    const sinceMs = Math.min(performance.now() - renewal.startedAt, sinceAnswerMs)
    this.#after(query, renewal, Math.max(0, restMs - sinceMs))
  }

  #after(query: Query, renewal: Renewal, ms: number): void {
    renewal.timer = setTimeout(() => {
      renewal.timer = undefined
      void this.#ask(query, renewal)
    }, ms)
  }

  async #ask(query: Query, renewal: Renewal): Promise<void> {
    if (this.#isStopped) return
    if (!isSeen(query)) {
      query.invalidate()
      return
    }
    if (query.state.fetchStatus === 'fetching') {
      this.#after(query, renewal, AGAIN_MS)
      return
    }
    renewal.startedAt = performance.now()
    // A failure stands in the query; it does not reject here.
    await this.#queries.refetchQueries({ queryKey: query.queryKey, exact: true, type: 'active' })
    renewal.tookMs = performance.now() - renewal.startedAt
  }

  #renewalOf(query: Query): Renewal {
    const known = this.#renewals.get(query)
    if (known !== undefined) return known
    const renewal: Renewal = { startedAt: Number.NEGATIVE_INFINITY, tookMs: 0, timer: undefined }
    this.#renewals.set(query, renewal)
    return renewal
  }
}

function isSeen(query: Query): boolean {
  return query.isActive() && focusManager.isFocused()
}

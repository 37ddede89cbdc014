import { useState } from 'react'
import type { Problem } from '../../shared/contract/problem.ts'

/** What a panel needs to know of a query; every result of `useWeirQuery` has it. */
export interface QueryLike<Data> {
  readonly data: Data | undefined
  readonly error: Problem | null
  readonly isFetching: boolean
  readonly isPlaceholderData: boolean
  /** Epoch milliseconds of the last good answer; 0 before the first. */
  readonly dataUpdatedAt: number
  /** Epoch milliseconds of the last failure; 0 before the first. */
  readonly errorUpdatedAt: number
  readonly refetch: () => unknown
}

/** A failure that has not been followed by a good answer yet. `since` is that of the first in a row. */
export interface Failure {
  readonly problem: Problem
  readonly since: number
}

/** A query as it is shown: the last good answer survives failures and changes of sort, page or range. */
export interface SettledQuery<Data> {
  readonly data: Data | undefined
  /** Epoch milliseconds of the answer in `data`; 0 without one. */
  readonly dataAt: number
  readonly failure: Failure | null
  /** True while something newer than what is shown (figures or a failure) is on its way. */
  readonly isRefreshing: boolean
  readonly retry: () => void
}

/** What is remembered between two renders. */
export interface QueryMemory<Data> {
  readonly identity: string
  readonly data: Data | undefined
  readonly dataAt: number
  readonly failure: Failure | null
}

/**
 * What to remember after seeing the query's newest state; the same object when nothing changed. A failure stays
 * until a good answer comes: a retry under way does not make it unhappened. Another identity starts afresh.
 */
export function remember<Data>(
  memory: QueryMemory<Data>,
  query: QueryLike<Data>,
  identity: string,
): QueryMemory<Data> {
  const known: QueryMemory<Data> =
    memory.identity === identity ? memory : { identity, data: undefined, dataAt: 0, failure: null }
  if (query.error !== null) {
    if (known.failure?.problem === query.error) return known
    // Seconds in which Weir answers nobody: the banner says so, and what is known stays as it is.
    if (query.error.code === 'restoring' && known.data !== undefined) return known
    return {
      ...known,
      failure: { problem: query.error, since: known.failure?.since ?? query.errorUpdatedAt },
    }
  }
  if (query.data === undefined || query.isPlaceholderData) return known
  if (known.data === query.data && known.dataAt === query.dataUpdatedAt && known.failure === null)
    return known
  return { identity, data: query.data, dataAt: query.dataUpdatedAt, failure: null }
}

/**
 * Keeps what a query last answered. `identity` names whose figures they are: those of one user are never shown
 * under the name of another, however the query fails.
 */
export function useSettledQuery<Data>(query: QueryLike<Data>, identity = ''): SettledQuery<Data> {
  const [memory, setMemory] = useState<QueryMemory<Data>>({
    identity,
    data: undefined,
    dataAt: 0,
    failure: null,
  })
  const next = remember(memory, query, identity)
  // Setting state while rendering makes React render again at once, before anything stale is painted.
  if (next !== memory) setMemory(next)
  const data = query.data ?? next.data
  return {
    data,
    dataAt: query.data === undefined || query.isPlaceholderData ? next.dataAt : query.dataUpdatedAt,
    failure: next.failure,
    isRefreshing: query.isFetching && (data !== undefined || next.failure !== null),
    retry: () => void query.refetch(),
  }
}

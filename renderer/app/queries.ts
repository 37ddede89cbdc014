import {
  keepPreviousData,
  QueryClient,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type { OperationInput, OperationName, OperationOutput } from '../../shared/contract/index.ts'
import type { OperationAnswer, Problem } from '../../shared/contract/problem.ts'
import { useWeirClient } from './client-context.tsx'
import { useRefreshInterval } from './refresh-interval.ts'

/** How a query behaves; every member has a default that fits a panel of a screen. */
export interface WeirQueryOptions<Output = unknown> {
  /** False keeps it from asking at all. Default true. */
  readonly enabled?: boolean
  /**
   * Whether the last answer stays on screen while one for another input is on its way. Default true; false where
   * showing one user's figures under another user's name for a moment would mislead.
   */
  readonly keepPrevious?: boolean
  /**
   * `screen` (default) follows the operator's refresh interval; a number is milliseconds; false never asks again by
   * itself; a function decides by the last answer and the failure after it, if there was one. All but false are asked
   * again as well when what they show has changed.
   */
  readonly refresh?:
    | 'screen'
    | number
    | false
    | ((last: Output | undefined, problem: Problem | null) => number | false)
}

/** What is noted with a query. */
export interface WeirQueryMeta {
  /** Those that the refresh control speaks of ("updated 12 s ago"). */
  readonly followsScreen: boolean
  /** Those that are asked again when the change feed tells of what they show. */
  readonly hearsChanges: boolean
}

/** The client of TanStack Query as Weir needs it. */
export function createWeirQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Weir runs on this machine: being offline must not pause anything.
        networkMode: 'always',
        // The operator sees the problem and the Retry button at once; the refresh interval asks again anyway.
        retry: false,
        // Going back to a screen within this time shows what is known without asking again.
        staleTime: 2_000,
        refetchOnWindowFocus: true,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
}

/** The key under which an operation's answer is kept. */
export function weirQueryKey<Name extends OperationName>(
  name: Name,
  input: OperationInput<Name>,
): readonly unknown[] {
  return [name, input]
}

/** An answer as a promise: resolves to the value, rejects with the `Problem`. */
export async function unwrap<Output>(answer: Promise<OperationAnswer<Output>>): Promise<Output> {
  const settled = await answer
  return settled.ok ? settled.value : Promise.reject(settled.problem)
}

/**
 * Asks the core and keeps the answer fresh. `error` is the `Problem`; after a failed refresh `data` is still the last
 * good answer and `dataUpdatedAt` its age.
 */
export function useWeirQuery<Name extends OperationName>(
  name: Name,
  input: OperationInput<Name>,
  options: WeirQueryOptions<OperationOutput<Name>> = {},
): UseQueryResult<OperationOutput<Name>, Problem> {
  const client = useWeirClient()
  const interval = useRefreshInterval()
  const refresh = options.refresh ?? 'screen'
  return useQuery<OperationOutput<Name>, Problem, OperationOutput<Name>>({
    queryKey: weirQueryKey(name, input),
    queryFn: ({ signal }) => unwrap(client.call(name, input, signal)),
    enabled: options.enabled ?? true,
    // TanStack Query does not poll while the page is hidden unless told to.
    refetchInterval: ({ state }) => {
      if (refresh === 'screen') return interval
      return typeof refresh === 'function' ? refresh(state.data, state.error) : refresh
    },
    meta: { followsScreen: refresh === 'screen', hearsChanges: refresh !== false } satisfies WeirQueryMeta,
    ...(options.keepPrevious === false ? {} : { placeholderData: keepPreviousData }),
  })
}

/**
 * Changes something. On success every answer on screen is asked for again, because a write may show in any of them.
 * `error` is the `Problem`.
 */
export function useWeirMutation<Name extends OperationName>(
  name: Name,
): UseMutationResult<OperationOutput<Name>, Problem, OperationInput<Name>> {
  const client = useWeirClient()
  const queries = useQueryClient()
  return useMutation<OperationOutput<Name>, Problem, OperationInput<Name>>({
    mutationFn: (input) => unwrap(client.call(name, input)),
    onSuccess: () => {
      // Not awaited: the caller goes on at once and the panels follow.
      void queries.invalidateQueries()
    },
  })
}

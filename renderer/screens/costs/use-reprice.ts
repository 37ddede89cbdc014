import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { useWeirQuery } from '../../app/queries.ts'

export type RepricePlan = OperationOutput<'prices.repricePlan'>
export type RepriceRun = OperationOutput<'prices.repriceRun'>

/** How often a run is looked at: it looks alive and costs next to nothing. */
const PROGRESS_MS = 500

/**
 * The run of pricing again that the address names, or null. When it has ended every figure on screen is asked for again;
 * one that Weir has forgotten, because it was started again since, is forgotten here too.
 */
export function useRepriceRun(runId: string | undefined, onForgotten: () => void): RepriceRun | null {
  const queries = useQueryClient()
  const query = useWeirQuery(
    'prices.repriceRun',
    { run_id: runId ?? '' },
    {
      enabled: runId !== undefined,
      keepPrevious: false,
      refresh: (last) => (last === undefined || last.status === 'running' ? PROGRESS_MS : false),
    },
  )
  const status = query.data?.status
  const isUnknown = query.error?.code === 'run_unknown'
  useEffect(() => {
    if (status !== undefined && status !== 'running') {
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'prices.repriceRun' })
    }
  }, [status, queries])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `onForgotten` is new each time and does the same
  useEffect(() => {
    if (isUnknown) onForgotten()
  }, [isUnknown])
  return runId === undefined ? null : (query.data ?? null)
}

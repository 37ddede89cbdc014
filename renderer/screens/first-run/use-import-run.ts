import type { UseQueryResult } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { Problem } from '../../../shared/contract/problem.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { useStatus } from '../../app/status.ts'

/** An import that is going on or over. */
export type ImportRun = OperationOutput<'import.get'>
/** What an import found and did. */
export type ImportReport = NonNullable<ImportRun['report']>

/** How often a running import is looked at: it looks alive and costs next to nothing. */
const PROGRESS_MS = 500

/** The import on screen. Its id is in the address, so that leaving and coming back finds it again. */
export interface ShownRun {
  readonly query: UseQueryResult<ImportRun, Problem>
  /** Undefined while there is none, or none is known yet. */
  readonly run: ImportRun | undefined
  readonly show: (runId: string | undefined) => void
}

/** Follows the run named in the address; without one, the run that is going on. */
export function useImportRun(): ShownRun {
  const navigate = useNavigate()
  const { run: runId } = useSearch({ strict: false })
  const running = useStatus().data?.running_import?.run_id
  const query = useWeirQuery(
    'import.get',
    { run_id: runId ?? '' },
    {
      enabled: runId !== undefined,
      keepPrevious: false,
      refresh: (last) => (last === undefined || last.status === 'running' ? PROGRESS_MS : false),
    },
  )
  const show = (next: string | undefined): void =>
    void navigate({ to: '.', search: next === undefined ? {} : { run: next }, replace: true })

  const isUnknown = query.error?.code === 'run_unknown'
  // biome-ignore lint/correctness/useExhaustiveDependencies: `show` is new each time and does the same
  useEffect(() => {
    // Weir was started again since: the run is history and the form is what helps.
    if (isUnknown) show(undefined)
    else if (runId === undefined && running !== undefined) show(running)
  }, [isUnknown, runId, running])

  return { query, run: runId === undefined ? undefined : query.data, show }
}

import type { UseQueryResult } from '@tanstack/react-query'
import type { OperationOutput } from '../../shared/contract/index.ts'
import type { Problem } from '../../shared/contract/problem.ts'
import { useWeirQuery } from './queries.ts'

/** The state of Weir as the shell shows it. */
export type WeirStatus = OperationOutput<'status.get'>

/** How often the shell asks how Weir is: often enough to notice within a breath that it is gone. */
const STATUS_MS = 10_000
/** While an import runs its progress is what one looks at. */
const BUSY_STATUS_MS = 1_000

/** The state of Weir, kept fresh whatever the refresh interval of the screens is: it is also the check of the connection. */
export function useStatus(): UseQueryResult<WeirStatus, Problem> {
  return useWeirQuery(
    'status.get',
    {},
    { refresh: (last) => (last?.running_import ? BUSY_STATUS_MS : STATUS_MS) },
  )
}

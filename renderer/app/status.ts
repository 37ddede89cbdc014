import type { UseQueryResult } from '@tanstack/react-query'
import type { OperationOutput } from '../../shared/contract/index.ts'
import type { Problem } from '../../shared/contract/problem.ts'
import { useWeirQuery } from './queries.ts'

/** The state of Weir as the shell shows it. */
export type WeirStatus = OperationOutput<'status.get'>

/** How often the shell asks how Weir is: often enough to notice within a breath that it is gone. */
const STATUS_MS = 10_000
/** While an import, a restore or a re-pricing runs one waits for its end. */
const BUSY_STATUS_MS = 1_000

/** Whether Weir says, or answers everything with, that a backup is being restored: it will be back in seconds. */
export function isRestoring(status: WeirStatus | undefined, problem: Problem | null): boolean {
  return problem === null ? status?.state === 'restoring' : problem.code === 'restoring'
}

/** Whether something goes on that the status bar shows the progress of. */
function isBusy(status: WeirStatus): boolean {
  return [status.running_import, status.running_restore, status.running_reprice].some((run) => run !== null)
}

/** The state of Weir, kept fresh whatever the refresh interval of the screens is: it is also the check of the connection. */
export function useStatus(): UseQueryResult<WeirStatus, Problem> {
  return useWeirQuery(
    'status.get',
    {},
    {
      refresh: (last, problem) =>
        (last !== undefined && isBusy(last)) || isRestoring(last, problem) ? BUSY_STATUS_MS : STATUS_MS,
    },
  )
}

import { getRouteApi } from '@tanstack/react-router'
import { z } from 'zod'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { JOB_NAMES } from '../../../shared/contract/jobs.ts'

const STATUSES = ['done', 'partial', 'failed', 'cancelled', 'interrupted', 'running'] as const

/** View state of the screen as it stands in the address; what makes no sense is dropped. */
export const jobsSearch = z.object({
  /** Whose runs are shown. */
  job: z.enum(JOB_NAMES).optional().catch(undefined),
  status: z.enum(STATUSES).optional().catch(undefined),
  /** Whose log is open. */
  run: z.string().max(32).optional().catch(undefined),
})

/** The results a list of runs can be narrowed to. */
export const RUN_STATUSES = STATUSES

/** A job as the core answers it. */
export type Job = OperationOutput<'jobs.list'>['jobs'][number]

/** A run as the core answers it. */
export type Run = OperationOutput<'jobs.run.get'>

const route = getRouteApi('/jobs')

/** The view in the address, and what changes it. */
export function useJobsView(): readonly [
  z.output<typeof jobsSearch>,
  (change: Partial<z.output<typeof jobsSearch>>) => void,
] {
  const view = route.useSearch()
  const navigate = route.useNavigate()
  return [view, (change) => void navigate({ search: (last) => ({ ...last, ...change }), replace: true })]
}

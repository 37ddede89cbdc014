import { getRouteApi } from '@tanstack/react-router'
import { z } from 'zod'
import type { OperationOutput } from '../../../shared/contract/index.ts'

/** View state of the screen as it stands in the address; what makes no sense is dropped. */
export const backupsSearch = z.object({
  tab: z.enum(['list', 'rollback']).optional().catch(undefined),
  /** The backup that was started here, to tell how it went after coming back. */
  run: z.string().max(64).optional().catch(undefined),
  /** The backup whose restore is being considered. */
  restore: z.string().max(64).optional().catch(undefined),
})

/** The list and what stands around it, as the core answers it. */
export type Overview = OperationOutput<'backups.list'>

/** A backup of the list. */
export type Backup = Overview['backups'][number]

/** A backup that is being made. */
export type BackupRun = OperationOutput<'backups.getRun'>

const route = getRouteApi('/backups')

/** The view in the address, and what changes it. */
export function useBackupsView(): readonly [
  z.output<typeof backupsSearch>,
  (change: Partial<z.output<typeof backupsSearch>>) => void,
] {
  const view = route.useSearch()
  const navigate = route.useNavigate()
  return [view, (change) => void navigate({ search: (last) => ({ ...last, ...change }), replace: true })]
}

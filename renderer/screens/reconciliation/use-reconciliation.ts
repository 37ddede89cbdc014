import { useNavigate, useSearch } from '@tanstack/react-router'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { ReconciliationReport } from '../../../shared/contract/reconciliation.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { type SettledQuery, useSettledQuery } from '../../components/settled-query.ts'

export type Run = OperationOutput<'reconciliation.get'>
export type ReportUser = ReconciliationReport['users'][number]
export type Finding = ReportUser['findings'][number]
export type Status = ReportUser['status']

/** How often a running check is looked at: it looks alive and costs next to nothing. */
const PROGRESS_MS = 500

/** The newest run and the folder, and the kind of findings shown, which is in the address. */
export function useReconciliation(): {
  readonly list: SettledQuery<OperationOutput<'reconciliation.list'>>
  readonly run: SettledQuery<Run>
  readonly only: Status | undefined
  readonly show: (status: Status | undefined) => void
} {
  const navigate = useNavigate()
  const { only } = useSearch({ from: '/reconciliation' })
  const list = useSettledQuery(
    useWeirQuery(
      'reconciliation.list',
      {},
      {
        refresh: (last) => (last?.runs[0]?.status === 'running' ? PROGRESS_MS : false),
      },
    ),
  )
  const runId = list.data?.runs[0]?.run_id
  const run = useSettledQuery(
    useWeirQuery(
      'reconciliation.get',
      { run_id: runId ?? '' },
      {
        enabled: runId !== undefined,
        keepPrevious: false,
        refresh: (last) => (last?.status === 'running' ? PROGRESS_MS : false),
      },
    ),
    runId ?? '',
  )
  const show = (status: Status | undefined): void =>
    void navigate({ to: '.', search: status === undefined ? {} : { only: status }, replace: true })
  return { list, run, only, show }
}

/** Whether the fix of the report's threshold would repair it. */
export function isFixable(user: ReportUser, finding: Finding, thresholdPercent: number): boolean {
  return (
    finding.state === 'open' &&
    (finding.repair === 'add' || finding.repair === 'correct') &&
    (user.status === 'drift' || user.status === 'manual_review') &&
    user.drift_percent <= thresholdPercent
  )
}

/** Whether a person may have it repaired. */
export function isChoosable(finding: Finding): boolean {
  return finding.state === 'open' && finding.repair !== 'restore_file' && finding.repair !== 'wait'
}

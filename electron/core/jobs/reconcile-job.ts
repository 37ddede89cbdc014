import type { Actor, ReconciliationApi } from '../api.ts'
import type { JobWork } from '../scheduler/job-work.ts'

const SCHEDULED: Actor = { name: 'job reconcile', via: 'job' }

/**
 * Compares the session files with the ledger and repairs what is within the threshold. A dry run repairs nothing. What
 * a person must look at is counted as left undone, so that the operator hears of it.
 */
export function reconcileJob(reconciliation: Pick<ReconciliationApi, 'list' | 'run'>): JobWork {
  return async (run) => {
    const { sessions_dir } = await reconciliation.list(1)
    if (sessions_dir === null) {
      run.log.info('No folder of session files is known yet, so there is nothing to compare')
      return { counts: { users: 0 }, failures: 0, firstError: null }
    }
    run.progress(`Comparing ${sessions_dir} with the ledger`)
    const { summary, run_id } = await reconciliation.run({ fix: !run.dryRun }, SCHEDULED, run.signal)
    run.log.info(`Reconciliation ${run_id}: ${summary.total_users} users, ${summary.corrected} corrected`)
    const undone = summary.manual_review
    return {
      counts: {
        users: summary.total_users,
        ok: summary.ok,
        drift: summary.drift,
        corrected: summary.corrected,
        manual_review: undone,
        files_read: summary.files_read,
      },
      failures: undone,
      firstError:
        undone === 0
          ? null
          : `A person must look at ${undone} of ${summary.total_users} users: see Reconciliation`,
    }
  }
}

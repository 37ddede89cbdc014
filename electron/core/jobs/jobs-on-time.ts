import { MINUTE_MS } from '../../../shared/units.ts'
import type { CheckFinding, JobsApi, ReadinessCheck } from '../api.ts'
import type { Clock } from '../kernel/ports.ts'

/** A job may wait for another one; a quarter of an hour later it is not waiting but stuck. */
const LATE_MS = 15 * MINUTE_MS

/** The check of readiness that jobs are switched on, run on time, and do what they are for. */
export function jobsOnTime(jobs: Pick<JobsApi, 'list'>, clock: Clock): ReadinessCheck {
  return {
    id: 'jobs_ran',
    title: 'The jobs ran on time',
    run: async () => {
      const all = (await jobs.list()).jobs
      const failed = all.filter(
        (job) => job.last_run?.status === 'failed' || job.last_run?.status === 'partial',
      )
      if (failed.length > 0) {
        const why = failed[0]?.last_run?.first_error ?? 'its log says why'
        const evidence = `The last run of ${namesOf(failed)} left something undone: ${why}`
        return attention(
          evidence,
          failed[0]?.last_run?.started_at ?? null,
          'Look at the run and run the job again.',
        )
      }
      const late = all.filter(
        ({ next_run_at }) => next_run_at !== null && clock.now() - Date.parse(next_run_at) > LATE_MS,
      )
      if (late.length > 0) {
        const evidence = `${namesOf(late)} should have run already.`
        return attention(evidence, late[0]?.next_run_at ?? null, 'Look what the jobs are waiting for.')
      }
      const off = all.filter((job) => !job.is_enabled)
      if (off.length > 0) return attention(`Switched off: ${namesOf(off)}.`, null, 'Switch the job on again.')
      const ran = all.filter((job) => job.last_run !== null).length
      if (ran === 0) return { state: 'unknown', evidence: 'No job has run yet.', since: null, fix: null }
      return {
        state: 'ok',
        evidence: `${ran} of ${all.length} jobs have run; none failed.`,
        since: null,
        fix: null,
      }
    },
  }
}

function namesOf(jobs: readonly { readonly job: string }[]): string {
  return jobs.map(({ job }) => job).join(', ')
}

function attention(evidence: string, since: string | null, text: string): CheckFinding {
  return { state: 'attention', evidence, since, fix: { text, path: '/jobs' } }
}

import { SECOND_MS } from '../../../shared/units.ts'
import type { JobsApi } from '../api.ts'
import type { Sample } from '../kernel/metrics.ts'
import type { Clock } from '../kernel/ports.ts'

/** How the last run of each job went and how long ago it was; a job that never ran has no line. */
export async function jobSamples(jobs: Pick<JobsApi, 'list'>, clock: Clock): Promise<readonly Sample[]> {
  return (await jobs.list()).jobs.flatMap(({ job, last_run }) => {
    if (last_run === null || last_run.finished_at === null) return []
    const labels = { job }
    const gauge = (name: string, help: string, value: number): Sample => ({
      name,
      help,
      type: 'gauge',
      value,
      labels,
    })
    const ageSeconds = Math.max(0, clock.now() - Date.parse(last_run.finished_at)) / SECOND_MS
    return [
      gauge(
        'weir_job_last_run_ok',
        'Whether the last run of the job left nothing undone',
        last_run.status === 'done' ? 1 : 0,
      ),
      gauge('weir_job_last_run_age_seconds', 'Time since the last run of the job ended', ageSeconds),
      gauge(
        'weir_job_last_run_duration_seconds',
        'How long the last run of the job took',
        (last_run.duration_ms ?? 0) / SECOND_MS,
      ),
    ]
  })
}

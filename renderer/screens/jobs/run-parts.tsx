import type { ReactNode } from 'react'
import { StateWord } from '../../components/state-word.tsx'
import { text } from '../../text.ts'
import styles from './jobs.module.css'
import type { Job, Run } from './jobs-search.ts'

const words = text.jobs

const TONES = {
  running: 'none',
  done: 'good',
  partial: 'warning',
  failed: 'bad',
  cancelled: 'none',
  interrupted: 'warning',
} as const satisfies Record<Run['status'], 'good' | 'warning' | 'bad' | 'none'>

/** How a run went, in a word with its colour. */
export function RunWord({ status }: { readonly status: Run['status'] }): ReactNode {
  return <StateWord tone={TONES[status]}>{words.status[status]}</StateWord>
}

/** The last runs of a job as bars, oldest first; the whole says in words what the colours say. */
export function RunBars({ job }: { readonly job: Job }): ReactNode {
  const bad = job.recent.filter(({ status }) => status !== 'done' && status !== 'running').length
  return (
    <span className={styles.bars} role="img" aria-label={words.bars(job.recent.length, bad)}>
      {job.recent.map((run) => (
        <span
          key={run.run_id}
          className={styles.bar}
          data-tone={TONES[run.status]}
          title={words.bar(
            words.status[run.status],
            words.at(run.started_at, job.time_zone),
            run.duration_ms === null ? '' : words.took(run.duration_ms),
          )}
        />
      ))}
    </span>
  )
}

/** What a run counted, in one line; zeros say nothing and are left out. */
export function countsOf(run: Run): string {
  const counts = Object.entries(run.counts)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => words.count(name, value))
  if (run.failures > 0) counts.push(words.failures(run.failures))
  if (counts.length === 0) return run.status === 'done' ? words.nothing : ''
  return counts.join(', ')
}

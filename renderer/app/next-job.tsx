import { Tooltip } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useNow } from '../components/use-now.ts'
import { text } from '../text.ts'
import { useWeirQuery } from './queries.ts'

/** What is due within minutes may be a little old; what runs is seen on its screen. */
const LOOK_MS = 30_000

/** The job that runs, or the one that runs next; nothing while that is not known. */
export function NextJob(): ReactNode {
  const now = useNow()
  const jobs = useWeirQuery('jobs.list', {}, { refresh: LOOK_MS }).data?.jobs ?? []
  const running = jobs.find((job) => job.running !== null)
  const [next] = jobs
    .flatMap(({ job, next_run_at }) => (next_run_at === null ? [] : [{ job, at: next_run_at }]))
    .sort((one, other) => Date.parse(one.at) - Date.parse(other.at))
  const words = text.jobs
  const shown = running?.job ?? next?.job
  if (shown === undefined) return null
  return (
    <Tooltip label={words.nextJobHint} position="top">
      <Link to="/jobs" search={{ job: shown }} className="status-item status-chip">
        {running !== undefined || next === undefined
          ? words.jobRunning(words.names[shown])
          : words.nextJob(words.names[shown], words.next(next.at, now))}
      </Link>
    </Tooltip>
  )
}

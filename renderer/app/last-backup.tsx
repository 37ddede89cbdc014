import { Progress, Tooltip } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useNow } from '../components/use-now.ts'
import { text } from '../text.ts'
import { useWeirQuery } from './queries.ts'

/** An age in hours may be a little old. */
const LOOK_MS = 30_000
/** While one is made, its progress is what one looks at. */
const RUNNING_MS = 1_000

/** How old the newest proved backup is, or how far the one that is being made; nothing while that is not known. */
export function LastBackup(): ReactNode {
  const now = useNow()
  const { data } = useWeirQuery(
    'backups.list',
    {},
    { refresh: (last) => (last?.running == null ? LOOK_MS : RUNNING_MS) },
  )
  const words = text.backups
  if (data === undefined) return null
  const { running, newest_verified: newest } = data
  if (running !== null) {
    const total = running.bytes_total ?? 0
    return (
      <Link to="/backups" search={{}} className="status-item status-chip">
        <Progress value={total === 0 ? 0 : (100 * running.bytes_done) / total} w={64} size="sm" aria-hidden />
        {words.lastRunning}
      </Link>
    )
  }
  const hint =
    newest === null
      ? words.lastNoneHint
      : newest.is_recent
        ? words.lastHint(words.at(newest.created_at))
        : words.lastOldHint
  return (
    <Tooltip label={hint} position="top">
      <Link
        to="/backups"
        search={{}}
        className="status-item status-chip"
        data-backup={newest?.is_recent === true ? 'recent' : 'old'}
      >
        {newest === null ? words.lastNone : words.last(newest.created_at, now)}
      </Link>
    </Tooltip>
  )
}

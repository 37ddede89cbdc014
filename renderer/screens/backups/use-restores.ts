import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { showDone } from '../../app/notify.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { text } from '../../text.ts'

/** A restore, running or over. */
export type RestoreRun = OperationOutput<'restore.get'>

/** Restores as the core answers them. */
export interface Restores {
  readonly running: RestoreRun | null
  /** Those that are over, newest first. */
  readonly ended: readonly RestoreRun[]
}

/** Steps take seconds or less. */
const RUNNING_MS = 400
const IDLE_MS = 10_000

/** The restore that is running and those before it; tells how one that was watched has ended, and renews everything. */
export function useRestores(onDone?: () => void): Restores {
  const queries = useQueryClient()
  const { data } = useWeirQuery(
    'restore.list',
    {},
    { refresh: (last) => (last?.running == null ? IDLE_MS : RUNNING_MS) },
  )
  const running = data?.running ?? null
  const ended = data?.restores ?? []
  const watched = useRef<string | null>(null)
  const done = useRef(onDone)
  useEffect(() => {
    done.current = onDone
  })
  useEffect(() => {
    if (running !== null) watched.current = running.run_id
    const over = ended.find(({ run_id }) => run_id === watched.current)
    if (over === undefined) return
    watched.current = null
    void queries.invalidateQueries()
    showDone(endOf(over))
    if (over.status === 'done') done.current?.()
  }, [running, ended, queries])
  return { running, ended }
}

function endOf(run: RestoreRun): string {
  const words = text.restore
  if (run.status === 'done') return run.kind === 'undo' ? words.undoneDone : words.done
  return run.status === 'cancelled' ? words.cancelled : words.failed
}

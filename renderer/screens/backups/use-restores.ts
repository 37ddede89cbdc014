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

/** The restore that is running and those before it; tells how one has ended that did so meanwhile, and renews everything. */
export function useRestores(onDone?: () => void): Restores {
  const queries = useQueryClient()
  const { data } = useWeirQuery(
    'restore.list',
    {},
    { refresh: (last) => (last?.running == null ? IDLE_MS : RUNNING_MS) },
  )
  const seen = useRef<ReadonlySet<string> | null>(null)
  const done = useRef(onDone)
  useEffect(() => {
    done.current = onDone
  })
  useEffect(() => {
    if (data === undefined) return
    const before = seen.current
    seen.current = new Set(data.restores.map(({ run_id }) => run_id))
    // A small one is over between two looks, so it is not enough to have seen it run.
    const over = before === null ? undefined : data.restores.find(({ run_id }) => !before.has(run_id))
    if (over === undefined) return
    void queries.invalidateQueries()
    showDone(endOf(over))
    if (over.status === 'done') done.current?.()
  }, [data, queries])
  return { running: data?.running ?? null, ended: data?.restores ?? [] }
}

function endOf(run: RestoreRun): string {
  const words = text.restore
  if (run.status === 'done') return run.kind === 'undo' ? words.undoneDone : words.done
  return run.status === 'cancelled' ? words.cancelled : words.failed
}

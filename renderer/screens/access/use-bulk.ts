import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { BULK_IDS_MAX } from '../../../shared/contract/access.ts'
import type { OperationInput, OperationOutput } from '../../../shared/contract/index.ts'
import type { Problem } from '../../../shared/contract/problem.ts'
import { useWeirClient } from '../../app/client-context.tsx'
import { showDone, showProblem } from '../../app/notify.ts'
import { showUndo } from '../../app/undo.tsx'
import { accessText } from '../../text/access.ts'

type Input = OperationInput<'users.bulk'>
type Output = OperationOutput<'users.bulk'>

/** Who is meant: ticked ones, or everybody of the view's filter. */
export type Chosen =
  | { readonly kind: 'ticked'; readonly ids: readonly string[] }
  | { readonly kind: 'filter'; readonly filter: NonNullable<Input['filter']>; readonly count: number }

/** What shall be of them. */
export type BulkChange = Pick<Input, 'consumption_profile_id' | 'is_active'>

/** How many are chosen. */
export function countOf(chosen: Chosen): number {
  return chosen.kind === 'ticked' ? chosen.ids.length : chosen.count
}

/** The requests for a choice: more ticked rows than one request takes go in several. */
export function requestsOf(chosen: Chosen, change: BulkChange): readonly Input[] {
  if (chosen.kind === 'filter') return [{ filter: chosen.filter, ...change }]
  return inPieces(chosen.ids).map((user_ids) => ({ user_ids: [...user_ids], ...change }))
}

function inPieces(ids: readonly string[]): readonly (readonly string[])[] {
  const pieces: (readonly string[])[] = []
  for (let at = 0; at < ids.length; at += BULK_IDS_MAX) pieces.push(ids.slice(at, at + BULK_IDS_MAX))
  return pieces
}

/** Sends bulk changes, says what they did, and takes them back when asked. */
export function useBulk(): {
  readonly run: (requests: readonly Input[], onDone: () => void) => void
  readonly isRunning: boolean
} {
  const client = useWeirClient()
  const queries = useQueryClient()
  const [isRunning, setRunning] = useState(false)
  const send = async (requests: readonly Input[]): Promise<readonly Output[] | Problem> => {
    const outputs: Output[] = []
    for (const request of requests) {
      const answer = await client.call('users.bulk', request)
      if (!answer.ok) return answer.problem
      outputs.push(answer.value)
    }
    return outputs
  }
  const work = async (
    requests: readonly Input[],
    onDone: (outputs: readonly Output[]) => void,
  ): Promise<void> => {
    setRunning(true)
    const result = await send(requests)
    setRunning(false)
    // Also after trouble: what went before it was done.
    void queries.invalidateQueries()
    if ('code' in result) showProblem(result)
    else onDone(result)
  }
  const changed = (outputs: readonly Output[]): number =>
    outputs.reduce((total, output) => total + output.changed, 0)
  const undo = (outputs: readonly Output[]): void => {
    const requests = outputs.flatMap((output) =>
      output.undo.flatMap(({ user_ids, ...former }) =>
        inPieces(user_ids).map((ids) => ({ user_ids: [...ids], ...former })),
      ),
    )
    void work(requests, (done) => showDone(accessText.bulk.undone(changed(done))))
  }
  return {
    isRunning,
    run: (requests, onDone) =>
      void work(requests, (outputs) => {
        showUndo(accessText.bulk.done(changed(outputs)), () => undo(outputs))
        onDone()
      }),
  }
}

import { expect, vi } from 'vitest'
import type { Caller, Weir } from '../../electron/core/api.ts'
import { dispatchToAnswer } from '../../electron/operations/dispatch.ts'
import type { OperationInput, OperationName, OperationOutput } from '../../shared/contract/index.ts'
import { OPERATOR } from '../support/weir.ts'

/** What tests of restoring do to a whole Weir. */

export type Run = OperationOutput<'restore.get'>

const CALLER: Caller = { ...OPERATOR, scope: 'admin', userId: null, tokenId: null }

/** Calls an operation as its operator. */
export function call<Name extends OperationName>(weir: Weir, name: Name, input: OperationInput<Name>) {
  return dispatchToAnswer(weir, name, input, CALLER)
}

/** Its value. */
export async function value<Name extends OperationName>(
  weir: Weir,
  name: Name,
  input: OperationInput<Name>,
): Promise<OperationOutput<Name>> {
  const answer = await call(weir, name, input)
  if (!answer.ok) throw new Error(`${name}: ${answer.problem.code}: ${answer.problem.detail}`)
  return answer.value as OperationOutput<Name>
}

/** A verified backup of what is there. */
export async function makeBackup(weir: Weir): Promise<string> {
  return (await weir.backups.create({ reason: 'manual' }, OPERATOR)).id
}

/** The run when it is over. */
export async function ended(weir: Weir, runId: string): Promise<Run> {
  return vi.waitFor(
    async () => {
      const run = await value(weir, 'restore.get', { run_id: runId })
      expect(run.status).not.toBe('running')
      return run
    },
    { timeout: 30_000, interval: 20 },
  )
}

/** Restores a backup and waits for it. */
export async function restore(weir: Weir, backupId: string): Promise<Run> {
  return ended(weir, (await value(weir, 'restore.start', { backup_id: backupId, confirm: true })).run_id)
}

/** Records a turn of a user. */
export async function record(weir: Weir, userId: string, turn: number, tokens = 10): Promise<void> {
  await weir.consumption.recordTurn({
    user_id: userId,
    session_id: `s-${userId}`,
    turn_number: turn,
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    input_tokens: tokens,
    output_tokens: tokens * 2,
  })
}

/** Numbers of the user's turns, in their order. */
export async function turnsOf(weir: Weir, userId: string): Promise<number[]> {
  const { turns } = await value(weir, 'consumption.turns', { user_id: userId, limit: 200, offset: 0 })
  return turns.map((turn) => turn.turn_number).sort((one, other) => one - other)
}

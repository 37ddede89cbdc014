import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import { dispatchToAnswer } from '../../electron/operations/dispatch.ts'
import type { OperationInput, OperationName, OperationOutput } from '../../shared/contract/index.ts'
import { MINUTE_MS } from '../../shared/units.ts'
import { TestClock } from '../support/clock.ts'
import { temporaryFolder } from '../support/session-files.ts'
import { openWeir, type TestWeir } from '../support/weir.ts'

/** For each test of a file that imports this: a Weir of its own, and where its platform's database goes. */

export let folder: ReturnType<typeof temporaryFolder>
export let own: TestWeir
export let clock: TestClock
export let file: string

const CALLER = { name: 'Olga', via: 'window', scope: 'admin', userId: null, tokenId: null } as const

beforeEach(async () => {
  folder = temporaryFolder()
  clock = new TestClock()
  file = join(folder.path, 'platform.db')
  own = await openWeir(clock)
})

afterEach(async () => {
  await own.close()
  folder.remove()
})

/** Asks as the operator; throws what was refused. */
export async function ask<Name extends OperationName>(
  name: Name,
  input: OperationInput<Name>,
): Promise<OperationOutput<Name>> {
  const answer = await dispatchToAnswer(own.weir, name, input, CALLER)
  if (!answer.ok) throw Object.assign(new Error(answer.problem.detail), { code: answer.problem.code })
  return answer.value
}

/** Imports the platform's database, and the session files `input` names, to the end. */
export async function bring(input: Partial<OperationInput<'import.start'>> = {}) {
  const { run_id } = await ask('import.start', { auth_db: file, ...input })
  const run = await own.weir.imports.finished(run_id)
  clock.advance(MINUTE_MS)
  const { report } = run
  expect(run.auth_rows_done).toBe(run.auth_rows_total)
  if (run.status !== 'done' || report?.auth_database == null)
    throw new Error(`${run.status} ${run.error?.detail}`)
  return { ...report, auth_database: report.auth_database }
}

/** From here on another Weir is asked, which is ended in its place. */
export function goOnWith(next: TestWeir): void {
  own = next
}

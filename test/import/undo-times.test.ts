import { afterEach, beforeEach, expect, test } from 'vitest'
import { pruneOldest } from '../../electron/core/consumption/prune-turns.ts'
import { undoSessions } from '../../electron/core/consumption/undo-sessions.ts'
import { insertBatch } from '../../electron/core/import/batch-store.ts'
import { LedgerAdapter } from '../../electron/core/import/ledger-adapter.ts'
import {
  ATLAS,
  OPERATOR,
  openConsumption,
  sessionReading,
  type TestConsumption,
} from '../support/consumption.ts'

/** When something was last done in a session of which an import is undone. */

const at = (text: string) => Date.parse(`2026-11-${text}Z`)
const CREATED = at('10T11:00:00')
const FIRST = at('10T12:00:00')
const SECOND = at('20T12:00:00')

let weir: TestConsumption
beforeEach(async () => {
  weir = await openConsumption()
  weir.clock.set('2026-12-05T10:00:00Z')
})
afterEach(() => weir.close())

/** Imports a session of alice with two turns; answers the batch. */
async function bring(): Promise<number> {
  const run = { id: 'import-1', sessionsDir: '/sessions', authDb: null }
  const batch = await weir.database.write((trx) => insertBatch(trx, run, OPERATOR, weir.clock.now()))
  const turns = [FIRST, SECOND].map((occurredAt, place) => ({
    ...ATLAS,
    turnNumber: place + 1,
    occurredAt,
    inputTokens: 10,
    outputTokens: 1,
    status: 'success' as const,
  }))
  const ledger = new LedgerAdapter(weir.context)
  await ledger.importSessions([sessionReading('alice', 's1', turns, { createdAt: CREATED })], batch)
  await ledger.archiveClosedPeriods(['alice'], batch)
  return batch
}

async function prune(before: number): Promise<void> {
  const { key } = await weir.database.reader
    .selectFrom('users')
    .select('key')
    .where('id', '=', 'alice')
    .executeTakeFirstOrThrow()
  const month = { userKey: key, period: 202611, before }
  await weir.database.writeSlice((trx) => pruneOldest(trx, month, 'UTC', 100))
}

async function lastActivityAfterUndo(batch: number): Promise<number> {
  while ((await weir.database.write((trx) => undoSessions(trx, batch, weir.context))) !== null);
  const session = await weir.database.reader
    .selectFrom('sessions')
    .select('last_activity_at')
    .where('id', '=', 's1')
    .executeTakeFirstOrThrow()
  expect((await weir.verify()).differences).toEqual([])
  return session.last_activity_at
}

test('a session whose turns retention has all summed up keeps its last activity when their import is undone', async () => {
  const batch = await bring()
  await prune(at('30T00:00:00'))
  expect(await lastActivityAfterUndo(batch)).toBe(SECOND)
})

test('a session that loses its last turn was last active with the last turn in the sums of its month', async () => {
  const batch = await bring()
  await prune(at('15T00:00:00'))
  expect(await lastActivityAfterUndo(batch)).toBe(FIRST)
})

test('a session the agent has opened after its last turn keeps that moment when its import is undone', async () => {
  const batch = await bring()
  const opened_at = '2026-12-01T09:00:00Z'
  await weir.consumption.openSession({ user_id: 'alice', session_id: 's1', opened_at })
  expect(await lastActivityAfterUndo(batch)).toBe(Date.parse(opened_at))
})

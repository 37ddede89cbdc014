import type { KyselyPlugin } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { undoRows } from '../../electron/core/consumption/undo-rows.ts'
import { undoSessions } from '../../electron/core/consumption/undo-sessions.ts'
import { insertBatch } from '../../electron/core/import/batch-store.ts'
import { LedgerAdapter } from '../../electron/core/import/ledger-adapter.ts'
import { planUndo } from '../../electron/core/import/undo-plan.ts'
import {
  ATLAS,
  OPERATOR,
  openConsumption,
  sessionReading,
  type TestConsumption,
} from '../support/consumption.ts'

/** How much of an import is looked at or taken out while others wait. */

const SESSIONS = 70
const ROWS_AT_ONCE = 15
const USERS_AT_ONCE = 5

let weir: TestConsumption
beforeEach(async () => {
  weir = await openConsumption()
})
afterEach(() => weir.close())

/** Imports sessions of as many users; answers the batch. */
async function bring(users: number): Promise<number> {
  const run = { id: 'import-1', sessionsDir: '/sessions', authDb: null }
  const batch = await weir.database.write((trx) => insertBatch(trx, run, OPERATOR, weir.clock.now()))
  const turn = { ...ATLAS, turnNumber: 1, inputTokens: 10, outputTokens: 1, status: 'success' as const }
  const sessions = Array.from({ length: SESSIONS }, (_, index) => {
    const createdAt = weir.clock.now() - 60_000
    const turns = [{ ...turn, occurredAt: createdAt }]
    return sessionReading(`user-${index % users}`, `s${index}`, turns, { createdAt })
  })
  await new LedgerAdapter(weir.context).importSessions(sessions, batch)
  return batch
}

test('what undoing an import would take out is counted a few sessions at a time', async () => {
  const batch = await bring(1)
  const lengths: number[] = []
  const counter: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      lengths.push(result.rows.length)
      return result
    },
  }
  const reader = weir.database.reader.withPlugin(counter)
  let total = 0
  const totals = await planUndo({ read: (run) => run(reader) }, batch, (sessions) => {
    total = sessions
  })
  expect(totals).toMatchObject({ turns: SESSIONS, sessions: SESSIONS, users: 1 })
  expect(total).toBe(SESSIONS)
  expect(lengths.length).toBeGreaterThan(SESSIONS / ROWS_AT_ONCE)
  expect(Math.max(...lengths)).toBeLessThanOrEqual(ROWS_AT_ONCE)
})

test('sessions an import has added are taken out a few at a time, and then its users a handful at a time', async () => {
  const users = 12
  const batch = await bring(users)
  for (;;) {
    const slice = await weir.database.writeSlice((trx) => undoSessions(trx, batch, weir.context))
    if (slice === null) break
    expect(slice.sessions).toBeLessThanOrEqual(ROWS_AT_ONCE)
  }
  const removed: number[] = []
  for (;;) {
    const rows = await weir.database.writeSlice((trx) => undoRows(trx, batch, 'user'))
    if (rows === null) break
    removed.push(rows.removed)
  }
  expect(removed.reduce((sum, count) => sum + count, 0)).toBe(users)
  expect(Math.max(...removed)).toBeLessThanOrEqual(USERS_AT_ONCE)
})

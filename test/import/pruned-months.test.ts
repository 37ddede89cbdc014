import { afterEach, beforeEach, expect, test } from 'vitest'
import { pruneOldest } from '../../electron/core/consumption/prune-turns.ts'
import { FileTotals } from '../../electron/core/import/file-totals.ts'
import { LedgerAdapter } from '../../electron/core/import/ledger-adapter.ts'
import { readSession } from '../../electron/core/sessions/read-session.ts'
import type { SessionReading } from '../../electron/core/sessions/session-reading.ts'
import { openConsumption, type TestConsumption } from '../support/consumption.ts'
import { FILE, sessionText, turnOf } from '../support/session-files.ts'

let weir: TestConsumption
beforeEach(async () => {
  weir = await openConsumption()
})
afterEach(() => weir.close())

/** A session of alice with a turn on the 10th and one on the 20th of November. */
function session(tokensOfLast: number): SessionReading {
  const turns = [
    turnOf({ turn: 1, timestamp: '2026-11-10T12:00:00Z' }),
    turnOf({ turn: 2, timestamp: '2026-11-20T12:00:00Z', turn_input_tokens: tokensOfLast }),
  ]
  const reading = readSession(
    sessionText(turns, { created_at: '2026-11-10T11:00:00', input_tokens: 500 }),
    FILE,
  )
  if (reading.kind !== 'session') throw new Error(reading.reason)
  return reading
}

test('a month that retention has emptied in part is compared by the turns that are left, and by those alone', async () => {
  const ledger = new LedgerAdapter(weir.context)
  weir.clock.set('2026-12-05T10:00:00Z')
  await ledger.importSessions([session(100)])
  await ledger.archiveClosedPeriods(['alice'])
  const { key } = await weir.database.reader
    .selectFrom('users')
    .select('key')
    .where('id', '=', 'alice')
    .executeTakeFirstOrThrow()
  const month = { userKey: key, period: 202611, before: Date.parse('2026-11-15T00:00:00Z') }
  await weir.database.writeSlice((trx) => pruneOldest(trx, month, 'UTC', 100))

  const pruned = await ledger.prunedBefore(['alice'])
  const compared = async (tokensOfLast: number) => {
    const totals = new FileTotals('UTC', pruned)
    totals.add({ session: session(tokensOfLast), isFirst: true, isLast: true })
    return totals.compare(['alice'], await ledger.totalsByUserAndPeriod(['alice']))
  }
  expect(await compared(100)).toEqual({ equalPairs: 1, mismatches: [] })
  expect((await compared(101)).mismatches).toMatchObject([
    { field: 'input_tokens', file_value: 101, database_value: 100 },
  ])
})

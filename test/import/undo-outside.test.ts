import { afterEach, beforeEach, expect, test } from 'vitest'
import { importSessions } from '../../electron/core/consumption/ledger-import.ts'
import { undoSessions } from '../../electron/core/consumption/undo-sessions.ts'
import { insertBatch } from '../../electron/core/import/batch-store.ts'
import { planUndo } from '../../electron/core/import/undo-plan.ts'
import { MINUTE_MS, toIso } from '../../shared/units.ts'
import {
  ATLAS,
  OPERATOR,
  openConsumption,
  sessionReading,
  type TestConsumption,
  turnInput,
} from '../support/consumption.ts'

/** What sessions spent outside their turns, when an import that told of other turns is undone. */

const START = Date.parse('2026-11-12T10:00:00Z')

let weir: TestConsumption

beforeEach(async () => {
  weir = await openConsumption()
  weir.clock.set(START)
  await weir.addUser('alice')
})

afterEach(() => weir.close())

const turn = (turnNumber: number, inputTokens: number) => ({
  ...ATLAS,
  turnNumber,
  inputTokens,
  outputTokens: 0,
  occurredAt: START - MINUTE_MS,
})
const reading = (turns: readonly ReturnType<typeof turn>[], outsideInputTokens = 0) =>
  sessionReading('alice', 's1', turns, { createdAt: START - MINUTE_MS, outsideInputTokens })

/** Without an id, as a followed folder is read. */
async function importOne(session: ReturnType<typeof reading>, id: string | null): Promise<number> {
  weir.clock.set(weir.clock.now() + 1_000)
  const run = { id: id ?? '', sessionsDir: '/sessions', authDb: null }
  return weir.database.write(async (trx) => {
    const batch = id === null ? null : await insertBatch(trx, run, OPERATOR, weir.clock.now())
    await importSessions(trx, [session], weir.context, 'added again', batch)
    return batch ?? 0
  })
}

async function undo(batch: number): Promise<void> {
  while ((await weir.database.write((trx) => undoSessions(trx, batch, weir.context))) !== null);
  expect((await weir.verify()).differences).toEqual([])
}

async function held(): Promise<string[]> {
  const rows = await weir.database.reader
    .selectFrom('consumption_turns')
    .select(['turn_number', 'input_tokens'])
    .orderBy('turn_number')
    .execute()
  return rows.map((row) => `${row.turn_number}: ${row.input_tokens}`)
}

async function record(turnNumber: number, inputTokens: number): Promise<void> {
  const of = { user_id: 'alice', session_id: 's1', occurred_at: toIso(START - MINUTE_MS) }
  const tokens = { input_tokens: inputTokens, output_tokens: 0 }
  await weir.consumption.recordTurn(turnInput({ ...of, ...tokens, turn_number: turnNumber }))
}

const plan = (batch: number) => planUndo(weir.database, batch, () => {})

test('turns stay whose tokens may be in what a followed folder told outside turns, and are counted beforehand', async () => {
  await importOne(reading([turn(1, 100)], 140), null)
  const batch = await importOne(reading([turn(1, 100), turn(2, 40)], 100), 'import-1')
  expect(await held()).toEqual(['0: 100', '1: 100', '2: 40'])
  expect(await plan(batch)).toMatchObject({ turns: 0, staying: { told_outside: 1 } })
  await undo(batch)
  expect(await held()).toEqual(['0: 100', '1: 100', '2: 40'])
})

test('what another import told outside turns comes back where the turns of the import had covered it', async () => {
  await record(1, 100)
  const batch = await importOne(reading([turn(1, 100), turn(2, 40)]), 'import-1')
  await importOne(reading([turn(1, 100)], 40), 'import-2')
  expect(await held()).toEqual(['1: 100', '2: 40'])
  await undo(batch)
  expect(await held()).toEqual(['0: 40', '1: 100'])
})

test('a session told of once more since is counted beforehand as reckoned, and holds no less than others told', async () => {
  const batch = await importOne(reading([turn(1, 100), turn(2, 40)]), 'import-1')
  await importOne(reading([turn(1, 100)], 40), 'import-2')
  await record(2, 40)
  expect(await plan(batch)).toMatchObject({ sessions_reckoned: 1 })
  await undo(batch)
  // Without the import, the turn would have stood beside the 40 tokens until the next reading.
  expect(await held()).toEqual(['1: 100', '2: 40'])
})

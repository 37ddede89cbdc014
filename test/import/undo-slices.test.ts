import { expect, test } from 'vitest'
import { archiveClosedPeriods, importSessions } from '../../electron/core/consumption/ledger-import.ts'
import { findBatch, insertBatch, saveBatch } from '../../electron/core/import/batch-store.ts'
import { ImportBatches } from '../../electron/core/import/import-batches.ts'
import { DAY_MS, toIso } from '../../shared/units.ts'
import { digest } from '../support/books-digest.ts'
import {
  ATLAS,
  OPERATOR,
  openConsumption,
  sessionReading,
  type TestConsumption,
  turnInput,
} from '../support/consumption.ts'

/** An undoing that ends at every boundary of its slices, and in the middle of every slice, and goes on at the next start. */

const START = Date.parse('2026-11-12T10:00:00Z')
const SESSIONS = 70
const USERS = ['alice', 'cora', 'dora'] as const
const ID = 'import-1'

const sessions = Array.from({ length: SESSIONS }, (_, index) => {
  const occurredAt = START - (index % 45) * DAY_MS
  const turn = { ...ATLAS, occurredAt, inputTokens: 100 + index, outputTokens: index }
  return sessionReading(USERS[index % 3] ?? 'alice', `s${index}`, [turn, turn], {
    outsideInputTokens: index % 5,
  })
})

/** Books of before, an import, what was recorded of its sessions, and another import that brings some of them too. */
async function books(): Promise<TestConsumption> {
  const weir = await openConsumption()
  weir.clock.set(START)
  await weir.addUser('alice')
  await weir.consumption.recordTurn(turnInput({ user_id: 'alice', session_id: 's0', turn_number: 9 }))
  await importAll(weir, ID, sessions)
  const replayed = { session_id: 's3', turn_number: 1, input_tokens: 103, output_tokens: 3 }
  const at = { user_id: 'alice', occurred_at: toIso(START - 3 * DAY_MS) }
  await weir.consumption.recordTurn(turnInput({ ...replayed, ...at }))
  await importAll(weir, 'import-2', sessions.slice(0, 4))
  weir.clock.set(START + 40 * DAY_MS)
  return weir
}

async function importAll(weir: TestConsumption, id: string, readings: typeof sessions) {
  const run = { id, sessionsDir: '/sessions', authDb: null }
  const batch = await weir.database.write((trx) => insertBatch(trx, run, OPERATOR, weir.clock.now()))
  await weir.database.write((trx) => importSessions(trx, readings, weir.context, 'added again', batch))
  for (const userId of USERS)
    await weir.database.write((trx) => archiveClosedPeriods(trx, userId, weir.context, batch))
  await weir.database.write((trx) => saveBatch(trx, batch, { state: 'done' }))
}

/** The imports of Weir on a database that breaks in its slice `at`: before the slice, or in the middle of it. */
function batchesOn(weir: TestConsumption, at: number, where: 'before' | 'within') {
  let slices = 0
  const writeSlice: typeof weir.database.writeSlice = (job) => {
    slices += 1
    if (slices < at) return weir.database.writeSlice(job)
    if (where === 'before') throw new Error('ended here')
    return weir.database.writeSlice(async (trx) => {
      await job(trx)
      throw new Error('ended here')
    })
  }
  const database = new Proxy(weir.database, {
    get: (target, name) => {
      if (name === 'writeSlice') return writeSlice
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const batches = new ImportBatches({
    context: { ...weir.context, database },
    settings: { current: () => weir.settings.current(), change: () => Promise.resolve() },
    followed: () => null,
    safetyCopy: () => Promise.resolve(),
    isImporting: () => false,
    onUndone: () => Promise.resolve(),
    timers: undefined,
    isRestoring: () => false,
    changed: () => {},
  })
  return { batches, slices: () => slices }
}

async function endOf(weir: TestConsumption) {
  expect((await weir.verify()).differences).toEqual([])
  const batch = await findBatch(weir.database.reader, ID)
  const held = await weir.database.reader.selectFrom('import_sessions').selectAll().execute()
  const acts = await weir.database.reader.selectFrom('audit_log').select(['action', 'after']).execute()
  return { batch, held, acts, books: await digest(weir) }
}

test('an undoing that ends at any boundary of its slices, or within one, comes to the same end at the next start', async () => {
  const whole = await books()
  const undisturbed = batchesOn(whole, Number.POSITIVE_INFINITY, 'before')
  await undisturbed.batches.undo({ id: ID, confirm: ID }, OPERATOR)
  await undisturbed.batches.finished()
  const expected = await endOf(whole)
  await whole.close()
  expect(expected.batch?.state).toBe('undone')
  expect(expected.books.turns.length).toBeLessThan(20)
  // The first says that it has begun; sessions, months, users and the end follow.
  expect(undisturbed.slices()).toBeGreaterThan(6)

  for (let at = 2; at <= undisturbed.slices(); at += 1)
    for (const where of ['before', 'within'] as const) {
      const weir = await books()
      try {
        const broken = batchesOn(weir, at, where).batches
        await broken.undo({ id: ID, confirm: ID }, OPERATOR)
        await broken.finished()
        expect((await findBatch(weir.database.reader, ID))?.state, `${where} slice ${at}`).toBe('undoing')
        expect((await weir.verify()).differences, `${where} slice ${at}`).toEqual([])
        const next = batchesOn(weir, Number.POSITIVE_INFINITY, 'before').batches
        await next.resume()
        await next.finished()
        expect(await endOf(weir), `${where} slice ${at}`).toEqual(expected)
      } finally {
        await weir.close()
      }
    }
}, 120_000)

import { afterEach, beforeEach, expect, test } from 'vitest'
import { prunableMonths } from '../../electron/core/consumption/prune-turns.ts'
import { countPrunable, pruneTurns, type Retention } from '../../electron/core/jobs/retention.ts'
import type { JobRun } from '../../electron/core/scheduler/job-work.ts'
import { DAY_MS } from '../../shared/units.ts'
import { openConsumption, type TestConsumption, turnInput } from '../support/consumption.ts'

let weir: TestConsumption
beforeEach(async () => {
  weir = await openConsumption()
})
afterEach(() => weir.close())

const USERS = ['alice', 'bob', 'carol', 'dave', 'erin']
const retention = (): Retention => ({ zone: 'UTC', now: weir.clock.now(), days: 90 })
const run: JobRun = {
  dryRun: false,
  signal: new AbortController().signal,
  removalHold: null,
  progress: () => undefined,
  log: { info: () => undefined, warn: () => undefined },
}

/** Prunes, and says how many slices of writes it took. */
async function prune(): Promise<{ readonly removed: number; readonly slices: number }> {
  let slices = 0
  const database: typeof weir.database = Object.create(weir.database, {
    writeSlice: {
      value: (job: Parameters<typeof weir.database.writeSlice>[0]) => {
        slices += 1
        return weir.database.writeSlice(job)
      },
    },
    reader: { value: weir.database.reader },
  })
  return { removed: await pruneTurns({ ...weir.context, database }, run, retention()), slices }
}

/** Two turns of November for each user, and their months closed. */
async function history(users: readonly string[]): Promise<void> {
  for (const user_id of users) {
    await weir.addUser(user_id)
    for (const turn_number of [1, 2])
      await weir.consumption.recordTurn(
        turnInput({
          user_id,
          session_id: `s-${user_id}`,
          turn_number,
          occurred_at: `2026-11-0${turn_number}T12:00:00Z`,
        }),
      )
  }
  weir.clock.set('2026-12-05T10:00:00Z')
  for (const user_id of users) await weir.consumption.admit({ user_id })
}

test('months with turns to remove are found page by page, each once, whatever the size of a page', async () => {
  await history(USERS)
  weir.clock.advance(100 * DAY_MS)
  const rule = { zone: 'UTC', horizon: weir.clock.now() - 90 * DAY_MS }
  const all = await prunableMonths(weir.database.reader, rule, { after: null, limit: 100 })
  expect(all.map(({ period }) => period)).toEqual(USERS.map(() => 202611))
  const paged = []
  for (let after = null; ; ) {
    const page = await prunableMonths(weir.database.reader, rule, { after, limit: 2 })
    paged.push(...page)
    const last = page.at(-1)
    if (last === undefined) break
    after = last
  }
  expect(paged).toEqual(all)
})

test('a month that reaches over the horizon costs no write on a day with nothing to remove', async () => {
  await history(['alice'])
  // The horizon is in the night between the two turns.
  weir.clock.set('2027-01-31T03:00:00Z')
  expect(await countPrunable(weir.database.reader, retention())).toBe(1)
  expect(await prune()).toEqual({ removed: 1, slices: 1 })
  weir.clock.advance(DAY_MS / 12)
  expect(await prune()).toEqual({ removed: 0, slices: 0 })
  weir.clock.advance(DAY_MS)
  expect(await prune()).toEqual({ removed: 1, slices: 1 })
  expect(weir.verify().differences).toEqual([])
})

test('what was added to a turn goes with it, and what was added to others stays', async () => {
  for (const user_id of ['alice', 'bob']) {
    await weir.addUser(user_id)
    const session_id = `s-${user_id}`
    for (const turn_number of [1, 2]) {
      await weir.consumption.recordTurn(
        turnInput({ user_id, session_id, turn_number, occurred_at: `2026-11-0${turn_number}T12:00:00Z` }),
      )
      await weir.consumption.extendTurn({
        user_id,
        session_id,
        turn_number,
        idempotency_key: `more ${turn_number}`,
        input_tokens: 7,
      })
    }
  }
  weir.clock.set('2026-12-05T10:00:00Z')
  await weir.consumption.admit({ user_id: 'alice' })
  await weir.consumption.admit({ user_id: 'bob' })
  weir.clock.set('2027-01-31T03:00:00Z')
  expect((await prune()).removed).toBe(2)
  const left = await weir.database.reader.selectFrom('turn_extensions').selectAll().execute()
  expect(left.map((row) => row.idempotency_key)).toEqual(['more 2', 'more 2'])
  expect(weir.verify().differences).toEqual([])
})

test('counting lets others in between users', async () => {
  await history(USERS)
  weir.clock.advance(100 * DAY_MS)
  let turnsOfTheLoop = 0
  let isCounting = true
  const count = (): void => {
    turnsOfTheLoop += 1
    if (isCounting) setImmediate(count)
  }
  setImmediate(count)
  expect(await countPrunable(weir.database.reader, retention())).toBe(2 * USERS.length)
  isCounting = false
  expect(turnsOfTheLoop).toBeGreaterThanOrEqual(USERS.length)
})

import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { OPERATOR, openConsumption, type TestConsumption, turnInput } from '../support/consumption.ts'

let weir: TestConsumption

beforeEach(async () => {
  weir = await openConsumption()
  await weir.addUser('alice', { limits: { prompts_per_hour: 1 } })
})

afterEach(async () => {
  expect(weir.verify().differences).toEqual([])
  await weir.close()
})

/** Another program holds the write lock for as long as the work takes. */
async function whileLocked<Result>(work: () => Promise<Result>): Promise<Result> {
  const other = new BetterSqlite3(weir.file)
  other.exec('begin immediate')
  try {
    return await work()
  } finally {
    other.exec('rollback')
    other.close()
  }
}

describe('when the database cannot be written', () => {
  test('a check lets pass if the operator wants that, and the bypass is counted once it can', async () => {
    const answers = await whileLocked(() =>
      Promise.all([1, 2].map(() => weir.consumption.admit({ user_id: 'alice' }))),
    )
    for (const answer of answers) {
      if (answer.kind !== 'allowed') throw new Error('it was refused')
      expect(OPERATIONS['limits.check'].output.parse(answer.answer)).toMatchObject({
        bypassed: true,
        admission_id: null,
        limits: [],
      })
    }
    expect(
      weir.log.lines.filter((line) => line.message === 'a limit check could not be worked out'),
    ).toHaveLength(2)
    expect((await weir.consumption.admit({ user_id: 'alice' })).kind).toBe('allowed')
    expect(await weir.counters('alice')).toMatchObject({ hour_requests: 1, bypassed_requests: 2 })
    expect((await weir.events()).map((event) => [event.kind, event.code, event.user_id])).toEqual([
      ['bypassed', 'limits_unavailable', 'alice'],
      ['bypassed', 'limits_unavailable', 'alice'],
    ])
    expect((await weir.consumption.summary('alice')).bypassed_requests).toBe(2)
  })

  test('a check refuses if the operator wants that, and says to come back', async () => {
    await weir.settings.change({ when_unavailable: 'closed' }, OPERATOR)
    const answer = await whileLocked(() => weir.consumption.admit({ user_id: 'alice' }))
    expect(answer).toMatchObject({
      kind: 'refused',
      code: 'limits_unavailable',
      details: { retry_after_seconds: 2 },
    })
    await weir.consumption.admit({ user_id: 'alice' })
    expect(await weir.counters('alice')).toMatchObject({ hour_requests: 1, bypassed_requests: 0 })
  })

  test('a turn is refused, not lost in silence; sent again it is recorded once', async () => {
    await expect(whileLocked(() => weir.consumption.recordTurn(turnInput()))).rejects.toMatchObject({
      code: 'storage_unavailable',
    })
    expect((await weir.consumption.turns({})).total_count).toBe(0)
    expect((await weir.consumption.recordTurn(turnInput())).replayed).toBe(false)
  })

  test('reading and trial checks go on', async () => {
    await whileLocked(async () => {
      expect((await weir.consumption.admit({ user_id: 'alice', dry_run: true })).kind).toBe('allowed')
      expect((await weir.consumption.summary('alice')).total_turns).toBe(0)
    })
  })
})

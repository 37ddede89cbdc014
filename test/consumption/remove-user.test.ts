import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { UserDirectory } from '../../electron/core/access/user-directory.ts'
import { findUserKey } from '../../electron/core/consumption/consumption-store.ts'
import { removeArchive, removeSessions, USER_TABLES } from '../../electron/core/consumption/remove-user.ts'
import { MIGRATIONS } from '../../migrations/index.ts'
import { DAY_MS, HOUR_MS } from '../../shared/units.ts'
import { OPERATOR, openConsumption, type TestConsumption, turnInput } from '../support/consumption.ts'
import { announceSeed, Random } from '../support/random.ts'

const SEED = announceSeed('removing users')

let weir: TestConsumption
let directory: UserDirectory

beforeEach(async () => {
  weir = await openConsumption()
  directory = new UserDirectory(weir.database, weir.clock, weir.settings, () => {})
})

afterEach(() => weir.close())

/** What concerns nobody in particular must be as if the user had never been. */
async function systemSums() {
  const { reader } = weir.database
  return {
    hours: await reader.selectFrom('system_hours').selectAll().orderBy('hour_started_at').execute(),
    models: await reader
      .selectFrom('system_period_models')
      .selectAll()
      .orderBy('period')
      .orderBy('model_key')
      .execute(),
  }
}

/** Turns of a user over two months, in sessions of different lengths, some failed, some with unknown models. */
async function live(user: string, random: Random, turns: number): Promise<void> {
  for (let turn = 1; turn <= turns; turn += 1) {
    const session = random.int(1, 6)
    await weir.consumption.recordTurn(
      turnInput({
        user_id: user,
        session_id: `${user}-${session}`,
        turn_number: turn,
        input_tokens: random.int(0, 5000),
        output_tokens: random.int(0, 500),
        status: random.int(0, 4) === 0 ? 'failed' : 'success',
        ...(random.int(0, 3) === 0 ? { provider: 'x', model: `unknown-${random.int(1, 2)}` } : {}),
        ...(random.int(0, 1) === 0 ? { rag_used: true, rag_tokens_saved: random.int(0, 200) - 100 } : {}),
      }),
    )
    weir.clock.set(weir.clock.now() + random.int(1, 6) * HOUR_MS)
  }
}

describe('removing a user with the turns', () => {
  test('leaves the books right after every slice, and everybody else as if the user had never been', async () => {
    const random = new Random(SEED)
    const start = weir.clock.now()
    await weir.addUser('bob')
    await live('bob', random, 40)
    const alone = await systemSums()
    await weir.addUser('alice')
    weir.clock.set(start)
    // Months end in between: rows of the archive are there to go, too.
    await live('alice', random, 60)
    weir.clock.set(weir.clock.now() + 20 * DAY_MS)
    await weir.consumption.recordTurn(turnInput({ session_id: 'late' }))
    await weir.consumption.admit({ user_id: 'alice', estimated_input_tokens: 500 })
    expect((await weir.archive()).length).toBeGreaterThan(0)
    expect((await weir.verify()).differences).toEqual([])

    const key = (await findUserKey(weir.database.reader, 'alice')) ?? -1
    await weir.database.write((trx) => removeArchive(trx, key))
    const zone = weir.settings.current().time_zone
    const first = await weir.database.writeSlice((trx) => removeSessions(trx, key, zone))
    expect(first).toBe(true)
    expect((await weir.verify()).differences, 'after a slice').toEqual([])

    await directory.delete({ id: 'alice', turns: 'removed', confirm: 'alice' }, OPERATOR)
    expect((await weir.verify()).differences).toEqual([])
    expect(await systemSums()).toEqual(alone)
    expect(await findUserKey(weir.database.reader, 'alice')).toBeUndefined()
    const again = directory.delete({ id: 'alice', turns: 'removed', confirm: 'alice' }, OPERATOR)
    await expect(again).rejects.toMatchObject({ code: 'user_unknown' })
  })

  test('goes on over turns that come in the meantime', async () => {
    await weir.addUser('alice')
    for (let session = 1; session <= 120; session += 1)
      await weir.consumption.recordTurn(turnInput({ session_id: `s${session}` }))
    const removing = directory.delete({ id: 'alice', turns: 'removed', confirm: 'alice' }, OPERATOR)
    const coming = Array.from({ length: 20 }, (_, at) =>
      weir.consumption.recordTurn(turnInput({ session_id: `late-${at}` })),
    )
    await Promise.all([removing, ...coming])
    expect((await weir.verify()).differences).toEqual([])
  })

  test('says beforehand what there is, and keeps it all when the turns are kept', async () => {
    await weir.addUser('alice')
    await weir.consumption.recordTurn(turnInput())
    await weir.consumption.recordTurn(turnInput({ turn_number: 2 }))
    const { books } = await directory.delete({ id: 'alice', turns: 'removed', dry_run: true }, OPERATOR)
    expect(books).toEqual({
      sessions: 1,
      turns: 2,
      input_tokens: 200,
      output_tokens: 20,
      cost_usd: 0.00024,
      tokens: 0,
    })
    const before = await systemSums()
    await directory.delete({ id: 'alice', turns: 'kept', confirm: 'alice' }, OPERATOR)
    expect(await systemSums()).toEqual(before)
    expect((await weir.verify()).differences).toEqual([])
    const page = await weir.consumption.users({})
    expect(page).toMatchObject({ users: [], total_count: 0 })
    expect(page.everybody, 'the sums hold what was used').toMatchObject({
      total_users: 0,
      total_input_tokens: 200,
    })
    expect(await weir.consumption.admit({ user_id: 'alice' })).toMatchObject({ code: 'user_inactive' })
  })

  test('knows every table that speaks of a user', () => {
    const statements = MIGRATIONS.flatMap((step) => step.statements)
    const tables = statements.flatMap((statement) => {
      const name = /^CREATE TABLE (\w+)/.exec(statement)?.[1]
      return name !== undefined && /REFERENCES users \(key\)/.test(statement) ? [name] : []
    })
    // Sessions and turns go slice by slice.
    expect(tables.filter((name) => !['sessions', 'consumption_turns'].includes(name)).sort()).toEqual(
      [...USER_TABLES].sort(),
    )
  })
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { importSessions } from '../../electron/core/consumption/ledger-import.ts'
import { readSession } from '../../electron/core/sessions/read-session.ts'
import { OPERATIONS, type ParsedInput } from '../../shared/contract/index.ts'
import { openConsumption, type TestConsumption, turnInput } from '../support/consumption.ts'
import { sessionText, turnOf } from '../support/session-files.ts'

let weir: TestConsumption

beforeEach(async () => {
  weir = await openConsumption()
  for (const user of ['alice', 'bob']) await weir.addUser(user)
})

afterEach(() => weir.close())

async function list(query: ParsedInput<'sessions.list'> = {}) {
  return OPERATIONS['sessions.list'].output.parse(await weir.consumption.sessions(query))
}

async function get(query: ParsedInput<'sessions.get'>) {
  return OPERATIONS['sessions.get'].output.parse(await weir.consumption.session(query))
}

const idsOf = ({ sessions }: Awaited<ReturnType<typeof list>>) => sessions.map((row) => row.session_id)

/** A session from a file whose counters say more than its turns. */
async function importOne(userId: string, sessionId: string): Promise<void> {
  const text = sessionText([turnOf(), turnOf({ turn: 2, status: 'failed', isValid: false })], {
    name: 'From a file',
    input_tokens: 700,
    output_tokens: 120,
  })
  const reading = readSession(text, { userId, sessionId, modifiedAtMs: 0 })
  if (reading.kind !== 'session') throw new Error(reading.reason)
  await weir.database.write((trx) => importSessions(trx, [reading], weir.context))
}

describe('the list of sessions', () => {
  beforeEach(async () => {
    await weir.consumption.recordTurn(turnInput({ session_id: 'small', session_name: 'A 100% start' }))
    for (const turn_number of [1, 2, 3]) {
      await weir.consumption.recordTurn(turnInput({ user_id: 'bob', session_id: 'large', turn_number }))
    }
    await importOne('alice', 'filed')
  })

  test('holds everybody’s sessions, or one user’s, with what they used', async () => {
    expect(idsOf(await list({ sort: 'turns', order: 'desc' }))).toEqual(['large', 'filed', 'small'])
    const { sessions, total_count } = await list({ user_id: 'bob' })
    expect(total_count).toBe(1)
    expect(sessions[0]).toMatchObject({
      username: 'bob',
      turns: 3,
      total_tokens: 330,
      outside_turns_tokens: 0,
      status: 'active',
      source: 'api',
      models: ['atlas'],
    })
    await expect(list({ user_id: 'nobody' })).rejects.toMatchObject({ code: 'user_unknown' })
  })

  test('is sorted both ways and cut into pages that hold every session once', async () => {
    for (const sort of [
      'session_name',
      'username',
      'total_tokens',
      'estimated_cost_usd',
      'first_used_at',
    ] as const) {
      const up = idsOf(await list({ sort, order: 'asc' }))
      const pages = [0, 1, 2].map(async (offset) =>
        idsOf(await list({ sort, order: 'asc', limit: 1, offset })),
      )
      expect((await Promise.all(pages)).flat(), sort).toEqual(up)
      expect(new Set(up).size).toBe(3)
    }
    expect(idsOf(await list({ sort: 'total_tokens', order: 'desc' }))).toEqual(['filed', 'large', 'small'])
  })

  test('is searched by name and id, and % means nothing but itself', async () => {
    expect(idsOf(await list({ search: '100%' }))).toEqual(['small'])
    expect(idsOf(await list({ search: 'LARG' }))).toEqual(['large'])
    expect(idsOf(await list({ search: '%' }))).toEqual(['small'])
  })

  test('is filtered by status, by month and by what was spent outside turns', async () => {
    await weir.consumption.closeSession({ id: 'small', user_id: 'alice' })
    expect(idsOf(await list({ status: 'closed' }))).toEqual(['small'])
    expect(idsOf(await list({ status: 'active' }))).not.toContain('small')
    expect(idsOf(await list({ outside: true }))).toEqual(['filed'])
    expect((await list({ period: '2001-01' })).total_count).toBe(0)
  })
})

describe('one session', () => {
  test('shows the sum of its turns, what it says itself, and the named rest between them', async () => {
    await importOne('alice', 'filed')
    const { session, sums, turns } = await get({ id: 'filed', user_id: 'alice' })
    expect(session).toMatchObject({
      total_input_tokens: 700,
      total_output_tokens: 120,
      outside_turns_tokens: 600,
      failed_turns: 1,
      source: 'import',
    })
    expect(sums).toMatchObject({
      turns_input_tokens: 200,
      turns_output_tokens: 20,
      outside_turns_input_tokens: 500,
      outside_turns_output_tokens: 100,
    })
    expect(turns.map((turn) => [turn.turn_number, turn.is_valid])).toEqual([
      [1, true],
      [2, false],
    ])
  })

  test('is refused when it is unknown, or when several users have one of that id and none is named', async () => {
    await expect(get({ id: 'none' })).rejects.toMatchObject({ code: 'session_unknown' })
    for (const user_id of ['alice', 'bob']) await weir.consumption.recordTurn(turnInput({ user_id }))
    await expect(get({ id: 's1' })).rejects.toMatchObject({ code: 'session_unknown' })
    expect((await get({ id: 's1', user_id: 'bob' })).session.username).toBe('bob')
  })
})

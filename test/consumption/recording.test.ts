import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { importSessions } from '../../electron/core/consumption/ledger-import.ts'
import { OPERATIONS, type ParsedInput } from '../../shared/contract/index.ts'
import { DAY_MS, HOUR_MS } from '../../shared/units.ts'
import {
  OPERATOR,
  openConsumption,
  sessionReading,
  type TestConsumption,
  turnInput,
} from '../support/consumption.ts'

let weir: TestConsumption

beforeEach(async () => {
  weir = await openConsumption()
  await weir.addUser('alice')
})

afterEach(async () => {
  expect(weir.verify().differences).toEqual([])
  await weir.close()
})

const record = async (members: Partial<ParsedInput<'turns.record'>> = {}) =>
  OPERATIONS['turns.record'].output.parse(await weir.consumption.recordTurn(turnInput(members)))

describe('recording a turn', () => {
  test('answers with the turn as the ledger has it', async () => {
    const { turn, replayed } = await record({
      cached_input_tokens: 40,
      status: 'partial',
      rag_used: true,
      rag_tokens_saved: 25,
      user_query: 'Which tables hold orders?',
      session_name: 'Orders',
      duration_ms: 1_234,
    })
    expect(replayed).toBe(false)
    expect(turn).toMatchObject({
      user_id: 'alice',
      session_id: 's1',
      turn_number: 1,
      session_name: 'Orders',
      user_query: 'Which tables hold orders?',
      input_tokens: 100,
      output_tokens: 10,
      cached_input_tokens: 40,
      total_tokens: 110,
      cost_usd: 0.00012,
      price_source: 'catalogue',
      status: 'partial',
      rag_used: true,
      rag_tokens_saved: 25,
      duration_ms: 1_234,
      source: 'api',
      period: '2026-11',
      occurred_at: '2026-11-24T10:20:00.000Z',
      created_at: '2026-11-24T10:20:00.000Z',
    })
    expect((await weir.consumption.turns({ user_id: 'alice' })).turns).toEqual([turn])
  })

  test('of a turn a file has told already settles every reservation made for it, and keeps the mark of the first that was exceeded', async () => {
    const reserve = async () => {
      const answer = await weir.consumption.admit({ user_id: 'alice', estimated_input_tokens: 40 })
      return answer.kind === 'allowed' ? (answer.answer.admission_id ?? '') : ''
    }
    const ids = [await reserve(), await reserve(), '']
    const file = sessionReading('alice', 's1', [{ inputTokens: 100, outputTokens: 10 }])
    await weir.database.write((trx) => importSessions(trx, [file], weir.context))
    for (const admission_id of ids) {
      const answer = await record(admission_id === '' ? {} : { admission_id })
      expect(answer).toMatchObject({
        replayed: true,
        settled_admission_id: admission_id === '' ? null : admission_id,
        turn: { exceeded_reservation: { input_tokens: 40, output_tokens: 0 } },
      })
    }
    expect(await weir.counters('alice')).toMatchObject({ reserved_input_tokens: 0, input_tokens: 100 })
  })

  test('a reported cost goes before the catalogue; a model nobody has a price for is priced by the fallback and marked', async () => {
    expect((await record({ cost_usd: 0.0000005 })).turn).toMatchObject({
      cost_usd: 0.000001,
      price_source: 'reported',
    })
    const unknown = await record({ turn_number: 2, model: 'never-heard-of', provider: 'nobody' })
    expect(unknown.turn).toMatchObject({ cost_usd: 0.00013, price_source: 'fallback' })
    expect((await weir.consumption.summary('alice')).fallback_priced_turns).toBe(1)
  })

  test.each([
    [{}, 'x'.repeat(120)],
    [{ prompt_text: 'full' }, 'x'.repeat(500)],
    [{ prompt_text: 'none' }, null],
  ] as const)('keeps of a question what the operator set: %o', async (setting, kept) => {
    await weir.settings.change(setting, OPERATOR)
    expect((await record({ user_query: 'x'.repeat(500) })).turn.user_query).toBe(kept)
  })

  test('never cuts a character of a question in half', async () => {
    const { turn } = await record({ user_query: '🌊'.repeat(200) })
    expect(turn.user_query).toBe('🌊'.repeat(120))
  })

  test('a turn of a clock that is a little ahead is booked now; more than a day ahead is refused', async () => {
    const at = (ms: number) => new Date(weir.clock.now() + ms).toISOString()
    expect((await record({ occurred_at: at(HOUR_MS) })).turn.occurred_at).toBe(at(0))
    await expect(record({ turn_number: 2, occurred_at: at(DAY_MS + 1) })).rejects.toMatchObject({
      code: 'invalid_request',
    })
    expect(await weir.counters('alice')).toMatchObject({ successful_turns: 1 })
  })

  test('first and last use follow the time of the turns, not of their arrival', async () => {
    await record({ turn_number: 1, occurred_at: '2026-11-20T12:00:00+02:00' })
    await record({ turn_number: 2, occurred_at: '2026-11-10T12:00:00Z' })
    expect(await weir.consumption.summary('alice')).toMatchObject({
      first_usage_at: '2026-11-10T12:00:00.000Z',
      last_usage_at: '2026-11-20T10:00:00.000Z',
      total_turns: 2,
      tokens_today: 0,
    })
  })

  test('only what was used today counts to today', async () => {
    await record({ turn_number: 1, occurred_at: '2026-11-23T23:59:59.999Z' })
    await record({ turn_number: 2, occurred_at: '2026-11-24T00:00:00Z', input_tokens: 7, output_tokens: 5 })
    expect(await weir.consumption.summary('alice')).toMatchObject({
      input_tokens_today: 7,
      output_tokens_today: 5,
      tokens_today: 12,
      cost_today_usd: 0.000017,
      total_input_tokens: 107,
    })
  })

  test('tokens saved and tokens lost by retrieval are summed apart, and only of guided turns', async () => {
    await record({ turn_number: 1, rag_used: true, rag_tokens_saved: 30 })
    await record({ turn_number: 2, rag_used: true, rag_tokens_saved: -12 })
    await record({ turn_number: 3, rag_used: false, rag_tokens_saved: 99 })
    expect(await weir.consumption.summary('alice')).toMatchObject({
      rag_guided_turns: 2,
      rag_output_tokens_saved: 30,
      rag_output_tokens_lost: 12,
      rag_cost_saved_usd: 0.000036,
      rag_activation_rate_percent: 66.7,
    })
  })

  test('two users may use the same session id', async () => {
    await weir.addUser('bob')
    await record()
    expect((await record({ user_id: 'bob', input_tokens: 5 })).replayed).toBe(false)
    expect((await weir.consumption.turns({ session_id: 's1' })).total_count).toBe(2)
    expect((await weir.consumption.turns({ session_id: 's1', user_id: 'bob' })).turns).toHaveLength(1)
  })

  test('a session is counted once, however many turns it has, and keeps its last name', async () => {
    await record({ session_name: 'First' })
    await record({ turn_number: 2 })
    const { turn } = await record({ turn_number: 3, session_name: 'Second' })
    expect(turn.session_name).toBe('Second')
    expect(await weir.consumption.summary('alice')).toMatchObject({
      total_sessions: 1,
      active_sessions: 1,
      sessions_last_24h: 1,
    })
    expect((await weir.consumption.turns({})).turns.map((row) => row.session_name)).toEqual([
      'Second',
      'Second',
      'Second',
    ])
  })
})

describe('the same turn again', () => {
  test.each([
    ['with nothing but the figures', {}],
    ['failed', { status: 'failed' }],
    ['with a reported cost', { cost_usd: 0.1234567 }],
    ['guided by retrieval', { rag_used: true, rag_tokens_saved: -20 }],
    ['that says what was saved although nothing guided it', { rag_used: false, rag_tokens_saved: 5 }],
    ['that says what was saved and not whether anything guided it', { rag_tokens_saved: 5 }],
    [
      'with everything',
      {
        cached_input_tokens: 5,
        user_query: 'Why?',
        session_name: 'A',
        duration_ms: 5,
        occurred_at: '2026-11-20T00:00:00Z',
      },
    ],
  ] as const)('is answered as a replay and counted once: %s', async (_title, members) => {
    const first = await record(members)
    const before = await weir.counters('alice')
    weir.clock.advance(1_000)
    const again = await record(members)
    expect(again).toEqual({ replayed: true, settled_admission_id: null, turn: first.turn })
    expect(await weir.counters('alice')).toEqual(before)
  })

  test('is a replay also after the clock was set back behind it', async () => {
    const turn = { occurred_at: '2026-11-24T10:00:00Z' }
    await record(turn)
    weir.clock.set('2026-11-20T00:00:00Z')
    expect((await record(turn)).replayed).toBe(true)
  })

  test('may leave out what it said before', async () => {
    await record({ cost_usd: 1, cached_input_tokens: 3, rag_used: true, rag_tokens_saved: 4 })
    expect((await record()).replayed).toBe(true)
  })

  test.each([
    [{ input_tokens: 101 }, ['input_tokens']],
    [{ output_tokens: 11, input_tokens: 99 }, ['input_tokens', 'output_tokens']],
    [{ model: 'atlas-2' }, ['model']],
    [{ provider: 'other' }, ['provider']],
    [{ status: 'failed' }, ['status']],
    [{ cached_input_tokens: 6 }, ['cached_input_tokens']],
    [{ cost_usd: 2 }, ['cost_usd']],
    [{ rag_used: false }, ['rag_used']],
    [{ rag_tokens_saved: 8 }, ['rag_tokens_saved']],
  ] as const)('with other figures is a conflict that names them: %o', async (members, differing) => {
    const first = { cached_input_tokens: 5, cost_usd: 1, rag_used: true, rag_tokens_saved: 7 }
    await record(first)
    const before = await weir.counters('alice')
    await expect(record({ ...first, ...members })).rejects.toMatchObject({
      code: 'turn_conflict',
      details: { differing },
    })
    await expect(record({ ...first, ...members })).rejects.toThrow(differing.join(', '))
    expect(await weir.counters('alice')).toEqual(before)
    expect((await weir.consumption.turns({})).total_count).toBe(1)
  })

  test('in one batch with a conflicting one: each gets its own answer', async () => {
    const answers = await Promise.allSettled([
      record(),
      record({ input_tokens: 1 }),
      record(),
      record({ turn_number: 2 }),
    ])
    expect(
      answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.replayed : answer.reason.code)),
    ).toEqual([false, 'turn_conflict', true, false])
    expect(await weir.counters('alice')).toMatchObject({ successful_turns: 2, input_tokens: 200 })
  })
})

describe('the ledger page', () => {
  beforeEach(async () => {
    for (let number = 1; number <= 5; number += 1) {
      await record({ turn_number: number, occurred_at: `2026-11-${10 + number}T00:00:00Z` })
    }
    await record({ session_id: 's2', turn_number: 1, occurred_at: '2026-11-01T00:00:00Z' })
  })

  const page = async (query: ParsedInput<'consumption.turns'>) => {
    const answer = OPERATIONS['consumption.turns'].output.parse(await weir.consumption.turns(query))
    return { ...answer, turns: answer.turns.map((turn) => `${turn.session_id}/${turn.turn_number}`) }
  }

  test('shows the newest first and says how many there are', async () => {
    expect(await page({ user_id: 'alice', limit: 2 })).toEqual({
      turns: ['s1/5', 's1/4'],
      total_count: 6,
      limit: 2,
      offset: 0,
    })
    expect(await page({ user_id: 'alice', limit: 4, offset: 4 })).toMatchObject({
      turns: ['s1/1', 's2/1'],
      total_count: 6,
    })
    expect(await page({ user_id: 'alice', offset: 6 })).toMatchObject({
      turns: [],
      total_count: 6,
      limit: 50,
    })
  })

  test('of one session shows only its turns', async () => {
    expect(await page({ session_id: 's2' })).toMatchObject({ turns: ['s2/1'], total_count: 1 })
    expect(await page({ session_id: 'unheard-of' })).toMatchObject({ turns: [], total_count: 0 })
  })

  test('of everybody shows what was recorded last first', async () => {
    expect(await page({ limit: 2 })).toMatchObject({ turns: ['s2/1', 's1/5'], total_count: 6 })
  })
})

import { describe, expect, it } from 'vitest'
import { readSession } from '../../electron/core/sessions/read-session.ts'
import type { SessionReading, TurnReading } from '../../electron/core/sessions/session-reading.ts'
import { FILE, sessionText, turnOf } from '../support/session-files.ts'

function read(text: string): SessionReading {
  const reading = readSession(text, FILE)
  if (reading.kind === 'unreadable') throw new Error(reading.reason)
  return reading
}

function turnsOf(entries: readonly unknown[], session: Record<string, unknown> = {}): readonly TurnReading[] {
  return read(sessionText(entries, session)).turns
}

function firstTurn(
  members: Record<string, unknown>,
  session: Record<string, unknown> = {},
): TurnReading | undefined {
  return turnsOf([turnOf(members)], session)[0]
}

/** Members whose value JSON.stringify cannot spell. */
function withRaw(member: string, raw: string): string {
  return sessionText([turnOf({ [member]: '@' })]).replace('"@"', raw)
}

describe('files that are no session', () => {
  it.each([
    ['', 'empty'],
    ['{', 'not valid JSON'],
    ['{"name": "Orders"} and more', 'not valid JSON'],
    ["{'name': 'Orders'}", 'not valid JSON'],
    ['{"input_tokens": NaN}', 'not valid JSON'],
    ['[]', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['"session"', 'not a JSON object'],
    ['17', 'not a JSON object'],
    [`{"a": ${'['.repeat(200)}${']'.repeat(200)}}`, 'levels deep'],
    ['['.repeat(1_000_000), 'levels deep'],
  ])('says why %.30s cannot be read', (text, reason) => {
    expect(readSession(text, FILE)).toEqual({ kind: 'unreadable', reason: expect.stringContaining(reason) })
  })

  it('refuses bytes that are not UTF-8, and takes a byte order mark', () => {
    const bytes = new TextEncoder().encode(sessionText([]))
    expect(readSession(Uint8Array.of(...bytes.slice(0, -1), 0xff, 0x7d), FILE)).toMatchObject({
      kind: 'unreadable',
    })
    expect(readSession(Uint8Array.of(0xef, 0xbb, 0xbf, ...bytes), FILE)).toEqual(readSession(bytes, FILE))
  })

  it('reads nesting up to 200 levels', () => {
    expect(read(`{"a": ${'['.repeat(199)}${']'.repeat(199)}}`).turns).toEqual([])
  })

  it('quotes nothing of the content in the reason', () => {
    expect(JSON.stringify(readSession('{"user_query": "my secret" oops', FILE))).not.toContain('secret')
  })
})

describe('a session without turns', () => {
  it.each([
    [{ last_turn_data: null }],
    [{ last_turn_data: [] }],
    [{ last_turn_data: {} }],
    [{ last_turn_data: { workflow_history: null } }],
    [{ last_turn_data: { workflow_history: { 0: turnOf() } } }],
    [{ last_turn_data: { workflow_history: [] } }],
  ])('is read from %j', (members) => {
    expect(read(sessionText([], members))).toMatchObject({ turns: [], lastTurnNumber: 0 })
  })

  it('is read from an object that has nothing a session has', () => {
    expect(read('{}')).toEqual({
      kind: 'session',
      userId: 'alice',
      sessionId: 's1',
      name: null,
      createdAt: FILE.modifiedAtMs,
      provider: 'unknown',
      model: 'unknown',
      turns: [],
      sessionInputTokens: null,
      sessionOutputTokens: null,
      turnsInputTokens: 0,
      turnsOutputTokens: 0,
      outsideInputTokens: 0,
      outsideOutputTokens: 0,
      lastTurnNumber: 0,
    })
  })
})

describe('turn numbers', () => {
  it.each([
    ['are the file’s own', [3, 1, 7], [3, 1, 7]],
    ['are the place where there is none', [undefined, undefined], [1, 2]],
    ['are the place where the number was used before', [1, 1, 3], [1, 2, 3]],
    ['are the next free one where the place is taken as well', [2, 2, 3], [2, 3, 4]],
    [
      'are the place for what is no positive whole number',
      ['1', 0, -1, 1.5, null, true, 2 ** 60],
      [1, 2, 3, 4, 5, 6, 7],
    ],
  ])('%s', (_, own, numbers) => {
    const turns = turnsOf(own.map((turn) => turnOf({ turn })))
    expect(turns.map((turn) => turn.turnNumber)).toEqual(numbers)
  })

  it('count the places of entries that are no turns', () => {
    const turns = turnsOf([null, 'turn', [], turnOf({ turn: undefined })])
    expect(turns.map((turn) => turn.turnNumber)).toEqual([4])
  })

  it('stay what they were when turns are added', () => {
    const own = [2, 2, 1, undefined, 4, 4, 9, 2]
    const all = turnsOf(own.map((turn) => turnOf({ turn }))).map((turn) => turn.turnNumber)
    expect(new Set(all).size).toBe(own.length)
    for (let count = 1; count < own.length; count += 1) {
      const some = turnsOf(own.slice(0, count).map((turn) => turnOf({ turn })))
      expect(some.map((turn) => turn.turnNumber)).toEqual(all.slice(0, count))
    }
  })

  it('are found for a hundred thousand turns that all claim the same', () => {
    const turns = turnsOf(Array.from({ length: 100_000 }, () => ({ turn: 50_000 })))
    expect(new Set(turns.map((turn) => turn.turnNumber)).size).toBe(100_000)
  })
})

describe('tokens', () => {
  it('that are missing are 0', () => {
    expect(firstTurn({ turn_input_tokens: undefined, turn_output_tokens: null })).toMatchObject({
      inputTokens: 0,
      outputTokens: 0,
      cachedInputTokens: 0,
    })
  })

  it.each(['-1', '1.5', '1e400', '"12"', 'true', '[12]', '1e15', '{}'])('of %s count as missing', (raw) => {
    expect(read(withRaw('turn_input_tokens', raw)).turns[0]?.inputTokens).toBe(0)
  })

  it('of -0 are 0, and 12.0 is a whole number', () => {
    expect(read(withRaw('turn_input_tokens', '-0')).turns[0]?.inputTokens).toBe(0)
    expect(read(withRaw('turn_input_tokens', '12.0')).turns[0]?.inputTokens).toBe(12)
  })
})

describe('outcomes', () => {
  it.each([
    ['failed', 'failed'],
    ['failure', 'failed'],
    ['error', 'failed'],
    ['cancelled', 'partial'],
    ['canceled', 'partial'],
    ['partial', 'partial'],
    ['success', 'success'],
    ['whatever', 'success'],
    ['', 'success'],
    [null, 'success'],
    [undefined, 'success'],
    [false, 'success'],
  ])('%s is %s', (status, outcome) => {
    expect(firstTurn({ status })?.status).toBe(outcome)
  })

  it('a removed turn counts and is marked', () => {
    expect(firstTurn({ isValid: false })).toMatchObject({ isValid: false, inputTokens: 100 })
    expect(firstTurn({ isValid: true })?.isValid).toBe(true)
    expect(firstTurn({})?.isValid).toBe(true)
  })
})

describe('retrieval', () => {
  it.each([
    [{ rag_source_collection_id: 0, rag_efficiency_gain: 40 }, true, 40],
    [{ rag_source_collection_id: 3 }, true, 0],
    [{ rag_source_collection_id: 3, rag_efficiency_gain: -40 }, true, -40],
    [{ rag_source_collection_id: 3, rag_efficiency_gain: 1.5 }, true, 0],
    [{ rag_source_collection_id: null, rag_efficiency_gain: 40 }, false, 0],
    [{ rag_efficiency_gain: 40 }, false, 0],
  ])('of %j', (members, ragUsed, ragTokensSaved) => {
    expect(firstTurn(members)).toMatchObject({ ragUsed, ragTokensSaved })
  })
})

describe('costs', () => {
  it.each([
    ['0.0123', 12_300],
    ['0', 0],
    ['-0', 0],
    ['0.0000005', 1],
    ['0.0000004', 0],
    ['0.0000015', 2],
    ['1e6', 1e12],
    ['-0.01', null],
    ['"0.01"', null],
    ['null', null],
    ['1e400', null],
    ['1e7', null],
  ])('%s dollars are %s micro-dollars', (raw, costMicroUsd) => {
    expect(read(withRaw('turn_cost', raw)).turns[0]?.costMicroUsd).toBe(costMicroUsd)
  })
})

describe('times', () => {
  it('are taken from the turn, to the millisecond', () => {
    expect(firstTurn({ timestamp: '2026-11-10T12:00:00.123999+02:00' })?.occurredAt).toBe(
      Date.UTC(2026, 10, 10, 10, 0, 0, 123),
    )
  })

  it('without zone are UTC', () => {
    expect(read(sessionText([])).createdAt).toBe(Date.UTC(2026, 10, 10, 11))
  })

  it('that a turn lacks are those of its session', () => {
    for (const timestamp of [undefined, null, '', 'yesterday', 1_700_000_000, '2026-02-30T00:00:00Z']) {
      expect(firstTurn({ timestamp })?.occurredAt).toBe(Date.UTC(2026, 10, 10, 11))
    }
  })

  it('that session and turn lack are those of the first turn that has one, else of the file', () => {
    const session = { created_at: undefined }
    const entries = [
      turnOf({ timestamp: null }),
      turnOf({ turn: 2, timestamp: '2026-11-03T00:00:00Z' }),
      turnOf({ turn: 3 }),
    ]
    expect(turnsOf(entries, session)[0]?.occurredAt).toBe(Date.UTC(2026, 10, 3))
    expect(read(sessionText(entries, session)).createdAt).toBe(Date.UTC(2026, 10, 3))
    expect(firstTurn({ timestamp: null }, session)?.occurredAt).toBe(FILE.modifiedAtMs)
  })
})

describe('model and provider', () => {
  it('are the turn’s, else the session’s, else unknown', () => {
    expect(firstTurn({ model: 'gpt-4o', provider: 'OpenAI' })).toMatchObject({
      model: 'gpt-4o',
      provider: 'OpenAI',
    })
    expect(firstTurn({ model: '', provider: 7 })).toMatchObject({
      model: 'gemini-2.0-flash',
      provider: 'Google',
    })
    const nothing = { model: null, provider: undefined }
    expect(firstTurn(nothing, nothing)).toMatchObject({ model: 'unknown', provider: 'unknown' })
  })
})

describe('tokens outside turns', () => {
  const turn = turnOf({ turn_input_tokens: 100, turn_output_tokens: 10 })

  it.each([
    ['are what the session has more than its turns', { input_tokens: 150, output_tokens: 12 }, 50, 2],
    ['are none where the session has less', { input_tokens: 90, output_tokens: 10 }, 0, 0],
    ['are worked out for each kind by itself', { input_tokens: 90, output_tokens: 12 }, 0, 2],
    ['are none where the session counts nothing', {}, 0, 0],
    ['are none where the session counts nonsense', { input_tokens: '150', output_tokens: -3 }, 0, 0],
  ])('%s', (_, session, outsideInputTokens, outsideOutputTokens) => {
    expect(read(sessionText([turn], session))).toMatchObject({
      turnsInputTokens: 100,
      turnsOutputTokens: 10,
      outsideInputTokens,
      outsideOutputTokens,
    })
  })
})

describe('texts', () => {
  it('hold nothing that a database text cannot hold', () => {
    const turn = firstTurn({ user_query: 'a\0b', model: '\uD800x😀' }, { name: '\uDC00' })
    expect(turn).toMatchObject({ userQuery: 'a\uFFFDb', model: '\uFFFDx😀' })
  })

  it('are cut to what the API accepts', () => {
    expect(firstTurn({ user_query: 'q'.repeat(50_000) })?.userQuery).toHaveLength(20_000)
    expect(firstTurn({ model: 'm'.repeat(50_000) })?.model).toHaveLength(256)
  })

  it('keep members of the object prototype out', () => {
    expect(read('{"__proto__": {"input_tokens": 5}, "constructor": 1}').sessionInputTokens).toBeNull()
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSession } from '../../electron/core/sessions/read-session.ts'
import { FastSessionReader, pruneSession } from '../../electron/core/sessions/scan-bytes.ts'
import { UNREADABLE } from '../../electron/core/sessions/session-reading.ts'
import { FILE, largeSession, sessionText, turnOf } from '../support/session-files.ts'

/** The two readers side by side; one fast reader for all, as it keeps memory from file to file. */
const fast = new FastSessionReader()

function expectSameReading(bytes: Uint8Array): void {
  const plain = readSession(bytes, FILE)
  expect(fast.read(bytes, FILE)).toEqual(plain)
  // And that the scanner itself takes exactly what the plain reader takes, not only by asking it in the end.
  const isRefused = plain.kind === 'unreadable' && plain.reason !== UNREADABLE.notAnObject
  expect(pruneSession(bytes) === null).toBe(isRefused)
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

const NEEDED = [
  'name',
  'created_at',
  'provider',
  'model',
  'input_tokens',
  'output_tokens',
  'last_turn_data',
  'workflow_history',
  'turn',
  'timestamp',
  'turn_input_tokens',
  'turn_output_tokens',
  'status',
  'isValid',
  'rag_source_collection_id',
  'rag_efficiency_gain',
  'turn_cost',
  'user_query',
  'duration_ms',
]

/** The same string in JSON with some letters spelt as \uXXXX. */
const spelt = (text: string, everyNth: number): string =>
  `"${[...text].map((letter, at) => (at % everyNth === 0 ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}` : letter)).join('')}"`

const space = fc.constantFrom('', '', '', ' ', '\n', '\t\r\n  ')
const key = fc.oneof(
  { arbitrary: fc.constantFrom(...NEEDED).map((name) => JSON.stringify(name)), weight: 8 },
  {
    arbitrary: fc
      .tuple(fc.constantFrom(...NEEDED), fc.integer({ min: 1, max: 9 }))
      .map(([name, nth]) => spelt(name, nth)),
    weight: 1,
  },
  {
    arbitrary: fc
      .constantFrom('session_history', 'namE', 'tur', 'turns', '', '__proto__', 'é')
      .map((name) => JSON.stringify(name)),
    weight: 3,
  },
  { arbitrary: fc.string({ unit: 'binary' }).map((name) => JSON.stringify(name)), weight: 1 },
)
const scalar = fc.oneof(
  fc.constantFrom(
    'true',
    'false',
    'null',
    '0',
    '-0',
    '1',
    '12',
    '3.0',
    '-5',
    '1.5',
    '1e3',
    '1E+2',
    '1e-2',
    '1e400',
    '0.0000005',
    '12345678901234567890',
  ),
  fc
    .constantFrom('failed', 'partial', '2026-11-10T11:00:00', '2026-11-10T11:00:00.123456+02:00', 'gpt-4o')
    .map((text) => JSON.stringify(text)),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    '"\\u0041\\n\\"\\\\\\/\\b"',
    '"\\ud800"',
    '"\\uD83D\\uDE00"',
    '"naïve“”😀 and a good many letters more"',
  ),
)
/** What JSON.parse refuses; seldom enough that most documents are good. */
const broken = fc.constantFrom(
  '01',
  '1.',
  '.5',
  '+1',
  '1e',
  '1e+',
  '-',
  'NaN',
  'Infinity',
  'tru',
  'nulll',
  "'a'",
  '"\\x41"',
  '"\\u12g4"',
  '"\\u123"',
  '"a\tb"',
  '"a',
  '',
  '[1,]',
  '{"a":1,}',
  '{"a"}',
  '{a:1}',
)

const { value: anyValue } = fc.letrec<{ value: string; members: string; object: string; array: string }>(
  (tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      { arbitrary: scalar, weight: 6 },
      { arbitrary: broken, weight: 0 },
      { arbitrary: tie('object'), weight: 3 },
      { arbitrary: tie('array'), weight: 2 },
    ),
    members: fc
      .array(fc.tuple(space, key, space, space, tie('value'), space), { maxLength: 8 })
      .map((members) =>
        members.map(([a, name, b, c, value, d]) => `${a}${name}${b}:${c}${value}${d}`).join(','),
      ),
    object: fc
      .tuple(tie('members'), space)
      .map(([members, end]) => `{${members}${members === '' ? end : ''}}`),
    array: fc
      .array(fc.tuple(space, tie('value'), space), { maxLength: 6 })
      .map((entries) => `[${entries.map((entry) => entry.join('')).join(',')}]`),
  }),
)

const turnObject = fc
  .array(fc.tuple(key, fc.oneof({ arbitrary: anyValue, weight: 30 }, { arbitrary: broken, weight: 1 })), {
    maxLength: 14,
  })
  .map((members) => `{${members.map((member) => member.join(': ')).join(', ')}}`)

const document = fc
  .tuple(
    fc.array(fc.tuple(key, anyValue), { maxLength: 5 }),
    fc.array(fc.oneof({ arbitrary: turnObject, weight: 6 }, { arbitrary: anyValue, weight: 1 }), {
      maxLength: 6,
    }),
    fc.array(fc.tuple(key, fc.oneof({ arbitrary: anyValue, weight: 30 }, { arbitrary: broken, weight: 1 })), {
      maxLength: 5,
    }),
    space,
  )
  .map(([before, turns, after, end]) => {
    const history = `"last_turn_data"${end}:{"x":[{}],"workflow_history":[${turns.join(',')}]${end}}`
    const members = [
      ...before.map((member) => member.join(':')),
      history,
      ...after.map((member) => member.join(':')),
    ]
    return `${end}{${members.join(`,${end}`)}}${end}`
  })

describe('the fast reader reads what the plain reader reads', () => {
  it('for random sessions with doubled, escaped and foreign members', () => {
    fc.assert(
      fc.property(fc.oneof(document, anyValue), (text) => expectSameReading(encode(text))),
      { numRuns: 3000 },
    )
  })

  it('for random sessions with damaged bytes', () => {
    const damage = fc.record({
      at: fc.nat(),
      byte: fc.integer({ min: 0, max: 255 }),
      how: fc.constantFrom('replace', 'insert', 'remove', 'cut'),
    })
    fc.assert(
      fc.property(document, fc.array(damage, { minLength: 1, maxLength: 3 }), (text, damages) => {
        const bytes = [...encode(text)]
        for (const { at, byte, how } of damages) {
          const place = at % Math.max(1, bytes.length)
          if (how === 'replace') bytes[place] = byte
          else if (how === 'cut') bytes.length = Math.min(bytes.length, place)
          else bytes.splice(place, how === 'remove' ? 1 : 0, ...(how === 'insert' ? [byte] : []))
        }
        expectSameReading(Uint8Array.from(bytes))
      }),
      { numRuns: 3000 },
    )
  })

  it('for random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => expectSameReading(bytes)),
      { numRuns: 1000 },
    )
  })

  it('for strings whose end falls on every place of a word', () => {
    for (let length = 0; length < 24; length += 1) {
      for (const inside of ['', '\\n', '\\u0041', 'é', '\u{1F600}', '\t', '\u007f', '"', '\\', '\0']) {
        const text = `{"x": "${'a'.repeat(length)}${inside}", "name": "${'b'.repeat(length)}${inside}b"}`
        expectSameReading(encode(text))
      }
    }
  })

  it('for nesting at the limit, in members that are needed and in those that are not', () => {
    for (const member of ['name', 'x', 'last_turn_data']) {
      for (const [opens, closes] of [
        ['[', ']'],
        ['{"a":', '}'],
      ] as const) {
        for (const depth of [198, 199, 200, 201]) {
          expectSameReading(encode(`{"${member}": ${opens.repeat(depth)}1${closes.repeat(depth)}}`))
        }
      }
    }
    expectSameReading(encode('['.repeat(100_000)))
  })

  it('for a byte order mark, one and two', () => {
    for (const marks of ['\uFEFF', '\uFEFF\uFEFF', ' \uFEFF'])
      expectSameReading(encode(`${marks}${sessionText([turnOf()])}`))
  })

  it('for a large session, and leaves most of it out', () => {
    const bytes = encode(JSON.stringify(largeSession(20), null, 1))
    expectSameReading(bytes)
    expect(pruneSession(bytes)?.length).toBeLessThan(bytes.length / 20)
  })
})

describe('damaged files', () => {
  const whole = encode(
    sessionText([turnOf(), turnOf({ turn: 2, user_query: 'naïve “x”', turn_cost: 0.5 })], {
      input_tokens: 500,
    }),
  )

  it('every beginning of a file is refused', () => {
    for (let length = 0; length < whole.length; length += 1) {
      expect(fast.read(whole.subarray(0, length), FILE).kind).toBe('unreadable')
      expect(readSession(whole.subarray(0, length), FILE).kind).toBe('unreadable')
    }
  })

  it('every single changed bit is read alike or refused alike', () => {
    for (let at = 0; at < whole.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const bytes = Uint8Array.from(whole)
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
        const plain = readSession(bytes, FILE)
        const quick = fast.read(bytes, FILE)
        if (JSON.stringify(plain) !== JSON.stringify(quick))
          expect(quick, `byte ${at}, bit ${bit}`).toEqual(plain)
      }
    }
  })
})

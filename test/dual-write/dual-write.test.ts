import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Caller } from '../../electron/core/api.ts'
import { appendTurn } from '../../electron/core/dual-write/session-document.ts'
import { readSession } from '../../electron/core/sessions/read-session.ts'
import { prometheusText } from '../../electron/http/prometheus-text.ts'
import { dispatch } from '../../electron/operations/dispatch.ts'
import type { ParsedInput } from '../../shared/contract/index.ts'
import { MINUTE_MS, usdToMicroUsd } from '../../shared/units.ts'
import { TestClock } from '../support/clock.ts'
import { turnInput } from '../support/consumption.ts'
import { SEED } from '../support/random.ts'
import { OPERATOR, openWeir, type TestWeir } from '../support/weir.ts'

const EXECUTOR: Caller = { name: 'agent', via: 'api', scope: 'executor', userId: null, tokenId: 1 }

let clock: TestClock
let own: TestWeir

beforeEach(async () => {
  clock = new TestClock()
  own = await openWeir(clock)
  await own.weir.startEmpty(OPERATOR)
  await own.weir.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
  await own.weir.settings.update({ sessions_writer: 'weir' }, OPERATOR)
})

afterEach(() => own.close())

const fileOf = (session: string) => join(own.dataDir, 'sessions', 'alice', `${session}.json`)
const record = (turn: Partial<ParsedInput<'turns.record'>> = {}) =>
  own.weir.consumption.recordTurn(turnInput(turn))
const summary = () => own.weir.consumption.summary('alice')

/** While it runs nobody can write to the database: another program has locked it. */
async function withoutDatabase<Result>(work: () => Promise<Result>): Promise<Result> {
  const other = new BetterSqlite3(join(own.dataDir, 'auth.db'))
  other.exec('BEGIN EXCLUSIVE')
  try {
    return await work()
  } finally {
    other.exec('ROLLBACK')
    other.close()
  }
}

describe('recording where Weir writes the session files', () => {
  test('puts a turn into the file of its session and into the books, and both are equal', async () => {
    expect(await record({ session_name: 'Orders', user_query: 'Which tables?' })).toMatchObject({
      replayed: false,
      turn: { turn_number: 1, source: 'api' },
    })
    await record({ turn_number: 2, input_tokens: 7, status: 'failed', cost_usd: 0.25 })
    const text = readFileSync(fileOf('s1'), 'utf8')
    const read = readSession(text, { userId: 'alice', sessionId: 's1', modifiedAtMs: 0 })
    expect(read).toMatchObject({
      name: 'Orders',
      sessionInputTokens: 107,
      outsideInputTokens: 0,
      createdAt: clock.now(),
      turns: [
        { turnNumber: 1, inputTokens: 100, outputTokens: 10, status: 'success', costMicroUsd: null },
        { turnNumber: 2, inputTokens: 7, status: 'failed', costMicroUsd: 250_000 },
      ],
    })
    expect(statSync(fileOf('s1')).mode & 0o777).toBe(0o600)
    clock.advance(MINUTE_MS)
    const report = await own.weir.reconciliation.run({}, OPERATOR)
    expect(report.users).toMatchObject([{ user_id: 'alice', status: 'ok', drift_percent: 0 }])
    expect(await own.weir.sessionFiles.catchUp()).toMatchObject({
      sessions_dir: join(own.dataDir, 'sessions'),
      problem_count: 0,
      last_pass: { turns_written: 0, conflicting: 0 },
    })
  })

  test('is idempotent, and other figures under the same number change neither side', async () => {
    await record()
    expect(await record()).toMatchObject({ replayed: true })
    await expect(record({ input_tokens: 101 })).rejects.toMatchObject({ code: 'turn_conflict' })
    await expect(record({ user_id: 'nobody' })).rejects.toMatchObject({ code: 'user_unknown' })
    await expect(record({ turn_number: 2, occurred_at: '2027-01-01T00:00:00Z' })).rejects.toMatchObject({
      code: 'invalid_request',
    })
    const text = readFileSync(fileOf('s1'), 'utf8')
    expect(JSON.parse(text)).toMatchObject({ input_tokens: 100, last_turn_data: { workflow_history: [{}] } })
    expect(existsSync(join(own.dataDir, 'sessions', 'nobody'))).toBe(false)
    expect(await summary()).toMatchObject({ total_input_tokens: 100, total_turns: 1 })
  })

  test('keeps many turns of one session that come at once', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, index) => record({ turn_number: index + 1 })))
    const { last_turn_data } = JSON.parse(readFileSync(fileOf('s1'), 'utf8'))
    expect(last_turn_data.workflow_history).toHaveLength(30)
    expect(await summary()).toMatchObject({ total_turns: 30, total_input_tokens: 3000 })
  })

  test('keeps no more of a question in the file than in the books', async () => {
    await own.weir.settings.update({ prompt_text: 'none', confirm_erase: true }, OPERATOR)
    await record({ user_query: 'Secret question' })
    expect(readFileSync(fileOf('s1'), 'utf8')).not.toContain('Secret')
  })

  test('goes on without the database, and what waited is counted once when it is back', {
    timeout: MINUTE_MS,
  }, async () => {
    const answers = await withoutDatabase(() =>
      Promise.all([
        dispatch(own.weir, 'turns.record', { ...turnInput(), user_query: 'Kept?' }, EXECUTOR, {
          checkOutput: true,
        }),
        record({ session_id: 's2', turn_number: 1, cached_input_tokens: 40 }),
      ]),
    )
    expect(answers).toMatchObject([
      { kind: 'done', status: 201, value: { replayed: false, pending: true, turn: { id: 0 } } },
      { pending: true, turn: { input_tokens: 100, cached_input_tokens: 40 } },
    ])
    expect(own.weir.sessionFiles.state().dual_write).toMatchObject({ pending: 2, failures: 2 })
    expect(await prometheusText(own.weir.metrics)).toContain('weir_dual_write_failures 2')
    const check = async () =>
      (await own.weir.readiness.run()).checks.find(({ id }) => id === 'dual-write')?.state
    expect(await check()).toBe('attention')
    expect(own.log.lines.filter(({ fields }) => fields['event'] === 'dual_write_failure')).toHaveLength(2)
    expect(JSON.stringify(own.log.lines)).not.toContain('Kept?')
    await own.weir.sessionFiles.catchUp()
    expect(own.weir.sessionFiles.state().dual_write).toMatchObject({ pending: 0 })
    expect(await check()).toBe('ok')
    expect(await summary()).toMatchObject({
      total_turns: 2,
      total_input_tokens: 200,
      cached_input_tokens: 40,
    })
    // Sent again by an agent that was told `pending`: it counts once.
    expect(await record()).toMatchObject({ replayed: true })
    expect((await own.weir.verify()).differences).toEqual([])
  })

  test('does not wait for ever for a turn that the database refuses for good', {
    timeout: MINUTE_MS,
  }, async () => {
    await withoutDatabase(() => record())
    await own.weir.directory.delete({ id: 'alice', turns: 'removed', confirm: 'alice' }, OPERATOR)
    const state = await own.weir.sessionFiles.catchUp()
    expect(state.dual_write).toMatchObject({ pending: 0 })
    expect(own.log.lines.some(({ message }) => message.includes('refused by the database'))).toBe(true)
    expect(existsSync(fileOf('s1'))).toBe(true)
  })

  test('remembers over a restart what waits, and needs no list of it: the file has the turn', {
    timeout: MINUTE_MS,
  }, async () => {
    await withoutDatabase(() => record())
    const { dataDir } = own
    expect(readFileSync(join(dataDir, 'dual-write-failures.json'), 'utf8')).toContain('"turn_number":1')
    writeFileSync(join(dataDir, 'dual-write-failures.json'), '[{"turn":')
    await own.weir.close()
    const again = await openWeir(clock, { dataDir })
    expect(again.log.lines.some(({ message }) => message.includes('is damaged'))).toBe(true)
    clock.advance(MINUTE_MS)
    await again.weir.sessionFiles.catchUp()
    expect(await again.weir.consumption.summary('alice')).toMatchObject({ total_turns: 1 })
    await again.close()
    own = await openWeir(clock)
  })

  test('counts nothing when the file cannot be written, and says so', async () => {
    await record()
    const folder = join(own.dataDir, 'sessions', 'alice')
    rmSync(folder, { recursive: true })
    // In the way of the folder; permissions would not stop a test that runs as root.
    writeFileSync(folder, '')
    await expect(record({ turn_number: 2 })).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringContaining('Nothing was counted'),
    })
    rmSync(folder)
    expect(await summary()).toMatchObject({ total_turns: 1 })
    await record({ session_id: 's3' })
    writeFileSync(fileOf('s3'), '{"id":"s3"')
    await expect(record({ session_id: 's3', turn_number: 2 })).rejects.toThrow('is damaged')
    expect(readFileSync(fileOf('s3'), 'utf8')).toBe('{"id":"s3"')
    expect(await summary()).toMatchObject({ total_turns: 2 })
    chmodSync(fileOf('s3'), 0o600)
  })

  test('leaves files alone while the agent writes them', async () => {
    await own.weir.settings.update({ sessions_writer: 'agent' }, OPERATOR)
    await record()
    expect(existsSync(fileOf('s1'))).toBe(false)
  })
})

test('what is written is what the reader of the platform’s files reads back, whatever was recorded', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .filter((value) => !value.includes('\0'))
  const turn = fc.record({
    input: fc.integer({ min: 0, max: 2 ** 40 }),
    output: fc.integer({ min: 0, max: 2 ** 30 }),
    status: fc.constantFrom('success', 'failed', 'partial'),
    saved: fc.option(fc.integer({ min: -1e9, max: 1e9 }), { nil: undefined }),
    cost: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined }),
    duration: fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: undefined }),
    query: fc.option(text, { nil: null }),
    model: text,
    at: fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) }),
  })
  const property = fc.property(fc.array(turn, { minLength: 1, maxLength: 8 }), (turns) => {
    let document = null
    for (const [index, one] of turns.entries()) {
      const appended = appendTurn(
        document,
        {
          ...turnInput({
            turn_number: index + 1,
            input_tokens: one.input,
            output_tokens: one.output,
            model: one.model,
          }),
          status: one.status as 'success',
          rag_used: one.saved !== undefined,
          rag_tokens_saved: one.saved,
          cost_usd: one.cost,
          duration_ms: one.duration,
          occurred_at: new Date(one.at).toISOString(),
        },
        one.query,
      )
      if (appended.kind !== 'added') throw new Error('each turn is new')
      document = appended.document
    }
    const read = readSession(JSON.stringify(document), { userId: 'alice', sessionId: 's1', modifiedAtMs: 0 })
    expect(read).toMatchObject({
      kind: 'session',
      outsideInputTokens: 0,
      outsideOutputTokens: 0,
      turns: turns.map((one, index) => ({
        turnNumber: index + 1,
        inputTokens: one.input,
        outputTokens: one.output,
        status: one.status,
        isValid: true,
        model: one.model,
        ragUsed: one.saved !== undefined,
        ragTokensSaved: one.saved ?? 0,
        costMicroUsd: one.cost === undefined ? null : usdToMicroUsd(one.cost),
        durationMs: one.duration ?? null,
        userQuery: one.query,
        occurredAt: one.at,
      })),
    })
  })
  fc.assert(property, { seed: SEED, numRuns: 200 })
})

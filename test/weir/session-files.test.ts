import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Caller } from '../../electron/core/api.ts'
import { SYSTEM_TIMERS } from '../../electron/core/kernel/system-timers.ts'
import { prometheusText } from '../../electron/http/prometheus-text.ts'
import { dispatch } from '../../electron/operations/dispatch.ts'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { MINUTE_MS, SECOND_MS, toIso } from '../../shared/units.ts'
import { TestClock } from '../support/clock.ts'
import { sessionOf, temporaryFolder, turnOf, writeSessionFile } from '../support/session-files.ts'
import { OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'

const ADMIN: Caller = { name: 'Olga', via: 'window', scope: 'admin', userId: null, tokenId: null }

let folder: ReturnType<typeof temporaryFolder>
let clock: TestClock
let own: TestWeir

beforeEach(async () => {
  folder = temporaryFolder()
  clock = new TestClock()
  own = await openWeir(clock, { sessionsDir: folder.path })
  await own.weir.startEmpty(OPERATOR)
})

afterEach(async () => {
  await own.close()
  folder.remove()
})

/** Writes a session of Alice's with these input tokens a turn; its time is one nobody waits for. */
function write(session: string, turns: readonly number[], total?: number): string {
  const content = sessionOf(
    turns.map((tokens, index) =>
      turnOf({ turn: index + 1, turn_input_tokens: tokens, turn_output_tokens: 0 }),
    ),
    {
      id: session,
      ...(total === undefined ? {} : { input_tokens: total, output_tokens: 0 }),
    },
  )
  return writeSessionFile(folder.path, 'alice', session, content)
}

async function catchUp() {
  clock.advance(MINUTE_MS)
  return OPERATIONS['sessionFiles.catchUp'].output.parse(await own.weir.sessionFiles.catchUp())
}

const alice = () => own.weir.consumption.summary('alice', '2026-11')

const checkState = async () =>
  (await own.weir.readiness.run()).checks.find(({ id }) => id === 'session-files')

describe('session files', () => {
  test('that appear and grow are read in, and only those', async () => {
    write('s1', [100, 200])
    write('s2', [50])
    expect(await catchUp()).toMatchObject({
      state: 'following',
      sessions_dir: folder.path,
      problem_count: 0,
      last_pass: { files_read: 2, files_unchanged: 0, turns_written: 3, conflicting: 0 },
    })
    write('s1', [100, 200, 300], 640)
    expect((await catchUp()).last_pass).toMatchObject({ files_read: 1, files_unchanged: 1, turns_written: 2 })
    expect((await catchUp()).last_pass).toMatchObject({ files_read: 0, files_unchanged: 2, turns_written: 0 })
    expect(await alice()).toMatchObject({
      total_input_tokens: 690,
      outside_turns_input_tokens: 40,
      total_turns: 4,
      total_sessions: 2,
    })
    expect((await own.weir.verify()).differences).toEqual([])
    const report = await own.weir.reconciliation.run({}, OPERATOR)
    expect(report.users).toMatchObject([{ status: 'ok', drift_percent: 0 }])
  })

  test('that lose turns, break or disappear lower no number; they are named until they are mended', async () => {
    write('s1', [100, 200])
    const broken = write('s2', [50])
    const gone = write('s3', [7])
    await catchUp()
    write('s1', [100])
    writeFileSync(broken, '{"id": "s2", "last_tu')
    rmSync(gone)
    const state = await catchUp()
    expect(state.problems).toMatchObject([
      { path: 'alice/s2.json', reason: expect.stringContaining('not valid JSON') },
      { path: 'alice/s1.json', reason: expect.stringContaining('has 1 turns; it had 2') },
    ])
    expect(await alice()).toMatchObject({ total_input_tokens: 357, total_turns: 4 })
    expect(await checkState()).toMatchObject({ state: 'attention', fix: { path: '/reconciliation' } })
    expect(own.log.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { message: expect.stringContaining('have problems') },
    ])
    // Still there the next time, though nothing has changed.
    expect(await catchUp()).toMatchObject({ problem_count: 2 })
    const inspected = await own.weir.consumption.session({ id: 's1', user_id: 'alice' })
    expect(inspected.file).toMatchObject({ turns: 2, problem: expect.stringContaining('it had 2') })

    write('s1', [100, 200])
    write('s2', [50, 60])
    expect(await catchUp()).toMatchObject({ problem_count: 0, last_pass: { turns_written: 1 } })
    expect(await checkState()).toMatchObject({ state: 'ok', evidence: expect.stringContaining('Caught up') })
  })

  test('of somebody who was erased do not bring them back, until the operator adds or imports them', async () => {
    write('s1', [100])
    await catchUp()
    await own.weir.directory.delete({ id: 'alice', turns: 'removed', confirm: 'alice' }, OPERATOR)
    expect((await catchUp()).last_pass).toMatchObject({ turns_written: 0 })
    expect((await own.weir.users.list({})).users).toEqual([])
    write('s1', [100, 200])
    await catchUp()
    expect((await own.weir.users.list({})).users).toEqual([])
    await own.weir.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
    write('s1', [100, 200, 300])
    await catchUp()
    expect(await alice()).toMatchObject({ total_input_tokens: 600 })
  })

  test('that say other figures than the books are left to reconciliation', async () => {
    write('s1', [100])
    await catchUp()
    write('s1', [90])
    expect((await catchUp()).last_pass).toMatchObject({ files_read: 1, turns_written: 0, conflicting: 1 })
    expect(await alice()).toMatchObject({ total_input_tokens: 100 })
  })

  test('are left alone while they are off, while no folder is known, and before Weir is set up', async () => {
    write('s1', [100])
    await own.weir.settings.update({ watch_sessions: false }, OPERATOR)
    await expect(own.weir.sessionFiles.catchUp()).rejects.toMatchObject({ code: 'folder_unreadable' })
    await own.weir.settings.update({ watch_sessions: true }, OPERATOR)
    expect((await catchUp()).state).toBe('following')
    const bare = await openWeir(clock)
    await expect(bare.weir.sessionFiles.catchUp()).rejects.toThrow('No folder of session files is known')
    await bare.close()
    const fresh = await openWeir(clock, { sessionsDir: folder.path })
    await expect(fresh.weir.sessionFiles.catchUp()).rejects.toThrow('not set up yet')
    expect(await fresh.weir.status()).toMatchObject({ users: 0, first_run: true })
    await fresh.close()
  })

  test('in a folder that goes away are an error that says so, and are caught up with when it is back', async () => {
    write('s1', [100])
    await catchUp()
    folder.remove()
    await expect(own.weir.sessionFiles.catchUp()).rejects.toMatchObject({ code: 'folder_unreadable' })
    expect(own.weir.sessionFiles.state()).toMatchObject({
      state: 'failing',
      last_error: { code: 'folder_unreadable' },
    })
    expect((await checkState())?.state).toBe('attention')
    write('s1', [100, 20])
    expect(await catchUp()).toMatchObject({ state: 'following', last_error: null })
    expect(await alice()).toMatchObject({ total_input_tokens: 120 })
  })

  test('that are being written to wait for the next pass', async () => {
    const path = write('s1', [100])
    const at = (ms: number) => utimesSync(path, (clock.now() + ms) / 1000, (clock.now() + ms) / 1000)
    at(-2 * SECOND_MS)
    const first = await own.weir.sessionFiles.catchUp()
    // An agent that works all day has such a file all day: what was written before it is in the books all the same.
    expect(first).toMatchObject({
      files_waiting: 1,
      caught_up_at: toIso(clock.now() - 5 * SECOND_MS),
      last_pass: { files_read: 0 },
    })
    clock.advance(5 * SECOND_MS)
    expect(await own.weir.sessionFiles.catchUp()).toMatchObject({
      files_waiting: 0,
      caught_up_at: toIso(clock.now()),
      last_pass: { files_read: 1 },
    })
  })

  test('may come before the call of their agent: the turn counts once and its reservation is settled', async () => {
    await own.weir.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
    const check = await own.weir.consumption.admit({ user_id: 'alice', estimated_input_tokens: 100 })
    const admission = check.kind === 'allowed' ? check.answer.admission_id : null
    write('s1', [100])
    await catchUp()
    clock.advance(-MINUTE_MS)
    const turn = {
      user_id: 'alice',
      session_id: 's1',
      turn_number: 1,
      provider: 'Google',
      model: 'gemini-2.0-flash',
      input_tokens: 100,
      output_tokens: 0,
      cached_input_tokens: 40,
      admission_id: admission ?? '',
    }
    const answer = await own.weir.consumption.recordTurn(turn)
    expect(answer).toMatchObject({ replayed: true, settled_admission_id: admission })
    expect(await own.weir.consumption.recordTurn(turn)).toMatchObject({ settled_admission_id: null })
    expect(await alice()).toMatchObject({
      total_input_tokens: 100,
      total_turns: 1,
      reserved_input_tokens: 0,
    })
    expect((await own.weir.verify()).differences).toEqual([])
  })

  test('are shown by their operations, in the metrics and to whoever looks at the screen', async () => {
    const topics: string[] = []
    own.weir.changes.subscribe((change) => topics.push(...change.topics))
    expect(await dispatch(own.weir, 'sessionFiles.get', {}, ADMIN, { checkOutput: true })).toMatchObject({
      kind: 'done',
      value: { state: 'not_started', last_pass: null },
    })
    write('s1', [100])
    const answer = await dispatch(own.weir, 'sessionFiles.catchUp', {}, ADMIN, { checkOutput: true })
    expect(answer).toMatchObject({ kind: 'done', status: 200, value: { turns_written: 1 } })
    const metrics = await prometheusText(own.weir.metrics)
    expect(metrics).toContain('weir_session_turns_written_total 1')
    expect(metrics).toContain('weir_session_files_problems 0')
    await expect.poll(() => topics).toEqual(expect.arrayContaining(['consumption', 'sessions', 'status']))
  })
})

describe('a Weir that stays open', () => {
  test('reads in what changed while it was away, and what changes while it runs', {
    timeout: MINUTE_MS,
  }, async () => {
    const old = new Date(Date.now() - MINUTE_MS)
    const writeOld = (session: string, turns: readonly number[]) =>
      utimesSync(write(session, turns), old, old)
    writeOld('s1', [100])
    const open = await openWeir(SYSTEM_CLOCK, { sessionsDir: folder.path }, { timers: SYSTEM_TIMERS })
    try {
      await open.weir.startEmpty(OPERATOR)
      open.weir.sessionFiles.start()
      const turns = async () => (await open.weir.consumption.systemSummary('all')).total_turns
      await expect.poll(turns, { timeout: 30_000 }).toBe(1)
      await expect.poll(() => open.weir.sessionFiles.state().state).toBe('following')
      expect(open.weir.sessionFiles.state().hears_changes).toBe(true)
      writeOld('s1', [100, 200])
      writeOld('s2', [5])
      await expect.poll(turns, { timeout: 30_000 }).toBe(3)
      // A user nobody knew: the new folder is heard of, too.
      utimesSync(writeSessionFile(folder.path, 'bob', 's9', sessionOf([turnOf()], { id: 's9' })), old, old)
      await expect.poll(turns, { timeout: 30_000 }).toBe(4)
    } finally {
      await open.close()
    }
  })

  test('answers limit checks while it catches up with thousands of files', {
    timeout: 3 * MINUTE_MS,
  }, async () => {
    const files = 1_500
    for (let index = 0; index < files; index += 1) {
      const content = sessionOf([turnOf(), turnOf({ turn: 2 })], { id: `s${index}` })
      writeSessionFile(folder.path, `user-${index % 20}`, `s${index}`, content)
    }
    await own.weir.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
    let isReading = true
    const reading = own.weir.sessionFiles.catchUp().finally(() => {
      isReading = false
    })
    const latenciesMs: number[] = []
    while (isReading) {
      const startedAt = performance.now()
      await own.weir.consumption.admit({ user_id: 'alice' })
      latenciesMs.push(performance.now() - startedAt)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    const state = await reading
    const p99 = latenciesMs.sort((a, b) => a - b)[Math.floor(latenciesMs.length * 0.99)] ?? 0
    process.stdout.write(
      `${latenciesMs.length} checks while ${files} files were read in; p99 ${p99.toFixed(1)} ms\n`,
    )
    expect(state.last_pass).toMatchObject({ files_read: files, turns_written: 2 * files })
    expect(latenciesMs.length).toBeGreaterThan(10)
    expect((await own.weir.verify()).differences).toEqual([])
  })
})

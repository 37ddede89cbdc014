import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../electron/core/api.ts'
import type { AuthDatabase } from '../../electron/core/import/auth-port.ts'
import { ImportManager } from '../../electron/core/import/import-manager.ts'
import { lookAtFolder } from '../../electron/core/sessions/look-at-folder.ts'
import { scanSessions } from '../../electron/core/sessions/scan-sessions.ts'
import type { SessionScanner } from '../../electron/core/sessions/session-scanner.ts'
import { importRun } from '../../shared/contract/operator.ts'
import { TestClock } from '../support/clock.ts'
import { sessionOf, temporaryFolder, turnOf, writeSessionFile } from '../support/session-files.ts'
import { MemoryLedger } from './memory-ledger.ts'

const OPERATOR: Actor = { name: 'operator', via: 'window' }

/** The scan without the thread: the same messages, one after the other. */
const scanner: SessionScanner = {
  look: async (sessionsDir) => lookAtFolder(sessionsDir),
  scan: async (input, onMessage) => {
    const messages = scanSessions(input)
    for (;;) {
      const next = messages.next()
      if (next.done === true) return next.value
      await onMessage(next.value)
    }
  },
}

/** Imports of folders alone never ask for it; test/auth-database has those that do. */
const never = () => Promise.reject(new Error('no auth database was named'))
const NO_AUTH_DATABASE: AuthDatabase = { look: never, read: never, write: never, compare: never, take: never }

let dir: string
let remove: () => void
let ledger: MemoryLedger
let clock: TestClock
let logged: string[]

beforeEach(() => {
  const folder = temporaryFolder()
  dir = folder.path
  remove = folder.remove
  ledger = new MemoryLedger()
  clock = new TestClock()
  logged = []
})
afterEach(() => remove())

function managerWith(options: { zone?: string; scanner?: SessionScanner } = {}): ImportManager {
  let lastId = 0
  const keep = (message: string) => logged.push(message)
  return new ImportManager({
    ledger,
    authDatabase: NO_AUTH_DATABASE,
    scanner: options.scanner ?? scanner,
    clock,
    log: { debug: keep, info: keep, warn: keep, error: keep },
    randomBytes: (count) => {
      lastId += 1
      return new Uint8Array(count).fill(lastId)
    },
    zone: () => options.zone ?? 'UTC',
  })
}

async function importAll(
  manager = managerWith(),
  options: { dry_run?: boolean; validate_only?: boolean } = {},
) {
  const { run_id } = await manager.start({ sessions_dir: dir, ...options }, OPERATOR)
  return importRun.parse(await manager.finished(run_id))
}

/** Two users, three sessions, four turns, 60 tokens outside turns, two months, one broken file. */
function writeSample(): void {
  writeSessionFile(
    dir,
    'alice',
    's1',
    sessionOf([turnOf(), turnOf({ turn: 2, status: 'failed', turn_cost: 0.5 })], {
      input_tokens: 250,
      output_tokens: 30,
    }),
  )
  writeSessionFile(
    dir,
    'alice',
    's2',
    sessionOf([
      turnOf({ timestamp: '2026-12-01T00:00:00Z', rag_source_collection_id: 0, rag_efficiency_gain: 7 }),
    ]),
  )
  writeSessionFile(
    dir,
    'bob',
    's1',
    sessionOf([turnOf({ timestamp: null })], { created_at: '2026-12-24T00:00:00' }),
  )
  writeSessionFile(dir, 'bob', 'broken', '{')
}

describe('an import', () => {
  it('writes every turn, remembers the files, and proves it by reading back', async () => {
    writeSample()
    const run = await importAll()
    expect(run).toMatchObject({
      status: 'done',
      phase: 'finished',
      files_total: 4,
      files_done: 4,
      turns_written: 5,
      error: null,
    })
    expect(run.report).toEqual({
      users: 2,
      sessions: 3,
      turns: 4,
      unreadable: [{ path: 'bob/broken.json', reason: expect.stringContaining('JSON') }],
      imported: 5,
      already_there: 0,
      conflicting: 0,
      accuracy_percent: 100,
      mismatches: [],
      periods: [
        { period: '2026-11', users: 1, turns: 2, input_tokens: 250, output_tokens: 30, cost_usd: 0.75 },
        { period: '2026-12', users: 2, turns: 2, input_tokens: 200, output_tokens: 20, cost_usd: 0.5 },
      ],
      outside_turns_tokens: 60,
      dry_run: false,
      validate_only: false,
      by_user: [
        { user_id: 'alice', username: null, turns: 3, input_tokens: 350, output_tokens: 40, is_exact: true },
        { user_id: 'bob', username: null, turns: 1, input_tokens: 100, output_tokens: 10, is_exact: true },
      ],
      auth_database: null,
    })
    expect(ledger.files.map((file) => file.path)).toEqual([
      'alice/s1.json',
      'alice/s2.json',
      'bob/broken.json',
      'bob/s1.json',
    ])
    expect(ledger.files[0]?.sha256).toHaveLength(32)
    expect(ledger.audited).toEqual([{ actor: OPERATOR, run }])
    expect(new Set(ledger.calls)).toEqual(
      new Set([
        'importSessions',
        'recordFiles',
        'archiveClosedPeriods',
        'totalsByUserAndPeriod',
        'auditImport',
      ]),
    )
  })

  it('repeated writes nothing more', async () => {
    writeSample()
    const manager = managerWith()
    await importAll(manager)
    const again = await importAll(manager)
    expect(again.report).toMatchObject({
      imported: 0,
      already_there: 5,
      conflicting: 0,
      accuracy_percent: 100,
    })
    expect(ledger.rows.size).toBe(5)
  })

  it('leaves turns alone that were recorded with other figures, and names the difference', async () => {
    writeSample()
    await importAll()
    writeSessionFile(
      dir,
      'alice',
      's2',
      sessionOf([turnOf({ timestamp: '2026-12-01T00:00:00Z', turn_input_tokens: 105 })]),
    )
    const { report } = await importAll()
    expect(report).toMatchObject({ imported: 0, already_there: 4, conflicting: 1, accuracy_percent: 66.66 })
    expect(report?.mismatches).toContainEqual({
      user_id: 'alice',
      period: '2026-12',
      field: 'input_tokens',
      file_value: 105,
      database_value: 100,
    })
  })

  it('of an empty folder is done and has nothing to prove', async () => {
    const { status, report } = await importAll()
    expect({ status, accuracy: report?.accuracy_percent }).toEqual({ status: 'done', accuracy: null })
  })

  it('puts turns into the months of the billing time zone', async () => {
    ledger = new MemoryLedger('America/New_York')
    writeSample()
    const { report } = await importAll(managerWith({ zone: 'America/New_York' }))
    expect(report).toMatchObject({ accuracy_percent: 100 })
    expect(report?.periods.map((sum) => [sum.period, sum.turns])).toEqual([
      ['2026-11', 3],
      ['2026-12', 1],
    ])
    const wrong = await importAll(managerWith({ zone: 'UTC' }), { validate_only: true })
    expect(wrong.report?.accuracy_percent).toBe(33.33)
  })

  it('writes at most a hundred turns in one go and lets others in between', async () => {
    const turns = Array.from({ length: 420 }, (_, index) => turnOf({ turn: index + 1 }))
    writeSessionFile(dir, 'alice', 'long', sessionOf(turns, { input_tokens: 50_000 }))
    for (let index = 0; index < 60; index += 1)
      writeSessionFile(dir, 'bob', `s${index}`, sessionOf(turns.slice(0, 7)))
    let checks = 0
    const manager = managerWith()
    const { run_id } = await manager.start({ sessions_dir: dir }, OPERATOR)
    const ask = () => {
      checks += 1
      if (manager.running() !== null) setImmediate(ask)
    }
    setImmediate(ask)
    const { report } = await manager.finished(run_id)
    expect(report).toMatchObject({ sessions: 61, turns: 840, imported: 841, accuracy_percent: 100 })
    expect(ledger.largestSlice).toBeLessThanOrEqual(100)
    expect(checks).toBeGreaterThanOrEqual(ledger.calls.filter((call) => call === 'importSessions').length - 1)
  })

  it('does not mind costs that only callers of the API reported', async () => {
    writeSample()
    await importAll()
    const totals = await ledger.totalsByUserAndPeriod(['alice', 'bob'])
    const reported = (apiTurns: number) => {
      ledger.totalsByUserAndPeriod = async () =>
        totals.map((it) => ({ ...it, reportedCostMicroUsd: it.reportedCostMicroUsd + 9, apiTurns }))
    }
    reported(1)
    expect((await importAll()).report?.accuracy_percent).toBe(100)
    reported(0)
    const { report } = await importAll()
    expect(report?.accuracy_percent).toBe(0)
    expect(report?.mismatches[0]).toMatchObject({
      field: 'reported_cost_usd',
      file_value: 0.5,
      database_value: 0.500009,
    })
  })
})

describe('looking without writing', () => {
  it('a dry run counts what is new and calls nothing that writes', async () => {
    writeSample()
    const manager = managerWith()
    const first = await importAll(manager, { dry_run: true })
    expect(first).toMatchObject({ status: 'done', turns_written: 0 })
    expect(first.report).toMatchObject({
      turns: 4,
      imported: 5,
      already_there: 0,
      accuracy_percent: null,
      dry_run: true,
    })
    expect(new Set(ledger.calls)).toEqual(new Set(['countKnownTurns']))
    await importAll(manager)
    expect((await importAll(manager, { dry_run: true })).report).toMatchObject({
      imported: 0,
      already_there: 5,
    })
  })

  it('a comparison finds what is missing and calls nothing that writes', async () => {
    writeSample()
    const { report } = await importAll(managerWith(), { validate_only: true })
    expect(report).toMatchObject({ imported: 0, accuracy_percent: 0, validate_only: true })
    expect(report?.mismatches).toContainEqual({
      user_id: 'alice',
      period: '2026-11',
      field: 'turns',
      file_value: 2,
      database_value: 0,
    })
    expect(new Set(ledger.calls)).toEqual(new Set(['countKnownTurns', 'totalsByUserAndPeriod']))
  })
})

describe('a run', () => {
  it('is one at a time, also when two are started at once', async () => {
    writeSample()
    const manager = managerWith()
    const both = await Promise.allSettled([
      manager.start({ sessions_dir: dir }, OPERATOR),
      manager.start({ sessions_dir: dir }, OPERATOR),
    ])
    expect(both.map((it) => it.status)).toEqual(['fulfilled', 'rejected'])
    await expect(manager.start({ sessions_dir: dir }, OPERATOR)).rejects.toMatchObject({ code: 'busy' })
    await manager.finished(manager.running()?.run_id ?? '')
    await expect(manager.start({ sessions_dir: dir }, OPERATOR)).resolves.toMatchObject({
      status: 'running',
      phase: 'listing',
    })
    await manager.close()
  })

  it('is refused for a folder that cannot be read', async () => {
    const manager = managerWith()
    await expect(manager.start({ sessions_dir: join(dir, 'missing') }, OPERATOR)).rejects.toMatchObject({
      code: 'folder_unreadable',
    })
    await expect(importAll(manager)).resolves.toMatchObject({ status: 'done' })
  })

  it('is cancelled between two sessions, and goes on when it is started again', async () => {
    const turns = Array.from({ length: 330 }, (_, index) => turnOf({ turn: index + 1 }))
    for (const session of ['s1', 's2', 's3']) writeSessionFile(dir, 'alice', session, sessionOf(turns))
    const manager = managerWith()
    ledger.beforeWrite = async () => {
      const running = manager.running()
      if (running !== null) await manager.cancel(running.run_id)
    }
    const stopped = await importAll(manager)
    expect(stopped).toMatchObject({ status: 'cancelled', phase: 'finished', error: null, turns_written: 330 })
    expect(stopped.report).toMatchObject({ sessions: 1, turns: 330, imported: 330, accuracy_percent: null })
    expect(ledger.audited).toHaveLength(1)
    ledger.beforeWrite = () => undefined
    expect((await importAll(manager)).report).toMatchObject({
      imported: 660,
      already_there: 330,
      accuracy_percent: 100,
    })
  })

  it('that fails says so, keeps what was written and gives the place free', async () => {
    writeSample()
    const manager = managerWith()
    ledger.recordFiles = () => Promise.reject(new Error('disk I/O error'))
    const failed = await importAll(manager)
    expect(failed).toMatchObject({
      status: 'failed',
      phase: 'finished',
      error: { code: 'internal', detail: expect.not.stringContaining('I/O') },
    })
    expect(failed.report).toMatchObject({ imported: 5, accuracy_percent: null })
    expect(logged).toContain('import failed')
    expect(manager.running()).toBeNull()
  })

  it('can be looked at by its id, the last twenty of them', async () => {
    const manager = managerWith()
    const ids: string[] = []
    for (let count = 0; count < 21; count += 1) ids.push((await importAll(manager)).run_id)
    await expect(manager.get(ids[0] ?? '')).rejects.toMatchObject({ code: 'run_unknown' })
    await expect(manager.get(ids[1] ?? '')).resolves.toMatchObject({ status: 'done' })
    await expect(manager.cancel(ids[20] ?? '')).resolves.toMatchObject({ status: 'done' })
    await expect(manager.cancel('import-x')).rejects.toMatchObject({ code: 'run_unknown' })
  })

  it('is stopped by closing, which waits for it', async () => {
    writeSample()
    const manager = managerWith()
    const { run_id } = await manager.start({ sessions_dir: dir }, OPERATOR)
    await manager.close()
    await expect(manager.get(run_id)).resolves.toMatchObject({ status: 'cancelled' })
    await expect(manager.start({ sessions_dir: dir }, OPERATOR)).rejects.toMatchObject({
      code: 'shutting_down',
    })
  })

  it('measures its speed with the clock that does not jump', async () => {
    writeSample()
    ledger.beforeWrite = () => {
      clock.set('2020-01-01T00:00:00Z')
      clock.advance(500)
    }
    expect((await importAll()).files_per_second).toBe(8)
  })
})

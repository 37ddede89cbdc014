import { existsSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Caller, ConsumptionApi } from '../../electron/core/api.ts'
import { Dashboards } from '../../electron/core/files-view/dashboards.ts'
import type { FilesView } from '../../electron/core/files-view/files-view.ts'
import { WeirError } from '../../electron/core/kernel/weir-error.ts'
import { dispatch } from '../../electron/operations/dispatch.ts'
import { MINUTE_MS } from '../../shared/units.ts'
import { TestClock } from '../support/clock.ts'
import { turnInput } from '../support/consumption.ts'
import { recordingLog } from '../support/fake-weir.ts'
import {
  REAL_SESSIONS_DIR,
  sessionOf,
  temporaryFolder,
  turnOf,
  writeSessionFile,
} from '../support/session-files.ts'
import { OPERATOR, openWeir, type TestWeir } from '../support/weir.ts'

const ADMIN: Caller = { name: 'Olga', via: 'window', scope: 'admin', userId: null, tokenId: null }
const ALICE: Caller = { name: 'alice', via: 'api', scope: 'user', userId: 'alice', tokenId: 2 }

let clock: TestClock
let own: TestWeir
let folder: ReturnType<typeof temporaryFolder>

beforeEach(async () => {
  clock = new TestClock()
  folder = temporaryFolder()
  own = await openWeir(clock)
})

afterEach(async () => {
  await own.close()
  folder.remove()
})

async function importAll(sessions_dir: string): Promise<void> {
  const { run_id } = await own.weir.imports.start({ sessions_dir }, OPERATOR)
  expect((await own.weir.imports.finished(run_id)).status).toBe('done')
}

const choose = (dashboards_source: 'database' | 'files') =>
  own.weir.settings.update({ dashboards_source }, OPERATOR)

const source = async () => (await own.weir.status()).dashboards

async function showFiles(): Promise<void> {
  await choose('files')
  await expect.poll(async () => (await source()).source, { timeout: 60_000 }).toBe('files')
}

function write(user: string, session: string, turns: readonly number[]): void {
  const entries = turns.map((tokens, index) => turnOf({ turn: index + 1, turn_input_tokens: tokens }))
  writeSessionFile(folder.path, user, session, sessionOf(entries, { id: session, user_uuid: user }))
}

/** What one set of books has of its own: numbers of rows, and when they were written. */
const OWN = new Set([
  'id',
  'created_at',
  'archived_at',
  'generated_at',
  'last_updated_at',
  'last_reconciled_at',
  'last_drift_percent',
  // The files of the real books are named in the inspector; those of the view are the same files, read later.
  'read_at',
])

function comparable(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, member) => (OWN.has(key) ? undefined : member)))
}

/** Every figure a dashboard shows of anybody in any month. */
async function figures(): Promise<Map<string, unknown>> {
  const { consumption } = own.weir
  const all = new Map<string, unknown>()
  const users = await consumption.users({ limit: 1000, sort: 'user_id' })
  all.set('users', comparable(users))
  const everybody = await consumption.systemSummary('all')
  for (const range of ['all', 'current', ...everybody.periods])
    all.set(`everybody ${range}`, comparable(await consumption.systemSummary(range)))
  for (const { user_id } of users.users) {
    const { periods } = await consumption.summary(user_id, 'all')
    for (const range of ['all', 'current', ...periods])
      all.set(`${user_id} ${range}`, comparable(await consumption.summary(user_id, range)))
    all.set(`${user_id} history`, comparable(await consumption.history(user_id, 1200)))
    all.set(`${user_id} turns`, comparable(await consumption.turns({ user_id, limit: 1000 })))
    all.set(`${user_id} sessions`, comparable(await consumption.sessions({ user_id, limit: 200 })))
  }
  return all
}

test.skipIf(!existsSync(REAL_SESSIONS_DIR))(
  'files and database give equal figures for everybody in every month (../shared/data/real-sessions)',
  { timeout: 4 * MINUTE_MS },
  async () => {
    await importAll(REAL_SESSIONS_DIR)
    const users = await own.weir.consumption.users({ limit: 1000 })
    await own.weir.users.setProfile(users.users[0]?.user_id ?? '', 1, OPERATOR)
    const fromDatabase = await figures()
    await showFiles()
    const fromFiles = await figures()
    expect((await source()).source).toBe('files')
    expect([...fromFiles.keys()]).toEqual([...fromDatabase.keys()])
    for (const [name, value] of fromDatabase) expect(fromFiles.get(name), name).toEqual(value)
    process.stdout.write(`${fromDatabase.size} answers compared\n`)
    await choose('database')
  },
)

describe('dashboards from the session files', () => {
  test('are chosen and left again, audited, and follow the files up and down while the books stay', async () => {
    write('alice', 's1', [100, 200])
    write('bob', 's2', [50])
    await importAll(folder.path)
    await showFiles()
    expect(await own.weir.consumption.summary('alice', 'all')).toMatchObject({ total_input_tokens: 300 })
    write('alice', 's1', [100])
    rmSync(join(folder.path, 'bob', 's2.json'))
    write('carol', 's3', [7])
    clock.advance(MINUTE_MS)
    const everybody = async () => (await own.weir.consumption.systemSummary('all')).total_input_tokens
    await expect.poll(everybody).toBe(107)
    await choose('database')
    expect(await everybody()).toBe(350)
    expect(await source()).toMatchObject({ source: 'database', chosen: 'database', read_at: null })
    const audited = await own.weir.audit.list({ limit: 50 })
    const changes = audited.entries.filter(({ object_id }) => object_id === 'dashboards_source')
    expect(changes.map(({ after }) => after)).toEqual([{ value: 'database' }, { value: 'files' }])
    const left = () => readdirSync(own.dataDir).filter((name) => name.startsWith('files-view'))
    await expect.poll(left).toEqual([])
  })

  test('go by the prices of now, and keep no more of a question than is promised now', async () => {
    write('alice', 's1', [1_000_000])
    await importAll(folder.path)
    await showFiles()
    const { consumption, prices } = own.weir
    const cost = async () => (await consumption.summary('alice', 'all')).estimated_cost_usd
    const before = await cost()
    const [turn] = (await consumption.turns({ user_id: 'alice', limit: 1 })).turns
    expect(turn?.user_query).not.toBeNull()
    const price = {
      provider: turn?.provider ?? '',
      model_pattern: turn?.model ?? '',
      output_usd_per_million: 0,
    }
    await prices.set({ ...price, input_usd_per_million: 77, valid_from: '2020-01-01T00:00:00Z' }, OPERATOR)
    clock.advance(MINUTE_MS)
    await expect.poll(cost).toBe(77)
    expect(before).not.toBe(77)
    await own.weir.settings.update({ prompt_text: 'none', confirm_erase: true }, OPERATOR)
    clock.advance(MINUTE_MS)
    const question = async () =>
      (await consumption.turns({ user_id: 'alice', limit: 1 })).turns[0]?.user_query
    await expect.poll(question).toBeNull()
  })

  test('show who the users are and their limits, and recording and checking go on in the database', async () => {
    write('alice', 's1', [100])
    await importAll(folder.path)
    await own.weir.users.update({ id: 'alice', username: 'Alice Liddell' }, OPERATOR)
    await showFiles()
    const [row] = (await own.weir.consumption.users({ search: 'liddell' })).users
    expect(row).toMatchObject({ user_id: 'alice', total_input_tokens: 100 })
    await own.weir.consumption.recordTurn(turnInput({ session_id: 'api-only', input_tokens: 11 }))
    expect((await own.weir.consumption.admit({ user_id: 'alice' })).kind).toBe('allowed')
    await choose('database')
    expect(await own.weir.consumption.summary('alice')).toMatchObject({
      total_input_tokens: 111,
      requests_today: 1,
    })
  })

  test('alert nobody: what only they say is not in the books', async () => {
    const alerted = async () => (await own.weir.alerts.list({ user_id: 'alice' })).alerts.length
    write('alice', 's1', [100])
    await importAll(folder.path)
    await own.weir.users.setProfile('alice', 1, OPERATOR)
    write('alice', 's1', [100, 900_000_000])
    await showFiles()
    const shown = async () => (await own.weir.consumption.summary('alice', 'all')).total_input_tokens
    expect([await shown(), await alerted()]).toEqual([900_000_100, 0])
    await importAll(folder.path)
    expect(await alerted()).toBeGreaterThan(0)
  })

  test('without a folder say so, and the database goes on answering', async () => {
    await own.weir.startEmpty(OPERATOR)
    await choose('files')
    expect(await own.weir.consumption.systemSummary()).toMatchObject({ total_turns: 0 })
    await expect.poll(async () => (await source()).error).toContain('No folder of session files')
    expect((await source()).source).toBe('database')
  })

  test('answer the addresses of the old way, for everybody, for one, and for a user their own', async () => {
    write('alice', 's1', [100, 200])
    write('bob', 's2', [50])
    await importAll(folder.path)
    const checked = { checkOutput: true }
    expect(await dispatch(own.weir, 'sessions.analytics', {}, ADMIN, checked)).toMatchObject({
      kind: 'done',
      value: { source: 'files', user_id: null, total_sessions: 2, total_turns: 3, total_input_tokens: 350 },
    })
    expect(await dispatch(own.weir, 'sessions.analytics', {}, ALICE, checked)).toMatchObject({
      value: { user_id: 'alice', total_sessions: 1, total_input_tokens: 300 },
    })
    const mine = await dispatch(own.weir, 'consumption.filesSummary', {}, ALICE, checked)
    expect(mine).toMatchObject({
      value: { source: 'files', user_id: 'alice', current_period: '2026-11', total_input_tokens: 300 },
    })
    expect(await dispatch(own.weir, 'sessions.analytics', { user_id: 'bob' }, ALICE)).toMatchObject({
      code: 'forbidden',
    })
    expect(await dispatch(own.weir, 'consumption.filesSummary', {}, ADMIN)).toMatchObject({
      code: 'invalid_request',
    })
    expect(await dispatch(own.weir, 'sessions.analytics', { user_id: 'nobody' }, ADMIN)).toMatchObject({
      code: 'user_unknown',
    })
  })
})

describe('when the database does not answer', () => {
  /** The dashboards of a Weir whose database can be taken away. */
  function withFault() {
    let isDown = false
    const database = new Proxy(own.weir.consumption, {
      get: (target, name: keyof ConsumptionApi) =>
        isDown
          ? () =>
              Promise.reject(new WeirError('storage_unavailable', 'The database cannot be used right now.'))
          : target[name].bind(target),
    })
    let figures: ConsumptionApi | null = null
    const asked: string[] = []
    const view = {
      figures: () => figures,
      state: () => ({ readAt: clock.now(), isReading: false, problemCount: 0, error: null }),
      refresh: async () => undefined,
      refreshIfStale: async () => {
        asked.push('refresh')
        figures = own.weir.consumption
      },
      drop: async () => {
        asked.push('drop')
        figures = null
      },
    } as unknown as FilesView
    const log = recordingLog()
    const dashboards = new Dashboards({
      database,
      view,
      clock,
      log,
      settings: () => ({ dashboards_source: 'database' }),
    })
    return {
      dashboards,
      asked,
      log,
      takeAway: (down: boolean) => {
        isDown = down
      },
    }
  }

  test('dashboards go over to the files by themselves, and back as soon as it does', async () => {
    const { dashboards, asked, log, takeAway } = withFault()
    const consumption = dashboards.consumption()
    await consumption.systemSummary()
    expect(dashboards.state()).toMatchObject({ source: 'database', database_down_since: null })
    takeAway(true)
    expect(await consumption.systemSummary()).toMatchObject({ total_turns: 0 })
    expect(dashboards.state()).toMatchObject({
      source: 'files',
      chosen: 'database',
      database_down_since: '2026-11-24T10:20:00.000Z',
    })
    // What enforces and records is never asked of the files.
    await expect(consumption.quotaStatus('alice')).rejects.toMatchObject({ code: 'storage_unavailable' })
    takeAway(false)
    await consumption.systemSummary()
    expect(dashboards.state()).toMatchObject({ source: 'database', database_down_since: null })
    expect(asked).toEqual(['refresh', 'drop'])
    expect(log.lines.map(({ level }) => level)).toEqual(['error', 'info'])
  })

  test('the status still comes, with the numbers it knew last, and dashboards show the files', {
    timeout: MINUTE_MS,
  }, async () => {
    write('alice', 's1', [100, 200])
    await importAll(folder.path)
    const before = await own.weir.status()
    expect(before.turns).toBe(2)
    // What a broken disk leaves: the database is there, and empty.
    for (const name of ['auth.db', 'auth.db-wal']) truncateSync(join(own.dataDir, name))
    const seen = async () => {
      try {
        return (await own.weir.consumption.summary('alice', 'all')).total_input_tokens
      } catch (error) {
        return error instanceof WeirError ? error.code : String(error)
      }
    }
    await expect.poll(seen, { timeout: 30_000 }).toBe(300)
    expect(await own.weir.status()).toMatchObject({ turns: 2, users: 1 })
    process.stdout.write(`with an empty database dashboards came from: ${(await source()).source}\n`)
  })
})

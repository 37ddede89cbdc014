import { randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { DatabaseJobStore } from '../../electron/core/scheduler/job-store.ts'
import { Scheduler } from '../../electron/core/scheduler/scheduler.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { listenHttp } from '../../electron/http/listen.ts'
import { OPERATIONS, type OperationInput, type OperationName } from '../../shared/contract/index.ts'
import { ERROR_CODES, type ErrorCode } from '../../shared/error-codes.ts'
import { type Address, request } from '../e2e/support/api.ts'
import { turnInput } from '../support/consumption.ts'
import { openTestDatabase } from '../support/database.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { configOf, OPERATOR, openWeir, SYSTEM_CLOCK } from '../support/weir.ts'
import { harness } from './http-harness.ts'
import { type ServedWeir, serveWeir } from './real-http.ts'
import {
  checkedWhileRestoring,
  type Got,
  overCore,
  raw,
  startOn,
  thrown,
  whileLocked,
} from './refusal-makers.ts'

/**
 * Every code of the ledger, each brought about by what really brings it about, over a real socket where a caller gets it
 * that way. The table below does not compile without an entry for each.
 */

let open: ServedWeir
let port = 0
let admin: Address
let executor: Address

beforeAll(async () => {
  open = await serveWeir()
  port = open.port
  const url = `http://127.0.0.1:${port}`
  admin = { url, token: await open.tokenOf('admin') }
  executor = { url, token: await open.tokenOf('executor') }
  await open.weir.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
})
afterAll(() => open.close())

/** Asks over the socket and answers the refusal. */
async function refused<Name extends OperationName>(
  operation: Name,
  input: OperationInput<Name>,
  by: Address = admin,
): Promise<Got> {
  const { status, problem, headers } = await request(by, operation, input)
  if (problem === undefined) throw new Error(`${operation} was not refused`)
  expect(headers.get('content-type')).toBe('application/problem+json')
  expect(headers.get('x-request-id')).toBe(problem.request_id)
  return { code: problem.code, status, detail: problem.detail, operation }
}

async function done<Name extends OperationName>(name: Name, input: OperationInput<Name>) {
  const { value, problem } = await request(admin, name, input)
  if (value === undefined) throw new Error(`${name}: ${JSON.stringify(problem)}`)
  return value
}

/** What an ordinary request that is wrong by itself gets. */
async function fetched(path: string, init: RequestInit = {}): Promise<Got> {
  const headers = { authorization: `Bearer ${admin.token}`, ...init.headers }
  const response = await fetch(admin.url + path, { ...init, headers })
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = (await response.json()) as Got
  return { code: problem.code, status: response.status, detail: problem.detail }
}

let made = 0
const NO_LIMITS = {
  prompts_per_hour: null,
  prompts_per_day: null,
  config_changes_per_hour: null,
  input_tokens_per_month: null,
  output_tokens_per_month: null,
  cost_per_month_usd: null,
}

/** A user with a profile of their own. */
async function userWith(limits: Partial<typeof NO_LIMITS> | Record<string, number>) {
  made += 1
  const name = `p${made}`
  const profile = await done('profiles.create', { name, ...NO_LIMITS, ...limits })
  const id = `user-${made}`
  await done('users.create', { id, username: id, consumption_profile_id: profile.id })
  return { id, profile, name }
}

const check = async (limits: Record<string, number>): Promise<Got> =>
  refused('limits.check', { user_id: (await userWith(limits)).id }, executor)

/** A backup whose passphrase was changed since. */
async function encrypted(): Promise<string> {
  await done('backups.setPassphrase', { passphrase: 'nine red kites over the harbour' })
  const id = await backup()
  await done('backups.setPassphrase', { passphrase: null })
  return id
}

async function backup(): Promise<string> {
  const { run_id } = await done('backups.create', {})
  return vi.waitFor(
    async () => {
      const run = await done('backups.getRun', { run_id })
      if (run.backup === null) throw new Error(run.status)
      return run.backup.id
    },
    { timeout: 20_000 },
  )
}

const PRODUCED: Readonly<Record<ErrorCode, () => Promise<Got>>> = {
  hourly_limit_exceeded: () => check({ prompts_per_hour: 0 }),
  daily_limit_exceeded: () => check({ prompts_per_day: 0 }),
  input_token_quota_exceeded: () => check({ input_tokens_per_month: 0 }),
  output_token_quota_exceeded: () => check({ output_tokens_per_month: 0 }),
  cost_budget_exceeded: () => check({ cost_per_month_usd: 0 }),
  config_limit_exceeded: async () =>
    refused(
      'consumption.configChange',
      { user_id: (await userWith({ config_changes_per_hour: 0 })).id },
      executor,
    ),
  user_inactive: async () => {
    const { id } = await userWith({})
    await done('users.update', { id, is_active: false })
    return refused('limits.check', { user_id: id }, executor)
  },
  profile_inactive: async () => {
    const { id, profile, name } = await userWith({})
    await done('profiles.update', { id: profile.id, name, ...NO_LIMITS, is_active: false })
    return refused('limits.check', { user_id: id }, executor)
  },
  user_unknown: () => refused('limits.check', { user_id: 'nobody' }, executor),
  limits_unavailable: () =>
    overCore(async (core, by) => {
      await core.settings.change({ when_unavailable: 'closed' }, OPERATOR)
      return whileLocked(core.file, () => refused('limits.check', { user_id: 'alice' }, by))
    }),
  restoring: () => checkedWhileRestoring(),
  shutting_down: async () => {
    const other = await openWeir(SYSTEM_CLOCK)
    await other.close()
    return thrown(() => other.weir.users.create({ id: 'late', username: 'late' }, OPERATOR))
  },
  restore_impossible: async () => {
    const other = await openWeir(SYSTEM_CLOCK)
    const { backups, restores } = other.weir
    const { id } = await backups.create({ reason: 'manual' }, OPERATOR)
    const { run_id } = restores.start({ backup_id: id, confirm: true }, OPERATOR)
    restores.cancel(run_id)
    await restores.finished(run_id)
    // What did not happen cannot be undone.
    const got = await thrown(async () => restores.undo(run_id, OPERATOR))
    await other.close()
    return got
  },
  turn_conflict: async () => {
    const turn = turnInput({ session_id: 'conflict' })
    await done('turns.record', turn)
    return refused('turns.record', { ...turn, input_tokens: 7 }, executor)
  },
  user_exists: () => refused('users.create', { id: 'alice', username: 'other' }),
  profile_unknown: () => refused('users.setProfile', { id: 'alice', profile_id: 999_999 }),
  profile_exists: () => refused('profiles.create', { name: 'Free', ...NO_LIMITS }),
  profile_in_use: async () => refused('profiles.delete', { id: (await userWith({})).profile.id }),
  grant_unknown: () => refused('grants.revoke', { id: 'alice', grant_id: 999_999 }),
  token_unknown: () => refused('tokens.revoke', { id: 999_999 }),
  job_unknown: async () => {
    // Every name of the contract is a job of a whole Weir; a part of one, here without any work, does not know it.
    const { database, close } = await openTestDatabase()
    const scheduler = await Scheduler.open({
      store: new DatabaseJobStore(database),
      works: {},
      clock: SYSTEM_CLOCK,
      timers: undefined,
      log: recordingLog(),
      zone: () => 'UTC',
      openLog: () => ({ line: () => undefined, close: () => undefined }),
      onEnd: async () => undefined,
    })
    const got = await thrown(() => scheduler.run('backup', false, 'Olga'))
    await scheduler.close()
    await close()
    return got
  },
  import_not_undoable: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'weir-undone-'))
    const { run_id: id } = await done('import.start', { sessions_dir: folder })
    await open.weir.imports.finished(id)
    await done('imports.undo', { id, confirm: id })
    await open.weir.importBatches.finished()
    return refused('imports.undo', { id, confirm: id })
  },
  run_unknown: () => refused('import.get', { run_id: 'none' }),
  busy: async () => {
    const { run_id } = await done('backups.create', {})
    const answer = await refused('backups.create', {})
    await vi.waitFor(
      async () => expect((await done('backups.getRun', { run_id })).status).not.toBe('running'),
      {
        timeout: 20_000,
      },
    )
    return answer
  },
  folder_unreadable: () => refused('import.start', { sessions_dir: '/nowhere/at/all' }),
  auth_database_unreadable: () => refused('import.start', { auth_db: '/nowhere/at/all.db' }),
  not_empty: () => refused('setup.loadSample', {}),
  invalid_request: () => refused('users.create', { username: '' }),
  unauthorized: () => refused('status.get', {}, { ...admin, token: 'weir_wrong' }),
  forbidden: () => refused('status.get', {}, executor),
  host_not_allowed: () => raw(port, 'GET /healthz HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n'),
  origin_not_allowed: () => fetched('/healthz', { headers: { origin: 'https://evil.test' } }),
  route_unknown: () => fetched('/api/v1/nothing'),
  method_not_allowed: () => fetched(OPERATIONS['limits.check'].path),
  unsupported_media_type: () =>
    fetched(OPERATIONS['limits.check'].path, {
      method: 'POST',
      headers: { 'content-type': 'text/xml' },
      body: '<a/>',
    }),
  body_too_large: () => refused('limits.check', { user_id: 'a'.repeat(70_000) }, executor),
  too_many_requests: () =>
    raw(
      port,
      `GET /api/v1/admin/status HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer weir_guess\r\n\r\n`.repeat(
        12,
      ),
    ),
  storage_full: () =>
    overCore(async (core, by) => {
      await core.database.write(async (trx) => {
        const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(trx)
        await sql.raw(`pragma max_page_count = ${rows[0]?.page_count ?? 0}`).execute(trx)
      })
      const session_id = () => randomBytes(60).toString('hex')
      for (let turn = 1; turn < 2000; turn += 1) {
        const { problem, status } = await request(by, 'turns.record', turnInput({ session_id: session_id() }))
        if (problem !== undefined)
          return { code: problem.code, status, detail: problem.detail, operation: 'turns.record' }
      }
      throw new Error('the disk never got full')
    }),
  storage_unavailable: () =>
    overCore((core, by) => whileLocked(core.file, () => refused('turns.record', turnInput(), by))),
  database_newer: () =>
    startOn((dataDir) => {
      const handle = new BetterSqlite3(join(dataDir, 'auth.db'))
      handle.pragma('user_version = 9999')
      handle.close()
    }),
  database_foreign: () =>
    startOn((dataDir) => {
      const handle = new BetterSqlite3(join(dataDir, 'auth.db'))
      handle.pragma('application_id = 7')
      handle.close()
    }),
  folder_in_use: () =>
    thrown(() =>
      createWeir(configOf(open.dataDir), {
        clock: SYSTEM_CLOCK,
        log: recordingLog(),
        randomBytes: (count) => randomBytes(count),
      }),
    ),
  port_taken: async () => {
    const other = await harness()
    const got = await thrown(() => listenHttp(other.app, port))
    await other.app.close()
    return got
  },
  session_unknown: () => refused('sessions.close', { id: 'none', user_id: 'alice' }, executor),
  turn_unknown: () =>
    refused(
      'turns.extend',
      { user_id: 'alice', session_id: 'none', turn_number: 1, input_tokens: 1, idempotency_key: 'k' },
      executor,
    ),
  price_unknown: () => refused('prices.delete', { id: 999_999 }),
  setting_fixed: async () => {
    await done('turns.record', turnInput({ session_id: 'fixes-the-zone' }))
    return refused('settings.update', { time_zone: 'Europe/Berlin' })
  },
  confirmation_needed: async () => {
    await done('settings.update', { prompt_text: 'full' })
    await done('turns.record', turnInput({ session_id: 'asked', user_query: 'x'.repeat(200) }))
    return refused('settings.update', { prompt_text: 'none' })
  },
  cancelled: async () => {
    const stop = new AbortController()
    stop.abort()
    return thrown(() => open.weir.backups.create({ reason: 'manual', signal: stop.signal }, OPERATOR))
  },
  backup_unknown: () => refused('backups.verify', { backup_id: '20200101T000000Z-0000' }),
  backup_damaged: async () => {
    const id = await backup()
    writeFileSync(join(open.dataDir, 'backups', id, 'manifest.json'), '{')
    return refused('backups.verify', { backup_id: id })
  },
  passphrase_needed: async () => {
    const id = await encrypted()
    return refused('backups.verify', { backup_id: id })
  },
  passphrase_wrong: async () => {
    const id = await encrypted()
    return refused('restore.unlock', { backup_id: id, passphrase: 'another passphrase' })
  },
  backup_needed: async () => {
    const last = await backup()
    for (const { id } of (await done('backups.list', {})).backups)
      if (id !== last) await done('backups.delete', { backup_id: id })
    return refused('backups.delete', { backup_id: last })
  },
  internal: () =>
    overCore(async (_core, by) => {
      const answer = await refused('prices.list', {}, by)
      expect(answer.detail).not.toContain('secret')
      return answer
    }),
}

/** What every operation may answer besides the codes of its contract. */
const SHARED: readonly ErrorCode[] = [
  'invalid_request',
  'unauthorized',
  'forbidden',
  'too_many_requests',
  'body_too_large',
  'storage_full',
  'storage_unavailable',
  'internal',
]

describe('every error code', () => {
  test.each(Object.keys(ERROR_CODES) as ErrorCode[])(
    '%s comes of what it is for, with its status',
    async (code) => {
      const got = await PRODUCED[code]()
      expect([got.code, got.status]).toEqual([code, ERROR_CODES[code].status])
      expect(got.detail, 'a sentence for a person').toMatch(/^\S.{9,}[.!]$/s)
      if (got.operation !== undefined)
        expect(
          [...OPERATIONS[got.operation].errors, ...SHARED],
          `what ${got.operation} may answer`,
        ).toContain(code)
    },
  )
})

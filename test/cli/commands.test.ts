import { describe, expect, test } from 'vitest'
import type { OperationOutput } from '../../shared/contract/index.ts'
import { ok, refusal, runWith } from './fake-context.ts'

const NOW = '2026-11-24T10:00:00.000Z'

const ALICE = {
  id: 'alice',
  username: 'Alice',
  email: null,
  display_name: null,
  is_active: true,
  is_admin: false,
  consumption_profile_id: 2,
  profile_name: 'Pro',
  source: 'operator' as const,
  created_at: NOW,
  updated_at: NOW,
  last_usage_at: null,
}

const PRO = {
  id: 2,
  name: 'Pro',
  description: null,
  prompts_per_hour: 100,
  prompts_per_day: null,
  config_changes_per_hour: null,
  input_tokens_per_month: 5_000_000,
  output_tokens_per_month: null,
  cost_per_month_usd: 25,
  is_default: true,
  is_active: true,
  user_count: 1,
  created_at: NOW,
  updated_at: NOW,
}

describe('tokens', () => {
  const created = ok({ id: 7, token: 'weir_abc', prefix: 'weir_a' })

  test('create prints the token alone on stdout', async () => {
    const ran = await runWith('tokens create --name agent --scope executor', { 'tokens.create': created })
    expect(ran.stdout).toBe('weir_abc\n')
    expect(ran.calls).toEqual([{ name: 'tokens.create', input: { name: 'agent', scope: 'executor' } }])
  })

  test('create for a user names the user', async () => {
    const ran = await runWith('tokens create --name a --scope user --user alice --json', {
      'tokens.create': created,
    })
    expect(JSON.parse(ran.stdout)).toEqual({ id: 7, token: 'weir_abc', prefix: 'weir_a' })
    expect(ran.calls[0]?.input).toEqual({ name: 'a', scope: 'user', user_id: 'alice' })
  })

  test('revoking one that is unknown fails', async () => {
    const ran = await runWith('tokens revoke 9', {
      'tokens.revoke': refusal('token_unknown', 'There is no token 9.'),
    })
    expect(ran).toMatchObject({ code: 3, stderr: 'weir: There is no token 9.\n' })
    expect(ran.calls[0]?.input).toEqual({ id: 9 })
  })
})

describe('users', () => {
  const profiles = ok({ profiles: [PRO] })

  test('a profile is named by its name or its number', async () => {
    for (const typed of ['pro', 'Pro', '2']) {
      const ran = await runWith(`users set-profile alice ${typed}`, {
        'profiles.list': profiles,
        'users.setProfile': ok(ALICE),
      })
      expect(ran.code).toBe(0)
      expect(ran.calls[1]?.input).toEqual({ id: 'alice', profile_id: 2 })
    }
  })

  test('a profile that is not there is answered with those that are', async () => {
    const ran = await runWith('users set-profile alice Gold', { 'profiles.list': profiles })
    expect(ran).toMatchObject({ code: 3, stderr: 'weir: There is no profile "Gold". There are: Pro.\n' })
  })

  test('add sends only what was given', async () => {
    const ran = await runWith('users add alice --username Alice --admin', { 'users.create': ok(ALICE) })
    expect(ran.calls).toEqual([
      { name: 'users.create', input: { id: 'alice', username: 'Alice', is_admin: true } },
    ])
  })

  test('a name with control characters cannot move the cursor', async () => {
    const evil = { ...ALICE, username: 'A\u001b[2Jlice' }
    const ran = await runWith('users list', {
      'users.list': ok({ users: [evil], total_count: 1, limit: 10_000, offset: 0 }),
    })
    expect(ran.stdout).toContain('A?[2Jlice')
  })

  test('profiles show thousands separators and what is unlimited', async () => {
    const ran = await runWith('profiles list', { 'profiles.list': profiles })
    expect(ran.stdout).toMatch(/2\s+Pro\s+100\s+unlimited\s+5,000,000\s+unlimited\s+\$25\.00\s+1\s+default/)
  })
})

const REPORT: NonNullable<OperationOutput<'import.get'>['report']> = {
  users: 2,
  sessions: 3,
  turns: 1234,
  unreadable: [],
  imported: 1234,
  already_there: 0,
  conflicting: 0,
  accuracy_percent: 100,
  mismatches: [],
  periods: [
    { period: '2026-11', users: 2, turns: 1234, input_tokens: 9000, output_tokens: 100, cost_usd: 1.5 },
  ],
  outside_turns_tokens: 0,
  dry_run: false,
  validate_only: false,
  by_user: [],
  auth_database: null,
}

const RUNNING: OperationOutput<'import.get'> = {
  run_id: 'import-1',
  sessions_dir: '/somewhere/s',
  auth_db: null,
  status: 'running',
  phase: 'reading',
  files_total: 3,
  files_done: 1,
  auth_rows_total: 0,
  auth_rows_done: 0,
  turns_written: 0,
  files_per_second: 10,
  started_at: NOW,
  finished_at: null,
  error: null,
  report: null,
}

const DONE: OperationOutput<'import.get'> = { ...RUNNING, status: 'done', phase: 'finished', report: REPORT }

describe('import', () => {
  const starts = { 'import.start': ok(RUNNING) }

  test('follows the run and prints its report', async () => {
    const ran = await runWith('import --sessions-dir s', { ...starts, 'import.get': ok(DONE) })
    expect(ran.code).toBe(0)
    expect(ran.stdout).toContain('Imported: 1,234 turns in 3 sessions of 2 users.')
    expect(ran.calls[0]?.input).toEqual({ sessions_dir: '/somewhere/s' })
  })

  test('as JSON the report is all there is on stdout', async () => {
    const ran = await runWith('import --json --sessions-dir /s --dry-run', {
      ...starts,
      'import.get': ok(DONE),
    })
    expect(JSON.parse(ran.stdout)).toEqual(REPORT)
    expect(ran.calls[0]?.input).toEqual({ sessions_dir: '/s', dry_run: true })
  })

  test('an auth database is told table by table, and what of it was not taken with its reason', async () => {
    const auth_database = {
      file: '/somewhere/auth.db',
      tables: [{ table: 'users', found: 3, imported: 2, already_there: 0, conflicting: 0, rejected: 1 }],
      accuracy_percent: 100,
      rejects: [{ table: 'users', row: '../evil', reason: 'id is nothing Weir can use as an id.' }],
      conflicts: [],
      not_taken: [{ table: 'auth_tokens', rows: 4, reason: 'They are logins.' }],
    }
    const ran = await runWith('import --auth-db auth.db', {
      ...starts,
      'import.get': ok({ ...DONE, report: { ...REPORT, auth_database } }),
    })
    expect(ran.calls[0]?.input).toEqual({ auth_db: '/somewhere/auth.db' })
    expect(ran.stdout).toContain('Auth database /somewhere/auth.db, accuracy 100 %:')
    expect(ran.stdout).toMatch(/users +\.\.\/evil +id is nothing Weir can use as an id\./)
    expect(ran.stdout).toContain('auth_tokens (4 rows) stays behind. They are logins.')
    // Somebody was not taken over.
    expect(ran.code).toBe(1)
  })

  test('without a source it ends with 2 and says what is missing', async () => {
    const ran = await runWith('import', {})
    expect(ran).toMatchObject({ code: 2, calls: [] })
    expect(ran.stderr).toContain('--sessions-dir')
  })

  test('unreadable files, and figures that do not come back, end with 1', async () => {
    const unreadable = { ...REPORT, unreadable: [{ path: 'a.json', reason: 'it is cut off' }] }
    for (const report of [unreadable, { ...REPORT, accuracy_percent: 99.9 }]) {
      const ran = await runWith('import --sessions-dir s', {
        ...starts,
        'import.get': ok({ ...DONE, report }),
      })
      expect(ran.code).toBe(1)
    }
  })

  test('a run that failed ends with 3 and its reason', async () => {
    const failed = {
      ...RUNNING,
      status: 'failed' as const,
      error: { code: 'storage_full', detail: 'The disk is full.' },
    }
    const ran = await runWith('import --sessions-dir s', { ...starts, 'import.get': ok(failed) })
    expect(ran).toMatchObject({ code: 3, stdout: '', stderr: 'weir: The disk is full.\n' })
  })

  test('a folder that cannot be read ends with 3', async () => {
    const ran = await runWith('import --sessions-dir s', {
      'import.start': refusal('folder_unreadable', 'There is no folder /somewhere/s.'),
    })
    expect(ran.code).toBe(3)
  })

  test('Ctrl-C cancels the run and waits for its end', async () => {
    const cancelled = ok({ ...RUNNING, status: 'cancelled' as const })
    const ran = await runWith(
      'import --sessions-dir s',
      { ...starts, 'import.get': cancelled, 'import.cancel': cancelled },
      { interruptsAtFirstPause: true },
    )
    expect(ran.code).toBe(130)
    expect(ran.calls.map((call) => call.name)).toEqual(['import.start', 'import.cancel', 'import.get'])
    expect(ran.isClosed).toBe(true)
  })

  test('progress is one line written over on a terminal, and lines now and then elsewhere', async () => {
    let looks = 0
    const look = () => {
      looks += 1
      return ok(looks < 4 ? RUNNING : DONE)
    }
    const answers = { ...starts, 'import.get': look }
    const terminal = await runWith('import --sessions-dir s', answers, { isTerminal: true })
    expect(terminal.stderr).toBe(`${'\r\u001b[KReading: 1 of 3 files'.repeat(4)}\r\u001b[K`)
    looks = 0
    // Four looks, three seconds apart: one line in the first five seconds, none twice.
    const piped = await runWith('import --sessions-dir s', answers)
    expect(piped.stderr).toBe('Reading: 1 of 3 files\n')
  })
})

describe('where', () => {
  test('global options work before and after the command', async () => {
    const users = { 'users.list': ok({ users: [], total_count: 0, limit: 10_000, offset: 0 }) }
    for (const line of ['--data-dir /d --json users list', 'users list --json --data-dir /d']) {
      const ran = await runWith(line, users)
      expect(ran.dataDir).toBe('/d')
      expect(JSON.parse(ran.stdout)).toMatchObject({ users: [] })
    }
  })

  test('the sample goes to a fresh folder unless one is named', async () => {
    const sample = { 'setup.loadSample': ok({ users: 3, sessions: 4, turns: 5 }) }
    expect((await runWith('demo', sample)).dataDir).toBe('/demo-folder')
    const named = await runWith('demo --data-dir /d --json', sample)
    expect(JSON.parse(named.stdout)).toEqual({ users: 3, sessions: 4, turns: 5, data_dir: '/d' })
  })

  test('the sample never joins data that is there', async () => {
    const ran = await runWith('demo --data-dir /d', {
      'setup.loadSample': refusal('not_empty', 'There is data.'),
    })
    expect(ran).toMatchObject({ code: 3, isClosed: true })
  })

  test('serve passes on what was typed and nothing else', async () => {
    expect((await runWith('serve --port 0 --data-dir /d')).served).toEqual({
      dataDir: '/d',
      port: '0',
      sessionsDir: undefined,
      open: false,
    })
  })
})

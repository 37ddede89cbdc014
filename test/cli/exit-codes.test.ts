import { describe, expect, test } from 'vitest'
import { WeirError } from '../../electron/core/kernel/weir-error.ts'
import { ok, RUN, refusal, runWith } from './fake-context.ts'

const LIMIT = {
  policy: 'prompts_per_hour' as const,
  limit: 50,
  used: 50,
  reserved: 0,
  remaining: 0,
  resets_at: '2026-11-24T11:00:00.000Z',
  percent: 100,
  source: 'profile Free',
}

const YES = {
  allowed: true as const,
  admission_id: null,
  enforcement: 'on' as const,
  would_have_blocked: null,
  bypassed: false,
  expires_at: null,
  reservation: null,
  limits: [{ ...LIMIT, used: 1234, limit: 5000, remaining: 3766 }],
}

describe('wrong usage ends with 2 and asks nobody', () => {
  for (const line of [
    'no-such-command',
    'check',
    'check alice bob',
    'import',
    'tokens create --name agent',
    'tokens create --name agent --scope root',
    'tokens revoke three',
    'users add alice',
    'users list --no-such-option',
    'users',
  ]) {
    test(`weir ${line}`, async () => {
      const ran = await runWith(line)
      expect(ran.code).toBe(2)
      expect(ran.stdout).toBe('')
      expect(ran.stderr).not.toBe('')
      expect(ran.calls).toEqual([])
    })
  }

  test('an input the core refuses as invalid is wrong usage too', async () => {
    const ran = await runWith('users add bad/id --username x', {
      'users.create': refusal('invalid_request', 'Id must be 1 to 128 letters.'),
    })
    expect(ran).toMatchObject({ code: 2, stderr: 'weir: Id must be 1 to 128 letters.\n', isClosed: true })
  })
})

describe('help and version end with 0', () => {
  test('every command shows its examples', async () => {
    for (const line of [
      '',
      'serve ',
      'import ',
      'check ',
      'users list ',
      'tokens create ',
      'verify ',
      'demo ',
      'login ',
    ]) {
      const ran = await runWith(`${line}--help`)
      expect(ran.code).toBe(0)
      expect(ran.stdout).toContain('Examples:\n  ')
      expect(ran.stdout).toContain('--data-dir')
    }
  })

  test('--version prints the version and nothing else', async () => {
    expect(await runWith('--version')).toMatchObject({ code: 0, stdout: '1.2.3\n', stderr: '' })
  })
})

describe('the check', () => {
  test('a yes ends with 0, shows the limits and does not count', async () => {
    const ran = await runWith('check alice', { 'limits.check': ok(YES) })
    expect(ran.code).toBe(0)
    expect(ran.stdout).toContain('alice may run a turn now.')
    expect(ran.stdout).toMatch(/prompts_per_hour\s+1,234\s+0\s+5,000\s+3,766/)
    expect(ran.calls).toEqual([{ name: 'limits.check', input: { user_id: 'alice', dry_run: true } }])
  })

  test('a no ends with 1 and says why', async () => {
    const no = refusal('hourly_limit_exceeded', '50 of 50 turns are used this hour.', { limits: [LIMIT] })
    const ran = await runWith('check alice', { 'limits.check': no })
    expect(ran.code).toBe(1)
    expect(ran.stdout).toContain(
      'alice may not run a turn now (hourly_limit_exceeded): 50 of 50 turns are used this hour.',
    )
    expect(ran.stderr).toBe('')
  })

  test('a no as JSON is the problem document on stdout', async () => {
    const no = refusal('hourly_limit_exceeded', 'Full.', { limit: 50, used: 50 })
    const ran = await runWith('check alice --json', { 'limits.check': no })
    expect(ran.code).toBe(1)
    expect(JSON.parse(ran.stdout)).toMatchObject({
      allowed: false,
      code: 'hourly_limit_exceeded',
      status: 429,
      limit: 50,
      used: 50,
    })
  })

  test('somebody unknown or inactive is a no as well', async () => {
    for (const code of ['user_unknown', 'user_inactive', 'profile_inactive'] as const) {
      expect((await runWith('check bob', { 'limits.check': refusal(code, 'No.') })).code).toBe(1)
    }
  })

  test('an answer that could not be worked out is a failure and no answer', async () => {
    const ran = await runWith('check bob', {
      'limits.check': refusal('limits_unavailable', 'The disk is gone.'),
    })
    expect(ran).toMatchObject({ code: 3, stdout: '', stderr: 'weir: The disk is gone.\n' })
  })
})

describe('the books', () => {
  test('books that are right end with 0', async () => {
    const ran = await runWith('verify --json', { 'books.verify': ok({ checked: 12, differences: [] }) })
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.stdout)).toEqual({ checked: 12, differences: [] })
  })

  test('a difference ends with 1', async () => {
    const difference = {
      table: 'user_consumption',
      key: 'alice 2026-11',
      field: 'input_tokens',
      expected: 10,
      found: 9,
    }
    const ran = await runWith('verify', { 'books.verify': ok({ checked: 12, differences: [difference] }) })
    expect(ran.code).toBe(1)
    expect(ran.stdout).toContain('user_consumption')
  })
})

describe('who has the folder', () => {
  test('a folder in use by somebody who does not answer ends with 4', async () => {
    const inUse = new WeirError('folder_in_use', 'Another command of Weir is using /default.')
    expect(await runWith('users list', {}, { connectFails: inUse })).toMatchObject({
      code: 4,
      stderr: 'weir: Another command of Weir is using /default.\n',
    })
  })

  test('any other failure ends with 3', async () => {
    const newer = new WeirError('database_newer', 'The database was written by a newer Weir.')
    expect((await runWith('users list', {}, { connectFails: newer })).code).toBe(3)
  })

  test('a login link needs a running Weir', async () => {
    expect((await runWith('login')).code).toBe(3)
    const ran = await runWith('login', {}, { instance: RUN })
    expect(ran).toMatchObject({ code: 0, stdout: 'http://127.0.0.1:5055/#/login?code=abc\n' })
  })
})

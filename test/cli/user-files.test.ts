import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ok, runWith } from './fake-context.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-csv-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const report = (members: object = {}) =>
  ok({ new: 1, changed: 0, same: 2, bad: 0, ignored_columns: [], rows: [], ...members })
const bad = {
  line: 3,
  id: 'x y',
  username: null,
  result: 'bad' as const,
  reason: 'The id must be shorter.',
  changes: [],
}

describe('users import', () => {
  test('sends the file in pieces, adds their results, and says which rows a person must look at', async () => {
    const file = join(folder, 'users.csv')
    const lines = Array.from({ length: 1500 }, (_, at) => `user-${at},Name of user ${at}`)
    writeFileSync(file, ['id,username', ...lines].join('\n'))
    let calls = 0
    const ran = await runWith(`users import ${file} --dry-run`, {
      'users.import': () => {
        calls += 1
        return calls === 1 ? report({ bad: 1, rows: [bad] }) : report()
      },
    })
    expect(ran.calls.length).toBeGreaterThan(1)
    expect(ran.calls[1]?.input).toMatchObject({ csv: expect.stringMatching(/^id,username\n/), dry_run: true })
    expect(ran).toMatchObject({ code: 1, stderr: 'line 3 (x y): The id must be shorter.\n' })
    expect(ran.stdout).toBe(
      `An import would bring: ${calls} new users, 0 changed, ${2 * calls} as they are, 1 bad row. Nothing was changed.\n`,
    )
  })

  test('of a file that is not there fails before anything is asked', async () => {
    const ran = await runWith(`users import ${join(folder, 'none.csv')}`)
    expect([ran.code, ran.calls]).toEqual([3, []])
    expect(ran.stderr).toContain('cannot be read')
  })
})

test('users export prints the CSV alone', async () => {
  const ran = await runWith('users export --search ali', {
    'users.export': ok({ csv: 'id\r\nalice\r\n', users: 1 }),
  })
  expect(ran.stdout).toBe('id\r\nalice\n')
  expect(ran.calls).toEqual([{ name: 'users.export', input: { search: 'ali' } }])
})

describe('users delete', () => {
  const user = {
    id: 'alice',
    username: 'Alice',
    email: null,
    display_name: null,
    is_active: false,
    is_admin: false,
    consumption_profile_id: null,
    profile_name: null,
    source: 'operator' as const,
    created_at: '2026-11-24T10:00:00.000Z',
    updated_at: '2026-11-24T10:00:00.000Z',
  }
  const books = { sessions: 2, turns: 7, input_tokens: 1, output_tokens: 1, cost_usd: 0, tokens: 0 }

  test('says what would be deleted, and deletes only with --yes', async () => {
    const answers = { 'users.delete': ok({ user, turns: 'removed' as const, books }) }
    const asked = await runWith('users delete alice --turns removed', answers)
    expect(asked.stdout).toBe('This would delete alice, with 7 turns in 2 sessions removed.\n')
    expect(asked.calls[0]?.input).toEqual({ id: 'alice', turns: 'removed', dry_run: true })
    const done = await runWith('users delete alice --turns removed --yes', answers)
    expect(done.stdout).toBe('Deleted alice, with 7 turns in 2 sessions removed.\n')
    expect(done.calls[0]?.input).toEqual({ id: 'alice', turns: 'removed', confirm: 'alice' })
    expect((await runWith('users delete alice', answers)).code).toBe(2)
  })
})

describe('tokens rotate', () => {
  const old = {
    id: 3,
    name: 'agent',
    prefix: 'weir_abcde',
    scope: 'executor' as const,
    user_id: null,
    created_at: '2026-11-24T10:00:00.000Z',
    last_used_at: null,
    expires_at: '2026-11-24T11:00:00.000Z',
    revoked_at: null,
  }

  test('prints the successor alone on stdout and says how long the old one works', async () => {
    const ran = await runWith('tokens rotate 3', {
      'tokens.rotate': ok({ id: 4, token: 'weir_new', prefix: 'weir_n', old }),
    })
    expect(ran.stdout).toBe('weir_new\n')
    expect(ran.stderr).toContain('works until 2026-11-24T11:00:00.000Z')
    expect(ran.calls[0]?.input).toEqual({ id: 3, overlap_minutes: 60 })
    expect((await runWith('tokens rotate 3 --overlap soon')).code).toBe(2)
  })
})

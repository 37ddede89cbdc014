import { describe, expect, test } from 'vitest'
import type { OperationOutput } from '../../shared/contract/index.ts'
import { ok, refusal, runWith } from './fake-context.ts'

const BACKUP: OperationOutput<'backups.verify'> = {
  id: '20261124T013000Z-9f3a',
  created_at: '2026-11-24T01:30:00.000Z',
  reason: 'manual',
  size_bytes: 4096,
  sha256: 'ab',
  schema_version: 2,
  verified_at: '2026-11-24T01:30:02.000Z',
}
const LISTED = {
  ...BACKUP,
  path: '/data/backups/x',
  status: 'verified',
  problem: null,
  rows: 3,
  is_pinned: false,
  is_last_verified: true,
  lock: 'none',
  copy: null,
} as const
const LIST = {
  newest_verified: { id: BACKUP.id, created_at: BACKUP.created_at, is_recent: true },
  place: { dir: '/data/backups', free_bytes: 1e9, needed_bytes: 1e8 },
  copy_dir: null,
  encryption: { state: 'off', since: null },
  kept: { last: 3, days: 7, weeks: 4, months: 12 },
  running: null,
} as const
const RUNNING: OperationOutput<'backups.getRun'> = {
  run_id: 'backup-1',
  status: 'running',
  phase: 'copying',
  reason: 'manual',
  started_at: BACKUP.created_at,
  finished_at: null,
  bytes_done: 1,
  bytes_total: 4096,
  backup: null,
  error: null,
}

describe('backup', () => {
  test('create waits until the backup is verified and prints it', async () => {
    const ran = await runWith('backup create --json', {
      'backups.create': ok(RUNNING),
      'backups.getRun': ok({ ...RUNNING, status: 'done', backup: BACKUP }),
    })
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.stdout)).toEqual(BACKUP)
  })

  test('create that failed says why and ends with 3', async () => {
    const error = { code: 'storage_full', detail: 'The disk is full.' }
    const ran = await runWith('backup create', {
      'backups.create': ok(RUNNING),
      'backups.getRun': ok({ ...RUNNING, status: 'failed', error }),
    })
    expect(ran).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('The disk is full.') })
  })

  test('Ctrl-C cancels the backup and ends with 130', async () => {
    const answers = {
      'backups.create': ok(RUNNING),
      'backups.cancel': ok(RUNNING),
      'backups.getRun': ok({ ...RUNNING, status: 'cancelled' as const }),
    }
    const ran = await runWith('backup create', answers, { interruptsAtFirstPause: true })
    expect(ran.code).toBe(130)
    expect(ran.calls.map(({ name }) => name)).toContain('backups.cancel')
  })

  test('list shows also what cannot be used', async () => {
    const invalid = {
      ...LISTED,
      status: 'invalid',
      problem: 'Its manifest is missing.',
      size_bytes: null,
    } as const
    const answers = { 'backups.list': ok({ ...LIST, backups: [LISTED, invalid] }) }
    const ran = await runWith('backup list', answers)
    expect(ran.stdout).toContain('invalid: Its manifest is missing.')
    const json = JSON.parse((await runWith('backup list --json', answers)).stdout)
    expect(json).toEqual({ backups: [LISTED, invalid] })
  })

  test('list says which are encrypted, and which with another passphrase', async () => {
    const backups = [LISTED, { ...LISTED, lock: 'open' as const }, { ...LISTED, lock: 'locked' as const }]
    const { stdout } = await runWith('backup list', { 'backups.list': ok({ ...LIST, backups }) })
    expect(stdout).toMatch(/verified, encrypted\n.*verified, encrypted with another passphrase/)
  })

  test('verify hands over the passphrase of the environment or of a file where it is needed', async () => {
    const needed = refusal('passphrase_needed', 'It is encrypted.', { backup_id: BACKUP.id })
    const answersOf = () => {
      let isUnlocked = false
      return {
        'backups.verify': () => (isUnlocked ? ok(BACKUP) : needed),
        'restore.unlock': () => {
          isUnlocked = true
          return ok({ backup_id: BACKUP.id })
        },
      }
    }
    const line = `backup verify ${BACKUP.id}`
    const ran = await runWith(line, answersOf(), { passphrase: 'of the environment' })
    expect(ran.code).toBe(0)
    const unlock = {
      name: 'restore.unlock',
      input: { backup_id: BACKUP.id, passphrase: 'of the environment' },
    }
    expect(ran.calls).toContainEqual(unlock)
    const filed = await runWith(`${line} --passphrase-file secret.txt`, answersOf())
    expect(filed.calls).toContainEqual({ ...unlock, input: { ...unlock.input, passphrase: 'of secret.txt' } })
    const without = await runWith(line, answersOf())
    expect(without).toMatchObject({ code: 3, stderr: expect.stringContaining('WEIR_BACKUP_PASSPHRASE') })
    const wrong = refusal('passphrase_wrong', 'This is not the passphrase.')
    const refused = await runWith(line, { ...answersOf(), 'restore.unlock': wrong }, { passphrase: 'other' })
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('not the passphrase') })
  })

  test('encrypt takes a passphrase that no argument holds, or --off', async () => {
    const on = { 'backups.setPassphrase': ok({ state: 'on' as const, since: BACKUP.created_at }) }
    const ran = await runWith('backup encrypt --passphrase-file -', on)
    expect(ran).toMatchObject({ code: 0, calls: [{ input: { passphrase: 'of -' } }] })
    expect(await runWith('backup encrypt', on)).toMatchObject({ code: 2, calls: [] })
    const off = { 'backups.setPassphrase': ok({ state: 'off' as const, since: null }) }
    expect(await runWith('backup encrypt --off', off)).toMatchObject({
      calls: [{ input: { passphrase: null } }],
    })
  })

  test('verify takes the newest when none is named, and ends with 1 when it is damaged', async () => {
    const list = { 'backups.list': ok({ ...LIST, backups: [LISTED] }) }
    const fine = await runWith('backup verify', { ...list, 'backups.verify': ok(BACKUP) })
    expect(fine).toMatchObject({ code: 0, stdout: `${BACKUP.id} is whole.\n` })
    const damaged = refusal('backup_damaged', 'Its bytes have changed.')
    expect(await runWith(`backup verify ${BACKUP.id}`, { 'backups.verify': damaged })).toMatchObject({
      code: 1,
    })
    const none = await runWith('backup verify', { 'backups.list': ok({ ...LIST, backups: [] }) })
    expect(none).toMatchObject({ code: 3, stdout: '' })
  })
})

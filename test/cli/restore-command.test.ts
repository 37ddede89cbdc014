import { describe, expect, test } from 'vitest'
import { WeirError } from '../../electron/core/kernel/weir-error.ts'
import type { OperationOutput } from '../../shared/contract/index.ts'
import { ok, refusal, runWith } from './fake-context.ts'

const ID = '20261124T013000Z-9f3a'
const PLAN: OperationOutput<'restore.plan'> = {
  backup: {
    id: ID,
    created_at: '2026-11-24T01:30:00.000Z',
    reason: 'daily',
    size_bytes: 4096,
    schema_version: 7,
  },
  schema_version: 7,
  live_problem: null,
  counts: [{ subject: 'turns', now: 1200, in_backup: 1000, kept: 200, comes_back: 0, after: 1200 }],
  files: null,
  changes: [{ kind: 'profile', subject: 'Pro', field: 'prompts_per_hour', now: '20', after: '200' }],
  changes_total: 1,
  notices: ['2 tokens of the backup were revoked since and will not work again.'],
}
const RUNNING: OperationOutput<'restore.get'> = {
  run_id: 'restore-1',
  kind: 'restore',
  status: 'running',
  backup_id: ID,
  backup_created_at: PLAN.backup.created_at,
  safety_backup_id: null,
  undoes: null,
  undone_by: null,
  started_by: 'Olga',
  started_at: '2026-11-24T10:00:00.000Z',
  finished_at: null,
  fenced_ms: null,
  can_cancel: true,
  can_undo: false,
  kept_in: null,
  steps: [
    { step: 'validate', state: 'running', detail: null, started_at: null, finished_at: null, figures: {} },
  ],
  error: null,
}
const DONE = { ...RUNNING, status: 'done', kept_in: '/data/quarantine/restore-1' } as const
const ANSWERS = { 'restore.plan': ok(PLAN), 'restore.start': ok(RUNNING), 'restore.get': ok(DONE) }
const called = (ran: { readonly calls: readonly { readonly name: string }[] }) =>
  ran.calls.map(({ name }) => name)

describe('restore', () => {
  test('shows what changes, asks, and restores after a yes', async () => {
    const ran = await runWith(`restore ${ID}`, ANSWERS, { typed: 'y' })
    expect(ran.code).toBe(0)
    expect(ran.stdout).toContain('1,200')
    expect(ran.stdout).toContain('profile Pro: prompts per hour 20 -> 200')
    expect(ran.stdout).toContain('2 tokens of the backup were revoked since')
    expect(ran.stderr).toContain('/data/quarantine/restore-1')
  })

  test('hands over the passphrase of an encrypted backup, and changes nothing where it is wrong', async () => {
    const needed = refusal('passphrase_needed', 'It is encrypted.', { backup_id: ID })
    let isUnlocked = false
    const answers = {
      ...ANSWERS,
      'restore.plan': () => (isUnlocked ? ok(PLAN) : needed),
      'restore.unlock': () => {
        isUnlocked = true
        return ok({ backup_id: ID })
      },
    }
    const wrong = { ...answers, 'restore.unlock': refusal('passphrase_wrong', 'Not the passphrase.') }
    const refused = await runWith(`restore ${ID} --yes`, wrong, { passphrase: 'other' })
    expect(refused.code).toBe(3)
    expect(called(refused)).not.toContain('restore.start')
    const ran = await runWith(`restore ${ID} --yes --passphrase-file -`, answers)
    expect(ran.code).toBe(0)
    expect(called(ran).slice(0, 4)).toEqual([
      'restore.plan',
      'restore.unlock',
      'restore.plan',
      'restore.start',
    ])
  })

  test('changes nothing after anything else than a yes', async () => {
    const ran = await runWith(`restore ${ID}`, ANSWERS, { typed: '' })
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('Nothing was changed') })
    expect(called(ran)).toEqual(['restore.plan'])
  })

  test('where nobody can be asked needs --yes and ends with 2', async () => {
    const ran = await runWith(`restore ${ID} --json`, ANSWERS)
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
    expect(JSON.parse(ran.stdout)).toEqual(PLAN)
    expect(called(ran)).toEqual(['restore.plan'])
  })

  test('with --yes prints the run as the API has it', async () => {
    const ran = await runWith(`restore ${ID} --yes --json`, ANSWERS)
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.stdout)).toEqual(DONE)
  })

  test('goes on asking while the databases change places', async () => {
    let asked = 0
    const ran = await runWith(`restore ${ID} --yes`, {
      ...ANSWERS,
      'restore.get': () => {
        asked += 1
        return asked === 1 ? refusal('restoring', 'A backup is being restored.') : ok(DONE)
      },
    })
    expect(ran.code).toBe(0)
    expect(asked).toBe(2)
  })

  test('that failed or was taken back says why and ends with 3', async () => {
    const error = { code: 'storage_unavailable', detail: 'What was there before is served, unchanged.' }
    const failed = { ...RUNNING, status: 'rolled_back', error } as const
    const ran = await runWith(`restore ${ID} --yes`, { ...ANSWERS, 'restore.get': ok(failed) })
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining('unchanged') })
  })

  test('of a backup that is damaged ends with 3 before anything is asked, and says which one to take', async () => {
    const next = '20261123T013000Z-1a2b'
    const detail = `This backup cannot be used. The next good one is ${next}.`
    const damaged = refusal('backup_damaged', detail, { next_backup_id: next })
    const ran = await runWith(`restore ${ID} --yes`, { 'restore.plan': damaged })
    expect(ran).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('cannot be used') })
    expect(ran.stderr).toContain(next)
    const json = await runWith(`restore ${ID} --yes --json`, { 'restore.plan': damaged })
    expect(json.stdout + json.stderr).toContain(`"next_backup_id":"${next}"`)
  })

  test('is cancelled by Ctrl-C and ends with 130', async () => {
    const answers = {
      ...ANSWERS,
      'restore.cancel': ok(RUNNING),
      'restore.get': ok({ ...RUNNING, status: 'cancelled' as const }),
    }
    const ran = await runWith(`restore ${ID} --yes`, answers, { interruptsAtFirstPause: true })
    expect(ran.code).toBe(130)
    expect(called(ran)).toContain('restore.cancel')
  })

  test('of the newest backup finds it by itself, after a yes, also where the database cannot be opened', async () => {
    const answers = { ...ANSWERS, 'restore.recover': ok(RUNNING) }
    const connectFails = new WeirError('storage_unavailable', 'The database is damaged.')
    const ran = await runWith('restore --newest', answers, { connectFails, typed: 'y' })
    expect(ran.code).toBe(0)
    expect(called(ran)).toEqual(expect.arrayContaining(['(rescue)', 'restore.recover']))
    const unasked = await runWith('restore --newest', answers, { typed: 'n' })
    expect(called(unasked)).not.toContain('restore.recover')
    expect((await runWith('restore', answers)).code).toBe(2)
    expect((await runWith(`restore ${ID} --newest`, answers)).code).toBe(2)
  })

  test('works where the database cannot be opened, which is what a backup is for', async () => {
    const connectFails = new WeirError('storage_unavailable', 'The database is damaged.')
    const ran = await runWith(`restore ${ID} --yes`, ANSWERS, { connectFails })
    expect(ran.code).toBe(0)
    expect(called(ran)).toContain('(rescue)')
  })
})

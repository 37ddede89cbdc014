import { describe, expect, test } from 'vitest'
import type { OperationOutput } from '../../shared/contract/index.ts'
import { ok, refusal, runWith } from './fake-context.ts'

const ON = { mode: 'on', reason: null, until: null, since: null } as const
const STATE: OperationOutput<'enforcement.get'> = {
  ...ON,
  when_unavailable: 'open',
  in_force: ON,
  reservations: { max_tokens: 2_000_000, minutes: 10 },
  override: null,
}
const OFF = {
  mode: 'off',
  reason: 'Fire',
  until: '2026-11-24T11:00:00.000Z',
  since: '2026-11-24T10:00:00.000Z',
} as const

describe('enforcement', () => {
  test('show says what holds now, with the override', async () => {
    const override = { prompts_per_hour: 1000, prompts_per_day: null, reason: 'Storm', until: OFF.until }
    const ran = await runWith('enforcement show', {
      'enforcement.get': ok({ ...STATE, ...OFF, in_force: OFF, override }),
    })
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.stdout).toMatch(/enforcement\s+off\nreason\s+Fire\nuntil\s+2026-11-24T11:00:00.000Z/)
    expect(ran.stdout).toContain('1,000 per hour for everybody until 2026-11-24T11:00:00.000Z: Storm')
  })

  test('with --json the state is all there is on stdout', async () => {
    const ran = await runWith('enforcement show --json', { 'enforcement.get': ok(STATE) })
    expect(JSON.parse(ran.stdout)).toEqual(STATE)
  })

  test.each([
    ['--for 1h', 3_600_000],
    ['--for 1h30m', 5_400_000],
    ['--for 90s', 90_000],
  ])('off %s ends that much later', async (flag, ms) => {
    const ran = await runWith(`enforcement off --reason Fire ${flag}`, {
      'enforcement.set': ok({ ...STATE, ...OFF, in_force: OFF }),
    })
    expect(ran.stdout).toBe('Enforcement is off: no limit is asked until 2026-11-24T11:00:00.000Z.\n')
    const input = ran.calls[0]?.input as { mode: string; reason: string; until: string }
    expect(input).toMatchObject({ mode: 'off', reason: 'Fire' })
    expect(Math.abs(Date.parse(input.until) - Date.now() - ms)).toBeLessThan(60_000)
  })

  test('observe and on send what was given and nothing else', async () => {
    const answers = { 'enforcement.set': ok(STATE) }
    const observe = await runWith(`enforcement observe --reason Trying --until ${OFF.until}`, answers)
    expect(observe.calls[0]?.input).toEqual({ mode: 'observe', reason: 'Trying', until: OFF.until })
    const on = await runWith('enforcement on', answers)
    expect(on.calls).toEqual([{ name: 'enforcement.set', input: { mode: 'on' } }])
  })

  test.each(['off', 'observe', 'off --reason x --for soon', `off --reason x --for 1h --until ${OFF.until}`])(
    '%s makes no sense and asks nobody',
    async (line) => {
      const ran = await runWith(`enforcement ${line}`)
      expect(ran).toMatchObject({ code: 2, calls: [], stdout: '' })
    },
  )

  test('an end that Weir refuses is wrong usage too', async () => {
    const ran = await runWith('enforcement off --reason x --for 3d', {
      'enforcement.set': refusal('invalid_request', 'Enforcement can be off for 24 hours at most.'),
    })
    expect(ran).toMatchObject({ code: 2, stderr: 'weir: Enforcement can be off for 24 hours at most.\n' })
  })
})

describe('users', () => {
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
    created_at: OFF.until,
    updated_at: OFF.until,
  }

  test('deactivate and activate change that and nothing else', async () => {
    const off = await runWith('users deactivate alice', { 'users.update': ok(user) })
    expect(off).toMatchObject({ code: 0, stdout: 'alice may run no turn any more.\n' })
    expect(off.calls[0]?.input).toEqual({ id: 'alice', is_active: false })
    const on = await runWith('users activate alice --json', {
      'users.update': ok({ ...user, is_active: true }),
    })
    expect(JSON.parse(on.stdout)).toMatchObject({ is_active: true })
    expect(on.calls[0]?.input).toEqual({ id: 'alice', is_active: true })
  })

  test('somebody unknown is a failure', async () => {
    const ran = await runWith('users deactivate bob', {
      'users.update': refusal('user_unknown', 'No such user.'),
    })
    expect(ran.code).toBe(3)
  })
})

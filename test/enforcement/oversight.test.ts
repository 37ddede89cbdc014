import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS, toIso } from '../../shared/units.ts'
import { OPERATOR, turnInput } from '../support/consumption.ts'
import { asContract, openEnforcement, type TestEnforcement } from './enforcement-fixture.ts'

let weir: TestEnforcement

beforeEach(async () => {
  weir = await openEnforcement()
})

afterEach(() => weir.close())

const inMs = (ms: number) => toIso(weir.clock.now() + ms)

describe('enforcement.events', () => {
  test('says what the caller was told, word by word, for every limit', async () => {
    await weir.addUser('hour', { limits: { prompts_per_hour: 1 } })
    await weir.addUser('day', { limits: { prompts_per_day: 0 } })
    await weir.addUser('month', { limits: { input_tokens_per_month: 100 } })
    await weir.addUser('cost', { limits: { cost_per_month_micro_usd: 1_500_000 } })
    await weir.addUser('off', { isActive: false })
    await weir.addUser('config', { limits: { config_changes_per_hour: 0 } })
    await weir.consumption.recordTurn(turnInput({ user_id: 'cost', cost_usd: 1.5 }))
    await weir.check({ user_id: 'hour' })
    const told = new Map<string, string>()
    for (const user_id of ['hour', 'day', 'month', 'cost', 'off']) {
      const answer = await weir.check({ user_id, estimated_input_tokens: 120 })
      if (answer.kind === 'refused') told.set(user_id, answer.detail)
    }
    const config = await weir.consumption.countConfigChange({ user_id: 'config' })
    if (config.kind === 'refused') told.set('config', config.detail)
    const { events } = asContract('enforcement.events', await weir.enforcement.events({}))
    expect(new Map(events.map((event) => [event.user_id, event.told]))).toEqual(told)
    expect(told.size).toBe(6)
  })

  test('can be narrowed by reason, limit and time, and counts every reason of the range', async () => {
    await weir.addUser('alice', { limits: { prompts_per_hour: 0 } })
    await weir.addUser('bob', { isActive: false })
    await weir.check()
    weir.clock.advance(MINUTE_MS)
    const since = inMs(0)
    await weir.check()
    await weir.check({ user_id: 'bob' })
    await weir.enforcement.set({ mode: 'observe', reason: 'x' }, OPERATOR)
    await weir.check()
    const page = await weir.enforcement.events({ since, kind: 'blocked' })
    expect(page.total_count).toBe(2)
    expect(page.counts).toEqual([
      { kind: 'blocked', code: 'hourly_limit_exceeded', count: 1 },
      { kind: 'would_have_blocked', code: 'hourly_limit_exceeded', count: 1 },
      { kind: 'blocked', code: 'user_inactive', count: 1 },
    ])
    expect((await weir.enforcement.events({ until: since })).total_count).toBe(1)
    expect((await weir.enforcement.events({ policy: 'prompts_per_hour' })).total_count).toBe(3)
    expect((await weir.enforcement.events({ code: 'user_inactive' })).events[0]?.user_id).toBe('bob')
    const [observed] = (await weir.enforcement.events({ kind: 'would_have_blocked' })).events
    expect(observed?.told).toMatch(/^Let through\. Enforced, it would have been told: This user's limit/)
  })
})

describe('limits.ladder', () => {
  test('puts every user on the rungs that decide something for them', async () => {
    const off = await weir.addProfile('Dormant')
    await weir.database.write((trx) =>
      trx.updateTable('consumption_profiles').set({ is_active: 0 }).where('id', '=', off).execute(),
    )
    await weir.addUser('gone', { isActive: false })
    await weir.addUser('asleep', { profile: 'Dormant' })
    await weir.addUser('free-1', { profile: 'Free' })
    await weir.addUser('free-2', { profile: 'Free' })
    await weir.addUser('nobody')
    const grant = { id: 'free-1', limit: 'prompts_per_hour', amount: 5, reason: 'x' } as const
    await weir.grants.create({ ...grant, expires_at: inMs(HOUR_MS) }, OPERATOR)
    const counts = async () => {
      const { rungs, total_users } = asContract('limits.ladder', await weir.enforcement.ladder())
      expect(total_users).toBe(5)
      return Object.fromEntries(rungs.map(({ rung, users }) => [rung, users]))
    }
    expect(await counts()).toEqual({
      user_inactive: 1,
      override: 0,
      profile_inactive: 1,
      profile: 2,
      default_profile: 1,
      built_in: 0,
      grants: 1,
    })
    const override = { prompts_per_hour: 1, prompts_per_day: null, reason: 'x', until: inMs(HOUR_MS) }
    await weir.enforcement.setOverride(override, OPERATOR)
    expect(await counts()).toMatchObject({ override: 4, profile_inactive: 0, profile: 3 })
    const { rungs } = await weir.enforcement.ladder()
    expect(rungs.find(({ rung }) => rung === 'profile')?.names).toEqual([
      { name: 'Free', users: 2 },
      { name: 'Dormant', users: 1 },
    ])
  })
})

describe('override.preview', () => {
  test('names who would be stopped and who set free, and setting it does just that', async () => {
    await weir.addUser('busy', { limits: { prompts_per_hour: 100 } })
    await weir.addUser('stopped', { limits: { prompts_per_hour: 1 } })
    await weir.addUser('gone', { isActive: false })
    for (let turn = 0; turn < 5; turn += 1) await weir.check({ user_id: 'busy' })
    await weir.check({ user_id: 'stopped' })
    const limits = { prompts_per_hour: 3, prompts_per_day: null }
    const preview = asContract('override.preview', await weir.enforcement.previewOverride(limits))
    expect(preview.affected_users).toBe(2)
    expect(preview.would_block.map(({ user_id }) => user_id)).toEqual(['busy'])
    expect(preview.would_unblock.map(({ user_id }) => user_id)).toEqual(['stopped'])
    expect([await weir.wouldSay('busy'), await weir.wouldSay('stopped')]).toEqual([
      'yes',
      'hourly_limit_exceeded',
    ])
    await weir.enforcement.setOverride({ ...limits, reason: 'x', until: inMs(HOUR_MS) }, OPERATOR)
    expect([await weir.wouldSay('busy'), await weir.wouldSay('stopped')]).toEqual([
      'hourly_limit_exceeded',
      'yes',
    ])
  })
})

describe('consumption.days', () => {
  test('gives every day, empty ones too, over a day that has only 23 hours', async () => {
    await weir.settings.change({ time_zone: 'Europe/Berlin' }, OPERATOR)
    weir.clock.set('2027-03-29T08:00:00Z')
    await weir.addUser('alice')
    const turns = [
      ['2027-03-27T23:30:00Z', 1],
      ['2027-03-28T21:59:00Z', 2],
      ['2027-03-28T22:00:00Z', 3],
    ] as const
    for (const [occurred_at, turn_number] of turns)
      await weir.consumption.recordTurn(turnInput({ occurred_at, turn_number }))
    const { days, time_zone } = asContract('consumption.days', await weir.consumption.days('alice', 4))
    expect(time_zone).toBe('Europe/Berlin')
    expect(days.map(({ date, turns, input_tokens }) => [date, turns, input_tokens])).toEqual([
      ['2027-03-26', 0, 0],
      ['2027-03-27', 0, 0],
      ['2027-03-28', 2, 200],
      ['2027-03-29', 1, 100],
    ])
    expect((await weir.consumption.days('alice')).days).toHaveLength(30)
    await expect(weir.consumption.days('nobody')).rejects.toMatchObject({ code: 'user_unknown' })
  })
})

describe('audit.list', () => {
  test('finds by action, object, time and by whom it is about, grants and tokens included', async () => {
    await weir.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
    await weir.users.create({ id: 'bob', username: 'Bob' }, OPERATOR)
    weir.clock.advance(DAY_MS)
    const grant = { id: 'alice', limit: 'prompts_per_hour', amount: 5, reason: 'x' } as const
    const { id } = await weir.grants.create({ ...grant, expires_at: inMs(HOUR_MS) }, OPERATOR)
    await weir.grants.revoke('alice', id, OPERATOR)
    const actions = async (query: Parameters<typeof weir.audit.list>[0]) =>
      (await weir.audit.list(query)).entries.map((entry) => `${entry.action} ${entry.object_id}`)
    expect(await actions({ about_user: 'alice' })).toEqual([
      `grants.revoke ${id}`,
      `grants.create ${id}`,
      'users.create alice',
    ])
    expect(await actions({ action: 'users.create' })).toEqual(['users.create bob', 'users.create alice'])
    expect(await actions({ object_kind: 'user', object_id: 'bob' })).toEqual(['users.create bob'])
    expect(await actions({ since: inMs(0) })).toHaveLength(2)
    expect(await actions({ until: inMs(0), actor: 'Olga' })).toHaveLength(2)
    expect(asContract('audit.list', await weir.audit.list({ limit: 1 })).choices).toEqual({
      actors: ['Olga'],
      actions: ['grants.create', 'grants.revoke', 'users.create'],
      object_kinds: ['grant', 'user'],
    })
  })
})

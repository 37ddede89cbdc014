import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { openEnforcement, type TestEnforcement } from '../enforcement/enforcement-fixture.ts'
import { OPERATOR } from '../support/consumption.ts'

let weir: TestEnforcement

beforeEach(async () => {
  weir = await openEnforcement()
})

afterEach(() => weir.close())

const TEAM = { name: 'Team', prompts_per_hour: 3, cost_per_month_usd: 12.5 }
const byId = async (id: number) => (await weir.profiles.list()).profiles.find((profile) => profile.id === id)
const lastAudit = async () => (await weir.audit.list({ limit: 1 })).entries[0]

describe('profiles', () => {
  test('a new one has what was given, is unlimited in the rest, and is logged', async () => {
    const team = await weir.profiles.create(TEAM, OPERATOR)
    expect(OPERATIONS['profiles.create'].output.parse(team)).toMatchObject({
      ...TEAM,
      prompts_per_day: null,
      is_default: false,
      is_active: true,
      user_count: 0,
    })
    expect(await lastAudit()).toMatchObject({
      action: 'profiles.create',
      object_kind: 'profile',
      after: team,
    })
    await expect(weir.profiles.create({ name: 'tEAM' }, OPERATOR)).rejects.toMatchObject({
      code: 'profile_exists',
    })
  })

  test('a change keeps what it leaves out, and holds with the next check', async () => {
    await weir.addUser('alice', { profile: 'Free' })
    await weir.check()
    const before = await byId(1)
    const free = await weir.profiles.update({ id: 1, name: 'Free', prompts_per_hour: 1 }, OPERATOR)
    expect(OPERATIONS['profiles.update'].output.parse(free)).toMatchObject({
      prompts_per_hour: 1,
      prompts_per_day: 500,
      input_tokens_per_month: 100_000,
    })
    expect(await weir.wouldSay()).toBe('hourly_limit_exceeded')
    expect(await lastAudit()).toMatchObject({ action: 'profiles.update', before, after: free })
    const taken = weir.profiles.update({ id: 1, name: 'pro' }, OPERATOR)
    await expect(taken).rejects.toMatchObject({ code: 'profile_exists' })
    const unknown = weir.profiles.update({ id: 99, name: 'x' }, OPERATOR)
    await expect(unknown).rejects.toMatchObject({ code: 'profile_unknown' })
  })

  test('there is always one default and it is active; another takes its place in one step', async () => {
    for (const change of [{ is_default: false }, { is_active: false }]) {
      const refused = weir.profiles.update({ id: 4, name: 'Unlimited', ...change }, OPERATOR)
      await expect(refused).rejects.toMatchObject({ code: 'invalid_request' })
    }
    const inactive = weir.profiles.create({ name: 'Off', is_default: true, is_active: false }, OPERATOR)
    await expect(inactive).rejects.toMatchObject({ code: 'invalid_request' })
    await Promise.all([
      weir.profiles.update({ id: 1, name: 'Free', is_default: true }, OPERATOR),
      weir.profiles.create({ name: 'New', is_default: true }, OPERATOR),
    ])
    const { profiles } = await weir.profiles.list()
    expect(profiles.filter((profile) => profile.is_default).map((profile) => profile.name)).toEqual(['New'])
    expect((await weir.audit.list({ object_kind: 'profile' })).total_count).toBe(4)
  })

  test('a preview names who would be blocked and who set free, as the change then does, and writes nothing', async () => {
    for (const id of ['alice', 'bob']) await weir.addUser(id, { profile: 'Free' })
    await weir.addUser('carl', { limits: { prompts_per_hour: 0 } })
    await weir.addUser('dora')
    for (let turn = 0; turn < 2; turn += 1) await weir.check()
    const change = { id: 1, name: 'Free', prompts_per_hour: 2 }
    const preview = OPERATIONS['profiles.preview'].output.parse(await weir.profiles.preview(change))
    expect(preview).toMatchObject({ affected_users: 2, would_unblock: [] })
    expect(preview.would_block.map((user) => user.user_id)).toEqual(['alice'])
    expect(await weir.wouldSay()).toBe('yes')
    await weir.profiles.update(change, OPERATOR)
    expect([await weir.wouldSay(), await weir.wouldSay('bob')]).toEqual(['hourly_limit_exceeded', 'yes'])
    const back = await weir.profiles.preview({ ...change, prompts_per_hour: 3 })
    expect([back.would_block, back.would_unblock.map((user) => user.user_id)]).toEqual([[], ['alice']])
    // Who has no profile of their own is touched by a new default, and a profile that is switched off stops its users.
    const asDefault = await weir.profiles.preview({ id: 5, name: 'of carl', is_default: true })
    expect(asDefault.affected_users).toBe(2)
    expect(asDefault.would_block.map((user) => user.user_id)).toEqual(['dora'])
    const off = await weir.profiles.preview({ ...change, is_active: false })
    expect(off.would_block.map((user) => user.user_id)).toEqual(['bob'])
  })

  test('is deleted when nobody has it, or after its users were moved; the default never is', async () => {
    await weir.addUser('alice', { profile: 'Free' })
    const remove = (id: number, target?: number) =>
      weir.profiles.delete({ id, ...(target === undefined ? {} : { move_users_to: target }) }, OPERATOR)
    await expect(remove(1)).rejects.toMatchObject({ code: 'profile_in_use', details: { user_count: 1 } })
    await expect(remove(4, 1)).rejects.toMatchObject({ code: 'profile_in_use' })
    await expect(remove(1, 1)).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(remove(1, 99)).rejects.toMatchObject({ code: 'profile_unknown' })
    expect(OPERATIONS['profiles.delete'].output.parse(await remove(1, 2))).toMatchObject({ moved_users: 1 })
    expect(await byId(1)).toBeUndefined()
    expect((await byId(2))?.user_count).toBe(1)
    expect(await remove(3)).toMatchObject({ profile: { name: 'Enterprise' }, moved_users: 0 })
    expect(await lastAudit()).toMatchObject({
      action: 'profiles.delete',
      before: { name: 'Enterprise' },
      after: null,
    })
  })
})

describe('users', () => {
  test('a change touches what is given, is logged once, and refuses an unknown user or profile', async () => {
    await weir.addUser('alice')
    const changes = { id: 'alice', email: 'a@example.org', is_active: false, is_admin: true }
    const after = OPERATIONS['users.update'].output.parse(await weir.users.update(changes, OPERATOR))
    expect(after).toMatchObject({ ...changes, username: 'alice' })
    expect(await lastAudit()).toMatchObject({ action: 'users.update', before: { is_active: true }, after })
    expect(await weir.users.update(changes, OPERATOR)).toEqual(after)
    expect((await weir.audit.list({ actor: 'Olga', object_kind: 'user' })).total_count).toBe(1)
    const unknown = [{ id: 'nobody' }, { id: 'alice', consumption_profile_id: 99 }]
    const codes = unknown.map((input) => weir.users.update(input, OPERATOR).catch((error) => error.code))
    expect(await Promise.all(codes)).toEqual(['user_unknown', 'profile_unknown'])
    expect(await weir.users.update({ id: 'alice', email: null }, OPERATOR)).toMatchObject({ email: null })
  })
})

describe('grants', () => {
  const asked = (members: object) => ({
    id: 'alice',
    limit: 'prompts_per_hour' as const,
    amount: 5,
    expires_at: '2026-12-01T00:00:00Z',
    reason: 'Demo',
    ...members,
  })

  test('are listed with their state, in dollars where they are money, and ended early once', async () => {
    await weir.addUser('alice', { limits: { cost_per_month_micro_usd: 0 } })
    await weir.addUser('bob')
    const grant = await weir.grants.create(asked({ limit: 'cost_per_month_usd', amount: 0.1 }), OPERATOR)
    expect(OPERATIONS['grants.create'].output.parse(grant)).toMatchObject({ amount: 0.1, is_in_force: true })
    expect(await weir.wouldSay()).toBe('yes')
    const foreign = weir.grants.revoke('bob', grant.id, OPERATOR)
    await expect(foreign).rejects.toMatchObject({ code: 'grant_unknown' })
    const revoked = await weir.grants.revoke('alice', grant.id, OPERATOR)
    expect(await weir.wouldSay()).toBe('cost_budget_exceeded')
    expect(await weir.grants.revoke('alice', grant.id, OPERATOR)).toEqual(revoked)
    expect(OPERATIONS['grants.revoke'].output.parse(revoked)).toMatchObject({ is_in_force: false })
    const { grants } = OPERATIONS['grants.list'].output.parse(await weir.grants.list('alice'))
    expect(grants).toEqual([revoked])
    const { entries } = await weir.audit.list({ object_kind: 'grant' })
    expect(entries.map((entry) => entry.action)).toEqual(['grants.revoke', 'grants.create'])
  })

  test.each([
    ['nothing', { amount: 0 }],
    ['half a prompt', { amount: 1.5 }],
    ['less than a micro-dollar', { limit: 'cost_per_month_usd' as const, amount: 1e-7 }],
    ['an end that has come', { expires_at: '2026-11-24T10:20:00Z' }],
  ])('of %s are refused', async (_title, members) => {
    await weir.addUser('alice')
    const refused = weir.grants.create(asked(members), OPERATOR)
    await expect(refused).rejects.toMatchObject({ code: 'invalid_request' })
  })

  test('of an unknown user are refused', async () => {
    await expect(weir.grants.create(asked({}), OPERATOR)).rejects.toMatchObject({ code: 'user_unknown' })
    await expect(weir.grants.list('alice')).rejects.toMatchObject({ code: 'user_unknown' })
  })
})

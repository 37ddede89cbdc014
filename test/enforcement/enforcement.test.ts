import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS, toIso } from '../../shared/units.ts'
import { OPERATOR } from '../support/consumption.ts'
import { Random } from '../support/random.ts'
import { asContract, codeOf, openEnforcement, type TestEnforcement } from './enforcement-fixture.ts'

let weir: TestEnforcement

beforeEach(async () => {
  weir = await openEnforcement()
})

afterEach(() => weir.close())

const inMs = (ms: number) => toIso(weir.clock.now() + ms)

describe('the switch of enforcement', () => {
  test('off lets pass from the next check on, and is on again by itself when its end has come', async () => {
    await weir.addUser('alice', { limits: { prompts_per_hour: 0 } })
    expect(await weir.wouldSay()).toBe('hourly_limit_exceeded')
    const input = { mode: 'off', reason: 'Wrong limits', until: inMs(HOUR_MS) } as const
    const state = asContract('enforcement.set', await weir.enforcement.set(input, OPERATOR))
    expect(state).toMatchObject({ mode: 'off', in_force: { mode: 'off', reason: 'Wrong limits' } })
    expect(await weir.wouldSay()).toBe('yes')
    weir.clock.advance(HOUR_MS - 1)
    expect(await weir.wouldSay()).toBe('yes')
    weir.clock.advance(1)
    expect(await weir.wouldSay()).toBe('hourly_limit_exceeded')
    expect(asContract('enforcement.get', await weir.enforcement.get())).toMatchObject({
      mode: 'off',
      in_force: { mode: 'on', reason: null, until: null },
    })
  })

  test('off ends after 24 hours when nobody says when, and both ends are in the log, once', async () => {
    const set = await weir.enforcement.set({ mode: 'off', reason: 'Fire' }, OPERATOR)
    expect(set.until).toBe(inMs(DAY_MS))
    await weir.enforcement.noteEnds()
    weir.clock.advance(DAY_MS)
    await weir.enforcement.noteEnds()
    await weir.enforcement.noteEnds()
    const { entries } = asContract('audit.list', await weir.audit.list({}))
    expect(entries.map(({ action, actor }) => [action, actor])).toEqual([
      ['enforcement.end', 'Weir'],
      ['enforcement.set', 'Olga'],
    ])
    expect(entries[0]).toMatchObject({ before: { value: { mode: 'off' } }, after: { value: { mode: 'on' } } })
    expect(await weir.enforcement.get()).toMatchObject({ mode: 'on', reason: null, until: null })
  })

  test.each<[string, Parameters<TestEnforcement['enforcement']['set']>[0], string]>([
    ['off without a reason', { mode: 'off' }, 'reason'],
    ['observe without a reason', { mode: 'observe', reason: null }, 'reason'],
    ['off for longer than a day', { mode: 'off', reason: 'x', until: '2026-11-25T10:20:00.001Z' }, 'until'],
    ['an end that has come', { mode: 'observe', reason: 'x', until: '2026-11-24T10:20:00Z' }, 'until'],
  ])('%s is refused and changes nothing', async (_title, input, path) => {
    await expect(weir.enforcement.set(input, OPERATOR)).rejects.toMatchObject({
      code: 'invalid_request',
      details: { errors: [{ path }] },
    })
    expect(await weir.enforcement.get()).toMatchObject({ mode: 'on' })
    expect((await weir.audit.list({})).total_count).toBe(0)
    // A change that was refused does not stand in the way of the next one.
    expect(await weir.enforcement.set({ mode: 'observe', reason: 'x' }, OPERATOR)).toMatchObject({
      until: null,
    })
  })

  test('on forgets reason and end; what is to happen without a database is set along with it', async () => {
    await weir.enforcement.set({ mode: 'off', reason: 'x', when_unavailable: 'closed' }, OPERATOR)
    const state = await weir.enforcement.set({ mode: 'on', reason: 'y', until: inMs(1) }, OPERATOR)
    expect(state).toMatchObject({ mode: 'on', reason: null, until: null, when_unavailable: 'closed' })
  })
})

describe('the override', () => {
  const emergency = (members: object = {}) => ({
    prompts_per_hour: 1,
    prompts_per_day: null,
    reason: 'The provider throttles us',
    until: inMs(HOUR_MS),
    ...members,
  })

  test('comes before the profile, lets grants add, ends to the millisecond or when it is cleared', async () => {
    await weir.addUser('alice', { limits: { prompts_per_hour: 100, prompts_per_day: 7 } })
    const override = asContract('override.set', await weir.enforcement.setOverride(emergency(), OPERATOR))
    expect((await weir.enforcement.get()).override).toEqual(override)
    const limits = async () =>
      (await weir.enforcement.explain({ user_id: 'alice' })).limits.map(({ limit, source }) => [
        limit,
        source,
      ])
    expect((await limits()).slice(0, 2)).toEqual([
      [1, 'override'],
      [7, 'profile of alice'],
    ])
    const grant = { id: 'alice', limit: 'prompts_per_hour', reason: 'x', amount: 2 } as const
    await weir.grants.create({ ...grant, expires_at: inMs(DAY_MS) }, OPERATOR)
    expect((await limits())[0]).toEqual([3, 'override + grants'])
    weir.clock.advance(HOUR_MS)
    expect((await limits())[0]).toEqual([102, 'profile of alice + grants'])
    expect((await weir.enforcement.get()).override).toBeNull()
    await weir.enforcement.setOverride(emergency({ until: inMs(1) }), OPERATOR)
    asContract('override.clear', await weir.enforcement.clearOverride(OPERATOR))
    await weir.enforcement.clearOverride(OPERATOR)
    expect((await limits())[0]).toEqual([102, 'profile of alice + grants'])
    const actions = (await weir.audit.list({ object_kind: 'setting' })).entries.map((entry) => entry.action)
    expect(actions).toEqual(['override.clear', 'override.set', 'override.end', 'override.set'])
  })

  test('without a limit, or with an end that has come, is refused', async () => {
    for (const members of [{ prompts_per_hour: null }, { until: inMs(0) }]) {
      const set = weir.enforcement.setOverride(emergency(members), OPERATOR)
      await expect(set).rejects.toMatchObject({ code: 'invalid_request' })
    }
  })
})

describe('grants', () => {
  test('add up, hold with the next check, and end at their instant', async () => {
    await weir.addUser('alice', { limits: { prompts_per_hour: 1 } })
    await weir.check()
    expect(await weir.wouldSay()).toBe('hourly_limit_exceeded')
    const grant = { id: 'alice', limit: 'prompts_per_hour', reason: 'Demo', amount: 1 } as const
    for (const minutes of [10, 20])
      await weir.grants.create({ ...grant, expires_at: inMs(minutes * MINUTE_MS) }, OPERATOR)
    expect([codeOf(await weir.check()), codeOf(await weir.check()), codeOf(await weir.check())]).toEqual([
      'yes',
      'yes',
      'hourly_limit_exceeded',
    ])
    const limit = async () => (await weir.enforcement.explain({ user_id: 'alice' })).limits[0]?.limit
    weir.clock.advance(10 * MINUTE_MS - 1)
    expect(await limit()).toBe(3)
    weir.clock.advance(1)
    expect(await limit()).toBe(2)
    weir.clock.advance(10 * MINUTE_MS)
    expect(await limit()).toBe(1)
  })
})

describe('a change while checks are hammering', () => {
  test('is in force with the next check, and no answer mixes the old rules with the new', async () => {
    await weir.addUser('alice', { profile: 'Free' })
    const limitsIn = (answer: Awaited<ReturnType<typeof weir.check>>) =>
      JSON.stringify(
        answer.kind === 'allowed'
          ? answer.answer.limits.map(({ limit, source }) => [limit, source])
          : answer.code,
      )
    const wholly = (name: string, limits: readonly (number | null)[]) =>
      JSON.stringify(limits.map((limit) => [limit, `profile ${name}`]))
    const free = wholly('Free', [50, 500, 100_000, 50_000, null])
    const pro = wholly('Pro', [200, 2_000, 500_000, 250_000, null])
    const seen: string[] = []
    const hammer = async () => {
      for (let round = 0; round < 6; round += 1)
        seen.push(limitsIn(await weir.check({ dry_run: round % 2 === 0 })))
    }
    let isChanged = false
    const change = async () => {
      await weir.check()
      await weir.users.update({ id: 'alice', consumption_profile_id: 2 }, OPERATOR)
      isChanged = true
      expect(limitsIn(await weir.check())).toBe(pro)
    }
    await Promise.all([
      ...Array.from({ length: 16 }, hammer),
      change(),
      ...Array.from({ length: 16 }, hammer),
    ])
    expect(isChanged).toBe(true)
    // Free has 50 an hour: while it holds, some of the crowd may be refused, with one limit of one profile.
    expect(new Set(seen.filter((limits) => limits !== '"hourly_limit_exceeded"'))).toEqual(
      new Set([free, pro]),
    )
  })

  test('a deactivated user is refused from the next check on', async () => {
    await weir.addUser('alice')
    const crowd = Promise.all(Array.from({ length: 32 }, () => weir.check()))
    await weir.users.update({ id: 'alice', is_active: false }, OPERATOR)
    expect(codeOf(await weir.check())).toBe('user_inactive')
    for (const answer of await crowd) expect(['yes', 'user_inactive']).toContain(codeOf(answer))
  })
})

describe('observing', () => {
  test('notes exactly what enforcement would have refused, shown by asking the same again with it on', async () => {
    const random = new Random(7)
    const users = ['ann', 'ben', 'cem']
    const asked = Array.from({ length: 120 }, () => ({
      user_id: users[random.int(0, users.length - 1)] ?? 'ann',
      gapMs: random.int(0, 4) * MINUTE_MS,
    }))
    const replay = async (mode: 'on' | 'observe') => {
      const fresh = await openEnforcement()
      try {
        for (const [index, id] of users.entries())
          await fresh.addUser(id, { limits: { prompts_per_hour: 4 + 3 * index } })
        if (mode === 'observe') await fresh.enforcement.set({ mode, reason: 'Trying' }, OPERATOR)
        for (const { user_id, gapMs } of asked) {
          fresh.clock.advance(gapMs)
          await fresh.check({ user_id })
        }
        const kind = mode === 'on' ? 'blocked' : 'would_have_blocked'
        const { events } = asContract(
          'enforcement.events',
          await fresh.enforcement.events({ kind, limit: 1000 }),
        )
        expect((await fresh.enforcement.events({})).total_count).toBe(events.length)
        return events.map(({ user_id, at, code, policy, limit }) => ({ user_id, at, code, policy, limit }))
      } finally {
        await fresh.close()
      }
    }
    const observed = await replay('observe')
    expect(observed.length).toBeGreaterThan(5)
    expect(observed).toEqual(await replay('on'))
  })

  test('the list of events is newest first, by user and by kind, with cost in dollars', async () => {
    await weir.addUser('alice', { limits: { cost_per_month_micro_usd: 0 } })
    await weir.addUser('bob', { isActive: false })
    await weir.check({ session_id: 's1' })
    weir.clock.advance(1)
    await weir.check({ user_id: 'bob' })
    const { events, total_count } = asContract('enforcement.events', await weir.enforcement.events({}))
    expect(total_count).toBe(2)
    expect(events.map(({ user_id, code }) => [user_id, code])).toEqual([
      ['bob', 'user_inactive'],
      ['alice', 'cost_budget_exceeded'],
    ])
    expect(events[1]).toMatchObject({
      username: 'alice',
      kind: 'blocked',
      policy: 'cost_per_month_usd',
      limit: 0,
      used: 0,
      session_id: 's1',
    })
    expect((await weir.enforcement.events({ user_id: 'bob' })).events).toHaveLength(1)
    expect((await weir.enforcement.events({ kind: 'bypassed' })).events).toEqual([])
    expect((await weir.enforcement.events({ limit: 1, offset: 1 })).events[0]?.user_id).toBe('alice')
  })
})

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seedProfiles } from '../../electron/core/access/shipped-profiles.ts'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { DAY_MS, toIso } from '../../shared/units.ts'
import { type Access, OPERATOR, openAccess } from './access-fixture.ts'

let access: Access

beforeEach(async () => {
  access = await openAccess()
})

afterEach(() => access.close())

const idsFound = async (search: string) => (await access.users.list({ search })).users.map((user) => user.id)

describe('users', () => {
  test('a new user has what was given, counters at zero, and an entry in the log', async () => {
    const user = await access.users.create(
      {
        id: 'alice',
        username: 'Alice',
        email: 'a@example.org',
        display_name: 'Alice A.',
        consumption_profile_id: 2,
      },
      OPERATOR,
    )
    expect(OPERATIONS['users.create'].output.parse(user)).toEqual({
      id: 'alice',
      username: 'Alice',
      email: 'a@example.org',
      display_name: 'Alice A.',
      is_active: true,
      is_admin: false,
      consumption_profile_id: 2,
      profile_name: 'Pro',
      source: 'operator',
      created_at: toIso(access.clock.now()),
      updated_at: toIso(access.clock.now()),
    })
    const counters = await access.database.reader.selectFrom('user_consumption').selectAll().execute()
    expect(counters).toHaveLength(1)
    expect(counters[0]).toMatchObject({ period: 202611, input_tokens: 0, hour_requests: 0 })
    const [entry] = await access.audited()
    expect(entry).toMatchObject({
      actor: 'Olga',
      via: 'window',
      action: 'users.create',
      object_id: 'alice',
      before: null,
    })
    expect(JSON.parse(entry?.after ?? '')).toEqual(user)
  })

  test('a user without an id gets a UUID that every operation takes', async () => {
    const user = await access.users.create({ username: 'Bob' }, OPERATOR)
    expect(user.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(OPERATIONS['users.setProfile'].input.safeParse({ id: user.id, profile_id: null }).success).toBe(
      true,
    )
  })

  test('the same id is taken once, also by two at the same time', async () => {
    const create = () => access.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
    const outcomes = await Promise.allSettled([create(), create()])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await expect(create()).rejects.toMatchObject({ code: 'user_exists' })
    expect((await access.users.list({})).total_count).toBe(1)
    expect(await access.audited()).toHaveLength(1)
  })

  test('an unknown profile is refused and leaves nothing behind', async () => {
    const created = access.users.create(
      { id: 'alice', username: 'Alice', consumption_profile_id: 99 },
      OPERATOR,
    )
    await expect(created).rejects.toMatchObject({ code: 'profile_unknown' })
    expect((await access.users.list({})).total_count).toBe(0)
    expect(await access.audited()).toEqual([])
  })

  test('another profile is given, taken back, and logged with before and after', async () => {
    await access.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
    access.clock.advance(DAY_MS)
    const changed = await access.users.setProfile('alice', 1, OPERATOR)
    expect(changed).toMatchObject({
      consumption_profile_id: 1,
      profile_name: 'Free',
      updated_at: toIso(access.clock.now()),
    })
    expect(await access.users.setProfile('alice', 1, OPERATOR)).toEqual(changed)
    expect(await access.users.setProfile('alice', null, OPERATOR)).toMatchObject({ profile_name: null })
    const changes = (await access.audited())
      .slice(1)
      .map((row) => [row.before, row.after].map((text) => JSON.parse(text ?? '')))
    expect(changes.map(([before, after]) => [before.profile_name, after.profile_name])).toEqual([
      [null, 'Free'],
      ['Free', null],
    ])
  })

  test('an unknown user or profile is named by its code', async () => {
    await expect(access.users.setProfile('nobody', 1, OPERATOR)).rejects.toMatchObject({
      code: 'user_unknown',
    })
    await access.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
    await expect(access.users.setProfile('alice', 99, OPERATOR)).rejects.toMatchObject({
      code: 'profile_unknown',
    })
  })

  test('the pages hold everybody once, by name, whatever the case', async () => {
    for (const username of ['bert', 'Anna', 'carl', 'Bert', 'Dora'])
      await access.users.create({ username }, OPERATOR)
    const pages = await Promise.all([0, 2, 4].map((offset) => access.users.list({ limit: 2, offset })))
    expect(pages.map((page) => page.total_count)).toEqual([5, 5, 5])
    const names = pages.flatMap((page) => page.users.map((user) => user.username.toLowerCase()))
    expect(names).toEqual(['anna', 'bert', 'bert', 'carl', 'dora'])
  })

  test('search looks at id, names and mail address and takes wildcards for what they are', async () => {
    await access.users.create({ id: 'u1', username: 'Alice', email: 'x@Example.org' }, OPERATOR)
    await access.users.create({ id: 'u2', username: '100%', display_name: 'Under_score' }, OPERATOR)
    await access.users.create({ id: 'u3', username: 'back\\slash' }, OPERATOR)
    expect(await idsFound('aLI')).toEqual(['u1'])
    expect(await idsFound('example')).toEqual(['u1'])
    expect(await idsFound('%')).toEqual(['u2'])
    expect(await idsFound('r_s')).toEqual(['u2'])
    expect(await idsFound('_')).toEqual(['u2'])
    expect(await idsFound('\\')).toEqual(['u3'])
    expect(await idsFound(' ')).toHaveLength(3)
  })

  test('any text can be searched for, and finds the user who bears it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), async (username) => {
        fc.pre(username.trim() !== '' && !username.includes('\0'))
        const { id } = await access.users.create({ username }, OPERATOR)
        expect(await idsFound(username)).toContain(id)
      }),
      { numRuns: 40 },
    )
  })
})

describe('profiles', () => {
  test('a new Weir has the four shipped profiles, and the unlimited one is the default', async () => {
    const { profiles } = await access.profiles.list()
    const limits = profiles.map((profile) => [
      profile.name,
      profile.prompts_per_hour,
      profile.prompts_per_day,
      profile.config_changes_per_hour,
      profile.input_tokens_per_month,
      profile.output_tokens_per_month,
      profile.cost_per_month_usd,
      profile.is_default,
    ])
    expect(limits).toEqual([
      ['Free', 50, 500, 5, 100_000, 50_000, null, false],
      ['Pro', 200, 2_000, 20, 500_000, 250_000, null, false],
      ['Enterprise', 500, 5_000, 50, 2_000_000, 1_000_000, null, false],
      ['Unlimited', 1_000, 10_000, 100, null, null, null, true],
    ])
    expect(OPERATIONS['profiles.list'].output.safeParse({ profiles }).success).toBe(true)
  })

  test('seeding again adds nothing, and does not bring back what was renamed', async () => {
    const { database, clock } = access
    await database.write((trx) =>
      trx.updateTable('consumption_profiles').set({ name: 'Basic' }).where('name', '=', 'Free').execute(),
    )
    expect(await database.write((trx) => seedProfiles(trx, clock.now()))).toEqual({ inserted: 0 })
    const { profiles } = await access.profiles.list()
    expect(profiles.map((profile) => profile.name)).toEqual(['Basic', 'Pro', 'Enterprise', 'Unlimited'])
  })

  test('users without a profile count to the default', async () => {
    await access.users.create({ id: 'a', username: 'A' }, OPERATOR)
    await access.users.create({ id: 'b', username: 'B', consumption_profile_id: 4 }, OPERATOR)
    await access.users.create({ id: 'c', username: 'C', consumption_profile_id: 1 }, OPERATOR)
    const { profiles } = await access.profiles.list()
    expect(profiles.map((profile) => profile.user_count)).toEqual([1, 0, 0, 2])
  })
})

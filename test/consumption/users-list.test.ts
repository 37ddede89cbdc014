import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GrantManager } from '../../electron/core/access/grant-manager.ts'
import { USER_SORT_KEYS } from '../../shared/contract/consumption-shapes.ts'
import { OPERATIONS, type OperationOutput, type ParsedInput } from '../../shared/contract/index.ts'
import { HOUR_MS, toIso } from '../../shared/units.ts'
import { OPERATOR, openConsumption, type TestConsumption, turnInput } from '../support/consumption.ts'
import { announceSeed, Random } from '../support/random.ts'

const random = new Random(announceSeed('users list'))

type Row = OperationOutput<'consumption.users'>['users'][number]
type Query = ParsedInput<'consumption.users'>

let weir: TestConsumption

const RANDOM_USERS = 30
const ALL_USERS = RANDOM_USERS + 2

/** Two users who are full in different ways, and thirty with few different figures, so that equal ones are common; some have a profile and an e-mail address. */
beforeAll(async () => {
  weir = await openConsumption()
  await weir.addUser('full-hour', { limits: { prompts_per_hour: 1 } })
  await weir.consumption.admit({ user_id: 'full-hour' })
  await weir.addUser('full-month', { limits: { input_tokens_per_month: 1_000, prompts_per_hour: 10 } })
  await weir.consumption.recordTurn(turnInput({ user_id: 'full-month', input_tokens: 950 }))
  for (let index = 0; index < RANDOM_USERS; index += 1) {
    const id = `user-${random.int(10, 99)}-${index}`
    await weir.addUser(id, {
      ...(index % 3 === 0 ? {} : { profile: index % 3 === 1 ? 'Free' : 'Pro' }),
      isActive: index % 11 !== 0,
    })
    const name = random.pick(['Åsa', 'anna', 'Anna', 'Zoë', 'user 2', 'user 10', 'Émile'])
    await weir.database.write((trx) =>
      trx
        .updateTable('users')
        .set({ username: name, email: random.chance(0.5) ? `${name.replace(' ', '')}@example.org` : null })
        .where('id', '=', id)
        .execute(),
    )
    for (let check = random.int(0, 2); check > 0; check -= 1) await weir.consumption.admit({ user_id: id })
    for (let turn = random.int(0, 3); turn > 0; turn -= 1) {
      await weir.consumption.recordTurn(
        turnInput({
          user_id: id,
          session_id: `${id}-${turn}`,
          input_tokens: random.pick([0, 10_000, 60_000]),
          output_tokens: random.pick([0, 45_000]),
          status: random.pick(['success', 'failed']),
          rag_used: random.chance(0.5),
          cost_usd: random.pick([0, 1.5]),
        }),
      )
    }
  }
})

afterAll(() => weir.close())

const list = async (query: Query = {}) =>
  OPERATIONS['consumption.users'].output.parse(await weir.consumption.users(query))
const idsOf = (rows: readonly Row[]) => rows.map((row) => row.user_id)

const STATUSES = ['unlimited', 'good', 'moderate', 'warning', 'critical', 'blocked', 'inactive'] as const
const text = new Intl.Collator('en', { sensitivity: 'base', numeric: true })

/** The order two rows must have: missing values last both ways, then by value, equal ones by id. */
function order(key: (typeof USER_SORT_KEYS)[number], direction: 1 | -1) {
  return (one: Row, other: Row): number => {
    const tie = one.user_id < other.user_id ? -1 : 1
    if (key === 'status')
      return direction * (STATUSES.indexOf(one.status) - STATUSES.indexOf(other.status)) || tie
    const [a, b] = [one[key], other[key]]
    if (a === null || b === null) return a === b ? tie : a === null ? 1 : -1
    return direction * (typeof a === 'number' ? a - Number(b) : text.compare(a, String(b))) || tie
  }
}

describe('sorting', () => {
  test.each(USER_SORT_KEYS)(
    'by %s goes both ways, with missing values last and equal ones by id',
    async (key) => {
      const all = (await list()).users
      for (const [name, direction] of [
        ['asc', 1],
        ['desc', -1],
      ] as const) {
        const { users } = await list({ sort: key, order: name })
        expect(idsOf(users)).toEqual(idsOf([...all].sort(order(key, direction))))
      }
    },
  )

  test('is by name when nobody says otherwise, numbers in names as numbers', async () => {
    const { users } = await list()
    expect(idsOf(users)).toEqual(idsOf([...users].sort(order('username', 1))))
    const names = users.map((row) => row.username)
    expect(names.indexOf('user 2')).toBeLessThan(names.includes('user 10') ? names.indexOf('user 10') : 99)
  })

  test('keeps its order over pages: together they are the whole list', async () => {
    const whole = await list({ sort: 'total_tokens', order: 'desc', limit: 1000 })
    const pages: Row[] = []
    for (let offset = 0; offset < ALL_USERS; offset += 7) {
      const page = await list({ sort: 'total_tokens', order: 'desc', limit: 7, offset })
      expect(page).toMatchObject({ total_count: ALL_USERS, limit: 7, offset })
      pages.push(...page.users)
    }
    expect(idsOf(pages)).toEqual(idsOf(whole.users))
    expect((await list({ offset: ALL_USERS })).users).toEqual([])
  })
})

describe('filters', () => {
  test('by threshold look at every limit of a user', async () => {
    const all = (await list()).users
    for (const threshold of [0, 1, 50, 80, 100, 101]) {
      const { users, total_count } = await list({ threshold })
      const meant = all.filter((row) => (row.usage_percent ?? 0) >= threshold)
      expect([idsOf(users), total_count]).toEqual([idsOf(meant), meant.length])
    }
    const full = (await list({ threshold: 90, search: 'full-' })).users
    expect(full.map((row) => [row.user_id, row.usage_limit, row.usage_percent])).toEqual([
      ['full-hour', 'prompts_per_hour', 100],
      ['full-month', 'input_tokens_per_month', 95],
    ])
  })

  test('by status, by profile (by name or id), and by the lack of one', async () => {
    const all = (await list()).users
    for (const status of STATUSES) {
      expect(idsOf((await list({ status })).users)).toEqual(idsOf(all.filter((row) => row.status === status)))
    }
    const pro = all.filter((row) => row.profile_name === 'Pro')
    expect(pro.length).toBe(10)
    expect(idsOf((await list({ profile: 'pro' })).users)).toEqual(idsOf(pro))
    expect(idsOf((await list({ profile: String(pro[0]?.consumption_profile_id) })).users)).toEqual(idsOf(pro))
    const none = all.filter((row) => row.consumption_profile_id === null)
    expect(idsOf((await list({ profile: 'none' })).users)).toEqual(idsOf(none))
    expect((await list({ profile: 'No such profile' })).total_count).toBe(0)
  })

  test('by text look in id, name, and e-mail address, whatever the case', async () => {
    const all = (await list()).users
    const has = (row: Row, words: string) =>
      [row.user_id, row.username, row.email ?? ''].some((part) => part.toLowerCase().includes(words))
    for (const words of ['ANNA', 'user-', '@example', 'åsa', '-1', '  anna  ']) {
      const meant = all.filter((row) => has(row, words.trim().toLowerCase()))
      expect(idsOf((await list({ search: words })).users), words).toEqual(idsOf(meant))
    }
    expect((await list({ search: '%' })).total_count).toBe(0)
    expect((await list({ search: '   ' })).total_count).toBe(ALL_USERS)
  })

  test('together narrow each other, and count before the page is cut', async () => {
    const all = (await list()).users
    const meant = all.filter(
      (row) => row.profile_name === 'Free' && (row.usage_percent ?? 0) >= 1 && row.user_id.includes('3'),
    )
    const found = await list({ profile: 'Free', threshold: 1, search: '3', limit: 2 })
    expect([found.total_count, found.users.length]).toEqual([meant.length, Math.min(2, meant.length)])
  })
})

test('a row says what the summary of that user says', async () => {
  for (const row of (await list()).users) {
    const summary = await weir.consumption.summary(row.user_id)
    const same = [
      'username',
      'profile_name',
      'status',
      'total_input_tokens',
      'total_output_tokens',
      'total_tokens',
      'input_tokens_limit',
      'output_tokens_limit',
      'requests_this_hour',
      'requests_today',
      'prompts_per_hour_limit',
      'estimated_cost_usd',
      'total_turns',
      'successful_turns',
      'failed_turns',
      'success_rate_percent',
      'blocked_requests',
      'total_sessions',
      'last_usage_at',
    ] as const
    expect(same.map((key) => row[key])).toEqual(same.map((key) => summary[key]))
    const sources = new Map(summary.limits.map(({ policy, limit, source }) => [policy, { limit, source }]))
    expect([
      { limit: row.prompts_per_hour_limit, source: row.prompts_per_hour_limit_source },
      { limit: row.prompts_per_day_limit, source: row.prompts_per_day_limit_source },
      { limit: row.input_tokens_limit, source: row.input_tokens_limit_source },
      { limit: row.output_tokens_limit, source: row.output_tokens_limit_source },
      { limit: row.cost_limit_usd, source: row.cost_limit_source },
    ]).toEqual([...sources].filter(([policy]) => policy !== 'config_changes_per_hour').map(([, one]) => one))
    const percents = summary.limits.flatMap((limit) =>
      limit.policy === 'config_changes_per_hour' ? [] : (limit.percent ?? []),
    )
    expect(row.usage_percent).toBe(percents.length === 0 ? null : Math.max(...percents))
    const life = await weir.consumption.summary(row.user_id, 'all')
    expect([row.lifetime_tokens, row.lifetime_cost_usd]).toEqual([life.total_tokens, life.estimated_cost_usd])
  }
})

test('a row names the rules its limits come from, and a grant on top of what is unlimited is none', async () => {
  const open = await openConsumption()
  const { clock, consumption, database, settings } = open
  await open.addUser('own', { limits: { prompts_per_hour: 5, cost_per_month_micro_usd: 2_500_000 } })
  await open.addUser('none')
  const grants = new GrantManager(database, clock)
  const expires_at = toIso(clock.now() + HOUR_MS)
  const more = { amount: 3, expires_at, reason: 'a test' }
  await grants.create({ ...more, id: 'own', limit: 'prompts_per_hour' }, OPERATOR)
  await grants.create({ ...more, id: 'none', limit: 'input_tokens_per_month' }, OPERATOR)
  const rows = async () => (await consumption.users({})).users
  expect(await rows()).toMatchObject([
    { user_id: 'none', limits_from: ['default_profile'], input_tokens_limit: null },
    {
      user_id: 'own',
      limits_from: ['profile', 'grants'],
      prompts_per_hour_limit: 8,
      prompts_per_hour_limit_source: 'profile of own + grants',
      cost_limit_usd: 2.5,
      cost_limit_source: 'profile of own',
    },
  ])
  const override = {
    prompts_per_hour: 1,
    prompts_per_day: null,
    reason: 'a test',
    until: clock.now() + HOUR_MS,
  }
  await settings.change({ override }, OPERATOR)
  expect(await rows()).toMatchObject([
    { limits_from: ['override', 'default_profile'], prompts_per_hour_limit_source: 'override' },
    { limits_from: ['override', 'profile', 'grants'], prompts_per_hour_limit_source: 'override + grants' },
  ])
  clock.advance(HOUR_MS)
  expect(await rows()).toMatchObject([{ limits_from: ['default_profile'] }, { limits_from: ['profile'] }])
  await open.close()
})

test('what is said of everybody is what the summary of everybody says, whatever the filter', async () => {
  const summary = await weir.consumption.systemSummary()
  const { everybody } = await list({ search: 'nobody is called like this' })
  const same = [
    'current_period',
    'total_users',
    'active_users',
    'users_at_or_over_80_percent',
    'total_input_tokens',
    'total_output_tokens',
    'estimated_cost_usd',
  ] as const
  expect(same.map((key) => everybody[key])).toEqual(same.map((key) => summary[key]))
})

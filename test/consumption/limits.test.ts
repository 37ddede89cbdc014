import { describe, expect, test } from 'vitest'
import {
  decideLimits,
  LIMIT_NAMES,
  type LimitSources,
  type ProfileLimits,
} from '../../electron/core/consumption/limits.ts'
import { NO_LIMITS } from '../support/consumption.ts'

const profile = (name: string, limits: Partial<ProfileLimits> = {}): ProfileLimits => ({
  ...NO_LIMITS,
  name,
  isActive: true,
  ...limits,
})

const PRO = profile('Pro', {
  prompts_per_hour: 200,
  prompts_per_day: 2_000,
  config_changes_per_hour: 20,
  input_tokens_per_month: 500_000,
  output_tokens_per_month: 250_000,
  cost_per_month_micro_usd: 5_000_000,
})

const sources = (members: Partial<LimitSources> = {}): LimitSources => ({
  isUserActive: true,
  profile: null,
  defaultProfile: null,
  override: null,
  grants: [],
  ...members,
})

const valuesOf = (from: LimitSources) => {
  const { limits } = decideLimits(from)
  return LIMIT_NAMES.map((name) => limits[name].value)
}
const sourcesOf = (from: LimitSources) => {
  const { limits } = decideLimits(from)
  return [...new Set(LIMIT_NAMES.map((name) => limits[name].source))]
}

describe('which limits hold', () => {
  test("the user's own profile, whatever the default profile says", () => {
    const from = sources({ profile: PRO, defaultProfile: profile('Free', { prompts_per_hour: 1 }) })
    expect(valuesOf(from)).toEqual([200, 2_000, 500_000, 250_000, 5_000_000, 20])
    expect(sourcesOf(from)).toEqual(['profile Pro'])
  })

  test('the default profile for a user without one', () => {
    const from = sources({ defaultProfile: PRO })
    expect(valuesOf(from)).toEqual([200, 2_000, 500_000, 250_000, 5_000_000, 20])
    expect(sourcesOf(from)).toEqual(['default profile Pro'])
  })

  test('100 an hour and 1000 a day when there is no profile at all', () => {
    expect(valuesOf(sources())).toEqual([100, 1_000, null, null, null, null])
    expect(sourcesOf(sources())).toEqual(['built-in default'])
  })

  test('nothing of a profile is filled up from the default profile: null in it is unlimited', () => {
    const from = sources({ profile: profile('Mine'), defaultProfile: PRO })
    expect(valuesOf(from)).toEqual([null, null, null, null, null, null])
  })

  test('an override replaces the hourly and the daily limit of everybody and nothing else', () => {
    const override = { prompts_per_hour: 10, prompts_per_day: 20 }
    expect(valuesOf(sources({ profile: PRO, override }))).toEqual([10, 20, 500_000, 250_000, 5_000_000, 20])
    expect(valuesOf(sources({ override }))).toEqual([10, 20, null, null, null, null])
    const { limits } = decideLimits(sources({ profile: PRO, override }))
    expect(limits.prompts_per_hour.source).toBe('override')
    expect(limits.input_tokens_per_month.source).toBe('profile Pro')
  })

  test('an override of 0 blocks; one that leaves a limit out leaves it to the profile', () => {
    const from = sources({ profile: PRO, override: { prompts_per_hour: 0, prompts_per_day: null } })
    expect(valuesOf(from).slice(0, 2)).toEqual([0, 2_000])
    expect(decideLimits(from).limits.prompts_per_day.source).toBe('profile Pro')
  })

  test('an override may also raise what a profile allows', () => {
    const from = sources({
      profile: profile('Mine', { prompts_per_hour: 5 }),
      override: { prompts_per_hour: 50, prompts_per_day: null },
    })
    expect(decideLimits(from).limits.prompts_per_hour.value).toBe(50)
  })

  test('grants add up on top of whatever rule set the limit, each to its own limit', () => {
    const grants = [
      { limitName: 'prompts_per_hour', amount: 5, expiresAt: 1 },
      { limitName: 'prompts_per_hour', amount: 7, expiresAt: 1 },
      { limitName: 'cost_per_month_usd', amount: 1_000_000, expiresAt: 1 },
      { limitName: 'something_of_a_later_version', amount: 9, expiresAt: 1 },
    ]
    expect(valuesOf(sources({ profile: PRO, grants }))).toEqual([212, 2_000, 500_000, 250_000, 6_000_000, 20])
    expect(decideLimits(sources({ profile: PRO, grants })).limits.prompts_per_hour.source).toBe(
      'profile Pro + grants',
    )
    expect(decideLimits(sources({ grants })).limits.prompts_per_hour).toEqual({
      value: 112,
      source: 'built-in default + grants',
    })
    const override = { prompts_per_hour: 10, prompts_per_day: null }
    expect(decideLimits(sources({ grants, override })).limits.prompts_per_hour).toEqual({
      value: 22,
      source: 'override + grants',
    })
  })

  test('a grant on what is unlimited leaves it unlimited, and one on a limit of 0 opens it', () => {
    const grants = [{ limitName: 'input_tokens_per_month', amount: 1_000, expiresAt: 1 }]
    expect(decideLimits(sources({ profile: profile('Mine'), grants })).limits.input_tokens_per_month).toEqual(
      {
        value: null,
        source: 'profile Mine',
      },
    )
    const closed = profile('Closed', { input_tokens_per_month: 0 })
    expect(decideLimits(sources({ profile: closed, grants })).limits.input_tokens_per_month.value).toBe(1_000)
  })
})

describe('who may run nothing at all', () => {
  const override = { prompts_per_hour: 10, prompts_per_day: 20 }
  const inactive = { ...PRO, isActive: false }

  test.each([
    ['an active user with an active profile may', sources({ profile: PRO }), null],
    ['a user who is switched off may not', sources({ isUserActive: false, profile: PRO }), 'user_inactive'],
    ['not even under an override', sources({ isUserActive: false, profile: PRO, override }), 'user_inactive'],
    [
      'nor with grants',
      sources({ isUserActive: false, grants: [{ limitName: 'prompts_per_hour', amount: 5, expiresAt: 1 }] }),
      'user_inactive',
    ],
    [
      'a user whose profile is switched off may not',
      sources({ profile: inactive, defaultProfile: PRO }),
      'profile_inactive',
    ],
    [
      'an override goes before the profile, also before one that is switched off',
      sources({ profile: inactive, override }),
      null,
    ],
    [
      'of two reasons the user comes first',
      sources({ isUserActive: false, profile: inactive }),
      'user_inactive',
    ],
    ['without any profile a user may', sources(), null],
  ])('%s', (_title, from, refusal) => {
    expect(decideLimits(from).refusal).toBe(refusal)
  })
})

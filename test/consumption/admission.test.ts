import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decideAdmission,
  type LimitState,
  limitStates,
  retryAfterSeconds,
  toWire,
  usedPercent,
} from '../../electron/core/consumption/admission.ts'
import { decideLimits, type LimitDecision } from '../../electron/core/consumption/limits.ts'
import { sentenceOf } from '../../electron/core/consumption/refusal.ts'
import { type Usage, unused } from '../../electron/core/consumption/usage.ts'
import { statusOf } from '../../electron/core/consumption/user-status.ts'
import { windowsAt } from '../../electron/core/consumption/windows.ts'
import type { LimitColumns } from '../../electron/core/database/schema.ts'
import { DAY_MS, HOUR_MS } from '../../shared/units.ts'
import { NO_LIMITS } from '../support/consumption.ts'
import { announceSeed } from '../support/random.ts'

const seed = announceSeed('admission')
const NOW = Date.parse('2026-11-24T10:20:30.500Z')
const WINDOWS = windowsAt('UTC', NOW)

function decisionOf(
  limits: Partial<LimitColumns>,
  members: { isUserActive?: boolean; isActive?: boolean } = {},
): LimitDecision {
  return decideLimits({
    isUserActive: members.isUserActive ?? true,
    profile: { ...NO_LIMITS, ...limits, name: 'Test', isActive: members.isActive ?? true },
    defaultProfile: null,
    override: null,
    grants: [],
  })
}

const usageOf = (members: Partial<Usage> = {}): Usage => ({ ...unused(1, WINDOWS), ...members })

function ask(
  limits: Partial<LimitColumns>,
  usage: Partial<Usage>,
  request = { inputTokens: 0, outputTokens: 0 },
) {
  const decision = decisionOf(limits)
  const answer = decideAdmission(decision, limitStates(usageOf(usage), decision.limits, WINDOWS), request)
  return answer.kind === 'yes' ? 'yes' : answer.code
}

const tokens = (inputTokens: number, outputTokens = 0) => ({ inputTokens, outputTokens })

describe('may the user run a turn now', () => {
  test.each([
    ['nothing limits: yes', {}, { hour_requests: 1e9, input_tokens: 1e12 }, tokens(0), 'yes'],
    ['one request is left this hour: yes', { prompts_per_hour: 50 }, { hour_requests: 49 }, tokens(0), 'yes'],
    [
      'the hour is used up: no',
      { prompts_per_hour: 50 },
      { hour_requests: 50 },
      tokens(0),
      'hourly_limit_exceeded',
    ],
    [
      'the hour is overdrawn, because the limit was lowered: no',
      { prompts_per_hour: 50 },
      { hour_requests: 70 },
      tokens(0),
      'hourly_limit_exceeded',
    ],
    ['an hourly limit of 0: never', { prompts_per_hour: 0 }, {}, tokens(0), 'hourly_limit_exceeded'],
    [
      'the day is used up: no',
      { prompts_per_day: 5 },
      { day_requests: 5 },
      tokens(0),
      'daily_limit_exceeded',
    ],
    [
      'hour and day are used up: the hour is named',
      { prompts_per_hour: 5, prompts_per_day: 5 },
      { hour_requests: 5, day_requests: 5 },
      tokens(0),
      'hourly_limit_exceeded',
    ],
    [
      'the estimate fits exactly: yes',
      { input_tokens_per_month: 100 },
      { input_tokens: 60, reserved_input_tokens: 30 },
      tokens(10),
      'yes',
    ],
    [
      'the estimate is one token too much: no',
      { input_tokens_per_month: 100 },
      { input_tokens: 60, reserved_input_tokens: 30 },
      tokens(11),
      'input_token_quota_exceeded',
    ],
    [
      'without an estimate the last token lets pass',
      { input_tokens_per_month: 100 },
      { input_tokens: 99, reserved_input_tokens: 1 },
      tokens(0),
      'yes',
    ],
    [
      'without an estimate a used-up quota does not',
      { input_tokens_per_month: 100 },
      { input_tokens: 100 },
      tokens(0),
      'input_token_quota_exceeded',
    ],
    [
      'an input quota of 0: never',
      { input_tokens_per_month: 0 },
      {},
      tokens(0),
      'input_token_quota_exceeded',
    ],
    [
      'an output estimate that fits exactly: yes',
      { output_tokens_per_month: 100 },
      { output_tokens: 90 },
      tokens(0, 10),
      'yes',
    ],
    [
      'an output estimate that does not: no',
      { output_tokens_per_month: 100 },
      { output_tokens: 90 },
      tokens(0, 11),
      'output_token_quota_exceeded',
    ],
    [
      'a used-up output quota: no',
      { output_tokens_per_month: 100 },
      { output_tokens: 100 },
      tokens(5),
      'output_token_quota_exceeded',
    ],
    [
      'a micro-dollar of the budget is left: yes',
      { cost_per_month_micro_usd: 1_000 },
      { cost_micro_usd: 999 },
      tokens(1e9),
      'yes',
    ],
    [
      'the budget is used up: no',
      { cost_per_month_micro_usd: 1_000 },
      { cost_micro_usd: 1_000 },
      tokens(0),
      'cost_budget_exceeded',
    ],
    [
      'configuration changes do not stop a turn',
      { config_changes_per_hour: 0 },
      { hour_config_changes: 9 },
      tokens(0),
      'yes',
    ],
  ] as const)('%s', (_title, limits, usage, request, answer) => {
    expect(ask(limits, usage, request)).toBe(answer)
  })

  test('a user or profile that is switched off is refused before any limit is looked at', () => {
    for (const [members, code] of [
      [{ isUserActive: false }, 'user_inactive'],
      [{ isActive: false }, 'profile_inactive'],
    ] as const) {
      const decision = decisionOf({ prompts_per_hour: 0 }, members)
      const answer = decideAdmission(decision, limitStates(usageOf(), decision.limits, WINDOWS), tokens(0))
      expect(answer).toEqual({ kind: 'no', code, state: null })
    }
  })

  test('a yes with estimates never takes used and reserved above a quota, whatever the figures', () => {
    const amount = fc.integer({ min: 0, max: 1_000 })
    fc.assert(
      fc.property(
        amount,
        amount,
        amount,
        fc.integer({ min: 1, max: 1_000 }),
        (limit, used, reserved, estimate) => {
          const usage = { input_tokens: used, reserved_input_tokens: reserved }
          const isYes = ask({ input_tokens_per_month: limit }, usage, tokens(estimate)) === 'yes'
          expect(isYes).toBe(used + reserved + estimate <= limit)
        },
      ),
      { seed },
    )
  })
})

describe('when a window ends', () => {
  const stateOf = (name: LimitState['name'], usage: Partial<Usage> = {}) => {
    const decision = decisionOf({})
    const found = limitStates(usageOf(usage), decision.limits, WINDOWS).find((state) => state.name === name)
    if (found === undefined) throw new Error(`there is no ${name}`)
    return found
  }

  test('hours, days and months end where the calendar ends them', () => {
    expect(toWire(stateOf('prompts_per_hour')).resets_at).toBe('2026-11-24T11:00:00.000Z')
    expect(toWire(stateOf('config_changes_per_hour')).resets_at).toBe('2026-11-24T11:00:00.000Z')
    expect(toWire(stateOf('prompts_per_day')).resets_at).toBe('2026-11-25T00:00:00.000Z')
    expect(toWire(stateOf('input_tokens_per_month')).resets_at).toBe('2026-12-01T00:00:00.000Z')
    expect(toWire(stateOf('cost_per_month_usd')).resets_at).toBe('2026-12-01T00:00:00.000Z')
  })

  test('an hour that the clock was set back behind ends when it would have ended', () => {
    const later = stateOf('prompts_per_hour', { hour_started_at: WINDOWS.hour.startsAt + 2 * HOUR_MS })
    expect(toWire(later).resets_at).toBe('2026-11-24T13:00:00.000Z')
    const tomorrow = stateOf('prompts_per_day', { day_started_at: WINDOWS.day.startsAt + DAY_MS })
    expect(toWire(tomorrow).resets_at).toBe('2026-11-26T00:00:00.000Z')
  })

  test('the seconds to wait are whole, enough, and at least one', () => {
    const state = stateOf('prompts_per_hour')
    expect(retryAfterSeconds(state, NOW)).toBe(2_370)
    expect(NOW + retryAfterSeconds(state, NOW) * 1_000).toBeGreaterThanOrEqual(state.resetsAt)
    expect(retryAfterSeconds(state, state.resetsAt - 1)).toBe(1)
    expect(retryAfterSeconds(state, state.resetsAt)).toBe(1)
    expect(retryAfterSeconds(state, state.resetsAt + HOUR_MS)).toBe(1)
  })
})

describe('a limit as it is shown', () => {
  const state = (members: Partial<LimitState>): LimitState => ({
    name: 'prompts_per_hour',
    limit: 200,
    source: 'profile Test',
    used: 0,
    reserved: 0,
    resetsAt: WINDOWS.hour.endsAt,
    ...members,
  })

  test.each([
    [{ used: 199 }, 99.5],
    [{ used: 200 }, 100],
    [{ limit: 3_000, used: 2_999 }, 99.9],
    [{ used: 300 }, 150],
    [{ limit: 0 }, 100],
    [{ limit: null, used: 5 }, null],
  ])('%o is at %s percent: 100 is said only when it is used up', (members, percent) => {
    expect(usedPercent(state(members))).toBe(percent)
  })

  test('money is in dollars, what is left is never negative', () => {
    const cost = state({ name: 'cost_per_month_usd', limit: 12_500_000, used: 13_000_001 })
    expect(toWire(cost)).toMatchObject({ limit: 12.5, used: 13.000001, remaining: 0, percent: 104 })
    expect(toWire(state({ limit: null }))).toMatchObject({ limit: null, remaining: null, percent: null })
    const input = state({ name: 'input_tokens_per_month', limit: 100, used: 30, reserved: 20 })
    expect(toWire(input)).toMatchObject({ used: 30, reserved: 20, remaining: 50 })
  })

  test('a no is one sentence that says what is used up and when it goes on', () => {
    expect(sentenceOf(state({ used: 200 }))).toBe(
      '200 of 200 prompts this hour are used up; the next turn is possible from 11:00 UTC on 2026-11-24.',
    )
    expect(
      sentenceOf(state({ name: 'input_tokens_per_month', limit: 1_000, used: 600, reserved: 300 })),
    ).toBe(
      '600 of 1,000 input tokens this month are used and 300 reserved, which leaves too little for this turn until 11:00 UTC on 2026-11-24.',
    )
    expect(sentenceOf(state({ limit: 0 }))).toContain('is 0, so nothing may run')
  })
})

describe('the status word of a user', () => {
  const statusAt = (limits: Partial<LimitColumns>, usage: Partial<Usage>, members = {}) => {
    const decision = decisionOf(limits, members)
    return statusOf(decision, limitStates(usageOf(usage), decision.limits, WINDOWS))
  }

  test.each([
    [0, 'good'],
    [49, 'good'],
    [50, 'moderate'],
    [74, 'moderate'],
    [75, 'warning'],
    [89, 'warning'],
    [90, 'critical'],
    [99, 'critical'],
    [100, 'blocked'],
    [130, 'blocked'],
  ])('%i of 100 prompts are %s', (used, word) => {
    expect(statusAt({ prompts_per_hour: 100 }, { hour_requests: used }).status).toBe(word)
  })

  test('is that of the fullest limit, which is named', () => {
    const limits = { prompts_per_hour: 100, prompts_per_day: 100, input_tokens_per_month: 100 }
    const status = statusAt(limits, { hour_requests: 10, day_requests: 80, input_tokens: 60 })
    expect(status).toMatchObject({ status: 'warning', fullest: { name: 'prompts_per_day', percent: 80 } })
    expect(status.reason).toBe('The fullest limit is at 80 %.')
  })

  test('is unlimited when nothing limits, also when configuration changes are limited', () => {
    expect(statusAt({}, { hour_requests: 9 }).status).toBe('unlimited')
    expect(statusAt({ config_changes_per_hour: 1 }, { hour_config_changes: 1 })).toMatchObject({
      status: 'unlimited',
      fullest: null,
    })
  })

  test('is blocked by a limit of 0, with the sentence of the refusal', () => {
    const status = statusAt({ output_tokens_per_month: 0 }, {})
    expect(status.status).toBe('blocked')
    expect(status.reason).toContain('output tokens this month is 0')
  })

  test('is inactive when the user or the profile is switched off, whatever is used', () => {
    const used = { hour_requests: 100 }
    expect(statusAt({ prompts_per_hour: 100 }, used, { isUserActive: false })).toMatchObject({
      status: 'inactive',
      reason: 'The user is switched off.',
    })
    expect(statusAt({ prompts_per_hour: 100 }, used, { isActive: false }).reason).toBe(
      "The user's profile is switched off.",
    )
  })
})

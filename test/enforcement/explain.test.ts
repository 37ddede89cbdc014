import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decideAdmission, type LimitState } from '../../electron/core/consumption/admission.ts'
import { type EffectiveLimits, LIMIT_NAMES } from '../../electron/core/consumption/limits.ts'
import { explainRules } from '../../electron/core/enforcement/explain-limits.ts'
import { OPERATOR } from '../support/consumption.ts'
import { asContract, openEnforcement, type TestEnforcement } from './enforcement-fixture.ts'

let weir: TestEnforcement

beforeEach(async () => {
  weir = await openEnforcement()
})

afterEach(() => weir.close())

describe('limits.explain', () => {
  test('says rule by rule why a user is refused, and counts nothing', async () => {
    await weir.addUser('alice', { limits: { prompts_per_hour: 9, input_tokens_per_month: 100 } })
    const before = await weir.counters('alice')
    const said = await weir.enforcement.explain({ user_id: 'alice', estimated_input_tokens: 101 })
    expect(asContract('limits.explain', said)).toMatchObject({
      allowed: false,
      enforcement: 'on',
      code: 'input_token_quota_exceeded',
    })
    expect(said.rules.map(({ rule, result }) => `${rule} ${result}`)).toEqual([
      'user_active passes',
      'profile_active passes',
      'prompts_per_hour passes',
      'prompts_per_day passes',
      'input_tokens_per_month refuses',
      'output_tokens_per_month not-asked',
      'cost_per_month_usd not-asked',
    ])
    expect(said.rules[2]?.detail).toBe('0 of 9 used (profile of alice).')
    expect(said.rules[3]?.detail).toBe('Unlimited (profile of alice).')
    expect(await weir.counters('alice')).toEqual(before)
    expect(await weir.events()).toEqual([])
  })

  test('says what a check would reserve: nothing when it is refused or only observed', async () => {
    await weir.addUser('alice', { limits: { prompts_per_hour: 9, input_tokens_per_month: 100 } })
    const explain = async (estimated_input_tokens: number) => {
      const input = { user_id: 'alice', estimated_input_tokens, estimated_output_tokens: 5 }
      return (await weir.enforcement.explain(input)).reservation
    }
    expect(await explain(100)).toMatchObject({ input_tokens: 100, output_tokens: 5 })
    expect(await explain(101)).toMatchObject({ input_tokens: 0, output_tokens: 0 })
    await weir.enforcement.set({ mode: 'observe', reason: 'x' }, OPERATOR)
    expect(await explain(101)).toMatchObject({ input_tokens: 0, output_tokens: 0 })
    await weir.enforcement.set({ mode: 'off', reason: 'x' }, OPERATOR)
    expect(await explain(101)).toMatchObject({ input_tokens: 101, output_tokens: 5 })
  })

  test('tells an inactive user from an inactive profile, and observing and off from on', async () => {
    await weir.addUser('alice', { isActive: false })
    const explain = () => weir.enforcement.explain({ user_id: 'alice' })
    expect(await explain()).toMatchObject({ allowed: false, code: 'user_inactive' })
    await weir.enforcement.set({ mode: 'observe', reason: 'x' }, OPERATOR)
    expect(await explain()).toMatchObject({ allowed: true, code: 'user_inactive', enforcement: 'observe' })
    await weir.enforcement.set({ mode: 'off', reason: 'x' }, OPERATOR)
    const off = await explain()
    expect(off).toMatchObject({ allowed: true, code: null })
    expect(new Set(off.rules.map((rule) => rule.result))).toEqual(new Set(['not-asked']))
    await weir.enforcement.set({ mode: 'on' }, OPERATOR)
    await weir.users.update({ id: 'alice', is_active: true, consumption_profile_id: 1 }, OPERATOR)
    await weir.profiles.update({ id: 1, name: 'Free', is_active: false }, OPERATOR)
    const said = await explain()
    expect(said).toMatchObject({ allowed: false, code: 'profile_inactive' })
    expect(said.rules[1]).toMatchObject({ rule: 'profile_active', result: 'refuses' })
    await expect(weir.enforcement.explain({ user_id: 'nobody' })).rejects.toMatchObject({
      code: 'user_unknown',
    })
  })

  test('never disagrees with the decision: the rule that refuses is the one that decides', () => {
    const value = fc.integer({ min: 0, max: 5 })
    const state = fc.record({ limit: fc.option(value), used: value, reserved: value })
    fc.assert(
      fc.property(
        fc.array(state, { minLength: LIMIT_NAMES.length, maxLength: LIMIT_NAMES.length }),
        fc.constantFrom(null, 'user_inactive' as const, 'profile_inactive' as const),
        value,
        value,
        (figures, refusal, inputTokens, outputTokens) => {
          const states = LIMIT_NAMES.map(
            (name, index): LimitState => ({
              ...(figures[index] ?? { limit: null, used: 0, reserved: 0 }),
              name,
              source: 'profile',
              resetsAt: 0,
            }),
          )
          const decision = { limits: {} as EffectiveLimits, refusal }
          const request = { inputTokens, outputTokens }
          const verdict = decideAdmission(decision, states, request)
          const refusing = explainRules(decision, states, request, 'on').filter(
            (rule) => rule.result === 'refuses',
          )
          const expected =
            verdict.kind === 'yes' ? [] : [verdict.state?.name ?? verdict.code.replace('inactive', 'active')]
          expect(refusing.map((rule) => rule.rule)).toEqual(expected)
        },
      ),
    )
  })
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CheckAnswer } from '../../electron/core/api.ts'
import { OPERATIONS, type ParsedInput } from '../../shared/contract/index.ts'
import { MINUTE_MS } from '../../shared/units.ts'
import { OPERATOR, openConsumption, type TestConsumption, turnInput } from '../support/consumption.ts'

let weir: TestConsumption

beforeEach(async () => {
  weir = await openConsumption()
})

afterEach(async () => {
  expect(weir.verify().differences).toEqual([])
  await weir.close()
})

const check = (members: Partial<ParsedInput<'limits.check'>> = {}) =>
  weir.consumption.admit({ user_id: 'alice', ...members })
const allowed = (answer: CheckAnswer) => {
  if (answer.kind !== 'allowed') throw new Error(`refused: ${answer.code}`)
  return OPERATIONS['limits.check'].output.parse(answer.answer)
}
const codeOf = (answer: CheckAnswer) => (answer.kind === 'refused' ? answer.code : 'yes')
const limitOf = (answer: CheckAnswer, policy: string) =>
  allowed(answer).limits.find((limit) => limit.policy === policy)

describe('many callers at once', () => {
  test('64 at once against 50 an hour: exactly 50 get a yes, 14 a no that says when to come back', async () => {
    await weir.addUser('alice', { profile: 'Free' })
    const answers = await Promise.all(Array.from({ length: 64 }, () => check({ session_id: 's1' })))
    expect(answers.filter((answer) => answer.kind === 'allowed')).toHaveLength(50)
    const refusals = answers.filter((answer) => answer.kind === 'refused')
    expect(refusals).toHaveLength(14)
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({
        code: 'hourly_limit_exceeded',
        details: {
          policy: 'prompts_per_hour',
          limit: 50,
          used: 50,
          resets_at: '2026-11-24T11:00:00.000Z',
          retry_after_seconds: 2_400,
        },
      })
    }
    expect(await weir.counters('alice')).toMatchObject({
      hour_requests: 50,
      day_requests: 50,
      peak_requests_per_hour: 50,
      blocked_requests: 14,
    })
    const ids = new Set(
      answers.map((answer) => (answer.kind === 'allowed' ? answer.answer.admission_id : null)),
    )
    expect(ids.size).toBe(51)
    const events = await weir.events()
    expect(events).toHaveLength(14)
    expect(events[0]).toMatchObject({
      kind: 'blocked',
      code: 'hourly_limit_exceeded',
      user_id: 'alice',
      limit_name: 'prompts_per_hour',
      limit_value: 50,
      used: 50,
      session_id: 's1',
    })
  })

  test('the same turn five times at once is counted once', async () => {
    await weir.addUser('alice')
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => weir.consumption.recordTurn(turnInput())),
    )
    expect(answers.map((answer) => answer.replayed).sort()).toEqual([false, true, true, true, true])
    expect(await weir.counters('alice')).toMatchObject({
      successful_turns: 1,
      input_tokens: 100,
      output_tokens: 10,
      sessions: 1,
    })
    expect((await weir.consumption.turns({})).total_count).toBe(1)
  })

  test('token quotas hold for callers at once, because each yes reserves its estimate', async () => {
    await weir.addUser('alice', { limits: { input_tokens_per_month: 1_000 } })
    const answers = await Promise.all(Array.from({ length: 30 }, () => check({ estimated_input_tokens: 90 })))
    expect(answers.filter((answer) => answer.kind === 'allowed')).toHaveLength(11)
    expect(answers.find((answer) => answer.kind === 'refused')).toMatchObject({
      code: 'input_token_quota_exceeded',
      details: { limit: 1_000, used: 0, reserved: 990, resets_at: '2026-12-01T00:00:00.000Z' },
    })
  })
})

describe('a reservation', () => {
  beforeEach(() =>
    weir.addUser('alice', { limits: { input_tokens_per_month: 1_000, output_tokens_per_month: 1_000 } }),
  )

  test('is replaced by what the turn really used', async () => {
    const answer = allowed(await check({ estimated_input_tokens: 400, estimated_output_tokens: 300 }))
    expect(answer.expires_at).toBe('2026-11-24T10:30:00.000Z')
    expect(await weir.counters('alice')).toMatchObject({
      reserved_input_tokens: 400,
      reserved_output_tokens: 300,
    })
    const recorded = await weir.consumption.recordTurn(turnInput({ admission_id: answer.admission_id ?? '' }))
    expect(recorded.settled_admission_id).toBe(answer.admission_id)
    expect(await weir.counters('alice')).toMatchObject({
      reserved_input_tokens: 0,
      reserved_output_tokens: 0,
      input_tokens: 100,
      output_tokens: 10,
    })
  })

  test('that a turn uses more than is settled to the actual, noted beside the turn, and shown wherever it is', async () => {
    const reserve = async (input: number, output: number) =>
      allowed(await check({ estimated_input_tokens: input, estimated_output_tokens: output })).admission_id ??
      ''
    const over = turnInput({ input_tokens: 990, output_tokens: 20, admission_id: await reserve(400, 300) })
    const recorded = await weir.consumption.recordTurn(over)
    const flag = { input_tokens: 400, output_tokens: 300 }
    expect(OPERATIONS['turns.record'].output.parse(recorded).turn.exceeded_reservation).toEqual(flag)
    expect(await weir.counters('alice')).toMatchObject({ reserved_input_tokens: 0, input_tokens: 990 })
    expect((await weir.consumption.recordTurn(over)).turn.exceeded_reservation).toEqual(flag)
    // Nothing reserved for the output: there was no estimate that could be exceeded.
    const within = turnInput({
      turn_number: 2,
      input_tokens: 1,
      output_tokens: 50,
      admission_id: await reserve(1, 0),
    })
    expect((await weir.consumption.recordTurn(within)).turn.exceeded_reservation).toBeNull()
    expect(codeOf(await check({ estimated_input_tokens: 100 }))).toBe('input_token_quota_exceeded')
    const listed = await weir.consumption.turns({ user_id: 'alice' })
    expect(listed.turns.map((turn) => [turn.turn_number, turn.exceeded_reservation])).toEqual([
      [2, null],
      [1, flag],
    ])
    const session = await weir.consumption.session({ id: 's1', user_id: 'alice' })
    expect(session.turns.map((turn) => turn.exceeded_reservation)).toEqual([flag, null])
    expect(weir.verify().differences).toEqual([])
    // It goes with its turn; the removal itself is taken back.
    const removal = weir.database.write(async (trx) => {
      await trx.deleteFrom('consumption_turns').execute()
      const left = await trx.selectFrom('exceeded_reservations').selectAll().execute()
      throw new Error(`${left.length} left`)
    })
    await expect(removal).rejects.toThrow('0 left')
  })

  test('is settled once: a second turn under the same id settles nothing', async () => {
    const id = allowed(await check({ estimated_input_tokens: 400 })).admission_id ?? ''
    await weir.consumption.recordTurn(turnInput({ admission_id: id }))
    const again = await weir.consumption.recordTurn(turnInput({ admission_id: id, turn_number: 2 }))
    expect(again.settled_admission_id).toBeNull()
    expect(await weir.counters('alice')).toMatchObject({ reserved_input_tokens: 0, input_tokens: 200 })
  })

  test("is never settled by another user's turn", async () => {
    await weir.addUser('bob')
    const id = allowed(await check({ estimated_input_tokens: 400 })).admission_id ?? ''
    const foreign = await weir.consumption.recordTurn(turnInput({ user_id: 'bob', admission_id: id }))
    expect(foreign.settled_admission_id).toBeNull()
    expect(await weir.counters('alice')).toMatchObject({ reserved_input_tokens: 400 })
  })

  test('is given back at the first touch after ten minutes, and not before', async () => {
    allowed(await check({ estimated_input_tokens: 900 }))
    weir.clock.advance(5 * MINUTE_MS)
    allowed(await check({ estimated_input_tokens: 100 }))
    weir.clock.advance(5 * MINUTE_MS - 1)
    expect(codeOf(await check({ estimated_input_tokens: 1 }))).toBe('input_token_quota_exceeded')
    weir.clock.advance(1)
    expect(codeOf(await check({ estimated_input_tokens: 900, dry_run: true }))).toBe('yes')
    expect((await weir.consumption.summary('alice')).reserved_input_tokens).toBe(100)
    const answer = await check({ estimated_input_tokens: 900 })
    expect(limitOf(answer, 'input_tokens_per_month')).toMatchObject({
      used: 0,
      reserved: 1_000,
      remaining: 0,
    })
    weir.clock.advance(5 * MINUTE_MS)
    expect(codeOf(await check({ estimated_input_tokens: 100 }))).toBe('yes')
  })

  test('that has run out is not settled any more, but the turn is recorded', async () => {
    const id = allowed(await check({ estimated_input_tokens: 900 })).admission_id ?? ''
    weir.clock.advance(10 * MINUTE_MS)
    await check()
    const late = await weir.consumption.recordTurn(turnInput({ admission_id: id }))
    expect(late).toMatchObject({ replayed: false, settled_admission_id: null })
    expect(await weir.counters('alice')).toMatchObject({ reserved_input_tokens: 0, input_tokens: 100 })
  })

  test('is cut to what one check may reserve, so that a mistaken estimate locks nobody out', async () => {
    await weir.settings.change({ max_reservation_tokens: 50 }, OPERATOR)
    const ask = { estimated_input_tokens: 2 ** 40, estimated_output_tokens: 7 }
    const cut = { input_tokens: 50, output_tokens: 7, max_tokens: 50 }
    // The trial says what the check then does.
    expect(allowed(await check({ ...ask, dry_run: true })).reservation).toEqual(cut)
    expect(allowed(await check(ask)).reservation).toEqual(cut)
    const answer = await check({ ...ask, estimated_output_tokens: 70 })
    expect(limitOf(answer, 'input_tokens_per_month')?.reserved).toBe(100)
    expect(limitOf(answer, 'output_tokens_per_month')?.reserved).toBe(57)
  })

  test('outlives the end of the month and counts where its turn is counted', async () => {
    weir.clock.set('2026-11-30T23:58:00Z')
    const id = allowed(await check({ estimated_input_tokens: 600 })).admission_id ?? ''
    weir.clock.set('2026-12-01T00:01:00Z')
    expect(codeOf(await check({ estimated_input_tokens: 500 }))).toBe('input_token_quota_exceeded')
    await weir.consumption.recordTurn(turnInput({ admission_id: id }))
    expect(await weir.counters('alice')).toMatchObject({
      period: 202612,
      reserved_input_tokens: 0,
      input_tokens: 100,
    })
  })
})

describe('enforcement', () => {
  beforeEach(() => weir.addUser('alice', { limits: { prompts_per_hour: 2 } }))

  test('observe lets pass, counts, and notes what would have been blocked', async () => {
    await weir.settings.change(
      { enforcement: { mode: 'observe', reason: 'trying it out', until: null } },
      OPERATOR,
    )
    for (let index = 0; index < 2; index += 1) expect(allowed(await check()).would_have_blocked).toBeNull()
    expect(allowed(await check())).toMatchObject({
      enforcement: 'observe',
      would_have_blocked: 'hourly_limit_exceeded',
    })
    expect(await weir.counters('alice')).toMatchObject({
      hour_requests: 3,
      blocked_requests: 0,
      would_have_blocked_requests: 1,
    })
    expect(await weir.events()).toMatchObject([{ kind: 'would_have_blocked', code: 'hourly_limit_exceeded' }])
  })

  test('off asks nothing, but goes on counting', async () => {
    await weir.settings.change({ enforcement: { mode: 'off', reason: 'incident', until: null } }, OPERATOR)
    for (let index = 0; index < 4; index += 1) {
      expect(allowed(await check())).toMatchObject({ enforcement: 'off', would_have_blocked: null })
    }
    expect(await weir.counters('alice')).toMatchObject({ hour_requests: 4, would_have_blocked_requests: 0 })
    expect(await weir.events()).toEqual([])
  })

  test('off for a time is on again by itself', async () => {
    const until = weir.clock.now() + MINUTE_MS
    await weir.settings.change({ enforcement: { mode: 'off', reason: 'incident', until } }, OPERATOR)
    for (let index = 0; index < 3; index += 1) allowed(await check())
    weir.clock.advance(MINUTE_MS)
    expect(codeOf(await check())).toBe('hourly_limit_exceeded')
  })

  test('an override holds for everybody until its end', async () => {
    const until = weir.clock.now() + MINUTE_MS
    await weir.settings.change(
      { override: { prompts_per_hour: 0, prompts_per_day: null, reason: 'fire', until } },
      OPERATOR,
    )
    expect(await check()).toMatchObject({
      kind: 'refused',
      code: 'hourly_limit_exceeded',
      details: { limit: 0, source: 'override' },
    })
    weir.clock.advance(MINUTE_MS)
    expect(codeOf(await check())).toBe('yes')
  })

  test('a user who is switched off is refused, and under observe only noted', async () => {
    await weir.addUser('olaf', { isActive: false })
    expect(await check({ user_id: 'olaf' })).toMatchObject({ kind: 'refused', code: 'user_inactive' })
    await weir.settings.change(
      { enforcement: { mode: 'observe', reason: 'trying it out', until: null } },
      OPERATOR,
    )
    expect(allowed(await check({ user_id: 'olaf' })).would_have_blocked).toBe('user_inactive')
  })
})

describe('users', () => {
  test('an unknown one is refused by name, and nothing is written', async () => {
    const answer = await check({ user_id: 'nobody' })
    expect(answer).toMatchObject({ kind: 'refused', code: 'user_unknown', details: { user_id: 'nobody' } })
    await expect(weir.consumption.recordTurn(turnInput({ user_id: 'nobody' }))).rejects.toMatchObject({
      code: 'user_unknown',
    })
    await expect(weir.consumption.summary('nobody')).rejects.toMatchObject({ code: 'user_unknown' })
    await expect(weir.consumption.history('nobody')).rejects.toMatchObject({ code: 'user_unknown' })
    await expect(weir.consumption.turns({ user_id: 'nobody' })).rejects.toMatchObject({
      code: 'user_unknown',
    })
    expect((await weir.consumption.users({})).total_count).toBe(0)
  })

  test('an unknown one is made at the first check when the operator wants that, once for many callers', async () => {
    await weir.settings.change({ auto_provision_users: true }, OPERATOR)
    const answers = await Promise.all(Array.from({ length: 8 }, () => check({ user_id: 'nora' })))
    expect(answers.map(codeOf)).toEqual(Array.from({ length: 8 }, () => 'yes'))
    expect(limitOf(answers[0] as CheckAnswer, 'prompts_per_hour')).toMatchObject({
      limit: 1_000,
      source: 'default profile Unlimited',
    })
    await weir.consumption.recordTurn(turnInput({ user_id: 'otto' }))
    const { users } = await weir.consumption.users({})
    expect(users.map((user) => [user.user_id, user.requests_this_hour, user.total_turns])).toEqual([
      ['nora', 8, 0],
      ['otto', 0, 1],
    ])
  })

  test('a trial check makes nobody', async () => {
    await weir.settings.change({ auto_provision_users: true }, OPERATOR)
    expect(codeOf(await check({ user_id: 'nora', dry_run: true }))).toBe('user_unknown')
    expect((await weir.consumption.users({})).total_count).toBe(0)
  })

  test('a changed profile is in force with the next check', async () => {
    await weir.addUser('alice', { profile: 'Free' })
    expect(limitOf(await check(), 'prompts_per_hour')?.limit).toBe(50)
    await weir.setLimits('Free', { prompts_per_hour: 1 })
    expect(await check()).toMatchObject({ kind: 'refused', details: { limit: 1, used: 1 } })
    await weir.setLimits('Free', { prompts_per_hour: null })
    expect(limitOf(await check(), 'prompts_per_hour')?.limit).toBeNull()
  })

  test('a grant raises the limit until it ends or is taken back', async () => {
    const key = await weir.addUser('alice', { limits: { prompts_per_hour: 1 } })
    allowed(await check())
    const now = weir.clock.now()
    const grant = {
      user_key: key,
      limit_name: 'prompts_per_hour',
      expires_at: now + MINUTE_MS,
      reason: 'deadline',
      created_by: 'Olga',
      created_at: now,
      revoked_at: null,
    }
    await weir.database.write((trx) =>
      trx
        .insertInto('limit_grants')
        .values([
          { ...grant, amount: 2 },
          { ...grant, amount: 9, revoked_at: now },
        ])
        .execute(),
    )
    expect(limitOf(await check(), 'prompts_per_hour')).toMatchObject({
      limit: 3,
      used: 2,
      source: 'profile of alice + grants',
    })
    weir.clock.advance(MINUTE_MS)
    expect(codeOf(await check())).toBe('hourly_limit_exceeded')
  })
})

describe('a trial check', () => {
  test('answers like a real one and counts, reserves and notes nothing', async () => {
    await weir.addUser('alice', { limits: { prompts_per_hour: 1, input_tokens_per_month: 100 } })
    const before = await weir.counters('alice')
    const answer = allowed(await check({ dry_run: true, estimated_input_tokens: 60 }))
    expect(answer).toMatchObject({ admission_id: null, expires_at: null, would_have_blocked: null })
    expect(codeOf(await check({ dry_run: true, estimated_input_tokens: 101 }))).toBe(
      'input_token_quota_exceeded',
    )
    expect(await weir.counters('alice')).toEqual(before)
    expect(await weir.events()).toEqual([])
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../../shared/units.ts'
import { OPERATOR, turnInput } from '../support/consumption.ts'
import { announceSeed } from '../support/random.ts'
import { codeOf, openEnforcement, type TestEnforcement } from './enforcement-fixture.ts'

const seed = announceSeed('days under observation')
/** A few in every run of the tests, many in `npm run test:faults`; a day takes a fifth of a second. */
const DAYS = Math.min(300, Number(process.env['WEIR_HISTORIES'] ?? 40))
const LIMIT_MS = MINUTE_MS + DAYS * 2_000

const USERS = ['ann', 'ben'] as const

/** One request of a day: when it comes, what it estimates, and what its turn consumes if it runs. */
interface Request {
  readonly afterMs: number
  readonly user: (typeof USERS)[number]
  readonly estimate: number
  readonly consumed: number
  /** How long the turn takes; null is a turn that never comes. Longer than ten minutes outlives its reservation. */
  readonly turnMs: number | null
}

const limits = fc.record({
  prompts_per_hour: fc.constantFrom(null, 2, 4),
  prompts_per_day: fc.constantFrom(null, 3, 9),
  input_tokens_per_month: fc.constantFrom(null, 400, 1_500),
  cost_per_month_micro_usd: fc.constantFrom(null, 900),
})

const day: fc.Arbitrary<Request[]> = fc.array(
  fc.record({
    afterMs: fc.constantFrom(0, MINUTE_MS, 12 * MINUTE_MS, 50 * MINUTE_MS, 3 * HOUR_MS),
    user: fc.constantFrom(...USERS),
    estimate: fc.constantFrom(0, 50, 300),
    consumed: fc.constantFrom(0, 20, 120, 500),
    turnMs: fc.constantFrom(0, 0, MINUTE_MS, 11 * MINUTE_MS, null),
  }),
  { minLength: 5, maxLength: 40 },
)

/** A turn that will be recorded. */
interface Due {
  readonly at: number
  readonly number: number
  readonly request: Request
  readonly admissionId: string
}

/** Plays a day; what is refused does not run. Answers every no, real or observed, with the figures it was decided by. */
async function play(weir: TestEnforcement, requests: readonly Request[]) {
  const noes: string[] = []
  let due: Due[] = []
  const recordUntil = async (now: number): Promise<void> => {
    for (const turn of due.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at || a.number - b.number)) {
      weir.clock.set(turn.at)
      await weir.consumption.recordTurn(
        turnInput({
          user_id: turn.request.user,
          session_id: turn.request.user,
          turn_number: turn.number,
          input_tokens: turn.request.consumed,
          output_tokens: 10,
          admission_id: turn.admissionId,
        }),
      )
    }
    due = due.filter(({ at }) => at > now)
  }
  let now = weir.clock.now()
  for (const [index, request] of requests.entries()) {
    now += request.afterMs
    await recordUntil(now)
    weir.clock.set(now)
    const ask = { user_id: request.user, estimated_input_tokens: request.estimate }
    const shown = (await weir.enforcement.explain(ask)).code
    const answer = await weir.check(ask)
    const code = answer.kind === 'refused' ? answer.code : answer.answer.would_have_blocked
    // What is shown is what decides, in both modes.
    expect(shown).toBe(code)
    if (code !== null) noes.push(`${index} ${code}`)
    if (answer.kind === 'refused' || request.turnMs === null) continue
    const admissionId = answer.answer.admission_id ?? ''
    due.push({ at: now + request.turnMs, number: index + 1, request, admissionId })
  }
  await recordUntil(now + HOUR_MS)
  const decidedBy = (await weir.events()).map(({ code, limit_name, limit_value, used, reserved }) =>
    [code, limit_name, limit_value, used, reserved].join(' '),
  )
  return { noes, decidedBy }
}

async function open(mode: 'on' | 'observe', users: readonly Record<string, number | null>[]) {
  const weir = await openEnforcement()
  for (const [index, id] of USERS.entries()) await weir.addUser(id, { limits: users[index] ?? {} })
  if (mode === 'observe') await weir.enforcement.set({ mode, reason: 'A trial day' }, OPERATOR)
  return weir
}

describe('a day under observation', () => {
  test(`names exactly the refusals that enforcement would have spoken (${DAYS} days)`, {
    timeout: LIMIT_MS,
  }, async () => {
    const property = fc.asyncProperty(fc.tuple(limits, limits), day, async (users, requests) => {
      const observed = await open('observe', users)
      const enforced = await open('on', users)
      try {
        const would = await play(observed, requests)
        const did = await play(enforced, requests)
        expect(would).toEqual(did)
        expect(observed.verify().differences).toEqual([])
      } finally {
        await observed.close()
        await enforced.close()
      }
    })
    await fc.assert(property, { seed, numRuns: DAYS })
  })

  test('counts everything that really happened, and shows limits as they are judged', async () => {
    const weir = await open('observe', [{ prompts_per_hour: 1, input_tokens_per_month: 1_000 }])
    const ids: string[] = []
    for (let turn = 1; turn <= 3; turn += 1) {
      const answer = await weir.check({ user_id: 'ann', estimated_input_tokens: 10 })
      if (answer.kind === 'allowed') ids.push(answer.answer.admission_id ?? '')
    }
    for (const [index, admission_id] of ids.entries()) {
      const turn = { user_id: 'ann', turn_number: index + 1, input_tokens: 400, admission_id }
      await weir.consumption.recordTurn(turnInput(turn))
    }
    const summary = await weir.consumption.summary('ann')
    expect(summary).toMatchObject({ total_input_tokens: 1_200, requests_this_hour: 3, status: 'blocked' })
    expect(summary).toMatchObject({ would_have_blocked_requests: 2, requests_hour_remaining: 0 })
    const used = (policy: string) => summary.limits.find((limit) => limit.policy === policy)?.used
    expect([used('prompts_per_hour'), used('input_tokens_per_month')]).toEqual([1, 400])
    const [row] = (await weir.consumption.users({ search: 'ann' })).users
    expect(row).toMatchObject({ hour_percent: 100, input_percent: 40, total_input_tokens: 1_200 })

    // Enforced again, what was really consumed counts: the month is used up, and so is the hour.
    await weir.enforcement.set({ mode: 'on' }, OPERATOR)
    weir.clock.advance(HOUR_MS)
    expect(codeOf(await weir.check({ user_id: 'ann' }))).toBe('input_token_quota_exceeded')

    // A new observation begins with what is true, not with what an earlier one let through.
    await weir.enforcement.set({ mode: 'observe', reason: 'Again' }, OPERATOR)
    const answer = await weir.check({ user_id: 'ann' })
    expect(answer).toMatchObject({ answer: { would_have_blocked: 'input_token_quota_exceeded' } })
    await weir.close()
  })

  test('says since when it is so, and another reason is no new beginning', async () => {
    const weir = await open('observe', [])
    const { since } = await weir.enforcement.get()
    weir.clock.advance(HOUR_MS)
    const again = await weir.enforcement.set({ mode: 'observe', reason: 'Still a trial' }, OPERATOR)
    expect(again.since).toBe(since)
    expect((await weir.enforcement.set({ mode: 'on' }, OPERATOR)).since).not.toBe(since)
    await weir.close()
  })
})

describe('changing a profile under load', () => {
  test('32 clients at once: no request is judged by a mix of the old limits and the new', async () => {
    const weir = await openEnforcement()
    const free = await weir.addProfile('small', { prompts_per_hour: 40, prompts_per_day: 400 })
    const pro = await weir.addProfile('large', { prompts_per_hour: 150, prompts_per_day: 1_500 })
    await weir.addUser('ann', { profile: 'small' })
    const pairs = new Set<string>()
    let allowed = 0
    let isDone = false
    const client = async (): Promise<void> => {
      while (!isDone) {
        const answer = await weir.check({ user_id: 'ann' })
        const listed = answer.kind === 'allowed' ? answer.answer.limits : answer.details['limits']
        if (answer.kind === 'allowed') allowed += 1
        const [hour, perDay] = listed as { limit: number; source: string }[]
        pairs.add([hour?.limit, hour?.source, perDay?.limit, perDay?.source].join(' '))
      }
    }
    const clients = Promise.all(Array.from({ length: 32 }, client))
    const seen = (pair: string) => expect.poll(() => pairs.has(pair), { interval: 1 }).toBe(true)
    await seen('40 profile small 400 profile small')
    await weir.users.setProfile('ann', pro, OPERATOR)
    await seen('150 profile large 1500 profile large')
    await weir.users.setProfile('ann', free, OPERATOR)
    await weir.users.setProfile('ann', pro, OPERATOR)
    isDone = true
    await clients
    expect([...pairs].sort()).toEqual([
      '150 profile large 1500 profile large',
      '40 profile small 400 profile small',
    ])
    expect(allowed).toBeLessThanOrEqual(150)
    expect((await weir.counters('ann')).hour_requests).toBe(allowed)
    await weir.close()
  })
})

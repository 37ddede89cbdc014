import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dispatch } from '../../electron/operations/dispatch.ts'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { DAY_MS, HOUR_MS, toIso } from '../../shared/units.ts'
import { OPERATOR, openConsumption, type TestConsumption, turnInput } from '../support/consumption.ts'
import { fakeWeir } from '../support/fake-weir.ts'
import { announceSeed } from '../support/random.ts'

const seed = announceSeed('session histories')
/** A history takes some hundredths of a second. */
const HISTORIES = 25

let weir: TestConsumption

beforeEach(async () => {
  weir = await openConsumption()
  for (const user of ['alice', 'bob']) await weir.addUser(user)
})

afterEach(() => weir.close())

const open = (members: object = {}) =>
  weir.consumption.openSession({ user_id: 'alice', session_id: 's1', ...members })

describe('opening a session', () => {
  test('counts it once, however often it is opened, also by many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => open({ session_name: 'Orders' })))
    expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1)
    expect(OPERATIONS['sessions.open'].output.parse(answers[0]).session).toEqual({
      user_id: 'alice',
      session_id: 's1',
      session_name: 'Orders',
      opened_at: '2026-11-24T10:20:00.000Z',
      last_activity_at: '2026-11-24T10:20:00.000Z',
      closed_at: null,
    })
    await weir.consumption.recordTurn(turnInput())
    expect((await weir.counters('alice')).sessions).toBe(1)
    weir.clock.set('2026-12-02T08:00:00Z')
    expect((await open()).replayed).toBe(true)
    expect((await weir.consumption.summary('alice')).total_sessions).toBe(0)
    expect((await weir.consumption.summary('alice', '2026-11')).total_sessions).toBe(1)
    expect(weir.verify().differences).toEqual([])
  })

  test('books it in the month it was opened in, also when that is told late', async () => {
    await open({ opened_at: '2026-10-31T23:59:59Z' })
    expect((await weir.counters('alice')).sessions).toBe(0)
    expect((await weir.consumption.summary('alice', '2026-10')).total_sessions).toBe(1)
    expect(weir.verify().differences).toEqual([])
    await expect(open({ session_id: 's2', opened_at: '2026-11-26T00:00:00Z' })).rejects.toMatchObject({
      code: 'invalid_request',
      details: { errors: [{ path: 'opened_at' }] },
    })
  })

  test('for nobody known is refused, or brings the user when the setting says so', async () => {
    await expect(open({ user_id: 'carol' })).rejects.toMatchObject({ code: 'user_unknown' })
    await weir.settings.change({ auto_provision_users: true }, OPERATOR)
    expect((await open({ user_id: 'carol' })).replayed).toBe(false)
  })
})

describe('closing a session', () => {
  test('is done once; opening it or a turn in it opens it again, a repeated turn does not', async () => {
    await weir.consumption.recordTurn(turnInput())
    const close = () => weir.consumption.closeSession({ id: 's1' })
    expect((await weir.consumption.summary('alice')).active_sessions).toBe(1)
    const first = await close()
    weir.clock.advance(HOUR_MS)
    const again = await close()
    expect([first.replayed, again.replayed, again.session.closed_at]).toEqual([
      false,
      true,
      '2026-11-24T10:20:00.000Z',
    ])
    await weir.consumption.recordTurn(turnInput())
    expect((await close()).replayed).toBe(true)
    await weir.consumption.recordTurn(turnInput({ turn_number: 2 }))
    expect((await close()).replayed).toBe(false)
    expect((await open()).session.closed_at).toBeNull()
    expect((await weir.counters('alice')).sessions).toBe(1)
  })
})

describe('a session without its user', () => {
  test('is found while its id is only one user’s', async () => {
    await open()
    const { session } = await weir.consumption.renameSession({ id: 's1', session_name: 'New' })
    expect([session.user_id, session.session_name]).toEqual(['alice', 'New'])
    await open({ user_id: 'bob' })
    const unclear = { code: 'invalid_request', details: { errors: [{ path: 'user_id' }] } }
    await expect(weir.consumption.closeSession({ id: 's1' })).rejects.toMatchObject(unclear)
    await expect(
      weir.consumption.extendTurn({ session_id: 's1', turn_number: 1, idempotency_key: 'k' }),
    ).rejects.toMatchObject(unclear)
    expect((await weir.consumption.closeSession({ id: 's1', user_id: 'bob' })).session.user_id).toBe('bob')
    expect((await weir.consumption.closeSession({ id: 's1', user_id: 'alice' })).session.session_name).toBe(
      'New',
    )
  })

  test('that nobody has is unknown', async () => {
    await expect(weir.consumption.closeSession({ id: 'nowhere' })).rejects.toMatchObject({
      code: 'session_unknown',
    })
    await open()
    await expect(
      weir.consumption.renameSession({ id: 's1', user_id: 'bob', session_name: 'x' }),
    ).rejects.toMatchObject({ code: 'session_unknown' })
    await expect(
      weir.consumption.renameSession({ id: 's1', user_id: 'carol', session_name: 'x' }),
    ).rejects.toMatchObject({ code: 'user_unknown' })
  })

  test('is looked for only among those of the user a token was made for', async () => {
    const { weir: fake, calls } = fakeWeir(weir.clock)
    const caller = { name: 'bound', via: 'api', scope: 'executor', userId: 'alice', tokenId: 1 } as const
    await dispatch(fake, 'sessions.close', { id: 's1' }, caller)
    await dispatch(fake, 'sessions.rename', { id: 's1', session_name: 'x' }, { ...caller, userId: null })
    expect(calls.map((call) => call.args[0])).toEqual([
      { id: 's1', user_id: 'alice' },
      { id: 's1', session_name: 'x' },
    ])
    const foreign = await dispatch(fake, 'sessions.close', { id: 's1', user_id: 'bob' }, caller)
    expect(foreign).toMatchObject({ kind: 'refused', code: 'forbidden' })
  })
})

const figure = fc.nat(200)
const anyStep = fc.record({
  kind: fc.constantFrom('record', 'extend', 'open', 'close', 'rename', 'wait'),
  user: fc.constantFrom('alice', 'bob'),
  session: fc.constantFrom('s1', 's2', 's3'),
  turn: fc.integer({ min: 1, max: 3 }),
  input: figure,
  output: figure,
  cost: fc.option(fc.integer({ min: 0, max: 900 }), { nil: undefined }),
  key: fc.constantFrom('k1', 'k2', 'k3'),
  model: fc.constantFrom('atlas', 'nobody-knows'),
  agoMs: fc.constantFrom(0, HOUR_MS, 20 * DAY_MS),
  waitMs: fc.constantFrom(HOUR_MS, DAY_MS, 12 * DAY_MS),
})
type AnyStep = typeof anyStep extends fc.Arbitrary<infer Step> ? Step : never

/** Refusals are part of a random history: unknown sessions and turns, other figures under a used key. */
const LAWFUL = ['turn_conflict', 'turn_unknown', 'session_unknown']

async function play(step: AnyStep): Promise<void> {
  const { consumption, clock } = weir
  const cost = step.cost === undefined ? {} : { cost_usd: step.cost / 1_000_000 }
  const at = toIso(clock.now() - step.agoMs)
  const session = { id: step.session, user_id: step.user }
  const figures = { user_id: step.user, input_tokens: step.input, output_tokens: step.output, ...cost }
  const ids = { session_id: step.session, turn_number: step.turn }
  switch (step.kind) {
    case 'record':
      await consumption.recordTurn(turnInput({ ...figures, ...ids, model: step.model, occurred_at: at }))
      return
    case 'extend':
      await consumption.extendTurn({ ...figures, ...ids, idempotency_key: step.key })
      return
    case 'open':
      await consumption.openSession({ user_id: step.user, session_id: step.session, opened_at: at })
      return
    case 'close':
      await consumption.closeSession(session)
      return
    case 'rename':
      await consumption.renameSession({ ...session, session_name: step.key })
      return
    case 'wait':
      clock.advance(step.waitMs)
  }
}

describe('whatever happens to sessions and turns in whatever order', () => {
  test(`the books are right (${HISTORIES} histories)`, { timeout: 60_000 }, async () => {
    const history = fc.array(fc.array(anyStep, { minLength: 1, maxLength: 4 }), { maxLength: 20 })
    const property = fc.asyncProperty(history, async (groups) => {
      await weir.close()
      weir = await openConsumption()
      for (const user of ['alice', 'bob']) await weir.addUser(user)
      for (const steps of groups) {
        // Those of a group arrive together.
        for (const outcome of await Promise.allSettled(steps.map(play)))
          if (outcome.status === 'rejected') expect(LAWFUL).toContain(outcome.reason.code)
      }
      expect(weir.verify().differences).toEqual([])
    })
    await fc.assert(property, { seed, numRuns: HISTORIES })
  })
})

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Caller } from '../../electron/core/api.ts'
import { dispatchToAnswer } from '../../electron/operations/dispatch.ts'
import type { OperationInput, OperationName, OperationOutput } from '../../shared/contract/index.ts'
import { DAY_MS } from '../../shared/units.ts'
import { OPERATOR, turnInput } from '../support/consumption.ts'
import { announceSeed } from '../support/random.ts'
import { openWeir, SYSTEM_CLOCK } from '../support/weir.ts'
import { FROM_THE_BEGINNING, openRepricing, type TestRepricing } from './repricing-fixture.ts'

const SEED = announceSeed('pricing again')

let open: TestRepricing
let weir: TestRepricing['weir']
let prices: TestRepricing['prices']
let consumption: TestRepricing['consumption']
let repricing: TestRepricing['repricing']

beforeEach(async () => {
  open = await openRepricing()
  ;({ weir, prices, consumption, repricing } = open)
})
afterEach(() => open.close())

const setPrice: TestRepricing['setPrice'] = (input, members) => open.setPrice(input, members)
const record: TestRepricing['record'] = (members) => open.record(members)
const reprice: TestRepricing['reprice'] = (scope) => open.reprice(scope)
const turns = () => open.turns()
const costs = () => open.costs()
const auditLog = () => open.auditLog()

describe('pricing the running month again', () => {
  test('brings every turn to the price of now, and ledger, counters and roll-ups agree', async () => {
    await weir.addUser('alice')
    await record({ turn_number: 1, input_tokens: 1_000_000 })
    await record({ turn_number: 2, input_tokens: 10, rag_used: true, rag_tokens_saved: 100 })
    await record({ turn_number: 3, provider: 'other', model: 'free', input_tokens: 7 })
    await setPrice(5)
    expect(await costs()).toEqual([1_000_000, 10, 7])
    const { plan, run } = await reprice()
    expect(plan.open).toMatchObject({ changed_turns: 2, before_usd: 1.000017, change_usd: 4.00004, turns: 3 })
    expect(plan.models).toMatchObject([{ model: 'atlas', changed_turns: 2, price_source: 'operator' }])
    expect(plan.users).toMatchObject([{ user_id: 'alice', changed_turns: 2, after_usd: 5.000057 }])
    expect(run).toMatchObject({
      status: 'done',
      changed_turns: 2,
      change_usd: 4.00004,
      turns_done: 3,
      backup_id: 'copy',
    })
    expect(await turns()).toMatchObject([
      { cost_micro_usd: 5_000_000, price_source: 'operator' },
      { cost_micro_usd: 50, rag_cost_saved_micro_usd: 1000 },
      { cost_micro_usd: 7, price_source: 'fallback' },
    ])
    expect(await weir.counters('alice')).toMatchObject({
      cost_micro_usd: 5_000_057,
      day_cost_micro_usd: 5_000_057,
      fallback_priced_turns: 1,
      rag_cost_saved_micro_usd: 1000,
    })
    expect(weir.verify().differences).toEqual([])
  })

  test('a second time changes nothing, needs no backup and leaves no entry', async () => {
    await weir.addUser('alice')
    await record({ input_tokens: 1000 })
    await setPrice(5)
    await reprice()
    const before = (await auditLog()).length
    const { plan, run } = await reprice()
    expect([plan.open.changed_turns, run.status, run.changed_turns, run.backup_id]).toEqual([
      0,
      'done',
      0,
      null,
    ])
    expect([open.backups.made, (await auditLog()).length]).toEqual([1, before])
  })

  test('back to the old price brings back the old amounts', async () => {
    await weir.addUser('alice')
    await record({ turn_number: 1, input_tokens: 1000 })
    await record({ turn_number: 2, input_tokens: 400 })
    const before = await turns()
    const { price } = await setPrice(5)
    await reprice()
    await prices.delete(price.id, OPERATOR)
    const { run } = await reprice()
    expect(run.change_usd).toBe(-0.0056)
    expect(await turns()).toEqual(before)
    expect(weir.verify().differences).toEqual([])
  })

  test('never touches a cost the agent reported, nor the reported part of a turn that was added to', async () => {
    await weir.addUser('alice')
    await record({ turn_number: 1, input_tokens: 1000, cost_usd: 0.25 })
    await record({ turn_number: 2, input_tokens: 1000 })
    const more = { user_id: 'alice', session_id: 's1', turn_number: 2 }
    await consumption.extendTurn({ ...more, idempotency_key: 'a', input_tokens: 50, cost_usd: 0.5 })
    await consumption.extendTurn({ ...more, idempotency_key: 'b', input_tokens: 10 })
    await setPrice(3)
    const { plan } = await reprice()
    expect([plan.open.reported_turns, plan.open.turns]).toEqual([1, 1])
    expect(await costs()).toEqual([250_000, 500_000 + 3 * 1010])
    expect(weir.verify().differences).toEqual([])
  })

  test('leaves closed months as they were billed, and shows what they would cost', async () => {
    await weir.addUser('alice')
    await record({ turn_number: 1, input_tokens: 1000, occurred_at: '2026-10-20T12:00:00Z' })
    await record({ turn_number: 2, input_tokens: 1000 })
    await setPrice(2)
    const { plan } = await reprice()
    expect(plan.closed).toEqual([
      { period: '2026-10', changed_turns: 1, before_usd: 0.001, after_usd: 0.002 },
    ])
    expect(await costs()).toEqual([1000, 2000])
    weir.clock.set('2026-12-01T00:00:05Z')
    const next = await reprice()
    expect(next.plan.open.turns).toBe(0)
    expect(next.plan.closed.map((month) => month.period)).toEqual(['2026-10'])
    expect(await costs()).toEqual([1000, 2000])
  })

  test('of turns that had no price alone leaves the others as they are', async () => {
    await weir.addUser('alice')
    await setPrice(1)
    await record({ turn_number: 1, input_tokens: 1000 })
    await record({ turn_number: 2, input_tokens: 1000, provider: 'nobody', model: 'nothing' })
    await setPrice(9)
    await setPrice(9, { provider: 'nobody', model_pattern: 'nothing' })
    const { plan } = await reprice('fallback')
    expect([plan.scope, plan.open.turns]).toEqual(['fallback', 1])
    expect(await costs()).toEqual([1000, 9000])
    expect((await weir.counters('alice')).fallback_priced_turns).toBe(0)
    expect(weir.verify().differences).toEqual([])
  })

  test('is not done when something else would come of it than the operator saw', async () => {
    await weir.addUser('alice')
    await record({ input_tokens: 1000 })
    await setPrice(5)
    const { run_id } = repricing.start({ change_usd: 1 }, OPERATOR)
    expect(await repricing.finished(run_id)).toMatchObject({
      status: 'failed',
      error: { code: 'confirmation_needed' },
      changed_turns: 0,
    })
    expect([open.backups.made, await costs()]).toEqual([0, [1000]])
  })

  test('says who would reach their budget, and alerts when they do', async () => {
    await weir.addUser('alice', { limits: { cost_per_month_micro_usd: 4000 } })
    await record({ input_tokens: 1000 })
    await setPrice(5)
    const { plan } = await reprice()
    expect(plan.users_over_budget).toBe(1)
    const alerts = await weir.database.reader.selectFrom('alerts').selectAll().execute()
    expect(alerts).toMatchObject([
      { user_id: 'alice', limit_name: 'cost_per_month_usd', threshold_percent: 100 },
    ])
    expect(await consumption.admit({ user_id: 'alice' })).toMatchObject({ code: 'cost_budget_exceeded' })
  })

  test('cancelled between two slices leaves whole books, and the rest is done the next time', async () => {
    for (const id of ['alice', 'bob']) await weir.addUser(id)
    for (let turn = 1; turn <= 450; turn += 1)
      await record({
        user_id: turn % 3 === 0 ? 'bob' : 'alice',
        session_id: `s${turn % 3}`,
        turn_number: turn,
      })
    await setPrice(5)
    const { open } = await repricing.plan({})
    const { run_id } = repricing.start({ change_usd: open.change_usd }, OPERATOR)
    expect(() => repricing.start({ change_usd: 0 }, OPERATOR)).toThrow('already')
    while (repricing.get(run_id).changed_turns === 0) await new Promise((resolve) => setImmediate(resolve))
    repricing.cancel(run_id)
    const run = await repricing.finished(run_id)
    expect(run.status).toBe('cancelled')
    expect(run.changed_turns).toBeGreaterThan(0)
    expect(run.changed_turns).toBeLessThan(450)
    expect(weir.verify().differences).toEqual([])
    const { run: rest } = await reprice()
    expect(rest.changed_turns).toBe(450 - run.changed_turns)
    expect(new Set(await costs())).toEqual(new Set([500]))
    expect(weir.verify().differences).toEqual([])
    const entries = (await auditLog()).filter((row) => row.action.startsWith('prices.reprice'))
    expect(entries.map((row) => row.action)).toEqual([
      'prices.reprice',
      'prices.repriceEnd',
      'prices.reprice',
      'prices.repriceEnd',
    ])
    expect(JSON.parse(entries[1]?.after ?? '{}')).toMatchObject({
      run_id,
      changed_turns: run.changed_turns,
      change_usd: run.change_usd,
      backup_id: 'copy',
    })
  })
})

test('over random histories the plan is what happens, the books agree, and every turn has the price of its time', async () => {
  const start = Date.parse('2026-11-02T00:00:00Z')
  await weir.addUser('alice')
  await weir.addUser('bob')
  let session = 0
  const event = fc.oneof(
    fc.record({
      kind: fc.constant('turn' as const),
      user_id: fc.constantFrom('alice', 'bob'),
      model: fc.constantFrom('atlas', 'nothing'),
      input_tokens: fc.integer({ min: 0, max: 3_000_000 }),
      output_tokens: fc.integer({ min: 0, max: 50_000 }),
      rag_tokens_saved: fc.integer({ min: -500, max: 500 }),
      cost_usd: fc.option(fc.double({ min: 0, max: 3, noNaN: true }), { nil: undefined }),
      day: fc.integer({ min: -40, max: 22 }),
    }),
    fc.record({
      kind: fc.constant('more' as const),
      turn: fc.nat(20),
      input_tokens: fc.integer({ min: 0, max: 1000 }),
      cost_usd: fc.option(fc.constantFrom(0, 0.125), { nil: undefined }),
    }),
    fc.record({
      kind: fc.constant('price' as const),
      input: fc.integer({ min: 0, max: 20_000_000 }),
      model: fc.constantFrom('atlas', 'nothing'),
      day: fc.constantFrom(-400, 0, 10),
    }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 3, maxLength: 25 }), async (events) => {
      session += 1
      const session_id = `s${session}`
      const made: { user_id: string; turn_number: number }[] = []
      for (const [at, one] of events.entries()) {
        if (one.kind === 'price') {
          await setPrice(one.input / 1_000_000, {
            model_pattern: one.model,
            valid_from: new Date(start + one.day * DAY_MS).toISOString(),
          })
          continue
        }
        if (one.kind === 'more') {
          const turn = made[one.turn % Math.max(1, made.length)]
          if (turn === undefined) continue
          const { input_tokens, cost_usd } = one
          const key = { session_id, idempotency_key: `k${at}` }
          await consumption.extendTurn({
            ...turn,
            ...key,
            input_tokens,
            ...(cost_usd !== undefined && { cost_usd }),
          })
          continue
        }
        const { kind: _kind, day, cost_usd, ...figures } = one
        const turn = { user_id: figures.user_id, turn_number: at + 1 }
        made.push(turn)
        await record({
          ...figures,
          ...turn,
          session_id,
          rag_used: true,
          occurred_at: new Date(start + day * DAY_MS).toISOString(),
          ...(cost_usd !== undefined && { cost_usd }),
        })
      }
      const { plan, run } = await reprice()
      expect([run.status, run.changed_turns, run.change_usd]).toEqual([
        'done',
        plan.open.changed_turns,
        plan.open.change_usd,
      ])
      expect(weir.verify().differences).toEqual([])
      const again = await repricing.plan({})
      expect([again.open.changed_turns, again.open.change_usd]).toEqual([0, 0])
      expect(again.closed).toEqual(plan.closed)
    }),
    { numRuns: 25, seed: SEED },
  )
})

test('over the whole Weir a run makes a verified backup and is followed to its end', async () => {
  const whole = await openWeir(SYSTEM_CLOCK)
  const caller: Caller = { ...OPERATOR, scope: 'admin', userId: null, tokenId: null }
  const call = async <Name extends OperationName>(
    name: Name,
    input: OperationInput<Name>,
  ): Promise<OperationOutput<Name>> => {
    const answer = await dispatchToAnswer(whole.weir, name, input, caller)
    if (!answer.ok) throw new Error(answer.problem.code)
    return answer.value as OperationOutput<Name>
  }
  try {
    await whole.weir.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
    await whole.weir.consumption.recordTurn(
      turnInput({ provider: 'nobody', model: 'nothing', input_tokens: 1000 }),
    )
    const mine = {
      provider: 'nobody',
      model_pattern: 'nothing',
      input_usd_per_million: 2,
      output_usd_per_million: 0,
    }
    await call('prices.set', { ...mine, valid_from: FROM_THE_BEGINNING })
    const plan = await call('prices.repricePlan', { scope: 'fallback' })
    expect(plan).toMatchObject({ open: { changed_turns: 1 }, running: null })
    const { run_id } = await call('prices.reprice', { scope: 'fallback', change_usd: plan.open.change_usd })
    // The run makes a backup before it writes, so that it is still going on here.
    expect((await call('status.get', {})).running_reprice).toMatchObject({ run_id })
    await whole.weir.repricing.finished(run_id)
    expect((await call('status.get', {})).running_reprice).toBeNull()
    const run = await call('prices.repriceRun', { run_id })
    expect(run).toMatchObject({ status: 'done', phase: 'finished', changed_turns: 1, error: null })
    const { backups } = await call('backups.list', {})
    expect(backups).toMatchObject([{ id: run.backup_id, reason: 'before-fix', status: 'verified' }])
    expect(await call('prices.repriceCancel', { run_id })).toMatchObject({ status: 'done' })
    expect(await call('books.verify', {})).toMatchObject({ differences: [] })
    await expect(call('prices.repriceRun', { run_id: 'reprice-none' })).rejects.toThrow('run_unknown')
  } finally {
    await whole.close()
  }
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OPERATOR } from '../support/consumption.ts'
import { openRepricing, type TestRepricing } from './repricing-fixture.ts'

let open: TestRepricing
beforeEach(async () => {
  open = await openRepricing()
})
afterEach(() => open.close())

describe('a run of pricing again', () => {
  test('stops before the first change when prices were changed or the month ended while the backup was made', async () => {
    await open.weir.addUser('alice')
    await open.record({ input_tokens: 1000 })
    await open.setPrice(5)
    const surprises = [() => open.setPrice(7), async () => open.weir.clock.set('2026-12-01T00:00:01Z')]
    for (const surprise of surprises) {
      open.backups.meanwhile = surprise
      const { run } = await open.reprice()
      expect(run).toMatchObject({
        status: 'failed',
        error: { code: 'confirmation_needed' },
        changed_turns: 0,
      })
      expect(await open.costs()).toEqual([1000])
    }
    expect(open.backups.made).toBe(2)
    const actions = (await open.auditLog()).map((row) => row.action)
    expect(actions.filter((action) => action.startsWith('prices.reprice'))).toEqual([])
  })

  test('stops between two slices when prices are changed meanwhile, and says how far it came', async () => {
    await open.weir.addUser('alice')
    for (let turn = 1; turn <= 350; turn += 1) await open.record({ turn_number: turn })
    await open.setPrice(5)
    const plan = await open.repricing.plan({})
    const { run_id } = open.repricing.start({ change_usd: plan.open.change_usd }, OPERATOR)
    while (open.repricing.get(run_id).changed_turns === 0)
      await new Promise((resolve) => setImmediate(resolve))
    await open.setPrice(9)
    const run = await open.repricing.finished(run_id)
    expect(run).toMatchObject({ status: 'failed', error: { code: 'confirmation_needed' } })
    expect(run.error?.detail).toContain(`${run.changed_turns} turns`)
    expect(run.changed_turns).toBeLessThan(350)
    // Not one turn has a price that nobody agreed to.
    expect(new Set(await open.costs())).toEqual(new Set([100, 500]))
    expect(open.weir.verify().differences).toEqual([])
    expect((await open.reprice()).run.status).toBe('done')
    expect(new Set(await open.costs())).toEqual(new Set([900]))
  })

  test('lets others in after every page, also of turns that keep their price', async () => {
    await open.weir.addUser('alice')
    for (let turn = 1; turn <= 1000; turn += 1)
      await open.record({ turn_number: turn, provider: 'other', model: 'm' })
    await open.record({ turn_number: 1001 })
    await open.setPrice(5)
    let turnsOfTheLoop = 0
    let isCounting = true
    const count = (): void => {
      turnsOfTheLoop += 1
      if (isCounting) setImmediate(count)
    }
    open.backups.meanwhile = async () => count()
    const { run } = await open.reprice()
    isCounting = false
    expect([run.status, run.changed_turns, run.turns_done]).toEqual(['done', 1, 1001])
    expect(turnsOfTheLoop).toBeGreaterThanOrEqual(10)
  })
})

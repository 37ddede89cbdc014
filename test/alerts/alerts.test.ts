import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AlertManager } from '../../electron/core/alerts/alert-manager.ts'
import { isQuiet } from '../../electron/core/alerts/quiet-hours.ts'
import type { NewAlert } from '../../electron/core/api.ts'
import { momentOf } from '../../electron/core/consumption/context.ts'
import { forecastLimit } from '../../electron/core/consumption/forecast.ts'
import { readForecast } from '../../electron/core/consumption/forecast-reader.ts'
import { importSessions } from '../../electron/core/consumption/ledger-import.ts'
import { levelOf } from '../../electron/core/consumption/limit-alerts.ts'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { HOUR_MS, MINUTE_MS } from '../../shared/units.ts'
import {
  OPERATOR,
  openConsumption,
  sessionReading,
  type TestConsumption,
  turnInput,
} from '../support/consumption.ts'

let weir: TestConsumption
let alerts: AlertManager

beforeEach(async () => {
  weir = await openConsumption()
  alerts = new AlertManager({
    ...weir,
    outlooksOf: async (db, userId) => (await readForecast(db, userId, momentOf(weir.context))).limits,
  })
})

afterEach(() => weir.close())

const list = async (query = {}) => OPERATIONS['alerts.list'].output.parse(await alerts.list(query))
const raised = async () =>
  (await list({ limit: 100 })).alerts.map((one) => [one.user_id, one.policy, one.threshold_percent]).reverse()
const check = (user_id = 'alice') => weir.consumption.admit({ user_id })

describe('an alert of a limit', () => {
  test('comes once at each threshold, also when many ask at once', async () => {
    await weir.addUser('alice', { limits: { prompts_per_hour: 20 } })
    await Promise.all(Array.from({ length: 64 }, () => check()))
    // All in one commit or in several: the highest threshold is there once, and none twice.
    const all = await raised()
    expect(all.at(-1)).toEqual(['alice', 'prompts_per_hour', 100])
    expect(new Set(all.map(String)).size).toBe(all.length)
    await check()
    expect(await raised()).toEqual(all)
  })

  test('comes at 75, 90 and 100 percent, in words, and leads to the user', async () => {
    await weir.addUser('alice', { limits: { input_tokens_per_month: 1000 } })
    for (const [turn_number, input_tokens] of [749, 1, 149, 1, 100, 500].entries())
      await weir.consumption.recordTurn(turnInput({ turn_number: turn_number + 1, input_tokens }))
    expect(await raised()).toEqual([
      ['alice', 'input_tokens_per_month', 75],
      ['alice', 'input_tokens_per_month', 90],
      ['alice', 'input_tokens_per_month', 100],
    ])
    const [last, middle] = (await list()).alerts
    expect(last).toMatchObject({
      kind: 'limit_month',
      severity: 'critical',
      title: 'alice has used up the input tokens this month',
      link: '/dashboard?user=alice',
      outlook: 'reached',
    })
    expect(middle).toMatchObject({ severity: 'warning', detail: expect.stringContaining('900 of 1000') })
  })

  test('comes again in the next window, and after the limit was lowered', async () => {
    await weir.addUser('alice', { limits: { prompts_per_hour: 4 } })
    for (let at = 0; at < 3; at += 1) await check()
    weir.clock.advance(HOUR_MS)
    for (let at = 0; at < 3; at += 1) await check()
    expect(await raised()).toEqual([
      ['alice', 'prompts_per_hour', 75],
      ['alice', 'prompts_per_hour', 75],
    ])
    await weir.setLimits('of alice', { prompts_per_day: 6 })
    await check()
    // That request was refused, so of the hour nothing more is used.
    expect((await raised()).slice(2)).toEqual([['alice', 'prompts_per_day', 100]])
  })

  test('comes also to a user who is metered by session files alone, once, and not for a month that is closed', async () => {
    await weir.addUser('alice', { limits: { input_tokens_per_month: 1000 } })
    const bring = (...turns: readonly { readonly inputTokens: number; readonly occurredAt: number }[]) =>
      weir.database.write((trx) => importSessions(trx, [sessionReading('alice', 's1', turns)], weir.context))
    const october = { inputTokens: 5000, occurredAt: Date.parse('2026-10-10T12:00:00Z') }
    const november = { inputTokens: 749, occurredAt: Date.parse('2026-11-10T12:00:00Z') }
    await bring(october, november)
    expect(await raised()).toEqual([])
    const more = { ...november, inputTokens: 1 }
    for (let time = 0; time < 2; time += 1) {
      await bring(october, november, more)
      expect(await raised()).toEqual([['alice', 'input_tokens_per_month', 75]])
    }
    await weir.consumption.recordTurn(turnInput({ session_id: 's2', input_tokens: 1 }))
    expect(await raised()).toHaveLength(1)
  })

  test('is not there when what crossed the threshold was undone', async () => {
    await weir.addUser('alice', { limits: { input_tokens_per_month: 100 } })
    await weir.consumption.recordTurn(turnInput({ input_tokens: 10 }))
    const conflict = weir.consumption.recordTurn(turnInput({ input_tokens: 100 }))
    await expect(conflict).rejects.toMatchObject({ code: 'turn_conflict' })
    expect(await raised()).toEqual([])
  })

  test('of other thresholds comes with the next request, and those had are not repeated', async () => {
    await weir.addUser('alice', { limits: { prompts_per_hour: 10 } })
    for (let at = 0; at < 8; at += 1) await check()
    const changed = await alerts.setSettings({ thresholds_percent: [50, 75] }, OPERATOR)
    expect(OPERATIONS['alerts.setSettings'].output.parse(changed).thresholds_percent).toEqual([50, 75])
    await check()
    expect((await raised()).map(([, , percent]) => percent)).toEqual([75])
    await alerts.setSettings({ thresholds_percent: [80] }, OPERATOR)
    await check()
    expect((await raised()).map(([, , percent]) => percent)).toEqual([75, 80])
    await expect(alerts.setSettings({ thresholds_percent: [90, 75] }, OPERATOR)).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })

  test('is exactly one for each threshold reached, over random requests of many users at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ user: fc.integer({ min: 0, max: 3 }), minutes: fc.integer({ min: 0, max: 40 }) }),
          {
            minLength: 10,
            maxLength: 60,
          },
        ),
        fc.integer({ min: 1, max: 9 }),
        async (requests, perHour) => {
          const run = `r${weir.clock.now()}`
          for (let user = 0; user < 4; user += 1)
            await weir.addUser(`${run}-${user}`, { limits: { prompts_per_hour: perHour } })
          const admitted = new Map<string, number>()
          let waiting: Promise<unknown>[] = []
          for (const { user, minutes } of requests) {
            if (minutes > 35) {
              await Promise.all(waiting)
              waiting = []
              weir.clock.advance(minutes * MINUTE_MS)
            }
            const hour = Math.floor(weir.clock.now() / HOUR_MS)
            const id = `${run}-${user}`
            waiting.push(
              check(id).then((answer) => {
                const key = `${id} ${hour}`
                if (answer.kind === 'allowed') admitted.set(key, (admitted.get(key) ?? 0) + 1)
              }),
            )
          }
          await Promise.all(waiting)
          weir.clock.advance(HOUR_MS)
          const rows = await weir.database.reader
            .selectFrom('alerts')
            .selectAll()
            .where('user_id', 'like', `${run}-%`)
            .execute()
          const highest = new Map<string, number>()
          for (const row of rows) {
            const key = `${row.user_id} ${(row.resets_at ?? 0) / HOUR_MS - 1}`
            highest.set(key, Math.max(highest.get(key) ?? 0, row.threshold_percent ?? 0))
          }
          for (const [key, count] of admitted) {
            const level = levelOf(count, perHour, [75, 90, 100])
            expect(highest.get(key) ?? 0).toBe([0, 75, 90, 100][level])
          }
          expect(new Set(rows.map((row) => row.once_key)).size).toBe(rows.length)
        },
      ),
      { numRuns: 15 },
    )
  })
})

describe('the list of alerts', () => {
  const job: NewAlert = {
    kind: 'job_failed',
    onceKey: 'daily 1',
    severity: 'critical',
    title: 'The job daily failed',
    detail: 'Run it again.',
    link: '/jobs',
  }

  test('counts what is unread, and marks what was read', async () => {
    expect(await alerts.raise(job)).toEqual({ raised: true })
    expect(await alerts.raise(job)).toEqual({ raised: false })
    await alerts.raise({ ...job, onceKey: 'daily 2' })
    await alerts.raise({ ...job, onceKey: 'daily 3' })
    const { alerts: rows, unread_count } = await list({ unread: true })
    expect([rows.length, unread_count]).toEqual([3, 3])
    const one = await alerts.acknowledge({ ids: [rows[0]?.id ?? 0] })
    expect(OPERATIONS['alerts.acknowledge'].output.parse(one)).toEqual({ acknowledged: 1, unread_count: 2 })
    expect(await alerts.acknowledge({ up_to_id: rows[1]?.id ?? 0 })).toEqual({
      acknowledged: 2,
      unread_count: 0,
    })
    expect((await list({ unread: true })).total_count).toBe(0)
    expect((await list()).total_count).toBe(3)
  })

  test('keeps muted kinds without counting them', async () => {
    await alerts.raise(job)
    const muted = await alerts.mute({ kind: 'job_failed', muted: true }, OPERATOR)
    expect(OPERATIONS['alerts.mute'].output.parse(muted).muted_kinds).toEqual(['job_failed'])
    expect(await alerts.unreadCount()).toBe(0)
    expect((await list()).alerts[0]?.is_muted).toBe(true)
    await alerts.mute({ kind: 'job_failed', muted: false }, OPERATOR)
    expect(OPERATIONS['alerts.settings'].output.parse(alerts.settings()).muted_kinds).toEqual([])
    expect(await alerts.unreadCount()).toBe(1)
  })
})

describe('what the desktop tells', () => {
  const alert = (onceKey: string, members: Partial<NewAlert> = {}): Promise<unknown> =>
    alerts.raise({
      kind: 'drift',
      onceKey,
      severity: 'warning',
      title: onceKey,
      detail: 'Look.',
      link: '/x',
      ...members,
    })
  const told = async () => (await alerts.takeNotifications()).map((one) => one.title)

  test('is each alert once, and never what the operator just did or what is muted', async () => {
    await alert('a')
    await alert('own', { isOperatorsOwn: true })
    await alerts.mute({ kind: 'backup', muted: true }, OPERATOR)
    await alert('muted', { kind: 'backup' })
    expect(await told()).toEqual(['a'])
    expect(await told()).toEqual([])
  })

  test('waits for the end of quiet hours', async () => {
    // It is 10:20 in the billing zone.
    await alerts.setSettings({ quiet_hours: { from_minute: 600, until_minute: 660 } }, OPERATOR)
    await alert('later')
    expect(await told()).toEqual([])
    weir.clock.set('2026-11-24T11:00:00Z')
    expect(await told()).toEqual(['later'])
  })

  test.each([
    [22 * 60, 7 * 60, 23 * 60, true],
    [22 * 60, 7 * 60, 3 * 60, true],
    [22 * 60, 7 * 60, 7 * 60, false],
    [9 * 60, 17 * 60, 9 * 60, true],
    [9 * 60, 17 * 60, 17 * 60, false],
    [9 * 60, 9 * 60, 9 * 60, false],
  ])('from %i until %i: minute %i is quiet: %s', (from_minute, until_minute, minute, quiet) => {
    expect(isQuiet({ from_minute, until_minute }, minute)).toBe(quiet)
    expect(isQuiet(null, minute)).toBe(false)
  })
})

describe('a forecast', () => {
  test('never lies at or after the reset, and is where that pace really uses the limit up', () => {
    const number = fc.integer({ min: 1, max: 1_000_000_000 })
    fc.assert(
      fc.property(number, number, number, number, number, (limit, used, amount, overMs, left) => {
        const now = 1_700_000_000_000
        const pace = { amount, overMs, overMsMin: 0 }
        const one = forecastLimit({ limit, used, pace, now, resetsAt: now + left })
        const usedBy = (at: number) => BigInt(used) * BigInt(overMs) + BigInt(at - now) * BigInt(amount)
        const full = BigInt(limit) * BigInt(overMs)
        if (one.outlook === 'reached') expect(used).toBeGreaterThanOrEqual(limit)
        else if (one.outlook === 'before_reset') {
          expect(one.reachesAt).toBeLessThan(now + left)
          // One millisecond is the rounding of a division of doubles this large.
          expect(usedBy(one.reachesAt + 1)).toBeGreaterThanOrEqual(full)
          expect(usedBy(one.reachesAt - 2)).toBeLessThan(full)
        } else {
          expect(one.outlook).toBe('not_before_reset')
          expect(usedBy(now + left - 2)).toBeLessThan(full)
        }
      }),
    )
  })

  test('says so when there is no limit, nothing was used, or it is too early to say', () => {
    const input = { used: 1, limit: 10, now: 0, resetsAt: 100, pace: { amount: 1, overMs: 10, overMsMin: 5 } }
    expect(forecastLimit({ ...input, limit: null }).outlook).toBe('no_limit')
    expect(forecastLimit({ ...input, limit: 0 }).outlook).toBe('reached')
    expect(forecastLimit({ ...input, pace: { ...input.pace, amount: 0 } }).outlook).toBe('no_usage')
    expect(forecastLimit({ ...input, pace: { ...input.pace, overMs: 4 } }).outlook).toBe('too_early')
    expect(forecastLimit(input)).toEqual({ outlook: 'before_reset', reachesAt: 90 })
    expect(forecastLimit({ ...input, resetsAt: 90 }).outlook).toBe('not_before_reset')
  })

  test('of a user goes by the last seven days for a month and by the day itself for a day', async () => {
    await weir.addUser('alice', { limits: { input_tokens_per_month: 1000, prompts_per_day: 20 } })
    await weir.consumption.recordTurn(turnInput({ input_tokens: 400, occurred_at: '2026-11-20T10:20:00Z' }))
    for (let at = 0; at < 10; at += 1) await check()
    const forecast = OPERATIONS['limits.forecast'].output.parse(await weir.consumption.forecast('alice'))
    const of = (policy: string) => forecast.limits.find((one) => one.policy === policy)
    // 100 a day, 600 left.
    expect(of('input_tokens_per_month')).toMatchObject({
      outlook: 'before_reset',
      reaches_at: '2026-11-30T10:20:00.000Z',
    })
    expect(of('prompts_per_day')).toMatchObject({
      outlook: 'before_reset',
      reaches_at: '2026-11-24T20:40:00.000Z',
    })
    expect(of('cost_per_month_usd')?.outlook).toBe('no_limit')
    await expect(weir.consumption.forecast('nobody')).rejects.toMatchObject({ code: 'user_unknown' })
  })
})

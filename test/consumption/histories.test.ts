import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CheckAnswer } from '../../electron/core/api.ts'
import { rangeTotals } from '../../electron/core/consumption/period-reader.ts'
import { totalsOnWire } from '../../electron/core/consumption/summary-parts.ts'
import { periodNumber } from '../../electron/core/consumption/windows.ts'
import type { OperationOutput } from '../../shared/contract/index.ts'
import { HOUR_MS, MINUTE_MS } from '../../shared/units.ts'
import {
  anyHistory,
  BEGINNINGS,
  beginnings,
  lawfulHistory,
  restlessHistory,
  type Step,
  USER_COUNT,
} from '../support/histories.ts'
import { HistoryRunner, userName } from '../support/history-runner.ts'
import { announceSeed } from '../support/random.ts'

const seed = announceSeed('random histories')
/** Enough for every run of the tests; `WEIR_HISTORIES=5000` looks longer. */
const HISTORIES = Number(process.env['WEIR_HISTORIES'] ?? 300)
/** A history takes a tenth of a second on an idle machine; a busy one is given ten times that. */
const LIMIT_MS = MINUTE_MS + HISTORIES * 1_000

const users = Array.from({ length: USER_COUNT }, (_, index) => userName(index))

type LimitStates = OperationOutput<'consumption.summary'>['limits']

/** The limits a check answers with, whether it says yes or no. */
const limitsOf = (answer: CheckAnswer) =>
  (answer.kind === 'allowed' ? answer.answer.limits : answer.details['limits']) as LimitStates | undefined
const verdictOf = (answer: CheckAnswer) =>
  answer.kind === 'allowed' ? (answer.answer.would_have_blocked ?? 'yes') : answer.code

/** What is shown of a user is what the next check goes by. */
async function checkDisplay(runner: HistoryRunner, user: string): Promise<void> {
  const { consumption } = runner.weir
  const shown = await consumption.summary(user)
  const next = await consumption.admit({ user_id: user, dry_run: true })
  const limits = limitsOf(next)
  // A user or profile that is switched off is refused without a look at limits.
  if (limits !== undefined)
    expect(shown.limits.filter((limit) => limit.policy !== 'config_changes_per_hour')).toEqual(limits)
  const [row] = (await consumption.users({ search: user })).users
  const rules = new Map(shown.limits.map(({ policy, limit, source }) => [policy, [limit, source]]))
  expect([
    [row?.prompts_per_hour_limit, row?.prompts_per_hour_limit_source],
    [row?.prompts_per_day_limit, row?.prompts_per_day_limit_source],
    [row?.input_tokens_limit, row?.input_tokens_limit_source],
    [row?.output_tokens_limit, row?.output_tokens_limit_source],
    [row?.cost_limit_usd, row?.cost_limit_source],
  ]).toEqual([...rules].flatMap(([policy, rule]) => (policy === 'config_changes_per_hour' ? [] : [rule])))
  expect([row?.total_tokens, row?.requests_this_hour, row?.status]).toEqual([
    shown.total_tokens,
    shown.requests_this_hour,
    shown.status,
  ])
}

/** Closed months and the running one together are everything that was ever recorded, each in its own month. */
async function checkTotals(runner: HistoryRunner, user: string): Promise<void> {
  const { consumption } = runner.weir
  const mine = [...runner.recorded.values()].filter((turn) => turn.user === user)
  const created = [...runner.sessions]
    .filter(([key]) => key.startsWith(`${user} `))
    .map(([, period]) => period)
  const expected = (period: string | null) => {
    const some = mine.filter((turn) => period === null || turn.period === period)
    return {
      total_input_tokens: some.reduce((sum, turn) => sum + turn.input, 0),
      total_output_tokens: some.reduce((sum, turn) => sum + turn.output, 0),
      total_turns: some.reduce((sum, turn) => sum + turn.turns, 0),
      total_sessions: created.filter((one) => period === null || one === period).length,
    }
  }
  // What a summary of a month is made of; the whole of one would take half a test's time.
  const key = (await runner.weir.counters(user)).user_key
  const monthOf = (period: string) =>
    rangeTotals(runner.weir.database.reader, key, { kind: 'period', period: periodNumber(period) })
  const closed = (await consumption.history(user, 1200)).periods
  for (const period of new Set([
    ...mine.map((turn) => turn.period),
    ...created,
    ...closed.map((row) => row.period),
  ])) {
    const row = closed.find((one) => one.period === period)
    const should = expected(period)
    if (row !== undefined) {
      expect(row.total_input_tokens + row.adjustment_input_tokens, `${user} ${period}`).toBe(
        should.total_input_tokens,
      )
      expect(row.total_output_tokens + row.adjustment_output_tokens, `${user} ${period}`).toBe(
        should.total_output_tokens,
      )
      expect(row.total_turns + row.adjustment_turns, `${user} ${period}`).toBe(should.total_turns)
    }
    expect(totalsOnWire(await monthOf(period)), `${user} ${period}`).toMatchObject(should)
  }
  const current = (await consumption.summary(user)).range
  expect(await consumption.summary(user, current), user).toMatchObject(expected(current))
  expect(await consumption.summary(user, 'all'), user).toMatchObject(expected(null))
}

/** What is used and reserved of each limit; undefined for who may run nothing whatever the limits say. */
async function heldOf(runner: HistoryRunner, user: string) {
  const limits = limitsOf(await runner.weir.consumption.admit({ user_id: user, dry_run: true }))
  return limits?.map(({ policy, limit, used, reserved }) => ({ policy, limit, held: used + reserved }))
}

/** Whose use a step of executors touches; nobody's, where it is the operator's or the clock's. */
function usersOf(step: Step): readonly string[] {
  if (step.kind === 'check' || step.kind === 'record') return [userName(step.user)]
  return step.kind === 'together' ? [...new Set(step.steps.map((one) => userName(one.user)))] : []
}

/** Plays a step of executors; under enforcement none of it brings a user above a limit, or further above one. */
async function playWithinLimits(runner: HistoryRunner, step: Step): Promise<void> {
  const isOn = runner.weir.settings.current().enforcement.mode === 'on'
  const concerned = isOn ? usersOf(step) : []
  const before = new Map<string, Awaited<ReturnType<typeof heldOf>>>()
  for (const user of concerned) before.set(user, await heldOf(runner, user))
  await runner.play(step)
  for (const user of concerned) {
    for (const { policy, limit, held } of (await heldOf(runner, user)) ?? []) {
      // A turn may cost more than is left of a budget: nobody can say before what it will cost.
      if (limit === null || held <= limit || policy === 'cost_per_month_usd') continue
      const was = before.get(user)?.find((one) => one.policy === policy)?.held ?? 0
      expect(held, `${user}: ${policy} of ${limit} after ${JSON.stringify(step)}`).toBeLessThanOrEqual(was)
    }
  }
}

test('the histories begin where clocks really change within the hour', () => {
  for (const { zone, at, isClockChange } of BEGINNINGS) {
    const offsetAt = (instant: number) =>
      new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
        .formatToParts(instant)
        .find(({ type }) => type === 'timeZoneName')?.value
    const begin = Date.parse(at)
    expect(offsetAt(begin) !== offsetAt(begin + HOUR_MS), `${zone} ${at}`).toBe(isClockChange)
  }
})

describe('whatever happens in whatever order', () => {
  test(`the books are right, nothing is lost, and what is shown is what holds (${HISTORIES} histories)`, {
    timeout: LIMIT_MS,
  }, async () => {
    const property = fc.asyncProperty(beginnings, anyHistory, async (beginning, steps) => {
      const rules = { isLawful: false, isRaisingOnly: false }
      const runner = await HistoryRunner.start(beginning, rules)
      try {
        for (const [index, step] of steps.entries()) {
          await runner.play(step)
          // The whole of what is shown is dear to work out: now and then, and at the end for everybody.
          if (index % 8 === 7) await checkDisplay(runner, users[index % users.length] ?? '')
        }
        expect(runner.overruns).toEqual([])
        expect(runner.weir.verify().differences).toEqual([])
        for (const user of users) {
          await checkTotals(runner, user)
          await checkDisplay(runner, user)
          const ask = { user_id: user, estimated_input_tokens: 50 }
          const trial = verdictOf(await runner.weir.consumption.admit({ ...ask, dry_run: true }))
          expect(verdictOf(await runner.weir.consumption.admit(ask))).toBe(trial)
        }
        expect(runner.weir.verify().differences).toEqual([])
      } finally {
        await runner.weir.close()
      }
    })
    await fc.assert(property, { seed, numRuns: HISTORIES })
  })

  test(`no limit is ever passed while enforcement is on and estimates are honest (${HISTORIES} histories)`, {
    timeout: LIMIT_MS,
  }, async () => {
    const property = fc.asyncProperty(beginnings, lawfulHistory, async (beginning, steps) => {
      const rules = { isLawful: true, isRaisingOnly: true }
      const runner = await HistoryRunner.start(beginning, rules)
      try {
        for (const step of steps) {
          await runner.play(step)
          // Others' use is not touched by what one user does; time and profiles touch everybody.
          for (const user of 'user' in step ? [userName(step.user)] : users) {
            for (const limit of limitsOf(
              await runner.weir.consumption.admit({ user_id: user, dry_run: true }),
            ) ?? []) {
              const isOver = limit.limit !== null && limit.used + limit.reserved > limit.limit
              expect(isOver, `${user}: ${JSON.stringify(limit)}`).toBe(false)
            }
          }
        }
        expect(runner.weir.verify().differences).toEqual([])
        for (const user of users) await checkTotals(runner, user)
      } finally {
        await runner.weir.close()
      }
    })
    await fc.assert(property, { seed, numRuns: HISTORIES })
  })

  test(`nothing that is let through makes an excess worse, while the operator changes everything at once (${HISTORIES} histories)`, {
    timeout: LIMIT_MS,
  }, async () => {
    const property = fc.asyncProperty(beginnings, restlessHistory, async (beginning, steps) => {
      const rules = { isLawful: true, isRaisingOnly: false }
      const runner = await HistoryRunner.start(beginning, rules)
      try {
        for (const step of steps) await playWithinLimits(runner, step)
        expect(runner.overruns).toEqual([])
        expect(runner.weir.verify().differences).toEqual([])
        for (const user of users) await checkDisplay(runner, user)
      } finally {
        await runner.weir.close()
      }
    })
    await fc.assert(property, { seed, numRuns: HISTORIES })
  })
})

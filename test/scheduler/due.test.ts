import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { watchClock } from '../../electron/core/scheduler/clock-watch.ts'
import { nextInstant, nextInstants, validSchedule } from '../../electron/core/scheduler/cron-schedule.ts'
import { decideDue } from '../../electron/core/scheduler/due.ts'
import { DEFAULT_SCHEDULES } from '../../electron/core/scheduler/job-work.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, toIso } from '../../shared/units.ts'
import { announceSeed } from '../support/random.ts'

const seed = announceSeed('due times')

/** How often chance is asked; `npm run test:faults` asks for more. */
const RUNS = Number(process.env['WEIR_DUE_RUNS'] ?? 60)

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'America/Santiago',
  'Asia/Kathmandu',
  'Asia/Tehran',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Casablanca',
] as const

const at = (iso: string) => Date.parse(iso)
const daily = (zone: string, from: string, count: number) =>
  nextInstants('30 2 * * *', zone, at(from), count).map(toIso)

describe('a time of day', () => {
  test('that spring skips comes right after the gap, once', () => {
    const runs = daily('Europe/Berlin', '2026-03-28T12:00:00Z', 2)
    expect(runs).toHaveLength(2)
    expect(runs[0]?.slice(0, 13)).toBe('2026-03-29T01')
    expect(runs[1]).toBe('2026-03-30T00:30:00.000Z')
  })

  test('that autumn repeats comes once', () => {
    expect(daily('Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ])
  })

  test('of every hour comes in both of two equal hours', () => {
    const hours = nextInstants('5 * * * *', 'Europe/Berlin', at('2026-10-24T23:10:00Z'), 3)
    expect(hours.map(toIso)).toEqual([
      '2026-10-25T00:05:00.000Z',
      '2026-10-25T01:05:00.000Z',
      '2026-10-25T02:05:00.000Z',
    ])
  })
})

test.each(['', '* * * *', '61 * * * *', '0 0 30 2 *', 'soon', '* * * * * *'])(
  'the schedule "%s" is refused, whatever is wrong with it',
  (schedule) => {
    expect(() => validSchedule(schedule, 'UTC', at('2026-01-01T00:00:00Z'))).toThrow(/The schedule/)
  },
)

test('over sleeps of any length, in any zone, every instant of a schedule belongs to exactly one run, in order', () => {
  const property = fc.property(
    fc.constantFrom(...ZONES),
    fc.constantFrom(...Object.values(DEFAULT_SCHEDULES)),
    fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z') }),
    fc.array(fc.oneof(fc.integer({ min: 1, max: HOUR_MS }), fc.integer({ min: 1, max: 20 * DAY_MS })), {
      maxLength: 30,
    }),
    (zone, schedule, start, sleeps) => {
      let now = start
      let nextDueAt = nextInstant(schedule, zone, start)
      let counted = 0
      for (const sleep of sleeps) {
        now += sleep
        const due = decideDue({ schedule, zone, nextDueAt }, zone, now)
        if (due.kind === 'not-due') {
          expect(nextDueAt).toBeGreaterThan(now)
          continue
        }
        if (due.kind === 'replan') throw new Error('nothing was changed')
        expect(due.firstAt).toBe(nextDueAt)
        expect(due.scheduledAt).toBeLessThanOrEqual(now)
        expect(due.nextDueAt).toBeGreaterThan(now)
        // Asked again at once there is nothing to do: nobody runs it twice.
        const again = decideDue({ schedule, zone, nextDueAt: due.nextDueAt }, zone, now)
        expect(again.kind).toBe('not-due')
        counted += due.instants
        nextDueAt = due.nextDueAt
      }
      let expected = 0
      for (let next = nextInstant(schedule, zone, start); next <= now; expected += 1)
        next = nextInstant(schedule, zone, next)
      expect(counted).toBe(expected)
    },
  )
  fc.assert(property, { seed, numRuns: RUNS })
})

test('another zone plans anew what lies ahead, and a job that is off is never due', () => {
  const now = at('2026-11-24T10:00:00Z')
  const state = { schedule: '5 0 * * *', zone: 'UTC', nextDueAt: at('2026-11-25T00:05:00Z') }
  expect(decideDue(state, 'Asia/Tokyo', now)).toEqual({
    kind: 'replan',
    nextDueAt: at('2026-11-24T15:05:00Z'),
  })
  expect(decideDue({ ...state, nextDueAt: null }, 'UTC', now)).toEqual({ kind: 'not-due' })
})

test('a clock that comes back from a far future does not make a job wait for years', () => {
  const state = { schedule: '5 0 * * *', zone: 'UTC', nextDueAt: at('2038-01-01T00:05:00Z') }
  expect(decideDue(state, 'UTC', at('2026-11-24T10:00:00Z'))).toEqual({
    kind: 'replan',
    nextDueAt: at('2026-11-25T00:05:00Z'),
  })
})

describe('the clock', () => {
  const now = at('2026-11-24T10:00:00Z')
  const steady = { seenAt: now, suspect: null }
  const last = { wallAt: now, monotonicMs: 0 }

  test('is believed over a night of sleep, and not over three weeks or when it is set back', () => {
    const night = watchClock(steady, last, { wallAt: now + 9 * HOUR_MS, monotonicMs: MINUTE_MS })
    expect(night).toMatchObject({ jumpMs: 9 * HOUR_MS - MINUTE_MS, state: { suspect: null } })
    const weeks = watchClock(steady, last, { wallAt: now + 21 * DAY_MS, monotonicMs: MINUTE_MS })
    expect(weeks.state.suspect?.reason).toContain('The clock went on')
    const back = watchClock(steady, undefined, { wallAt: now - HOUR_MS, monotonicMs: 0 })
    expect(back.state.suspect?.reason).toContain('The clock was set back')
  })

  test('is believed again after a steady day', () => {
    const suspect = { reason: 'The clock was set back', since: now, msLeft: DAY_MS }
    const later = (ms: number) =>
      watchClock({ seenAt: now, suspect }, last, { wallAt: now + ms, monotonicMs: ms }).state.suspect
    expect(later(DAY_MS - 1)).not.toBeNull()
    expect(later(DAY_MS)).toBeNull()
  })
})

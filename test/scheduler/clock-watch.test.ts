import { describe, expect, test } from 'vitest'
import { STEADY_MS, watchClock } from '../../electron/core/scheduler/clock-watch.ts'
import { decideDue } from '../../electron/core/scheduler/due.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, toIso } from '../../shared/units.ts'

const NOW = Date.parse('2026-11-24T10:20:00Z')
const FRESH = { seenAt: NOW, suspect: null }
const FIRST = { wallAt: NOW, monotonicMs: 0 }
const later = (wallMs: number, monotonicMs = wallMs) => ({ wallAt: NOW + wallMs, monotonicMs })

describe('the clock', () => {
  test('is believed while it goes with time, through a night of sleep and a correction of a minute', () => {
    for (const reading of [later(MINUTE_MS), later(9 * HOUR_MS, 0), later(-MINUTE_MS, 0)])
      expect(watchClock(FRESH, FIRST, reading).state.suspect).toBeNull()
  })

  test.each([
    ['forward by forty days', later(40 * DAY_MS, MINUTE_MS), 'went on'],
    ['back by an hour', later(-HOUR_MS, 0), 'set back'],
    ['to 1970', { wallAt: 0, monotonicMs: MINUTE_MS }, 'set back'],
    ['to 2038', { wallAt: Date.parse('2038-01-20T00:00:00Z'), monotonicMs: MINUTE_MS }, 'went on'],
  ])('set %s is not believed, and says why', (_what, reading, words) => {
    const { suspect } = watchClock(FRESH, FIRST, reading).state
    expect(suspect?.reason).toContain(words)
    expect(suspect?.reason).toContain(toIso(reading.wallAt))
  })

  test('that jumped is believed again when it has been steady for a day', () => {
    const jumped = watchClock(FRESH, FIRST, later(40 * DAY_MS, 0)).state
    const last = later(40 * DAY_MS, 0)
    const steady = (ms: number) => ({ wallAt: last.wallAt + ms, monotonicMs: last.monotonicMs + ms })
    expect(watchClock(jumped, last, steady(STEADY_MS - 1)).state.suspect).not.toBeNull()
    expect(watchClock(jumped, last, steady(STEADY_MS)).state.suspect).toBeNull()
  })

  test('behind the latest time ever seen is not believed after a start', () => {
    expect(watchClock(FRESH, undefined, later(-DAY_MS, 5)).state.suspect).not.toBeNull()
    expect(watchClock(FRESH, undefined, later(DAY_MS, 5)).state.suspect).toBeNull()
  })
})

describe('a job', () => {
  const state = { schedule: '5 * * * *', zone: 'UTC', nextDueAt: Date.parse('2026-11-24T11:05:00Z') }
  const due = (now: string, members = {}) => decideDue({ ...state, ...members }, 'UTC', Date.parse(now))

  test('is due from its instant on, never before', () => {
    expect(due('2026-11-24T11:04:59.999Z').kind).toBe('not-due')
    expect(due('2026-11-24T11:05:00Z')).toMatchObject({ kind: 'due', trigger: 'schedule', instants: 1 })
  })

  test('that was missed runs once for everything missed, and goes on after now', () => {
    expect(due('2026-11-25T11:30:00Z')).toEqual({
      kind: 'due',
      trigger: 'catch-up',
      firstAt: Date.parse('2026-11-24T11:05:00Z'),
      scheduledAt: Date.parse('2026-11-25T11:05:00Z'),
      instants: 25,
      nextDueAt: Date.parse('2026-11-25T12:05:00Z'),
    })
  })

  test('that was missed for years is caught up without counting every hour of them', () => {
    expect(due('2031-11-25T11:30:00Z')).toMatchObject({
      instants: 1000,
      scheduledAt: Date.parse('2031-11-25T11:05:00Z'),
      nextDueAt: Date.parse('2031-11-25T12:05:00Z'),
    })
  })

  test('waits when the clock is set back a little, and does not wait for years when it came from 2038', () => {
    expect(due('2026-11-24T01:00:00Z').kind).toBe('not-due')
    const far = { nextDueAt: Date.parse('2038-01-19T00:05:00Z') }
    expect(due('2026-11-24T10:20:00Z', far)).toEqual({
      kind: 'replan',
      nextDueAt: Date.parse('2026-11-24T11:05:00Z'),
    })
  })

  test('of another zone is planned anew, unless it is due already', () => {
    const daily = { schedule: '5 0 * * *', zone: 'UTC', nextDueAt: Date.parse('2026-11-25T00:05:00Z') }
    expect(decideDue(daily, 'Asia/Tokyo', Date.parse('2026-11-24T10:20:00Z'))).toEqual({
      kind: 'replan',
      nextDueAt: Date.parse('2026-11-24T15:05:00Z'),
    })
    expect(decideDue(daily, 'Asia/Tokyo', Date.parse('2026-11-25T00:06:00Z')).kind).toBe('due')
  })

  test('that is switched off is never due', () => {
    expect(due('2027-11-24T11:05:00Z', { nextDueAt: null }).kind).toBe('not-due')
  })
})

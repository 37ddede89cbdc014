import { describe, expect, test } from 'vitest'
import {
  newestInstant,
  nextInstant,
  nextInstants,
  scheduleInWords,
  validSchedule,
} from '../../electron/core/scheduler/cron-schedule.ts'
import { DEFAULT_SCHEDULES } from '../../electron/core/scheduler/job-work.ts'
import { dateOf } from '../../shared/time-window.ts'
import { DAY_MS, toIso } from '../../shared/units.ts'
import { ZONES } from '../support/zones.ts'

const at = (iso: string) => Date.parse(iso)
const next = (schedule: string, zone: string, after: string) => toIso(nextInstant(schedule, zone, at(after)))

describe('a schedule', () => {
  test('is read on the clock of the billing zone', () => {
    expect(next('5 0 * * *', 'UTC', '2026-11-24T10:00:00Z')).toBe('2026-11-25T00:05:00.000Z')
    expect(next('5 0 * * *', 'Asia/Kathmandu', '2026-11-24T10:00:00Z')).toBe('2026-11-24T18:20:00.000Z')
  })

  test('does not answer the instant it is asked from, but the one after', () => {
    expect(next('5 * * * *', 'UTC', '2026-11-24T10:05:00Z')).toBe('2026-11-24T11:05:00.000Z')
    expect(newestInstant('5 * * * *', 'UTC', at('2026-11-24T10:05:00Z'))).toBe(at('2026-11-24T10:05:00Z'))
  })

  test('comes right after a gap that swallows its time', () => {
    // Cairo goes from 00:00 to 01:00 in that night: five past midnight does not exist.
    expect(next('5 0 * * *', 'Africa/Cairo', '2026-04-23T00:00:00Z')).toBe('2026-04-23T22:00:00.000Z')
    expect(next('0 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:00:00.000Z')
  })

  test('comes once where the calendar repeats its time, and every hour in both of two equal hours', () => {
    expect(nextInstants('30 2 * * *', 'Europe/Berlin', at('2026-10-24T12:00:00Z'), 2).map(toIso)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ])
    expect(nextInstants('5 * * * *', 'Europe/Berlin', at('2026-10-24T23:30:00Z'), 3).map(toIso)).toEqual([
      '2026-10-25T00:05:00.000Z',
      '2026-10-25T01:05:00.000Z',
      '2026-10-25T02:05:00.000Z',
    ])
  })

  test.each(ZONES)('of the daily job comes on every date once in %s, three years long', (zone) => {
    const dates: string[] = []
    let instant = at('2026-01-01T12:00:00Z')
    while (instant < at('2029-01-01T12:00:00Z')) {
      instant = nextInstant(DEFAULT_SCHEDULES.daily, zone, instant)
      dates.push(dateOf(zone, instant))
    }
    // Each the day after the one before: none twice, none left out.
    const days = dates.map((date) => Date.parse(date) / DAY_MS)
    expect(days.map((day) => day - (days[0] ?? 0))).toEqual(days.map((_day, index) => index))
  })

  test('is stored with single blanks and explained in words', () => {
    expect(validSchedule(' 30  1 * * * ', 'UTC', 0)).toBe('30 1 * * *')
    expect(scheduleInWords('30 1 * * *')).toBe('At 01:30')
    expect(scheduleInWords('0 2 * * 0')).toBe('At 02:00, only on Sunday')
    expect(scheduleInWords('5 * * * *')).toBe('At 5 minutes past the hour')
  })

  test.each([
    ['* * * *', 'must have five fields'],
    ['0 0 5 * * *', 'must have five fields'],
    ['61 * * * *', 'is not a schedule'],
    ['hello there you two all', 'is not a schedule'],
    ['0 0 30 2 *', 'never comes'],
  ])('"%s" is refused with the reason', (text, reason) => {
    expect(() => validSchedule(text, 'UTC', at('2026-11-24T10:00:00Z'))).toThrow(reason)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addPeriods,
  dateOf,
  dayWindow,
  hourWindow,
  isTimeZone,
  monthWindow,
  periodOf,
  periodWindow,
  type TimeWindow,
} from '../../shared/time-window.ts'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/units.ts'
import { announceSeed } from '../support/random.ts'

const seed = announceSeed('time windows')

/** Zones with every oddity of these years: none, half hours, quarter hours, midnight changes, both hemispheres, Ramadan. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'Europe/Dublin',
  'America/New_York',
  'America/Los_Angeles',
  'America/St_Johns',
  'America/Havana',
  'America/Santiago',
  'America/Sao_Paulo',
  'Atlantic/Azores',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Beirut',
  'Asia/Jerusalem',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Australia/Adelaide',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
] as const

const FROM = Date.UTC(2026, 0, 1)
const UNTIL = Date.UTC(2029, 0, 1)

const offsetFormats = new Map<string, Intl.DateTimeFormat>()

/** The offset as the runtime words it (`GMT+05:45`), read another way than the code under test reads it. */
function offsetOf(zone: string, at: EpochMs): number {
  let format = offsetFormats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    offsetFormats.set(zone, format)
  }
  const name = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? ''
  const found = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(name)
  if (found === null) throw new Error(`not an offset: ${name}`)
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = found
  const size = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds) * SECOND_MS
  return sign === '-' ? -size : size
}

/** What a wall clock in the zone shows: `2026-11-24T10:20:00.000`. */
const wallClock = (zone: string, at: EpochMs) => new Date(at + offsetOf(zone, at)).toISOString().slice(0, -1)

/** Every instant of the three years at which the zone's offset changes. */
function transitions(zone: string): EpochMs[] {
  const found: EpochMs[] = []
  for (let at = FROM; at < UNTIL; at += DAY_MS / 2) {
    let before = at
    let after = at + DAY_MS / 2
    if (offsetOf(zone, before) === offsetOf(zone, after)) continue
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2)
      if (offsetOf(zone, middle) === offsetOf(zone, before)) before = middle
      else after = middle
    }
    found.push(after)
  }
  return found
}

const KINDS = [
  { name: 'day', of: dayWindow, digits: 10 },
  { name: 'month', of: monthWindow, digits: 7 },
  { name: 'hour', of: hourWindow, digits: 13 },
] as const

/** Says that the windows around an instant cut time into pieces without gap or overlap, at the right places. */
function checkWindow(zone: string, at: EpochMs, kind: (typeof KINDS)[number]): void {
  const window = kind.of(zone, at)
  const where = `${kind.name} of ${zone} at ${new Date(at).toISOString()}`
  expect(window.startsAt <= at && at < window.endsAt, `${where} contains its instant`).toBe(true)
  const same: TimeWindow[] = [kind.of(zone, window.startsAt), kind.of(zone, window.endsAt - 1)]
  expect(same, `${where} is the same from its first to its last instant`).toEqual([window, window])
  expect(kind.of(zone, window.endsAt).startsAt, `${where} is followed without a gap`).toBe(window.endsAt)
  expect(kind.of(zone, window.startsAt - 1).endsAt, `${where} follows without a gap`).toBe(window.startsAt)
  const label = (instant: EpochMs) => wallClock(zone, instant).slice(0, kind.digits)
  expect([label(window.startsAt), label(window.endsAt - 1)], where).toEqual([label(at), label(at)])
  if (kind.name === 'hour') return
  expect(label(window.startsAt - 1) < label(at) && label(at) < label(window.endsAt), where).toBe(true)
}

describe('calendar windows', () => {
  test.each(ZONES)(
    'cut time without gap or overlap around every clock change of 2026 to 2028 in %s',
    (zone) => {
      const around = [
        0,
        1,
        MINUTE_MS,
        30 * MINUTE_MS,
        HOUR_MS,
        2 * HOUR_MS,
        12 * HOUR_MS,
        DAY_MS,
        31 * DAY_MS,
      ]
      for (const change of transitions(zone)) {
        for (const distance of around) {
          for (const at of [change - distance - 1, change - distance, change + distance]) {
            for (const kind of KINDS) checkWindow(zone, at, kind)
          }
        }
      }
    },
  )

  test('cut time without gap or overlap at any instant in any of these zones', () => {
    const instant = fc.integer({ min: FROM, max: UNTIL - 1 })
    fc.assert(fc.property(fc.constantFrom(...ZONES), instant, fc.constantFrom(...KINDS), checkWindow), {
      seed,
      numRuns: 2_000,
    })
  })

  test('the zones are the ones meant: they change their clocks, or never do', () => {
    const counts = Object.fromEntries(ZONES.map((zone) => [zone, transitions(zone).length]))
    expect(counts).toMatchObject({ UTC: 0, 'Asia/Kolkata': 0, 'Europe/Berlin': 6, 'Australia/Lord_Howe': 6 })
    expect(Object.values(counts).filter((count) => count > 0).length).toBeGreaterThan(12)
  })

  test.each([
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00Z'],
    ['Asia/Beirut', '2026-03-29', '2026-03-28T22:00:00Z'],
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00Z'],
    ['Atlantic/Azores', '2026-03-29', '2026-03-29T01:00:00Z'],
  ])('a day without midnight begins when the clock jumps: %s on %s', (zone, date, start) => {
    const day = dayWindow(zone, Date.parse(start) + HOUR_MS)
    expect(day.startsAt).toBe(Date.parse(start))
    expect(wallClock(zone, day.startsAt)).toBe(`${date}T01:00:00.000`)
    expect(day.endsAt - day.startsAt).toBe(23 * HOUR_MS)
  })

  test('a day with two midnights begins at the first', () => {
    // Havana goes from 01:00 back to 00:00.
    const day = dayWindow('America/Havana', Date.parse('2026-11-01T12:00:00Z'))
    expect(day).toEqual({
      startsAt: Date.parse('2026-11-01T04:00:00Z'),
      endsAt: Date.parse('2026-11-02T05:00:00Z'),
    })
  })

  test('a day that ends an hour earlier than it began to end is one day of 25 hours', () => {
    // In Beirut the last hour before midnight of 24 October comes twice.
    const day = dayWindow('Asia/Beirut', Date.parse('2026-10-24T12:00:00Z'))
    expect(day.endsAt - day.startsAt).toBe(25 * HOUR_MS)
  })

  test('where the clock goes back, the repeated hour is an hour of its own', () => {
    const first = hourWindow('Europe/Berlin', Date.parse('2026-10-25T00:30:00Z'))
    const second = hourWindow('Europe/Berlin', Date.parse('2026-10-25T01:30:00Z'))
    expect(first).toEqual({
      startsAt: Date.parse('2026-10-25T00:00:00Z'),
      endsAt: Date.parse('2026-10-25T01:00:00Z'),
    })
    expect(second).toEqual({ startsAt: first.endsAt, endsAt: first.endsAt + HOUR_MS })
  })

  test('Lord Howe moves its clock by half an hour: the hour it happens in is half an hour long', () => {
    const forward = Date.parse('2026-10-03T15:30:00Z')
    expect(wallClock('Australia/Lord_Howe', forward - 1)).toBe('2026-10-04T01:59:59.999')
    expect(wallClock('Australia/Lord_Howe', forward)).toBe('2026-10-04T02:30:00.000')
    expect(hourWindow('Australia/Lord_Howe', forward)).toEqual({
      startsAt: forward,
      endsAt: forward + 30 * MINUTE_MS,
    })
    const back = Date.parse('2026-04-04T15:00:00Z')
    expect(wallClock('Australia/Lord_Howe', back)).toBe('2026-04-05T01:30:00.000')
    expect(hourWindow('Australia/Lord_Howe', back)).toEqual({ startsAt: back, endsAt: back + 30 * MINUTE_MS })
    expect(hourWindow('Australia/Lord_Howe', back - 1)).toEqual({ startsAt: back - HOUR_MS, endsAt: back })
  })

  test('the date at an instant is that of the calendar on the wall there', () => {
    const at = Date.parse('2026-11-30T23:30:00Z')
    expect([dateOf('UTC', at), dateOf('Asia/Tokyo', at), dateOf('America/New_York', at)]).toEqual([
      '2026-11-30',
      '2026-12-01',
      '2026-11-30',
    ])
  })

  test('a leap day is a day of February', () => {
    const noon = Date.UTC(2028, 1, 29, 12)
    expect(dayWindow('UTC', noon)).toEqual({ startsAt: Date.UTC(2028, 1, 29), endsAt: Date.UTC(2028, 2, 1) })
    expect(monthWindow('UTC', noon)).toEqual({ startsAt: Date.UTC(2028, 1, 1), endsAt: Date.UTC(2028, 2, 1) })
    expect(periodOf('Pacific/Kiritimati', Date.parse('2028-02-29T09:59:59.999Z'))).toBe('2028-02')
    expect(periodOf('Pacific/Kiritimati', Date.parse('2028-02-29T10:00:00Z'))).toBe('2028-03')
  })

  test('a month ends where the next begins, also over New Year', () => {
    expect(periodWindow('UTC', '2026-12')).toEqual({
      startsAt: Date.UTC(2026, 11, 1),
      endsAt: Date.UTC(2027, 0, 1),
    })
    expect(periodOf('America/Los_Angeles', Date.parse('2027-01-01T07:59:59Z'))).toBe('2026-12')
    expect(periodOf('America/Los_Angeles', Date.parse('2027-01-01T08:00:00Z'))).toBe('2027-01')
  })

  test('only names of time zones are time zones', () => {
    expect(ZONES.every(isTimeZone)).toBe(true)
    expect(['Europe/Atlantis', '', 'not a zone'].some(isTimeZone)).toBe(false)
  })
})

describe('periods', () => {
  test('months are added over years in both directions', () => {
    expect(addPeriods('2026-11', 2)).toBe('2027-01')
    expect(addPeriods('2026-11', -11)).toBe('2025-12')
    expect(addPeriods('2026-01', -1)).toBe('2025-12')
    expect(addPeriods('2026-12', 1)).toBe('2027-01')
    expect(addPeriods('2026-05', 0)).toBe('2026-05')
  })

  test('adding months and taking them away again changes nothing, and agrees with the calendar', () => {
    const month = fc.record({
      year: fc.integer({ min: 1971, max: 2199 }),
      month: fc.integer({ min: 0, max: 11 }),
    })
    fc.assert(
      fc.property(month, fc.integer({ min: -500, max: 500 }), ({ year, month: index }, months) => {
        const period = new Date(Date.UTC(year, index)).toISOString().slice(0, 7)
        const moved = addPeriods(period, months)
        expect(moved).toBe(new Date(Date.UTC(year, index + months)).toISOString().slice(0, 7))
        expect(addPeriods(moved, -months)).toBe(period)
      }),
      { seed },
    )
  })
})

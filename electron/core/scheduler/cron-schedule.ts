import { Cron } from 'croner'
import cronstrue from 'cronstrue'
import type { EpochMs } from '../../../shared/units.ts'
import { WeirError } from '../kernel/weir-error.ts'

/**
 * Schedules as pure functions of (cron, zone, instant): five fields, read on the clock of the billing zone. croner is
 * the calculator and nothing else: a Cron without a function starts no timer. A time of day that a clock change skips
 * comes right after the gap, one that it repeats comes once; `5 * * * *` comes in both of two equal hours.
 */

// Making one costs more than using it, and there are five schedules in one zone; a few more while one is edited.
const KEPT_MAX = 64
const kept = new Map<string, Cron>()

function cronOf(schedule: string, zone: string): Cron {
  const key = `${zone} ${schedule}`
  const known = kept.get(key)
  if (known !== undefined) return known
  const made = new Cron(schedule, { timezone: zone, mode: '5-part', paused: true })
  if (kept.size >= KEPT_MAX) kept.clear()
  kept.set(key, made)
  return made
}

/** The schedule as it is stored: five fields, one blank apart. Errors: `invalid_request`, also for one that never comes. */
export function validSchedule(text: string, zone: string, now: EpochMs): string {
  const schedule = text.trim().split(/\s+/).join(' ')
  if (schedule.split(' ').length !== 5) {
    throw invalid('must have five fields: minute, hour, day of month, month, day of week; like 5 0 * * *')
  }
  let first: Date | null
  try {
    first = cronOf(schedule, zone).nextRun(new Date(now))
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error)
    throw invalid(`is not a schedule: ${why}`, error)
  }
  if (first === null) throw invalid('never comes: there is no such date')
  return schedule
}

/** The first instant of the schedule after `after`. */
export function nextInstant(schedule: string, zone: string, after: EpochMs): EpochMs {
  const next = cronOf(schedule, zone).nextRun(new Date(after))
  if (next === null) throw new Error(`the schedule ${schedule} never comes after ${after}`)
  return next.getTime()
}

/** The newest instant of the schedule that is not after `until`. */
export function newestInstant(schedule: string, zone: string, until: EpochMs): EpochMs | undefined {
  // One past it, because the calculator leaves out the instant it is asked from.
  return cronOf(schedule, zone)
    .previousRuns(1, new Date(until + 1))[0]
    ?.getTime()
}

/** The next `count` instants. */
export function nextInstants(schedule: string, zone: string, after: EpochMs, count: number): EpochMs[] {
  return cronOf(schedule, zone)
    .nextRuns(count, new Date(after))
    .map((date) => date.getTime())
}

/** The schedule in words: `At 00:05`. */
export function scheduleInWords(schedule: string): string {
  return cronstrue.toString(schedule, { use24HourTimeFormat: true, verbose: false })
}

function invalid(message: string, cause?: unknown): WeirError {
  return new WeirError('invalid_request', `The schedule ${message}.`, {
    details: { errors: [{ path: 'schedule', message }] },
    cause,
  })
}

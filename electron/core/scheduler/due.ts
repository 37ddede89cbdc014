import { type EpochMs, HOUR_MS, MINUTE_MS } from '../../../shared/units.ts'
import { newestInstant, nextInstant } from './cron-schedule.ts'

/** Whether a job is due: a pure function of what is stored and what time it is. */

/** What is stored of a job. */
export interface DueState {
  readonly schedule: string
  /** The zone `nextDueAt` was worked out in. */
  readonly zone: string
  /** The first instant no run stands for yet; null when the job is disabled. */
  readonly nextDueAt: EpochMs | null
}

export type Due =
  | { readonly kind: 'not-due' }
  /** The stored time is no longer one of the schedule: the zone was changed, or the clock was set far back. */
  | { readonly kind: 'replan'; readonly nextDueAt: EpochMs }
  | {
      readonly kind: 'due'
      readonly trigger: 'schedule' | 'catch-up'
      /** One run stands for all instants from the first to the newest. */
      readonly firstAt: EpochMs
      readonly scheduledAt: EpochMs
      readonly instants: number
      readonly nextDueAt: EpochMs
    }

/** Later than this is not late but missed: Weir looks at least once a minute, and another job may be running. */
export const ON_TIME_MS = 2 * MINUTE_MS

/**
 * A clock set back by less than this makes jobs wait until it is where it was; by more, the future it came from was
 * not real (a machine that started in 2038), and waiting for it would mean years. 26 hours: more than any zone's day.
 */
export const SET_BACK_MS = 26 * HOUR_MS

/** Counting every instant of a long absence takes a tenth of a millisecond each: beyond six weeks of hours it says "1000". */
export const INSTANTS_COUNTED_MAX = 1000

/** What is due now, in the zone that holds now. */
export function decideDue(state: DueState, zone: string, now: EpochMs): Due {
  const { schedule, nextDueAt } = state
  if (nextDueAt === null) return { kind: 'not-due' }
  // What was due in the old zone is due; only what lies ahead is planned anew.
  if (nextDueAt > now) {
    const isOtherZone = state.zone !== zone
    const isFuture =
      nextDueAt - now > SET_BACK_MS && nextDueAt > nextInstant(schedule, zone, now + SET_BACK_MS)
    if (isOtherZone || isFuture) return { kind: 'replan', nextDueAt: nextInstant(schedule, zone, now) }
    return { kind: 'not-due' }
  }
  let scheduledAt = nextDueAt
  let instants = 1
  let next = nextInstant(schedule, zone, nextDueAt)
  while (next <= now && instants < INSTANTS_COUNTED_MAX) {
    scheduledAt = next
    instants += 1
    next = nextInstant(schedule, zone, next)
  }
  if (next <= now) {
    scheduledAt = newestInstant(schedule, zone, now) ?? scheduledAt
    next = nextInstant(schedule, zone, now)
  }
  const isOnTime = instants === 1 && now - scheduledAt <= ON_TIME_MS
  return {
    kind: 'due',
    trigger: isOnTime ? 'schedule' : 'catch-up',
    firstAt: nextDueAt,
    scheduledAt,
    instants,
    nextDueAt: next,
  }
}

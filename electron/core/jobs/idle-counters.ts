import type { EpochMs } from '../../../shared/units.ts'
import { expireAdmissions } from '../consumption/admission-store.ts'
import { findUserStatesByKey, saveUsage } from '../consumption/consumption-store.ts'
import { withHeldDay } from '../consumption/day-totals.ts'
import { type Usage, withWindows } from '../consumption/usage.ts'
import type { Windows } from '../consumption/windows.ts'
import type { Reader, Writer } from '../database/database.ts'
import { allKeys } from './user-slices.ts'

/**
 * Tidies the counters of users nobody asked for lately. No limit waits for it: a check looks at the windows itself.
 * The month is left alone; closing it is the monthly job's.
 */

/** Users whose hour or day is over with something counted in it, or whose reservations have run out. */
export function idleUsers(db: Reader, window: 'hour' | 'day', windows: Windows): Promise<number[]> {
  return allKeys((after, limit) => {
    const users = db
      .selectFrom('user_consumption')
      .select('user_key')
      .where('user_key', '>', after)
      .orderBy('user_key')
      .limit(limit)
    if (window === 'hour') {
      return users
        .where((eb) =>
          eb.or([
            eb.and([
              eb('hour_started_at', '<', windows.hour.startsAt),
              eb.or([eb('hour_requests', '>', 0), eb('hour_config_changes', '>', 0)]),
            ]),
            eb('next_reservation_expires_at', '<=', windows.now),
          ]),
        )
        .execute()
    }
    return users
      .where('day_started_at', '<', windows.day.startsAt)
      .where((eb) =>
        eb.or([
          eb('day_requests', '>', 0),
          eb('day_input_tokens', '>', 0),
          eb('day_output_tokens', '>', 0),
          eb('day_cost_micro_usd', '>', 0),
        ]),
      )
      .execute()
  })
}

/** For how many users what was tidied. */
export interface Tidied {
  counters: number
  peaks: number
  reservations: number
}

/**
 * Starts the windows of users again where they are over, after their peaks are kept, and gives expired reservations
 * back. A user who is gone meanwhile has nothing to tidy.
 */
export async function tidyUsers(
  trx: Writer,
  userKeys: readonly number[],
  windows: Windows,
): Promise<Readonly<Tidied>> {
  const tidied: Tidied = { counters: 0, peaks: 0, reservations: 0 }
  for (const { usage } of await findUserStatesByKey(trx, userKeys)) await tidy(trx, usage, windows, tidied)
  return tidied
}

async function tidy(trx: Writer, usage: Usage, windows: Windows, tidied: Tidied): Promise<void> {
  // The peaks MUST be kept before the counters start again: afterwards nobody knows what they were.
  const peaked = withPeaks(usage)
  const open = isExpired(usage, windows.now)
    ? await expireAdmissions(trx, usage.user_key, windows.now)
    : undefined
  const after: Usage = {
    ...(await withHeldDay(trx, peaked, withWindows(peaked, windows), windows)),
    ...(open !== undefined && {
      reserved_input_tokens: open.input_tokens,
      reserved_output_tokens: open.output_tokens,
      next_reservation_expires_at: open.next_expires_at,
    }),
  }
  await saveUsage(trx, after)
  if (after.hour_started_at !== usage.hour_started_at || after.day_started_at !== usage.day_started_at)
    tidied.counters += 1
  if (
    peaked.peak_requests_per_hour !== usage.peak_requests_per_hour ||
    peaked.peak_requests_per_day !== usage.peak_requests_per_day
  )
    tidied.peaks += 1
  if (open !== undefined) tidied.reservations += 1
}

function withPeaks(usage: Usage): Usage {
  return {
    ...usage,
    peak_requests_per_hour: Math.max(usage.peak_requests_per_hour, usage.hour_requests),
    peak_requests_per_day: Math.max(usage.peak_requests_per_day, usage.day_requests),
  }
}

function isExpired(usage: Usage, now: EpochMs): boolean {
  return usage.next_reservation_expires_at !== null && usage.next_reservation_expires_at <= now
}

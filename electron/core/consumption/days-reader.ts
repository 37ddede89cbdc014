import type { OperationOutput } from '../../../shared/contract/index.ts'
import { dateOf, dayWindow, type TimeWindow } from '../../../shared/time-window.ts'
import { HOUR_MS, microUsdToUsd, toIso } from '../../../shared/units.ts'
import type { Reader } from '../database/database.ts'
import { findUserKey } from './consumption-store.ts'
import type { Moment } from './context.ts'
import { hoursSince } from './period-reader.ts'
import { unknownUserError } from './session-store.ts'
import { sumWithin } from './summary-parts.ts'

type Days = OperationOutput<'consumption.days'>

/** What a user consumed on each of the last `days` calendar days of the billing zone. Errors: `user_unknown`. */
export async function readDays(db: Reader, userId: string, days: number, moment: Moment): Promise<Days> {
  const key = await findUserKey(db, userId)
  if (key === undefined) throw unknownUserError(userId)
  const zone = moment.settings.time_zone
  const windows = lastDays(zone, moment.now, days)
  const rows = await hoursSince(
    db,
    key,
    windows[0]?.startsAt ?? moment.now,
    windows.at(-1)?.endsAt ?? moment.now,
  )
  return {
    user_id: userId,
    time_zone: zone,
    days: windows.map((day) => {
      const { cost_micro_usd, ...sum } = sumWithin(rows, day)
      return {
        starts_at: toIso(day.startsAt),
        // Noon is on that day in every zone's calendar.
        date: dateOf(zone, day.startsAt + 12 * HOUR_MS),
        ...sum,
        cost_usd: microUsdToUsd(cost_micro_usd),
      }
    }),
  }
}

function lastDays(zone: string, now: number, count: number): readonly TimeWindow[] {
  const windows = [dayWindow(zone, now)]
  while (windows.length < count) windows.unshift(dayWindow(zone, (windows[0]?.startsAt ?? now) - 1))
  return windows
}

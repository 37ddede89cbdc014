import type { OperationOutput } from '../../../shared/contract/index.ts'
import { addPeriods, periodWindow } from '../../../shared/time-window.ts'
import { DAY_MS, HOUR_MS, toIso } from '../../../shared/units.ts'
import type { Reader } from '../database/database.ts'
import type { Moment } from './context.ts'
import { hoursSince, modelRows, months, sessionsSince } from './period-reader.ts'
import {
  activityByDay,
  activityByMonth,
  type ModelRow,
  modelShares,
  rangeText,
  sumOfHours,
  velocityOf,
  velocityWindows,
} from './summary-parts.ts'
import { type Scope, topQuestions, topSessions } from './top-reader.ts'
import { periodText } from './windows.ts'

type Summary = OperationOutput<'consumption.systemSummary'>

export interface Charts
  extends Pick<
    Summary,
    | 'range'
    | 'velocity_data'
    | 'activity'
    | 'model_distribution'
    | 'top_expensive_queries'
    | 'top_expensive_questions'
    | 'periods'
    | 'previous'
    | 'generated_at'
    | 'active_sessions'
    | 'sessions_last_24h'
    | 'turns_last_24h'
  > {
  /** The models of the range, for those who need their names. */
  readonly models: readonly ModelRow[]
}

// A session without a turn for an hour is taken to be over, unless its owner says otherwise by going on.
const ACTIVE_SESSION_MS = HOUR_MS

/** The charts and lists of both dashboards, for one user or everybody. */
export async function readCharts(db: Reader, scope: Scope, moment: Moment): Promise<Charts> {
  const { userKey, range } = scope
  const zone = moment.settings.time_zone
  const hours = velocityWindows(zone, moment.now)
  const from = hours[0]?.startsAt ?? moment.now
  const monthRows = await months(db, userKey)
  const models = await modelRows(db, userKey, range)
  const velocity = velocityOf(hours, await hoursSince(db, userKey, from, Number.MAX_SAFE_INTEGER))
  return {
    range: rangeText(range),
    velocity_data: velocity,
    activity:
      range.kind === 'all'
        ? activityByMonth(zone, monthRows)
        : activityByDay(zone, range.period, moment.now, await hoursOfPeriod(db, userKey, range.period, zone)),
    model_distribution: modelShares(models),
    top_expensive_queries: await topSessions(db, scope),
    top_expensive_questions: await topQuestions(db, scope),
    periods: monthRows.map((row) => periodText(row.period)),
    ...(range.kind === 'period' && { previous: await readPrevious(db, userKey, range.period, moment) }),
    generated_at: toIso(moment.now),
    active_sessions: (await sessionsSince(db, userKey, moment.now - ACTIVE_SESSION_MS)).open,
    sessions_last_24h: (await sessionsSince(db, userKey, moment.now - DAY_MS)).all,
    turns_last_24h: velocity.reduce((sum, point) => sum + point.turns, 0),
    models,
  }
}

async function hoursOfPeriod(db: Reader, userKey: number | null, period: number, zone: string) {
  const month = periodWindow(zone, periodText(period))
  return hoursSince(db, userKey, month.startsAt, month.endsAt)
}

/** As much of the month before as has passed of this one; the whole of it when this one is over. */
async function readPrevious(
  db: Reader,
  userKey: number | null,
  period: number,
  moment: Moment,
): Promise<NonNullable<Summary['previous']>> {
  const zone = moment.settings.time_zone
  const month = periodWindow(zone, periodText(period))
  const name = addPeriods(periodText(period), -1)
  const before = periodWindow(zone, name)
  const passed = Math.max(0, moment.now - month.startsAt)
  const endsAt =
    moment.now >= month.endsAt ? before.endsAt : Math.min(before.endsAt, before.startsAt + passed)
  const sum = sumOfHours(await hoursSince(db, userKey, before.startsAt, endsAt))
  return { period: name, starts_at: toIso(before.startsAt), ends_at: toIso(endsAt), ...sum }
}

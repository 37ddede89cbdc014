import type { OperationOutput } from '../../../shared/contract/index.ts'
import { toIso, toIsoOrNull } from '../../../shared/units.ts'
import type { Reader } from '../database/database.ts'
import { readCharts } from './charts-reader.ts'
import type { Moment } from './context.ts'
import { rangeTotals } from './period-reader.ts'
import { type Range, rangeOf, totalsOnWire } from './summary-parts.ts'
import { countNearLimit, nearestLimit, userRows } from './users-reader.ts'
import { periodText } from './windows.ts'

type Summary = OperationOutput<'consumption.systemSummary'>

/** Everybody together. */
export async function readSystemSummary(db: Reader, rangeName: string, moment: Moment): Promise<Summary> {
  const range = rangeOf(rangeName, moment.windows.period)
  const users = await userRows(db, moment)
  const { models: _models, ...charts } = await readCharts(db, { userKey: null, range }, moment)
  const span = await db
    .selectFrom('user_consumption')
    .select((eb) => [eb.fn.min('first_usage_at').as('first'), eb.fn.max('last_usage_at').as('last')])
    .executeTakeFirstOrThrow()
  const count = (row: (user: (typeof users)[number]) => number) =>
    users.reduce((sum, user) => sum + row(user), 0)
  return {
    current_period: periodText(moment.windows.period),
    period_started_at: toIso(moment.windows.month.startsAt),
    period_ends_at: toIso(moment.windows.month.endsAt),
    total_users: users.length,
    active_users: await activeUsers(db, range),
    users_at_or_over_80_percent: countNearLimit(users),
    near_limit_users: nearestLimit(users),
    ...totalsOnWire(await rangeTotals(db, null, range)),
    ...(await countersOf(db, range, moment)),
    requests_this_hour: count((user) => user.requests_this_hour),
    requests_today: count((user) => user.requests_today),
    first_usage_at: toIsoOrNull(span.first),
    last_usage_at: toIsoOrNull(span.last),
    ...charts,
  }
}

/** Users with at least one turn in the range. */
async function activeUsers(db: Reader, range: Range): Promise<number> {
  let query = db
    .selectFrom('user_periods')
    .select((eb) => eb.fn.count<number>('user_key').distinct().as('users'))
    .where((eb) => eb(eb('successful_turns', '+', eb('failed_turns', '+', eb.ref('partial_turns'))), '>', 0))
  if (range.kind === 'period') query = query.where('period', '=', range.period)
  return (await query.executeTakeFirstOrThrow()).users
}

/** What is counted and not summed from turns: from the rows of the running month and from the archive of closed ones. */
async function countersOf(db: Reader, range: Range, moment: Moment) {
  const period = range.kind === 'period' ? range.period : null
  let running = db
    .selectFrom('user_consumption')
    .select((eb) => [
      eb.fn.coalesce(eb.fn.sum<number>('champion_cases_created'), eb.lit(0)).as('champion_cases_created'),
      eb.fn.coalesce(eb.fn.sum<number>('collections_subscribed'), eb.lit(0)).as('collections_subscribed'),
      eb.fn.coalesce(eb.fn.sum<number>('blocked_requests'), eb.lit(0)).as('blocked_requests'),
      eb.fn
        .coalesce(eb.fn.sum<number>('would_have_blocked_requests'), eb.lit(0))
        .as('would_have_blocked_requests'),
      eb.fn.coalesce(eb.fn.sum<number>('bypassed_requests'), eb.lit(0)).as('bypassed_requests'),
    ])
  if (period !== null) running = running.where('period', '=', period)
  const now = await running.executeTakeFirstOrThrow()
  if (period === moment.windows.period) return now
  let closed = db
    .selectFrom('consumption_periods_archive')
    .select((eb) => [
      eb.fn.coalesce(eb.fn.sum<number>('champion_cases_created'), eb.lit(0)).as('champion_cases_created'),
      eb.fn.coalesce(eb.fn.sum<number>('collections_subscribed'), eb.lit(0)).as('collections_subscribed'),
      eb.fn.coalesce(eb.fn.sum<number>('blocked_requests'), eb.lit(0)).as('blocked_requests'),
    ])
  if (period !== null) closed = closed.where('period', '=', period)
  const past = await closed.executeTakeFirstOrThrow()
  return {
    champion_cases_created: now.champion_cases_created + past.champion_cases_created,
    collections_subscribed: now.collections_subscribed + past.collections_subscribed,
    blocked_requests: now.blocked_requests + past.blocked_requests,
    would_have_blocked_requests: now.would_have_blocked_requests,
    bypassed_requests: now.bypassed_requests,
  }
}

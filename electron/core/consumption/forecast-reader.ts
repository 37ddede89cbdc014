import type { OperationOutput } from '../../../shared/contract/index.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, toIso, toIsoOrNull } from '../../../shared/units.ts'
import type { Reader } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { type LimitState, limitStates, toWire } from './admission.ts'
import { findUserState } from './consumption-store.ts'
import { limitsOf, type Moment } from './context.ts'
import { forecastLimit, type Pace } from './forecast.ts'
import { readProfiles } from './limit-rules-store.ts'
import { judgedUsage } from './observation-store.ts'
import { hoursSince } from './period-reader.ts'
import { asOf } from './rollover.ts'

// A week has every day of the week in it once.
const PACE_MS = 7 * DAY_MS
// Sooner a single request would be taken for a trend.
const HOUR_PACE_MS_MIN = 5 * MINUTE_MS
const DAY_PACE_MS_MIN = HOUR_MS
const MONTH_PACE_MS_MIN = HOUR_MS

interface WeekSums {
  readonly input: number
  readonly output: number
  readonly cost: number
  readonly sinceMs: number
}

/** How a user stands to reach each limit. Errors: `user_unknown`. */
export async function readForecast(
  db: Reader,
  userId: string,
  moment: Moment,
): Promise<OperationOutput<'limits.forecast'>> {
  const state = await findUserState(db, userId)
  if (state === undefined)
    throw new WeirError('user_unknown', `There is no user ${userId}.`, { details: { user_id: userId } })
  const decision = await limitsOf(db, state.account, await readProfiles(db), moment)
  const usage = await asOf(db, state.usage, moment.windows)
  const hours = await hoursSince(db, state.account.key, moment.now - PACE_MS, moment.now + 1)
  const week: WeekSums = {
    input: hours.reduce((sum, hour) => sum + hour.input_tokens, 0),
    output: hours.reduce((sum, hour) => sum + hour.output_tokens, 0),
    cost: hours.reduce((sum, hour) => sum + hour.cost_micro_usd, 0),
    // Who began three days ago has the pace of three days.
    sinceMs: Math.min(PACE_MS, moment.now - (usage.first_usage_at ?? moment.now)),
  }
  const started = { hour: usage.hour_started_at, day: usage.day_started_at }
  return {
    user_id: userId,
    limits: limitStates(await judgedUsage(db, usage, moment), decision.limits, moment.windows).map((one) => {
      const { outlook, reachesAt } = forecastLimit({
        limit: one.limit,
        used: one.used,
        pace: paceOf(one, week, started, moment),
        now: moment.now,
        resetsAt: one.resetsAt,
      })
      const { policy, limit, used } = toWire(one)
      return {
        policy,
        limit,
        used,
        resets_at: toIso(one.resetsAt),
        outlook,
        reaches_at: toIsoOrNull(reachesAt),
      }
    }),
  }
}

function paceOf(
  state: LimitState,
  week: WeekSums,
  started: { readonly hour: number; readonly day: number },
  moment: Moment,
): Pace {
  const month = { overMs: week.sinceMs, overMsMin: MONTH_PACE_MS_MIN }
  switch (state.name) {
    case 'input_tokens_per_month':
      return { amount: week.input, ...month }
    case 'output_tokens_per_month':
      return { amount: week.output, ...month }
    case 'cost_per_month_usd':
      return { amount: week.cost, ...month }
    case 'prompts_per_day':
      return { amount: state.used, overMs: moment.now - started.day, overMsMin: DAY_PACE_MS_MIN }
    default:
      return { amount: state.used, overMs: moment.now - started.hour, overMsMin: HOUR_PACE_MS_MIN }
  }
}

import { periodWindow } from '../../../shared/time-window.ts'
import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import { saveUsage } from './consumption-store.ts'
import { withHeldDay } from './day-totals.ts'
import type { EffectiveLimits } from './limits.ts'
import { periodTotalsOf } from './roll-up-store.ts'
import {
  hasActivity,
  inNewPeriod,
  isPeriodOver,
  TOTAL_NAMES,
  type Totals,
  type Usage,
  withWindows,
} from './usage.ts'
import { periodText, type Windows } from './windows.ts'

export interface RolloverRules {
  readonly zone: string
  readonly windows: Windows
  /** The limits in force, kept with the closed month. */
  readonly limits: EffectiveLimits
}

/**
 * The usage row as of now. When its month is over, the month is archived and the row starts the next one, all in
 * the caller's transaction: no limit is ever wrong because a job did not run.
 */
export async function rollOverIfDue(trx: Writer, usage: Usage, rules: RolloverRules): Promise<Usage> {
  if (!isPeriodOver(usage, rules.windows))
    return withHeldDay(trx, usage, withWindows(usage, rules.windows), rules.windows)
  // The archive row MUST be written before the counters start again: they are all there is of peaks and refusals.
  if (hasActivity(usage)) await archivePeriod(trx, usage.user_key, usage.period, usage, rules)
  const held = await periodTotalsOf(trx, usage.user_key, rules.windows.period)
  const next = await withHeldDay(trx, usage, inNewPeriod(usage, rules.windows, held), rules.windows)
  await saveUsage(trx, next)
  return next
}

/** The row as a reader sees it now, without writing the rollover that the next writer will do. */
export async function asOf(db: Reader | Writer, usage: Usage, windows: Windows): Promise<Usage> {
  if (!isPeriodOver(usage, windows)) return withHeldDay(db, usage, withWindows(usage, windows), windows)
  // The ledger may hold turns of the new month already: an agent whose clock is ahead wrote them into its files.
  const held = await periodTotalsOf(db, usage.user_key, windows.period)
  return withHeldDay(db, usage, inNewPeriod(usage, windows, held), windows)
}

/** What the archive keeps besides the sums of the ledger; an imported month has none of it. */
export interface PeriodCounters {
  readonly champion_cases_created: number
  readonly collections_subscribed: number
  readonly blocked_requests: number
  readonly peak_requests_per_hour: number
  readonly peak_requests_per_day: number
}

/** Writes the archive row of a closed month; a month that has one keeps it. Answers whether a row was written. */
export async function archivePeriod(
  trx: Writer,
  userKey: number,
  period: number,
  sums: Totals & PeriodCounters & { readonly sessions: number },
  rules: {
    readonly zone: string
    readonly windows: { readonly now: EpochMs }
    readonly limits: EffectiveLimits | null
  },
): Promise<boolean> {
  const models = await trx
    .selectFrom('user_period_models as r')
    .innerJoin('models as m', 'm.key', 'r.model_key')
    .select(['m.provider', 'm.model'])
    .where('r.user_key', '=', userKey)
    .where('r.period', '=', period)
    .orderBy('r.turns', 'desc')
    .orderBy('m.model')
    .execute()
  const bounds = periodWindow(rules.zone, periodText(period))
  const result = await trx
    .insertInto('consumption_periods_archive')
    .values({
      user_key: userKey,
      period,
      ...Object.fromEntries(TOTAL_NAMES.map((name) => [name, sums[name]])),
      sessions: sums.sessions,
      champion_cases_created: sums.champion_cases_created,
      collections_subscribed: sums.collections_subscribed,
      blocked_requests: sums.blocked_requests,
      peak_requests_per_hour: sums.peak_requests_per_hour,
      peak_requests_per_day: sums.peak_requests_per_day,
      models_used: JSON.stringify([...new Set(models.map((row) => row.model))]),
      providers_used: JSON.stringify([...new Set(models.map((row) => row.provider))]),
      limits: JSON.stringify(rules.limits ?? {}),
      period_started_at: bounds.startsAt,
      period_ended_at: bounds.endsAt,
      archived_at: rules.windows.now,
    })
    .onConflict((conflict) => conflict.columns(['user_key', 'period']).doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

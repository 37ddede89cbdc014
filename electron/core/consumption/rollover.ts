import type { Reader, Writer } from '../database/database.ts'
import { archiveMonths, type ClosedMonth } from './archive-store.ts'
import { saveUsage } from './consumption-store.ts'
import { withHeldDay } from './day-totals.ts'
import type { EffectiveLimits } from './limits.ts'
import { periodTotalsOf } from './roll-up-store.ts'
import { hasActivity, inNewPeriod, isPeriodOver, type Usage, withWindows } from './usage.ts'
import type { Windows } from './windows.ts'

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
  if (hasActivity(usage)) await archiveMonths(trx, [closedMonth(usage, rules.limits)], rules)
  const held = await periodTotalsOf(trx, usage.user_key, rules.windows.period)
  const next = await withHeldDay(trx, usage, inNewPeriod(usage, rules.windows, held), rules.windows)
  await saveUsage(trx, next)
  return next
}

/** The month of the counters, with the limits in force. */
export function closedMonth(usage: Usage, limits: EffectiveLimits): ClosedMonth {
  return { ...usage, limits }
}

/** The row as a reader sees it now, without writing the rollover that the next writer will do. */
export async function asOf(db: Reader | Writer, usage: Usage, windows: Windows): Promise<Usage> {
  if (!isPeriodOver(usage, windows)) return withHeldDay(db, usage, withWindows(usage, windows), windows)
  // The ledger may hold turns of the new month already: an agent whose clock is ahead wrote them into its files.
  const held = await periodTotalsOf(db, usage.user_key, windows.period)
  return withHeldDay(db, usage, inNewPeriod(usage, windows, held), windows)
}

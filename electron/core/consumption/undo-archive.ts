import type { Writer } from '../database/database.ts'
import { archiveMonths, NOTHING_COUNTED } from './archive-store.ts'
import type { EffectiveLimits } from './limits.ts'
import { periodTotalsOf } from './roll-up-store.ts'
import { NO_TOTALS, TOTAL_NAMES, type Totals } from './usage.ts'
import type { Windows } from './windows.ts'

/** A closed month of which an import that is undone was a part. A closed month never changes: it is written anew. */

/** What leaves a closed month. */
export interface LeavingMonth {
  readonly userKey: number
  readonly period: number
  readonly totals: Totals
  readonly sessions: number
}

const MONTHS_PER_SLICE = 50

/** After the sessions: months the import has closed without bringing anything of them. Null when none is left. */
export async function undoMonths(trx: Writer, batch: number, windows: Windows): Promise<number | null> {
  const months = await trx
    .selectFrom('import_months')
    .selectAll()
    .where('batch_key', '=', batch)
    .limit(MONTHS_PER_SLICE)
    .execute()
  for (const { user_key: userKey, period } of months) {
    await mendArchive(trx, batch, { userKey, period, totals: NO_TOTALS, sessions: 0 }, windows)
    await trx
      .deleteFrom('import_months')
      .where('batch_key', '=', batch)
      .where('user_key', '=', userKey)
      .where('period', '=', period)
      .execute()
  }
  return months.length === 0 ? null : months.length
}

const NAMES = [...TOTAL_NAMES, 'sessions'] as const
const COUNTERS = Object.keys(NOTHING_COUNTED) as readonly (keyof typeof NOTHING_COUNTED)[]

/** Whether the month had its archive row before the import came to it; true also where the import never came to it. */
export async function wasClosedBefore(
  trx: Writer,
  batch: number,
  month: Pick<LeavingMonth, 'userKey' | 'period'>,
): Promise<boolean> {
  const row = await trx
    .selectFrom('import_months')
    .select('was_closed')
    .where('batch_key', '=', batch)
    .where('user_key', '=', month.userKey)
    .where('period', '=', month.period)
    .executeTakeFirst()
  return row?.was_closed !== 0
}

/** After the month's turns have left its sums. */
export async function mendArchive(
  trx: Writer,
  batch: number,
  leaving: LeavingMonth,
  windows: Windows,
): Promise<void> {
  const { userKey, period } = leaving
  if (await wasClosedBefore(trx, batch, leaving)) return
  const held = await trx
    .selectFrom('consumption_periods_archive')
    .selectAll()
    .where('user_key', '=', userKey)
    .where('period', '=', period)
    .executeTakeFirst()
  if (held === undefined) return
  const now = await periodTotalsOf(trx, userKey, period)
  await trx
    .deleteFrom('consumption_periods_archive')
    .where('user_key', '=', userKey)
    .where('period', '=', period)
    .execute()
  const limits = JSON.parse(held.limits) as EffectiveLimits | Record<string, never>
  // Closed from the sums alone, by an import: it would have been closed from what is left, with what came late.
  const isDerived = Object.keys(limits).length === 0
  const left = (name: (typeof NAMES)[number]) => {
    const leaves = name === 'sessions' ? leaving.sessions : leaving.totals[name]
    return Math.min(now[name], Math.max(0, held[name] - leaves))
  }
  const kept = Object.fromEntries(NAMES.map((name) => [name, left(name)])) as typeof now
  // Nothing was counted in it but the import: without that, it would not have been closed then.
  const isAnew =
    isDerived || (NAMES.every((name) => kept[name] === 0) && COUNTERS.every((name) => held[name] === 0))
  const totals = isAnew ? now : kept
  if (isAnew && NAMES.every((name) => totals[name] === 0)) return
  const counters = isAnew ? NOTHING_COUNTED : held
  const month = {
    ...totals,
    ...(Object.fromEntries(COUNTERS.map((name) => [name, counters[name]])) as typeof NOTHING_COUNTED),
    user_key: userKey,
    period,
    limits: isAnew ? null : (limits as EffectiveLimits),
  }
  // With the instant at which it was closed: what came late came after it.
  await archiveMonths(trx, [month], { zone: windows.zone, windows: { now: held.archived_at } })
  if (!isAnew) return
  // What other imports told of the month is in it now.
  await trx
    .updateTable('import_months')
    .set({ was_closed: 0 })
    .where('user_key', '=', userKey)
    .where('period', '=', period)
    .execute()
}

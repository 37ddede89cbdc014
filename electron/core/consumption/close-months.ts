import type { Writer } from '../database/database.ts'
import { findUserStateByKey } from './consumption-store.ts'
import { limitsOf, type Moment } from './context.ts'
import { readProfiles } from './limit-rules-store.ts'
import { archivePeriod, rollOverIfDue } from './rollover.ts'

/** What closing the months of a user did. */
export interface ClosedMonths {
  readonly rolledOver: boolean
  /** Archive rows written. */
  readonly archived: number
}

const NOTHING_COUNTED = {
  champion_cases_created: 0,
  collections_subscribed: 0,
  blocked_requests: 0,
  peak_requests_per_hour: 0,
  peak_requests_per_day: 0,
}

/**
 * Closes every month of a user that is over and has no archive row yet, all in the caller's transaction. The month of
 * the counters is closed with its own peaks; a later one, which only a clock ahead or an import can have begun, and an
 * earlier one have none. The limits kept are those in force now: for a month long past nobody knows others.
 */
export async function closeMonths(trx: Writer, userKey: number, moment: Moment): Promise<ClosedMonths> {
  const state = await findUserStateByKey(trx, userKey)
  if (state === undefined) throw new Error('every user has a consumption row')
  const decision = await limitsOf(trx, state.account, await readProfiles(trx), moment)
  const rules = { zone: moment.settings.time_zone, windows: moment.windows, limits: decision.limits }
  const before = await countArchived(trx, userKey)
  // The counters MUST come first: a month closed from its sums alone would have no peaks.
  const usage = await rollOverIfDue(trx, state.usage, rules)
  const open = await trx
    .selectFrom('user_periods as p')
    .leftJoin('consumption_periods_archive as a', (join) =>
      join.onRef('a.user_key', '=', 'p.user_key').onRef('a.period', '=', 'p.period'),
    )
    .selectAll('p')
    .where('p.user_key', '=', userKey)
    .where('p.period', '<', moment.windows.period)
    .where('a.period', 'is', null)
    .orderBy('p.period')
    .execute()
  for (const month of open) {
    // What was imported into a month before the user's first counters was held to other limits, or to none.
    const limits = month.period >= state.usage.period ? decision.limits : null
    await archivePeriod(trx, userKey, month.period, { ...month, ...NOTHING_COUNTED }, { ...rules, limits })
  }
  return {
    rolledOver: usage.period !== state.usage.period,
    archived: (await countArchived(trx, userKey)) - before,
  }
}

async function countArchived(trx: Writer, userKey: number): Promise<number> {
  const row = await trx
    .selectFrom('consumption_periods_archive')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('user_key', '=', userKey)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

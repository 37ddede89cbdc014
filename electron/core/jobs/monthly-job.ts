import { closeMonths } from '../consumption/close-months.ts'
import type { ConsumptionContext } from '../consumption/context.ts'
import { momentOf } from '../consumption/context.ts'
import { periodText, windowsAt } from '../consumption/windows.ts'
import type { Reader } from '../database/database.ts'
import type { JobWork } from '../scheduler/job-work.ts'
import { allKeys, forUsers } from './user-slices.ts'

/**
 * Closes the month for everybody nobody has asked for since: the archive row with models, providers, peaks and the
 * limits in force, and counters that start again. Months missed while Weir was away get a row each. Doing it twice
 * changes nothing: a month that has a row keeps it.
 */
export function monthlyJob(context: ConsumptionContext): JobWork {
  return async (run) => {
    const { database, clock } = context
    const { period } = windowsAt(context.settings().time_zone, clock.now())
    const userKeys = await usersToClose(database.reader, period)
    const counts = { users: userKeys.length, users_rolled_over: 0, months_archived: 0 }
    run.log.info(`${userKeys.length} users have a month before ${periodText(period)} to close`)
    if (run.dryRun) {
      counts.users_rolled_over = await countRollovers(database.reader, period)
      return { counts, failures: 0, firstError: null }
    }
    const failed = await forUsers({ database, clock }, run, {
      userKeys,
      phase: 'Rolling over',
      some: (trx, keys) => closeMonths(trx, keys, momentOf(context)),
      count: (closed) => {
        counts.months_archived += closed.archived
        counts.users_rolled_over += closed.rolledOver
      },
    })
    return { counts, ...failed }
  }
}

/** Users whose counters are of an earlier month, or who have sums of one without an archive row. */
async function usersToClose(db: Reader, period: number): Promise<number[]> {
  const idle = await allKeys((after, limit) =>
    db
      .selectFrom('user_consumption')
      .select('user_key')
      .where('period', '<', period)
      .where('user_key', '>', after)
      .orderBy('user_key')
      .limit(limit)
      .execute(),
  )
  const unsealed = await allKeys((after, limit) =>
    db
      .selectFrom('user_periods as p')
      .leftJoin('consumption_periods_archive as a', (join) =>
        join.onRef('a.user_key', '=', 'p.user_key').onRef('a.period', '=', 'p.period'),
      )
      .select('p.user_key')
      .distinct()
      .where('p.period', '<', period)
      .where('a.period', 'is', null)
      .where('p.user_key', '>', after)
      .orderBy('p.user_key')
      .limit(limit)
      .execute(),
  )
  return [...new Set([...idle, ...unsealed])].sort((one, other) => one - other)
}

async function countRollovers(db: Reader, period: number): Promise<number> {
  const row = await db
    .selectFrom('user_consumption')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('period', '<', period)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

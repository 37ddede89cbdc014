import { windowsAt } from '../consumption/windows.ts'
import type { JobWork } from '../scheduler/job-work.ts'
import { idleUsers, tidyUsers } from './idle-counters.ts'
import { countPrunable, pruneTurns } from './retention.ts'
import { forUsers, type SliceTools } from './user-slices.ts'

/** What the daily job needs besides slices. */
export interface DailyTools extends SliceTools {
  readonly zone: () => string
  /** How many days a turn stays in the ledger at least. */
  readonly retentionDays: () => number
}

/** Keeps peaks, starts idle days again, and removes old turns of archived months unless something holds that back. */
export function dailyJob(tools: DailyTools): JobWork {
  return async (run) => {
    const zone = tools.zone()
    const windows = windowsAt(zone, tools.clock.now())
    const userKeys = await idleUsers(tools.database.reader, 'day', windows)
    const counts = { users: userKeys.length, idle_days: 0, peaks: 0, turns_removed: 0 }
    const retention = { zone, now: windows.now, days: tools.retentionDays() }
    if (run.dryRun) {
      counts.turns_removed =
        run.removalHold === null ? await countPrunable(tools.database.reader, retention) : 0
      run.log.info(
        `Would tidy the counters of ${userKeys.length} users and remove ${counts.turns_removed} turns`,
      )
      if (run.removalHold !== null) run.log.warn(`Nothing would be removed: ${run.removalHold}`)
      return { counts, failures: 0, firstError: null }
    }
    const failed = await forUsers(tools, run, {
      userKeys,
      phase: 'Tidying days',
      some: (trx, keys) => tidyUsers(trx, keys, windows),
      count: (tidied) => {
        counts.idle_days += tidied.counters
        counts.peaks += tidied.peaks
      },
    })
    if (run.removalHold === null) counts.turns_removed = await pruneTurns(tools, run, retention)
    else run.log.warn(`Turns older than ${retention.days} days were kept: ${run.removalHold}`)
    return { counts, ...failed }
  }
}

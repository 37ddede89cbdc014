import { setImmediate as nextMacrotask } from 'node:timers/promises'
import { DAY_MS, type EpochMs } from '../../../shared/units.ts'
import { countTurnsOf, type PrunableMonth, prunableMonths, pruneOldest } from '../consumption/prune-turns.ts'
import type { Reader } from '../database/database.ts'
import type { JobRun } from '../scheduler/job-work.ts'
import type { SliceTools } from './user-slices.ts'

/** What may go: turns older than so many days before now. */
export interface Retention {
  readonly zone: string
  readonly now: EpochMs
  readonly days: number
}

/** Adding up and deleting a hundred turns takes about eight milliseconds: what a slice may. */
const TURNS_A_SLICE = 100

/** Months found at once: a few milliseconds, while others wait. */
const MONTHS_A_PAGE = 200

/** How many turns would be removed. */
export async function countPrunable(db: Reader, retention: Retention): Promise<number> {
  let turns = 0
  for await (const month of monthsOf(db, retention)) turns += await countTurnsOf(db, month)
  return turns
}

/** Removes old turns of archived months in slices and answers how many. It can be stopped between any two. */
export async function pruneTurns(tools: SliceTools, run: JobRun, retention: Retention): Promise<number> {
  let removed = 0
  for await (const month of monthsOf(tools.database.reader, retention)) {
    let isDone = false
    while (!isDone) {
      run.signal.throwIfAborted()
      run.progress(`Removing turns older than ${retention.days} days: ${removed} so far`)
      const step = await tools.database.writeSlice((trx) =>
        pruneOldest(trx, month, retention.zone, TURNS_A_SLICE),
      )
      removed += step.removed
      isDone = step.isDone
    }
  }
  if (removed > 0) run.log.info(`Removed ${removed} turns older than ${retention.days} days; their sums stay`)
  return removed
}

/** The months with turns that may go, one after the other. */
async function* monthsOf(db: Reader, retention: Retention): AsyncGenerator<PrunableMonth> {
  const rule = { zone: retention.zone, horizon: horizonOf(retention) }
  let after: PrunableMonth | null = null
  for (;;) {
    const months: readonly PrunableMonth[] = await prunableMonths(db, rule, { after, limit: MONTHS_A_PAGE })
    for (const month of months) {
      yield month
      // Reading lets nobody in: limit checks that came meanwhile are answered before the next month.
      await nextMacrotask()
    }
    after = months.at(-1) ?? null
    if (months.length < MONTHS_A_PAGE) return
  }
}

function horizonOf({ now, days }: Retention): EpochMs {
  return now - days * DAY_MS
}

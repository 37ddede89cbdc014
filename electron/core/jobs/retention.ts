import { DAY_MS, type EpochMs } from '../../../shared/units.ts'
import { countTurnsOf, prunableMonths, pruneOldest } from '../consumption/prune-turns.ts'
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

/** How many turns would be removed. */
export async function countPrunable(db: Reader, retention: Retention): Promise<number> {
  let turns = 0
  for (const month of await prunableMonths(db, retention.zone, horizonOf(retention)))
    turns += await countTurnsOf(db, month)
  return turns
}

/** Removes old turns of archived months in slices and answers how many. It can be stopped between any two. */
export async function pruneTurns(tools: SliceTools, run: JobRun, retention: Retention): Promise<number> {
  const months = await prunableMonths(tools.database.reader, retention.zone, horizonOf(retention))
  let removed = 0
  for (const [index, month] of months.entries()) {
    let isDone = false
    while (!isDone) {
      run.signal.throwIfAborted()
      run.progress(`Removing turns older than ${retention.days} days: month ${index + 1} of ${months.length}`)
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

function horizonOf({ now, days }: Retention): EpochMs {
  return now - days * DAY_MS
}

import type { Database, Reader, Writer } from '../database/database.ts'
import { isStorageError } from '../database/storage-error.ts'
import type { Clock } from '../kernel/ports.ts'
import type { JobRun } from '../scheduler/job-work.ts'

/** What the works of all jobs need of the machine. */
export interface SliceTools {
  readonly database: Pick<Database, 'reader' | 'writeSlice'>
  readonly clock: Clock
}

/** Work on users, some in each transaction. */
export interface UserWork<Done> {
  /** Keys of the users there is something to do for. */
  readonly userKeys: readonly number[]
  /** Does it for some users, all of them or none, and answers what was done. */
  readonly some: (trx: Writer, userKeys: readonly number[]) => Promise<Done>
  /** Told what was done once that is on disk: what is undone or tried again is not counted twice. */
  readonly count: (done: Done) => void
  /** `Rolling over`: with how many of how many users it is the phase of the run. */
  readonly phase: string
}

/** What came out for all users together. */
export interface UserFailures {
  readonly failures: number
  readonly firstError: string | null
}

/**
 * A slice ends after this, so that with the commit that follows nobody waits longer than twenty milliseconds for the
 * main thread; a user takes between a twentieth and a quarter of one.
 */
const SLICE_MS = 5
/**
 * Users of a slice share reads, so many at a time. Between two such parts the slice looks at the time: a part is to
 * take one or two milliseconds, whether its users have one month to close or thirty-six.
 */
const PART_USERS_FIRST = 8
const PART_USERS_MAX = 64
const PART_MS_MIN = 1
const PART_MS_MAX = 2

/**
 * Does it for all users in slices that let everybody else go first. A user it fails for is noted and left as they
 * were; the others go on. Errors: those of the run's signal; a storage error, because then it would fail for everybody.
 */
export async function forUsers<Done>(
  tools: SliceTools,
  run: JobRun,
  work: UserWork<Done>,
): Promise<UserFailures> {
  const { userKeys, phase } = work
  const problems: string[] = []
  let partUsers = PART_USERS_FIRST
  let done = 0
  /** Where the part begins that failed: what was done before it in the same slice was undone with it. */
  let failedAt: number | undefined
  while (done < userKeys.length) {
    run.signal.throwIfAborted()
    run.progress(`${phase}: ${done} of ${userKeys.length} users`)
    if (done === failedAt) {
      // Whose fault it was is found by doing them one by one.
      const part = userKeys.slice(done, done + partUsers)
      for (const userKey of part) {
        const problem = await tryOne(tools, work, userKey)
        if (problem === undefined) continue
        problems.push(problem)
        run.log.warn(problem)
      }
      done += part.length
      failedAt = undefined
      continue
    }
    let reached = done
    try {
      const end = failedAt ?? userKeys.length
      const parts = await tools.database.writeSlice(async (trx) => {
        const startedMs = tools.clock.monotonicMs()
        const results: Done[] = []
        // Begun anew each time: a transaction that found the database locked is tried again.
        reached = done
        let nowMs = startedMs
        do {
          const part = userKeys.slice(reached, Math.min(reached + partUsers, end))
          results.push(await work.some(trx, part))
          reached += part.length
          const tookMs = tools.clock.monotonicMs() - nowMs
          nowMs += tookMs
          partUsers = partAfter(partUsers, tookMs)
        } while (reached < end && nowMs - startedMs < SLICE_MS)
        return results
      })
      for (const part of parts) work.count(part)
      done = reached
    } catch (error) {
      if (isStorageError(error)) throw error
      failedAt = reached
    }
  }
  return { failures: problems.length, firstError: problems[0] ?? null }
}

function partAfter(users: number, tookMs: number): number {
  if (tookMs > PART_MS_MAX) return Math.max(1, Math.floor(users / 2))
  return tookMs < PART_MS_MIN ? Math.min(PART_USERS_MAX, users * 2) : users
}

async function tryOne<Done>(
  tools: SliceTools,
  work: UserWork<Done>,
  userKey: number,
): Promise<string | undefined> {
  try {
    work.count(await tools.database.writeSlice((trx) => work.some(trx, [userKey])))
    return undefined
  } catch (error) {
    if (isStorageError(error)) throw error
    const who = await nameOf(tools.database.reader, userKey)
    return `User ${who}: ${error instanceof Error ? error.message : String(error)}`
  }
}

async function nameOf(db: Reader, userKey: number): Promise<string> {
  const row = await db.selectFrom('users').select('id').where('key', '=', userKey).executeTakeFirst()
  return row?.id ?? `number ${userKey}`
}

/** A thousand keys are read in two milliseconds; all of a hundred thousand at once would hold everybody up. */
const KEYS_A_PAGE = 1_000

/**
 * The keys a query finds, page by page, with everybody else let in between two pages. `page` answers the next keys
 * after the given one in ascending order, at most `limit`.
 */
export async function allKeys(
  page: (after: number, limit: number) => Promise<readonly { readonly user_key: number }[]>,
): Promise<number[]> {
  const keys: number[] = []
  for (;;) {
    const rows = await page(keys.at(-1) ?? 0, KEYS_A_PAGE)
    for (const row of rows) keys.push(row.user_key)
    if (rows.length < KEYS_A_PAGE) return keys
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

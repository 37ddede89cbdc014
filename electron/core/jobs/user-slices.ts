import type { Database, Reader, Writer } from '../database/database.ts'
import { isStorageError } from '../database/storage-error.ts'
import type { Clock } from '../kernel/ports.ts'
import type { JobRun } from '../scheduler/job-work.ts'

/** What the works of all jobs need of the machine. */
export interface SliceTools {
  readonly database: Pick<Database, 'reader' | 'writeSlice'>
  readonly clock: Clock
}

/** Work on users, a few in each transaction. */
export interface UserWork {
  /** Keys of the users there is something to do for. */
  readonly userKeys: readonly number[]
  /** Does it for one user. */
  readonly each: (trx: Writer, userKey: number) => Promise<void>
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
 * main thread; a user takes about a quarter of one.
 */
const SLICE_MS = 5
/** … and after so many users: a slice that fails is done again one by one. */
const SLICE_USERS_MAX = 40

/**
 * Does it for all users in slices that let everybody else go first. A user it fails for is noted and left as they
 * were; the others go on. Errors: those of the run's signal; a storage error, because then it would fail for everybody.
 */
export async function forUsers(tools: SliceTools, run: JobRun, work: UserWork): Promise<UserFailures> {
  const { userKeys, phase } = work
  let failures = 0
  let firstError: string | null = null
  let done = 0
  while (done < userKeys.length) {
    run.signal.throwIfAborted()
    run.progress(`${phase}: ${done} of ${userKeys.length} users`)
    const wanted = userKeys.slice(done, done + SLICE_USERS_MAX)
    let taken = 0
    try {
      taken = await tools.database.writeSlice((trx) => slice(trx, wanted, work, tools.clock))
    } catch (error) {
      if (isStorageError(error)) throw error
      // Whose fault it was is found by doing them one by one: a slice is undone as a whole.
      for (const userKey of wanted) {
        const problem = await tryOne(tools, work, userKey)
        if (problem === undefined) continue
        failures += 1
        firstError ??= problem
        run.log.warn(problem)
      }
      taken = wanted.length
    }
    done += taken
  }
  return { failures, firstError }
}

async function slice(
  trx: Writer,
  userKeys: readonly number[],
  work: UserWork,
  clock: Clock,
): Promise<number> {
  const startedMs = clock.monotonicMs()
  let taken = 0
  for (const userKey of userKeys) {
    await work.each(trx, userKey)
    taken += 1
    if (clock.monotonicMs() - startedMs >= SLICE_MS) break
  }
  return taken
}

async function tryOne(tools: SliceTools, work: UserWork, userKey: number): Promise<string | undefined> {
  try {
    await tools.database.writeSlice((trx) => work.each(trx, userKey))
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

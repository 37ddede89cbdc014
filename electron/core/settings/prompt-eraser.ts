import { CompiledQuery, sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { PROMPT_PREVIEW_CHARACTERS, type Settings } from './settings.ts'

/**
 * Takes prompt text out of the ledger that may no longer be kept, a few thousand turns at a time. Doing it twice is
 * doing it once, so a start after a crash simply goes on.
 */

type PromptText = Settings['prompt_text']

/** Turns looked at in one slice: a few milliseconds. */
const TURNS_PER_SLICE = 2_000

const KEEPS: Readonly<Record<PromptText, number>> = { none: 0, preview: 1, full: 2 }

/** Whether the second keeps less than the first. */
export function keepsLess(before: PromptText, after: PromptText): boolean {
  return KEEPS[after] < KEEPS[before]
}

/** What of the ledger is beyond what may be kept. */
function isBeyond(mode: Exclude<PromptText, 'full'>) {
  return mode === 'none'
    ? sql<boolean>`user_query is not null`
    : sql<boolean>`length(user_query) > ${sql.lit(PROMPT_PREVIEW_CHARACTERS)}`
}

/** How many turns hold more of their prompt than may be kept. */
export async function countBeyond(database: Database, mode: PromptText): Promise<number> {
  if (mode === 'full') return 0
  let count = 0
  for await (const [from, to] of slicesOf(database)) {
    const { found } = await database.reader
      .selectFrom('consumption_turns')
      .select((eb) => eb.fn.countAll<number>().as('found'))
      .where('id', '>=', from)
      .where('id', '<', to)
      .where(isBeyond(mode))
      .executeTakeFirstOrThrow()
    count += found
  }
  return count
}

/** Erases it; answers for how many turns. `goOn` is asked before every slice. */
export async function eraseBeyond(
  database: Database,
  mode: PromptText,
  goOn: () => boolean = () => true,
): Promise<number> {
  if (mode === 'full') return 0
  const kept =
    mode === 'none'
      ? sql<string | null>`null`
      : sql<string>`substr(user_query, 1, ${PROMPT_PREVIEW_CHARACTERS})`
  let erased = 0
  for await (const [from, to] of slicesOf(database)) {
    if (!goOn()) break
    erased += await database.writeSlice(async (trx) => {
      // What is erased must be gone from the file too, and not only be free to be written over some day.
      await trx.executeQuery(CompiledQuery.raw('pragma secure_delete = on'))
      const { numUpdatedRows } = await trx
        .updateTable('consumption_turns')
        .set({ user_query: kept })
        .where('id', '>=', from)
        .where('id', '<', to)
        .where(isBeyond(mode))
        .executeTakeFirst()
      await trx.executeQuery(CompiledQuery.raw('pragma secure_delete = off'))
      return Number(numUpdatedRows)
    })
  }
  return erased
}

/** The ledger in slices by id; others get their turn between two of them. */
async function* slicesOf(database: Database): AsyncGenerator<readonly [number, number]> {
  const { last } = await database.reader
    .selectFrom('consumption_turns')
    .select((eb) => eb.fn.coalesce(eb.fn.max('id'), eb.lit(0)).as('last'))
    .executeTakeFirstOrThrow()
  for (let from = 0; from <= last; from += TURNS_PER_SLICE) {
    yield [from, from + TURNS_PER_SLICE]
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

import { setImmediate as nextMacrotask } from 'node:timers/promises'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { microUsdToUsd } from '../../../shared/units.ts'
import { type RowsUndone, UNDO_KINDS } from '../consumption/undo-rows.ts'
import { type GoingRows, willGo } from '../consumption/undo-rows-plan.ts'
import { nextHolds, type SliceUndone, sumOfSlice } from '../consumption/undo-sessions.ts'
import { type SortedSession, sortSession } from '../consumption/undo-sorting.ts'
import type { Database, Reader } from '../database/database.ts'

/** What undoing an import would take out, and what would stay and why; and the same as it has come about. */

export type UndoTotals = OperationOutput<'imports.undo'>['totals']

export const NOTHING_UNDONE: UndoTotals = {
  turns: 0,
  sessions: 0,
  input_tokens: 0,
  output_tokens: 0,
  cost_usd: 0,
  users: 0,
  profiles: 0,
  tokens: 0,
  prices: 0,
  sessions_reckoned: 0,
  staying: { other_imports: 0, corrected: 0, added_to: 0, told_outside: 0, in_month_sums: 0, rows: 0 },
}

/** Rows looked at in one read, between which limit checks are answered. */
const ROWS_A_STEP = 50

const NAMES = { token: 'tokens', price: 'prices', user: 'users', profile: 'profiles' } as const

export function withSlice(totals: UndoTotals, slice: SliceUndone): UndoTotals {
  const { staying } = slice
  return {
    ...totals,
    turns: totals.turns + slice.turns,
    sessions: totals.sessions + slice.sessions,
    input_tokens: totals.input_tokens + slice.inputTokens,
    output_tokens: totals.output_tokens + slice.outputTokens,
    cost_usd: microUsdToUsd(Math.round(totals.cost_usd * 1_000_000) + slice.costMicroUsd),
    sessions_reckoned: totals.sessions_reckoned + slice.reckoned,
    staying: {
      ...totals.staying,
      other_imports: totals.staying.other_imports + staying.otherImports,
      corrected: totals.staying.corrected + staying.corrected,
      added_to: totals.staying.added_to + staying.addedTo,
      told_outside: totals.staying.told_outside + staying.toldOutside,
      in_month_sums: totals.staying.in_month_sums + staying.inMonthSums,
    },
  }
}

export function withRows(
  totals: UndoTotals,
  kind: (typeof UNDO_KINDS)[number],
  { removed, kept }: RowsUndone,
): UndoTotals {
  const name = NAMES[kind]
  return {
    ...totals,
    [name]: totals[name] + removed,
    staying: { ...totals.staying, rows: totals.staying.rows + kept },
  }
}

/** Adds up what would go, session by session and row by row, as undoing goes through them. */
export async function planUndo(
  database: Pick<Database, 'read'>,
  batch: number,
  onSessions: (total: number) => void,
): Promise<UndoTotals> {
  onSessions(await database.read((db) => countSessions(db, batch)))
  let totals = NOTHING_UNDONE
  const goingSessions = new Map<number, number>()
  for (let after: number | undefined = 0; after !== undefined; await nextMacrotask()) {
    const from: number = after
    const { sorted, last } = await database.read((db) => sortNext(db, batch, from))
    totals = withSlice(totals, sumOfSlice(sorted))
    for (const { session, isSessionGoing } of sorted)
      if (isSessionGoing) goingSessions.set(session.user_key, (goingSessions.get(session.user_key) ?? 0) + 1)
    after = last
  }
  const going: GoingRows = { sessions: goingSessions, tokens: new Set(), users: new Set() }
  for (const kind of UNDO_KINDS) {
    const rows = await database.read((db) =>
      db
        .selectFrom('import_rows')
        .select(['kind', 'name', 'made_at'])
        .where('batch_key', '=', batch)
        .where('kind', '=', kind)
        .execute(),
    )
    for (let from = 0; from < rows.length; from += ROWS_A_STEP) {
      const some = rows.slice(from, from + ROWS_A_STEP)
      const removed = await database.read(async (db) => {
        let count = 0
        for (const row of some) if (await willGo(db, batch, row, going)) count += 1
        return count
      })
      totals = withRows(totals, kind, { removed, kept: some.length - removed })
      await nextMacrotask()
    }
  }
  return totals
}

async function countSessions(db: Reader, batch: number): Promise<number> {
  const row = await db
    .selectFrom('import_sessions')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('batch_key', '=', batch)
    .executeTakeFirstOrThrow()
  return row.count
}

/** The next sessions in one read, between two of which limit checks are answered; `last` is undefined behind the end. */
async function sortNext(
  db: Reader,
  batch: number,
  after: number,
): Promise<{ readonly sorted: readonly SortedSession[]; readonly last: number | undefined }> {
  const holds = await nextHolds(db, batch, after)
  const sorted: SortedSession[] = []
  for (const hold of holds) {
    const one = await sortSession(db, hold)
    if (one !== undefined) sorted.push(one)
  }
  return { sorted, last: holds.at(-1)?.session_key }
}

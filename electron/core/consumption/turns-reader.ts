import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import type { Reader } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { findUserKey } from './consumption-store.ts'
import { exceededOf } from './exceeded-reservation-store.ts'
import { toTurnRecord } from './turn-record.ts'

// A page when the caller does not say.
const PAGE_SIZE = 50

type Query = Pick<ParsedInput<'consumption.turns'>, 'user_id' | 'session_id'>

/** A page of the ledger, newest first; outside-turns rows are not turns and are left out. Errors: `user_unknown`. */
export async function readTurns(
  db: Reader,
  query: ParsedInput<'consumption.turns'>,
): Promise<OperationOutput<'consumption.turns'>> {
  const limit = query.limit ?? PAGE_SIZE
  const offset = query.offset ?? 0
  const userKey = await keyOf(db, query.user_id)
  const rows = await matching(db, query, userKey).limit(limit).offset(offset).execute()
  return {
    turns: await onWire(db, rows),
    total_count: await countOf(db, userKey, query.session_id),
    limit,
    offset,
  }
}

/**
 * All turns that match, in the same order, `pageSize` at a time. Each page goes on where the last one ended: skipping
 * what came before would make a large ledger cost its square. Errors: `user_unknown`.
 */
export async function* everyTurn(
  db: Reader,
  query: Query,
  pageSize: number,
): AsyncGenerator<{ readonly rows: readonly TurnRecord[]; readonly totalCount: number }, undefined> {
  const userKey = await keyOf(db, query.user_id)
  const totalCount = await countOf(db, userKey, query.session_id)
  let page = matching(db, query, userKey).limit(pageSize)
  for (;;) {
    const rows = await page.execute()
    yield { rows: await onWire(db, rows), totalCount }
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageSize) return
    page = matching(db, query, userKey)
      .limit(pageSize)
      .where(({ eb, refTuple, tuple }) =>
        isByArrival(query, userKey)
          ? eb('t.id', '<', last.id)
          : eb(refTuple('t.occurred_at', 't.id'), '<', tuple(last.occurred_at, last.id)),
      )
  }
}

type TurnRecord = OperationOutput<'consumption.turns'>['turns'][number]

async function keyOf(db: Reader, userId: string | undefined): Promise<number | null> {
  if (userId === undefined) return null
  const key = await findUserKey(db, userId)
  if (key !== undefined) return key
  throw new WeirError('user_unknown', `There is no user ${userId}.`, { details: { user_id: userId } })
}

/** The whole ledger is in the order it was written in, which needs no index; of a user or a session it is that of time. */
function isByArrival(query: Query, userKey: number | null): boolean {
  return userKey === null && query.session_id === undefined
}

function matching(db: Reader, query: Query, userKey: number | null) {
  let turns = db.selectFrom('consumption_turns as t').where('t.turn_number', '>', 0)
  if (userKey !== null) turns = turns.where('t.user_key', '=', userKey)
  if (query.session_id !== undefined) {
    const sessionId = query.session_id
    turns = turns.where('t.session_key', 'in', (eb) =>
      eb.selectFrom('sessions').select('key').where('id', '=', sessionId),
    )
  }
  return turns
    .innerJoin('sessions as s', 's.key', 't.session_key')
    .innerJoin('users as u', 'u.key', 't.user_key')
    .innerJoin('models as m', 'm.key', 't.model_key')
    .selectAll('t')
    .select(['m.provider', 'm.model', 's.id as session_id', 's.name as session_name', 'u.id as user_id'])
    .orderBy(isByArrival(query, userKey) ? 't.id' : 't.occurred_at', 'desc')
    .orderBy('t.id', 'desc')
}

type Row = Awaited<ReturnType<ReturnType<typeof matching>['execute']>>[number]

async function onWire(db: Reader, rows: readonly Row[]): Promise<TurnRecord[]> {
  const exceeded = await exceededOf(db, rows)
  return rows.map((row) =>
    toTurnRecord(
      row,
      { userId: row.user_id, sessionId: row.session_id, sessionName: row.session_name },
      exceeded(row),
    ),
  )
}

/** How many turns match, from the roll-ups: counting the ledger would cost its size. */
async function countOf(db: Reader, userKey: number | null, sessionId: string | undefined): Promise<number> {
  if (sessionId !== undefined) {
    let query = db
      .selectFrom('session_periods as r')
      .innerJoin('sessions as s', 's.key', 'r.session_key')
      .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('r.turns'), eb.lit(0)).as('turns'))
      .where('s.id', '=', sessionId)
      .where('r.period', '<>', 0)
    if (userKey !== null) query = query.where('s.user_key', '=', userKey)
    return (await query.executeTakeFirstOrThrow()).turns
  }
  const sums = db
    .selectFrom(userKey === null ? 'system_period_models' : 'user_period_models')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('turns'), eb.lit(0)).as('turns'))
  const query = userKey === null ? sums : sums.where('user_key', '=', userKey)
  return (await query.executeTakeFirstOrThrow()).turns
}

import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import type { Reader } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { findUserKey } from './consumption-store.ts'
import { exceededOf } from './exceeded-reservation-store.ts'
import { toTurnRecord } from './turn-record.ts'

// A page when the caller does not say.
const PAGE_SIZE = 50

/** A page of the ledger, newest first; outside-turns rows are not turns and are left out. Errors: `user_unknown`. */
export async function readTurns(
  db: Reader,
  query: ParsedInput<'consumption.turns'>,
): Promise<OperationOutput<'consumption.turns'>> {
  const limit = query.limit ?? PAGE_SIZE
  const offset = query.offset ?? 0
  const userKey = query.user_id === undefined ? null : await findUserKey(db, query.user_id)
  if (userKey === undefined) {
    throw new WeirError('user_unknown', `There is no user ${query.user_id}.`, {
      details: { user_id: query.user_id },
    })
  }
  let matching = db.selectFrom('consumption_turns as t').where('t.turn_number', '>', 0)
  if (userKey !== null) matching = matching.where('t.user_key', '=', userKey)
  if (query.session_id !== undefined) {
    const sessionId = query.session_id
    matching = matching.where('t.session_key', 'in', (eb) =>
      eb.selectFrom('sessions').select('key').where('id', '=', sessionId),
    )
  }
  const rows = await matching
    .innerJoin('sessions as s', 's.key', 't.session_key')
    .innerJoin('users as u', 'u.key', 't.user_key')
    .innerJoin('models as m', 'm.key', 't.model_key')
    .selectAll('t')
    .select(['m.provider', 'm.model', 's.id as session_id', 's.name as session_name', 'u.id as user_id'])
    .orderBy(userKey === null && query.session_id === undefined ? 't.id' : 't.occurred_at', 'desc')
    .orderBy('t.id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute()
  const exceeded = await exceededOf(db, rows)
  return {
    turns: rows.map((row) =>
      toTurnRecord(
        row,
        { userId: row.user_id, sessionId: row.session_id, sessionName: row.session_name },
        exceeded(row),
      ),
    ),
    total_count: await countOf(db, userKey, query.session_id),
    limit,
    offset,
  }
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

import type { OperationOutput } from '../../../shared/contract/index.ts'
import { microUsdToUsd, toIso } from '../../../shared/units.ts'
import type { Reader } from '../database/database.ts'
import { ALL_PERIODS } from './roll-up-store.ts'
import type { Range } from './summary-parts.ts'

type Summary = OperationOutput<'consumption.systemSummary'>

/** Whose and when: everybody's when `userKey` is null. */
export interface Scope {
  readonly userKey: number | null
  readonly range: Range
}

// As many as a person reads.
const TOP_COUNT = 10

/** Session roll-ups of the scope with their names: one row a session, found by an index on what they are ordered by. */
function sessionRows(db: Reader, scope: Scope) {
  const query = db
    .selectFrom('session_periods as r')
    .innerJoin('sessions as s', 's.key', 'r.session_key')
    .innerJoin('users as u', 'u.key', 'r.user_key')
    .where('r.period', '=', scope.range.kind === 'all' ? ALL_PERIODS : scope.range.period)
  return scope.userKey === null ? query : query.where('r.user_key', '=', scope.userKey)
}

/** The ten dearest sessions; equal cost is decided by tokens. */
export async function topSessions(db: Reader, scope: Scope): Promise<Summary['top_expensive_queries']> {
  const rows = await sessionRows(db, scope)
    .select([
      's.id',
      's.name',
      'u.id as user_id',
      'u.username',
      'r.turns',
      'r.cost_micro_usd',
      'r.last_turn_at',
    ])
    .select((eb) => eb('r.input_tokens', '+', eb.ref('r.output_tokens')).as('tokens'))
    .orderBy('r.cost_micro_usd', 'desc')
    .orderBy('tokens', 'desc')
    .orderBy('r.session_key')
    .limit(TOP_COUNT)
    .execute()
  return rows.map((row) => ({
    user_id: row.user_id,
    username: row.username,
    session_id: row.id,
    session_name: row.name,
    turns: row.turns,
    total_tokens: row.tokens,
    cost_usd: microUsdToUsd(row.cost_micro_usd),
    last_turn_at: toIso(row.last_turn_at),
  }))
}

/**
 * The ten dearest questions. They all lie in the ten sessions whose dearest turn is dearest: a turn elsewhere has
 * ten turns before it that cost at least as much. So only those sessions' turns are read, never the ledger.
 */
export async function topQuestions(db: Reader, scope: Scope): Promise<Summary['top_expensive_questions']> {
  const sessions = await sessionRows(db, scope)
    .select('r.session_key')
    .orderBy('r.dearest_turn_micro_usd', 'desc')
    .orderBy('r.session_key')
    .limit(TOP_COUNT)
    .execute()
  if (sessions.length === 0) return []
  const keys = sessions.map((row) => row.session_key)
  let query = db
    .selectFrom('consumption_turns as t')
    .innerJoin('sessions as s', 's.key', 't.session_key')
    .innerJoin('users as u', 'u.key', 't.user_key')
    .innerJoin('models as m', 'm.key', 't.model_key')
    .select([
      'u.id as user_id',
      'u.username',
      's.id as session_id',
      's.name',
      't.turn_number',
      't.user_query',
      'm.model',
    ])
    .select(['t.input_tokens', 't.output_tokens', 't.cost_micro_usd', 't.occurred_at'])
    .where('t.session_key', 'in', keys)
    .where('t.turn_number', '>', 0)
  if (scope.range.kind === 'period') query = query.where('t.period', '=', scope.range.period)
  const rows = await query.orderBy('t.cost_micro_usd', 'desc').orderBy('t.id').limit(TOP_COUNT).execute()
  return rows.map((row) => ({
    user_id: row.user_id,
    username: row.username,
    session_id: row.session_id,
    session_name: row.name,
    turn_number: row.turn_number,
    user_query: row.user_query,
    model: row.model,
    total_tokens: row.input_tokens + row.output_tokens,
    cost_usd: microUsdToUsd(row.cost_micro_usd),
    occurred_at: toIso(row.occurred_at),
  }))
}

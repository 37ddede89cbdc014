import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { microUsdToUsd, toIso } from '../../../shared/units.ts'
import type { Reader } from '../database/database.ts'
import type { Moment } from './context.ts'
import { exceededOf } from './exceeded-reservation-store.ts'
import { readSessionRow } from './sessions-reader.ts'
import { toTurnRecord } from './turn-record.ts'

// Enough for nearly every session at once.
const PAGE_SIZE = 100

/** One session with a page of its turns in their order. Errors: `user_unknown`, `session_unknown`. */
export async function readSession(
  db: Reader,
  query: ParsedInput<'sessions.get'>,
  moment: Moment,
): Promise<OperationOutput<'sessions.get'>> {
  const limit = query.limit ?? PAGE_SIZE
  const offset = query.offset ?? 0
  const { key, row } = await readSessionRow(db, query.id, query.user_id, moment)
  const turns = await db
    .selectFrom('consumption_turns as t')
    .innerJoin('models as m', 'm.key', 't.model_key')
    .selectAll('t')
    .select(['m.provider', 'm.model'])
    .where('t.session_key', '=', key)
    .where('t.turn_number', '>', 0)
    .orderBy('t.turn_number')
    .limit(limit)
    .offset(offset)
    .execute()
  const outside = await db
    .selectFrom('consumption_turns')
    .select(['input_tokens', 'output_tokens', 'cost_micro_usd'])
    .where('session_key', '=', key)
    .where('turn_number', '=', 0)
    .executeTakeFirst()
  const exceeded = await exceededOf(db, turns)
  const names = { userId: row.user_id, sessionId: row.session_id, sessionName: row.session_name }
  return {
    session: row,
    sums: {
      turns_input_tokens: row.total_input_tokens - (outside?.input_tokens ?? 0),
      turns_output_tokens: row.total_output_tokens - (outside?.output_tokens ?? 0),
      outside_turns_input_tokens: outside?.input_tokens ?? 0,
      outside_turns_output_tokens: outside?.output_tokens ?? 0,
      outside_turns_cost_usd: microUsdToUsd(outside?.cost_micro_usd ?? 0),
    },
    file: await fileOf(db, row.user_id, row.session_id),
    turns: turns.map((turn) => toTurnRecord(turn, names, exceeded(turn))),
    total_count: row.turns,
    limit,
    offset,
  }
}

async function fileOf(
  db: Reader,
  userId: string,
  sessionId: string,
): Promise<OperationOutput<'sessions.get'>['file']> {
  const file = await db
    .selectFrom('session_files')
    .select(['path', 'size_bytes', 'turns', 'read_at', 'problem'])
    .where('user_id', '=', userId)
    .where('session_id', '=', sessionId)
    .executeTakeFirst()
  return file === undefined ? null : { ...file, read_at: toIso(file.read_at) }
}

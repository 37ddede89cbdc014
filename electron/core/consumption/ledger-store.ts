import type { Selectable } from 'kysely'
import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import { prepared, preparedInsert } from '../database/prepared.ts'
import type { ConsumptionTurnsTable, SessionsTable } from '../database/schema.ts'

/** The SQL of the ledger (`consumption_turns`) and of the sessions and models its rows refer to. */

export type TurnRow = Readonly<Selectable<ConsumptionTurnsTable>>
export type NewTurn = Omit<TurnRow, 'id'>
export type SessionRow = Readonly<Selectable<SessionsTable>>

const sessionById = prepared<{ userKey: number; id: string }, SessionRow>((db, value) =>
  db
    .selectFrom('sessions')
    .selectAll()
    .where('user_key', '=', value('userKey'))
    .where('id', '=', value('id')),
)

/** The user's session under that id, or undefined. */
export async function findSession(
  db: Reader | Writer,
  userKey: number,
  id: string,
): Promise<SessionRow | undefined> {
  const [row] = await sessionById(db, { userKey, id })
  return row
}

const addSession = preparedInsert<Omit<SessionRow, 'key' | 'closed_at'>>((db, value) =>
  db.insertInto('sessions').values({
    user_key: value('user_key'),
    id: value('id'),
    name: value('name'),
    created_at: value('created_at'),
    last_activity_at: value('last_activity_at'),
    closed_at: null,
  }),
)

/** Adds a session and answers its row. */
export async function insertSession(
  trx: Writer,
  session: Omit<SessionRow, 'key' | 'closed_at'>,
): Promise<SessionRow> {
  return { ...session, key: await addSession(trx, session), closed_at: null }
}

const touch = prepared<{ key: number; name: string | null; at: EpochMs }, never>((db, value) =>
  db
    .updateTable('sessions')
    .set({ name: value('name'), last_activity_at: value('at') })
    .where('key', '=', value('key')),
)

/** Moves a session's last activity forward and takes over a new name, when there is something to change. */
export async function touchSession(
  trx: Writer,
  session: SessionRow,
  name: string | null,
  at: EpochMs,
): Promise<void> {
  const newName = name ?? session.name
  const newAt = Math.max(session.last_activity_at, at)
  if (newName === session.name && newAt === session.last_activity_at) return
  await touch(trx, { key: session.key, name: newName, at: newAt })
}

const modelKey = prepared<{ provider: string; model: string }, { key: number }>((db, value) =>
  db
    .selectFrom('models')
    .select('key')
    .where('provider', '=', value('provider'))
    .where('model', '=', value('model')),
)

const addModel = preparedInsert<{ provider: string; model: string }>((db, value) =>
  db.insertInto('models').values({ provider: value('provider'), model: value('model') }),
)

/** The key of a model, added when it is new. */
export async function modelKeyOf(trx: Writer, provider: string, model: string): Promise<number> {
  const [known] = await modelKey(trx, { provider, model })
  return known === undefined ? addModel(trx, { provider, model }) : known.key
}

export interface TurnWithModel extends TurnRow {
  readonly provider: string
  readonly model: string
}

const turnByNumber = prepared<{ sessionKey: number; turnNumber: number }, TurnRow>((db, value) =>
  db
    .selectFrom('consumption_turns')
    .selectAll()
    .where('session_key', '=', value('sessionKey'))
    .where('turn_number', '=', value('turnNumber')),
)

const modelByKey = prepared<{ key: number }, { provider: string; model: string }>((db, value) =>
  db.selectFrom('models').select(['provider', 'model']).where('key', '=', value('key')),
)

/** The turn under its natural key, or undefined. */
export async function findTurn(
  db: Reader | Writer,
  sessionKey: number,
  turnNumber: number,
): Promise<TurnWithModel | undefined> {
  const [turn] = await turnByNumber(db, { sessionKey, turnNumber })
  if (turn === undefined) return undefined
  const [model] = await modelByKey(db, { key: turn.model_key })
  if (model === undefined) throw new Error('every turn has a model')
  return { ...turn, ...model }
}

const turnsBySession = prepared<{ sessionKey: number }, TurnRow>((db, value) =>
  db.selectFrom('consumption_turns').selectAll().where('session_key', '=', value('sessionKey')),
)

/** All turns of a session, its outside-turns row included. */
export async function turnsOfSession(db: Reader | Writer, sessionKey: number): Promise<readonly TurnRow[]> {
  return turnsBySession(db, { sessionKey })
}

const addTurn = preparedInsert<NewTurn>((db, value) =>
  db.insertInto('consumption_turns').values({
    session_key: value('session_key'),
    turn_number: value('turn_number'),
    user_key: value('user_key'),
    period: value('period'),
    occurred_at: value('occurred_at'),
    recorded_at: value('recorded_at'),
    model_key: value('model_key'),
    input_tokens: value('input_tokens'),
    output_tokens: value('output_tokens'),
    cached_input_tokens: value('cached_input_tokens'),
    cost_micro_usd: value('cost_micro_usd'),
    price_source: value('price_source'),
    status: value('status'),
    is_valid: value('is_valid'),
    rag_used: value('rag_used'),
    rag_tokens_saved: value('rag_tokens_saved'),
    rag_cost_saved_micro_usd: value('rag_cost_saved_micro_usd'),
    duration_ms: value('duration_ms'),
    source: value('source'),
    user_query: value('user_query'),
  }),
)

/** Adds a turn to the ledger and answers it with its id. The roll-ups MUST be told in the same transaction. */
export async function insertTurn(trx: Writer, turn: NewTurn): Promise<TurnRow> {
  return { ...turn, id: await addTurn(trx, turn) }
}

/** Writes other figures of a row for what a session spent outside its turns. The roll-ups MUST be told in the same transaction. */
export async function saveOutsideTurns(trx: Writer, row: TurnRow): Promise<void> {
  const { input_tokens, output_tokens, cost_micro_usd, price_source, recorded_at } = row
  await trx
    .updateTable('consumption_turns')
    .set({ input_tokens, output_tokens, cost_micro_usd, price_source, recorded_at })
    .where('id', '=', row.id)
    .execute()
}

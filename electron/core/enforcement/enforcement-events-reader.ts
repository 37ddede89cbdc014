import type { Selectable } from 'kysely'
import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { microUsdToUsd, toIso } from '../../../shared/units.ts'
import type { Reader } from '../database/database.ts'
import type { EnforcementEventsTable } from '../database/schema.ts'

type Query = ParsedInput<'enforcement.events'>

// A page a person reads through; whoever wants more says so.
const PAGE_SIZE = 100

/** One page of what was blocked, would have been, or was let through unasked, newest first. */
export async function readEvents(db: Reader, query: Query): Promise<OperationOutput<'enforcement.events'>> {
  const limit = query.limit ?? PAGE_SIZE
  const offset = query.offset ?? 0
  const rows = await matching(db, query)
    .selectAll()
    .orderBy('at', 'desc')
    // Several in one millisecond come in the order they were decided in.
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute()
  const { count } = await matching(db, query)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  const names = await usernames(db, new Set(rows.map((row) => row.user_id)))
  const events = rows.map((row) => onWire(row, names))
  return { events, total_count: Number(count), limit, offset }
}

function matching(db: Reader, query: Query) {
  let rows = db.selectFrom('enforcement_events')
  if (query.user_id !== undefined) rows = rows.where('user_id', '=', query.user_id)
  if (query.kind !== undefined) rows = rows.where('kind', '=', query.kind)
  return rows
}

async function usernames(db: Reader, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
  if (ids.size === 0) return new Map()
  const users = await db
    .selectFrom('users')
    .select(['id', 'username'])
    .where('id', 'in', [...ids])
    .execute()
  return new Map(users.map((user) => [user.id, user.username]))
}

function onWire(
  row: Readonly<Selectable<EnforcementEventsTable>>,
  names: ReadonlyMap<string, string>,
): OperationOutput<'enforcement.events'>['events'][number] {
  const inUnit = (value: number | null) =>
    value !== null && row.limit_name === 'cost_per_month_usd' ? microUsdToUsd(value) : value
  return {
    id: row.id,
    at: toIso(row.at),
    kind: row.kind,
    user_id: row.user_id,
    username: names.get(row.user_id) ?? null,
    code: row.code,
    policy: row.limit_name,
    limit: inUnit(row.limit_value),
    used: inUnit(row.used),
    reserved: inUnit(row.reserved),
    session_id: row.session_id,
  }
}

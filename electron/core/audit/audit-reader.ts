import { sql } from 'kysely'
import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { toIso } from '../../../shared/units.ts'
import type { AuditApi } from '../api.ts'
import type { Database, Reader } from '../database/database.ts'

type Query = ParsedInput<'audit.list'>

// A page a person reads through; whoever wants more says so.
const PAGE_SIZE = 100

/** Reads the audit log. */
export class AuditReader implements AuditApi {
  readonly #database: Pick<Database, 'read'>

  constructor(database: Pick<Database, 'read'>) {
    this.#database = database
  }

  /** One page, newest first. `actor` and `object_kind` are compared whole. */
  list(query: Query): Promise<OperationOutput<'audit.list'>> {
    return this.#database.read((db) => readAudit(db, query))
  }
}

/** One page of the log, newest first. */
export async function readAudit(db: Reader, query: Query): Promise<OperationOutput<'audit.list'>> {
  const limit = query.limit ?? PAGE_SIZE
  const offset = query.offset ?? 0
  const rows = await matching(db, query)
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute()
  const { count } = await matching(db, query)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  const entries = rows.map((row) => ({
    ...row,
    at: toIso(row.at),
    before: jsonOf(row.before),
    after: jsonOf(row.after),
  }))
  return { choices: await choicesOf(db), entries, total_count: Number(count), limit, offset }
}

function matching(db: Reader, query: Query) {
  let rows = db.selectFrom('audit_log')
  if (query.actor !== undefined) rows = rows.where('actor', '=', query.actor)
  if (query.object_kind !== undefined) rows = rows.where('object_kind', '=', query.object_kind)
  if (query.object_id !== undefined) rows = rows.where('object_id', '=', query.object_id)
  if (query.action !== undefined) rows = rows.where('action', '=', query.action)
  if (query.since !== undefined) rows = rows.where('at', '>=', Date.parse(query.since))
  if (query.until !== undefined) rows = rows.where('at', '<', Date.parse(query.until))
  const user = query.about_user
  if (user !== undefined) {
    // Grants and tokens name their user in what was written; few enough are written that a scan does.
    const named = (column: 'before' | 'after') =>
      sql<boolean>`json_extract(${sql.ref(column)}, '$.user_id') = ${user}`
    rows = rows.where((eb) =>
      eb.or([
        eb.and([eb('object_kind', '=', 'user'), eb('object_id', '=', user)]),
        named('before'),
        named('after'),
      ]),
    )
  }
  return rows
}

/** What there is to filter by. The log grows by what people do, so all of it may be looked through. */
async function choicesOf(db: Reader) {
  const distinct = async (column: 'actor' | 'action' | 'object_kind'): Promise<string[]> => {
    const rows = await db.selectFrom('audit_log').select(column).distinct().orderBy(column).execute()
    return rows.map((row) => row[column])
  }
  return {
    actors: await distinct('actor'),
    actions: await distinct('action'),
    object_kinds: await distinct('object_kind'),
  }
}

function jsonOf(text: string | null): unknown {
  return text === null ? null : JSON.parse(text)
}

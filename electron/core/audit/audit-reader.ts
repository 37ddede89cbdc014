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
    const limit = query.limit ?? PAGE_SIZE
    const offset = query.offset ?? 0
    return this.#database.read(async (db) => {
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
      return { entries, total_count: Number(count), limit, offset }
    })
  }
}

function matching(db: Reader, query: Query) {
  let rows = db.selectFrom('audit_log')
  if (query.actor !== undefined) rows = rows.where('actor', '=', query.actor)
  if (query.object_kind !== undefined) rows = rows.where('object_kind', '=', query.object_kind)
  return rows
}

function jsonOf(text: string | null): unknown {
  return text === null ? null : JSON.parse(text)
}

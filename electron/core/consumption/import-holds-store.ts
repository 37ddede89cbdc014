import type { Selectable } from 'kysely'
import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import type { ImportRowsTable, ImportSessionsTable } from '../database/import-tables.ts'
import { prepared, preparedChange } from '../database/prepared.ts'

/**
 * The SQL of what imports hold: turns, sessions and other rows that are in the books because of them and of nothing else.
 * What something else tells of as well, no import holds any more.
 */

/** What one import holds of a session. */
export type SessionHold = Readonly<Selectable<ImportSessionsTable>>

export type RowKind = ImportRowsTable['kind']

const holdsBySession = prepared<{ sessionKey: number }, SessionHold>((db, value) =>
  db
    .selectFrom('import_sessions')
    .selectAll()
    .where('session_key', '=', value('sessionKey'))
    .orderBy('batch_key'),
)

/** The oldest import first. */
export function holdsOf(db: Reader | Writer, sessionKey: number): Promise<readonly SessionHold[]> {
  return holdsBySession(db, { sessionKey })
}

const putHold = preparedChange<SessionHold>((db, value) =>
  db
    .insertInto('import_sessions')
    .values({
      batch_key: value('batch_key'),
      session_key: value('session_key'),
      turns: value('turns'),
      is_session: value('is_session'),
      is_books: value('is_books'),
      all_input_tokens: value('all_input_tokens'),
      all_output_tokens: value('all_output_tokens'),
      turns_input_tokens: value('turns_input_tokens'),
      turns_output_tokens: value('turns_output_tokens'),
      told_at: value('told_at'),
    })
    .onConflict((conflict) =>
      conflict.columns(['batch_key', 'session_key']).doUpdateSet((eb) => ({
        turns: eb.ref('excluded.turns'),
        is_session: eb.ref('excluded.is_session'),
        is_books: eb.ref('excluded.is_books'),
        all_input_tokens: eb.ref('excluded.all_input_tokens'),
        all_output_tokens: eb.ref('excluded.all_output_tokens'),
        turns_input_tokens: eb.ref('excluded.turns_input_tokens'),
        turns_output_tokens: eb.ref('excluded.turns_output_tokens'),
        told_at: eb.ref('excluded.told_at'),
      })),
    ),
)

export async function saveHold(trx: Writer, hold: SessionHold): Promise<void> {
  await putHold(trx, { ...hold })
}

export async function deleteHold(
  trx: Writer,
  hold: Pick<SessionHold, 'batch_key' | 'session_key'>,
): Promise<void> {
  await trx
    .deleteFrom('import_sessions')
    .where('batch_key', '=', hold.batch_key)
    .where('session_key', '=', hold.session_key)
    .execute()
}

/** Notes a row that an import has added; how it is called is told by `rowNames`. */
export async function holdNewRow(
  trx: Writer,
  batch: number | null,
  row: { readonly kind: RowKind; readonly name: string; readonly madeAt: EpochMs },
): Promise<void> {
  if (batch === null) return
  await trx
    .insertInto('import_rows')
    .values({ kind: row.kind, name: row.name, batch_key: batch, made_at: row.madeAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

const rowHeld = prepared<{ kind: RowKind; name: string }, { batch_key: number; made_at: number }>(
  (db, value) =>
    db
      .selectFrom('import_rows')
      .select(['batch_key', 'made_at'])
      .where('kind', '=', value('kind'))
      .where('name', '=', value('name')),
)

/** Notes that an import would have added a row as well that is there by other imports alone. */
export async function holdKnownRow(
  trx: Writer,
  batch: number | null,
  kind: RowKind,
  name: string,
): Promise<void> {
  if (batch === null) return
  const held = await rowHeld(trx, { kind, name })
  const first = held[0]
  if (first === undefined || held.some((one) => one.batch_key === batch)) return
  await holdNewRow(trx, batch, { kind, name, madeAt: first.made_at })
}

const putMonth = preparedChange<{ batch: number; userKey: number; period: number; wasClosed: 0 | 1 }>(
  (db, value) =>
    db
      .insertInto('import_months')
      .values({
        batch_key: value('batch'),
        user_key: value('userKey'),
        period: value('period'),
        was_closed: value('wasClosed'),
      })
      .onConflict((conflict) => conflict.doNothing()),
)

const archived = prepared<{ userKey: number; period: number }, { period: number }>((db, value) =>
  db
    .selectFrom('consumption_periods_archive')
    .select('period')
    .where('user_key', '=', value('userKey'))
    .where('period', '=', value('period')),
)

/** Notes that an import has come to a month. MUST come before the import closes it. */
export async function holdMonth(trx: Writer, batch: number, userKey: number, period: number): Promise<void> {
  const wasClosed = (await archived(trx, { userKey, period })).length > 0 ? 1 : 0
  await putMonth(trx, { batch, userKey, period, wasClosed })
}

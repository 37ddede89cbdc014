import type { Selectable } from 'kysely'
import type { EpochMs } from '../../../shared/units.ts'
import type { Actor } from '../api.ts'
import type { Reader, Writer } from '../database/database.ts'
import type { ImportBatchesTable } from '../database/import-tables.ts'

/** The SQL of `import_batches`: imports that have written, and what became of them. */

export type BatchRow = Readonly<Selectable<ImportBatchesTable>>

/** Enough for years of weekly imports; older ones can still be undone by their id. */
const LIST_MAX = 200

export async function insertBatch(
  trx: Writer,
  run: { readonly id: string; readonly sessionsDir: string | null; readonly authDb: string | null },
  actor: Actor,
  now: EpochMs,
): Promise<number> {
  const row = await trx
    .insertInto('import_batches')
    .values({
      id: run.id,
      started_at: now,
      finished_at: null,
      sessions_dir: run.sessionsDir,
      auth_db: run.authDb,
      started_by: actor.name,
      via: actor.via,
      state: 'running',
      folder_before: null,
      undo_by: null,
      undo_via: null,
      undo_before: null,
      undo_totals: null,
      undone_at: null,
    })
    .returning('key')
    .executeTakeFirstOrThrow()
  return row.key
}

/** Newest first. */
export function listBatches(db: Reader): Promise<BatchRow[]> {
  return db.selectFrom('import_batches').selectAll().orderBy('key', 'desc').limit(LIST_MAX).execute()
}

export async function findBatch(db: Reader | Writer, id: string): Promise<BatchRow | undefined> {
  return db.selectFrom('import_batches').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function saveBatch(
  trx: Writer,
  key: number,
  change: Partial<Omit<BatchRow, 'key' | 'id'>>,
): Promise<void> {
  await trx.updateTable('import_batches').set(change).where('key', '=', key).execute()
}

/** What was running when Weir ended is not running any more. */
export async function endInterrupted(trx: Writer, now: EpochMs): Promise<void> {
  await trx
    .updateTable('import_batches')
    .set({ state: 'interrupted', finished_at: now })
    .where('state', '=', 'running')
    .execute()
}

/** Batches whose undoing was broken off. */
export function undoingBatches(db: Reader): Promise<BatchRow[]> {
  return db.selectFrom('import_batches').selectAll().where('state', '=', 'undoing').execute()
}

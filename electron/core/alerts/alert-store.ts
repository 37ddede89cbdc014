import type { Insertable, Selectable } from 'kysely'
import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import { noteChange } from '../database/noted-changes.ts'
import type { AlertsTable } from '../database/schema.ts'

/** The SQL of `alerts`. */

export type AlertRow = Readonly<Selectable<AlertsTable>>
type NewAlertRow = Readonly<Omit<Insertable<AlertsTable>, 'id'>>

/** Writes an alert unless there is one of its kind for the same thing; answers whether it was new. Who looks at alerts hears of it. */
export async function insertAlert(trx: Writer, row: NewAlertRow): Promise<boolean> {
  const result = await trx
    .insertInto('alerts')
    .values(row)
    .onConflict((conflict) => conflict.columns(['kind', 'once_key']).doNothing())
    .executeTakeFirst()
  const isNew = result.numInsertedOrUpdatedRows === 1n
  if (isNew) noteChange(trx, 'alerts')
  return isNew
}

/** Which alerts; `muted` kinds are left out of unread ones. */
export interface AlertFilter {
  readonly isUnread: boolean
  readonly userId: string | undefined
  readonly mutedKinds: readonly string[]
}

/** One page of alerts, newest first, and how many there are. */
export async function pageOfAlerts(
  db: Reader,
  filter: AlertFilter,
  limit: number,
  offset: number,
): Promise<{ readonly rows: readonly AlertRow[]; readonly count: number }> {
  const rows = await matching(db, filter)
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute()
  const { count } = await matching(db, filter)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return { rows, count }
}

function matching(db: Reader | Writer, filter: AlertFilter) {
  let query = db.selectFrom('alerts')
  if (filter.isUnread) query = query.where('acknowledged_at', 'is', null)
  if (filter.isUnread && filter.mutedKinds.length > 0)
    query = query.where('kind', 'not in', [...filter.mutedKinds])
  if (filter.userId !== undefined) query = query.where('user_id', '=', filter.userId)
  return query
}

/** How many alerts of kinds that are not muted are unread; a small index answers. */
export async function countUnread(db: Reader | Writer, mutedKinds: readonly string[]): Promise<number> {
  const { count } = await matching(db, { isUnread: true, userId: undefined, mutedKinds })
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/** Marks unread alerts as read: those named, and all up to a number. Answers how many that were. */
export async function acknowledgeAlerts(
  trx: Writer,
  which: { readonly ids: readonly number[]; readonly upToId: number },
  now: EpochMs,
): Promise<number> {
  const result = await trx
    .updateTable('alerts')
    .set({ acknowledged_at: now })
    .where('acknowledged_at', 'is', null)
    .where((eb) => eb.or([eb('id', 'in', [-1, ...which.ids]), eb('id', '<=', which.upToId)]))
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}

/** Alerts the operator's desktop has not been told of, the oldest first. */
export async function alertsToNotify(db: Reader | Writer): Promise<readonly AlertRow[]> {
  return db.selectFrom('alerts').selectAll().where('notified_at', 'is', null).orderBy('id').execute()
}

/** Notes that the desktop was told of every alert up to a number. */
export async function markNotified(trx: Writer, upToId: number, now: EpochMs): Promise<void> {
  await trx
    .updateTable('alerts')
    .set({ notified_at: now })
    .where('notified_at', 'is', null)
    .where('id', '<=', upToId)
    .execute()
}

import type { Selectable } from 'kysely'
import type { EpochMs } from '../../../shared/units.ts'
import type { AdmissionsTable, EnforcementEventsTable } from '../database/admission-tables.ts'
import type { Reader, Writer } from '../database/database.ts'
import { prepared } from '../database/prepared.ts'
import type { Usage } from './usage.ts'

/** The SQL of `admissions` and `enforcement_events`. */

export type AdmissionRow = Readonly<Selectable<AdmissionsTable>>

const insert = prepared<AdmissionRow, never>((db, value) =>
  db.insertInto('admissions').values({
    id: value('id'),
    user_key: value('user_key'),
    session_id: value('session_id'),
    admitted_at: value('admitted_at'),
    expires_at: value('expires_at'),
    reserved_input_tokens: value('reserved_input_tokens'),
    reserved_output_tokens: value('reserved_output_tokens'),
    state: value('state'),
    settled_at: value('settled_at'),
    observed_since: value('observed_since'),
  }),
)

/** Notes a yes with what it reserves. */
export async function insertAdmission(trx: Writer, admission: AdmissionRow): Promise<void> {
  await insert(trx, admission)
}

const admissionById = prepared<{ id: string; userKey: number }, AdmissionRow>((db, value) =>
  db
    .selectFrom('admissions')
    .selectAll()
    .where('id', '=', value('id'))
    .where('user_key', '=', value('userKey')),
)

const settle = prepared<{ id: string; now: EpochMs }, never>((db, value) =>
  db
    .updateTable('admissions')
    .set({ state: 'settled', settled_at: value('now') })
    .where('id', '=', value('id')),
)

/** What became of the admission a turn names. */
export interface Settlement {
  /** The admission that was open until now; undefined when it is unknown, expired or settled already. */
  readonly settled: AdmissionRow | undefined
  /** The observing that let it through although it would have been refused, also when it has expired; else null. */
  readonly observedSince: EpochMs | null
}

/** Settles an admission of the user if it is open. */
export async function settleAdmission(
  trx: Writer,
  admission: { readonly id: string; readonly userKey: number },
  now: EpochMs,
): Promise<Settlement> {
  const [row] = await admissionById(trx, admission)
  const settled = row?.state === 'open' ? row : undefined
  if (settled !== undefined) await settle(trx, { id: settled.id, now })
  return { settled, observedSince: row?.observed_since ?? null }
}

interface OpenSums {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly next_expires_at: EpochMs | null
}

const openSumsAt = prepared<{ userKey: number; now: EpochMs }, OpenSums>((db, value) =>
  db
    .selectFrom('admissions')
    .select((eb) => [
      eb.fn.coalesce(eb.fn.sum<number>('reserved_input_tokens'), eb.lit(0)).as('input_tokens'),
      eb.fn.coalesce(eb.fn.sum<number>('reserved_output_tokens'), eb.lit(0)).as('output_tokens'),
      eb.fn.min('expires_at').as('next_expires_at'),
    ])
    .where('user_key', '=', value('userKey'))
    .where('state', '=', 'open')
    .where('expires_at', '>', value('now')),
)

const expire = prepared<{ userKey: number; now: EpochMs }, never>((db, value) =>
  db
    .updateTable('admissions')
    .set({ state: 'expired' })
    .where('user_key', '=', value('userKey'))
    .where('state', '=', 'open')
    .where('expires_at', '<=', value('now')),
)

/** Expires what is due and answers what is still reserved, added up from the open admissions. */
export async function expireAdmissions(trx: Writer, userKey: number, now: EpochMs): Promise<OpenSums> {
  await expire(trx, { userKey, now })
  const [sums] = await openSumsAt(trx, { userKey, now })
  return sums ?? { input_tokens: 0, output_tokens: 0, next_expires_at: null }
}

/** The usage with only those reservations that still hold at an instant; for readers, who expire nothing. */
export async function withOpenReservations(db: Reader | Writer, usage: Usage, now: EpochMs): Promise<Usage> {
  if (usage.next_reservation_expires_at === null || usage.next_reservation_expires_at > now) return usage
  const [open] = await openSumsAt(db, { userKey: usage.user_key, now })
  if (open === undefined) return usage
  return { ...usage, reserved_input_tokens: open.input_tokens, reserved_output_tokens: open.output_tokens }
}

export type EnforcementEvent = Omit<Readonly<Selectable<EnforcementEventsTable>>, 'id'>

const insertEvent = prepared<EnforcementEvent, never>((db, value) =>
  db.insertInto('enforcement_events').values({
    at: value('at'),
    user_key: value('user_key'),
    user_id: value('user_id'),
    kind: value('kind'),
    code: value('code'),
    limit_name: value('limit_name'),
    limit_value: value('limit_value'),
    used: value('used'),
    reserved: value('reserved'),
    session_id: value('session_id'),
  }),
)

/** Notes a request that was blocked, would have been, or was let through unasked. */
export async function insertEnforcementEvent(trx: Writer, event: EnforcementEvent): Promise<void> {
  await insertEvent(trx, event)
}

import type { Reader, Writer } from '../database/database.ts'
import { prepared } from '../database/prepared.ts'
import { type Moment, observedSince } from './context.ts'
import { judgedBy, nothingObserved, type Observation } from './observation.ts'
import type { Usage } from './usage.ts'

/** The SQL of `observations`. Nobody reads or writes it unless enforcement observes. */

const byUser = prepared<{ userKey: number }, Observation>((db, value) =>
  db.selectFrom('observations').selectAll().where('user_key', '=', value('userKey')),
)

/** What was let through for a user since observing began; null when enforcement does not observe. */
export async function findObservation(
  db: Reader | Writer,
  usage: Usage,
  moment: Moment,
): Promise<Observation | null> {
  const since = observedSince(moment)
  if (since === null) return null
  const [row] = await byUser(db, { userKey: usage.user_key })
  return row?.observed_since === since ? row : nothingObserved(usage, since)
}

/** The usage as limits see it at that moment: what every answer and every screen goes by. */
export async function judgedUsage(db: Reader | Writer, usage: Usage, moment: Moment): Promise<Usage> {
  return judgedBy(usage, await findObservation(db, usage, moment))
}

/** The observations of everybody, by user; none when enforcement does not observe. */
export async function allObservations(db: Reader, moment: Moment): Promise<ReadonlyMap<number, Observation>> {
  const since = observedSince(moment)
  if (since === null) return new Map()
  const rows = await db.selectFrom('observations').selectAll().where('observed_since', '=', since).execute()
  return new Map(rows.map((row) => [row.user_key, row]))
}

/** Keeps what was let through; a user has one observation at a time. */
export async function saveObservation(trx: Writer, observation: Observation): Promise<void> {
  const { user_key, ...figures } = observation
  await trx
    .insertInto('observations')
    .values({ user_key, ...figures })
    .onConflict((conflict) => conflict.column('user_key').doUpdateSet(figures))
    .execute()
}

import type { Writer } from '../database/database.ts'
import { addUser, findUserKey, findUserStateByKey } from './consumption-store.ts'
import type { Moment } from './context.ts'
import { currentUsage } from './current-usage.ts'
import { holdKnownRow, holdNewRow } from './import-holds-store.ts'
import { readProfiles } from './limit-rules-store.ts'
import type { Usage } from './usage.ts'

/** The user's counters as of now; a user nobody knew is added, and held by the import. */
export async function usageOf(
  trx: Writer,
  userId: string,
  moment: Moment,
  batch: number | null = null,
): Promise<Usage> {
  const known = await findUserKey(trx, userId)
  if (known !== undefined) {
    await holdKnownRow(trx, batch, 'user', userId)
    return rolledOver(trx, known, moment)
  }
  const key = await addUser(trx, { id: userId, source: 'import' }, moment.now, moment.settings.time_zone)
  await holdNewRow(trx, batch, { kind: 'user', name: userId, madeAt: moment.now })
  return rolledOver(trx, key, moment)
}

/** The counters of a user who is there, as of now. */
export async function rolledOver(trx: Writer, userKey: number, moment: Moment): Promise<Usage> {
  const state = await findUserStateByKey(trx, userKey)
  if (state === undefined) throw new Error('every user has a consumption row')
  return (await currentUsage(trx, state, await readProfiles(trx), moment)).usage
}

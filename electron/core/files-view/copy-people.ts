import type { EpochMs } from '../../../shared/units.ts'
import { addUser, findUserKey } from '../consumption/consumption-store.ts'
import type { Database, Reader, Writer } from '../database/database.ts'

/** Who the users are and which limits they have: session files do not tell it, so it is taken over from the database. */

/** Users in one transaction: a few milliseconds. */
const USERS_A_SLICE = 200

/**
 * Makes the people of a view those of the database; with the word of the last copy nothing is done when nothing has
 * changed. Answers the word of this one. Errors: `storage_unavailable` when the database does not answer.
 */
export async function copyPeople(
  from: Reader,
  to: Database,
  last: string | null,
  moment: { readonly now: EpochMs; readonly zone: string },
): Promise<string> {
  const word = await wordOf(from)
  if (word === last) return word
  const profiles = await from.selectFrom('consumption_profiles').selectAll().execute()
  await to.write(async (trx) => {
    await trx.updateTable('users').set({ consumption_profile_id: null }).execute()
    await trx.deleteFrom('consumption_profiles').execute()
    for (const profile of profiles) await trx.insertInto('consumption_profiles').values(profile).execute()
  })
  const users = await from.selectFrom('users').selectAll().orderBy('id').execute()
  for (let at = 0; at < users.length; at += USERS_A_SLICE) {
    const slice = users.slice(at, at + USERS_A_SLICE)
    await to.writeSlice(async (trx) => {
      for (const user of slice) await copyUser(trx, user, moment)
    })
  }
  await to.write((trx) => copyGrants(from, trx))
  return word
}

type UserRow = Awaited<ReturnType<typeof usersOf>>[number]
const usersOf = (db: Reader) => db.selectFrom('users').selectAll().execute()

async function copyUser(
  trx: Writer,
  user: UserRow,
  { now, zone }: { readonly now: EpochMs; readonly zone: string },
): Promise<void> {
  const { key: _theirs, id, source, ...described } = user
  const key = (await findUserKey(trx, id)) ?? (await addUser(trx, { id, source }, now, zone))
  await trx.updateTable('users').set(described).where('key', '=', key).execute()
}

async function copyGrants(from: Reader, trx: Writer): Promise<void> {
  const grants = await from
    .selectFrom('limit_grants as g')
    .innerJoin('users as u', 'u.key', 'g.user_key')
    .selectAll('g')
    .select('u.id as user_id')
    .execute()
  await trx.deleteFrom('limit_grants').execute()
  for (const { id: _id, user_key: _key, user_id, ...grant } of grants) {
    const key = await findUserKey(trx, user_id)
    if (key !== undefined)
      await trx
        .insertInto('limit_grants')
        .values({ ...grant, user_key: key })
        .execute()
  }
}

/** Another word means other people. */
async function wordOf(db: Reader): Promise<string> {
  const users = await db
    .selectFrom('users')
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.max('updated_at').as('at')])
    .executeTakeFirst()
  const profiles = await db
    .selectFrom('consumption_profiles')
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.max('updated_at').as('at')])
    .executeTakeFirst()
  const grants = await db
    .selectFrom('limit_grants')
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.max('revoked_at').as('at')])
    .executeTakeFirst()
  return JSON.stringify([users, profiles, grants])
}

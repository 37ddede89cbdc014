import { sql } from 'kysely'
import { type EpochMs, microUsdToUsd, toIso } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import type { Profile, ProfileFields } from './profile-fields.ts'

/**
 * The profiles in the order they were made, each with the number of users it holds. Users without a profile
 * of their own count to the default: that is whom a change of it would touch.
 */
export async function listProfiles(db: Reader | Writer): Promise<Profile[]> {
  const rows = await db.selectFrom('consumption_profiles').selectAll().orderBy('id').execute()
  const counts = await db
    .selectFrom('users')
    .select((eb) => ['consumption_profile_id', eb.fn.countAll<number>().as('count')])
    .where('deleted_at', 'is', null)
    .groupBy('consumption_profile_id')
    .execute()
  const countOf = new Map(counts.map((row) => [row.consumption_profile_id, Number(row.count)]))
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    description: row.description,
    prompts_per_hour: row.prompts_per_hour,
    prompts_per_day: row.prompts_per_day,
    config_changes_per_hour: row.config_changes_per_hour,
    input_tokens_per_month: row.input_tokens_per_month,
    output_tokens_per_month: row.output_tokens_per_month,
    cost_per_month_usd:
      row.cost_per_month_micro_usd === null ? null : microUsdToUsd(row.cost_per_month_micro_usd),
    is_default: row.is_default === 1,
    is_active: row.is_active === 1,
    user_count: (countOf.get(row.id) ?? 0) + (row.is_default === 1 ? (countOf.get(null) ?? 0) : 0),
    created_at: toIso(row.created_at),
    updated_at: toIso(row.updated_at),
  }))
}

/** The name of the profile with this id. */
export async function findProfileName(db: Reader | Writer, id: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('consumption_profiles')
    .select('name')
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.name
}

/** Whether there is any profile. */
export async function hasProfiles(db: Reader | Writer): Promise<boolean> {
  const row = await db
    .selectFrom('consumption_profiles')
    .select(sql<number>`1`.as('one'))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Inserts a profile and answers its id. */
export async function insertProfile(trx: Writer, fields: ProfileFields, now: EpochMs): Promise<number> {
  const row = await trx
    .insertInto('consumption_profiles')
    .values({ ...columnsOf(fields), created_at: now, updated_at: now })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

export async function updateProfile(
  trx: Writer,
  id: number,
  fields: ProfileFields,
  now: EpochMs,
): Promise<void> {
  await trx
    .updateTable('consumption_profiles')
    .set({ ...columnsOf(fields), updated_at: now })
    .where('id', '=', id)
    .execute()
}

/** No profile is the default any more; the caller makes another one it in the same transaction. */
export async function clearDefault(trx: Writer, now: EpochMs): Promise<void> {
  await trx
    .updateTable('consumption_profiles')
    .set({ is_default: 0, updated_at: now })
    .where('is_default', '=', 1)
    .execute()
}

/** Gives everybody who has the one profile the other, and says how many that were. */
export async function moveUsers(trx: Writer, from: number, to: number, now: EpochMs): Promise<number> {
  const result = await trx
    .updateTable('users')
    .set({ consumption_profile_id: to, updated_at: now })
    .where('consumption_profile_id', '=', from)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}

/** Deleted users keep no profile from being deleted: they get the default. */
export async function releaseDeletedUsers(trx: Writer, id: number): Promise<void> {
  await trx
    .updateTable('users')
    .set({ consumption_profile_id: null })
    .where('consumption_profile_id', '=', id)
    .where('deleted_at', 'is not', null)
    .execute()
}

export async function deleteProfile(trx: Writer, id: number): Promise<void> {
  await trx.deleteFrom('consumption_profiles').where('id', '=', id).execute()
}

function columnsOf({ isDefault, isActive, ...columns }: ProfileFields) {
  return {
    ...columns,
    is_default: isDefault ? (1 as const) : (0 as const),
    is_active: isActive ? (1 as const) : (0 as const),
  }
}

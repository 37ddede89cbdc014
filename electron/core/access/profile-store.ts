import { sql } from 'kysely'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { microUsdToUsd, toIso } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'

/** A profile as the faces see one. */
export type Profile = OperationOutput<'profiles.list'>['profiles'][number]

/**
 * The profiles in the order they were made, each with the number of users it holds. Users without a profile
 * of their own count to the default: that is whom a change of it would touch.
 */
export async function listProfiles(db: Reader | Writer): Promise<Profile[]> {
  const rows = await db.selectFrom('consumption_profiles').selectAll().orderBy('id').execute()
  const counts = await db
    .selectFrom('users')
    .select((eb) => ['consumption_profile_id', eb.fn.countAll<number>().as('count')])
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

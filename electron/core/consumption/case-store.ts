import type { Selectable } from 'kysely'
import type { Reader, Writer } from '../database/database.ts'
import type { ChampionCasesTable } from '../database/schema.ts'

/** The SQL of `champion_cases`. */

export type CaseRow = Readonly<Selectable<ChampionCasesTable>>

/** The case of a user under that name, or undefined. */
export async function findCase(
  db: Reader | Writer,
  key: Pick<CaseRow, 'user_key' | 'named_by' | 'name'>,
): Promise<CaseRow | undefined> {
  return db
    .selectFrom('champion_cases')
    .selectAll()
    .where('user_key', '=', key.user_key)
    .where('named_by', '=', key.named_by)
    .where('name', '=', key.name)
    .executeTakeFirst()
}

/** Notes a counted case. */
export async function insertCase(trx: Writer, row: CaseRow): Promise<void> {
  await trx.insertInto('champion_cases').values(row).execute()
}

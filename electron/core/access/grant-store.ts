import type { Selectable } from 'kysely'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { type EpochMs, microUsdToUsd, toIso, toIsoOrNull } from '../../../shared/units.ts'
import type { LimitName } from '../consumption/limits.ts'
import type { Reader, Writer } from '../database/database.ts'
import type { LimitGrantsTable } from '../database/schema.ts'

/** The SQL of `limit_grants`; what a check reads of it is in consumption. */

/** A grant as the faces see one. */
export type Grant = OperationOutput<'grants.create'>

/** Whose grants, and as of when. */
export interface GrantOwner {
  readonly userKey: number
  readonly userId: string
  readonly now: EpochMs
}

export interface NewGrant {
  readonly limit: LimitName
  /** In the unit of the database: cost in micro-dollars. */
  readonly amount: number
  readonly expiresAt: EpochMs
  readonly reason: string
  readonly createdBy: string
}

/** The user's grants, newest first. */
export async function listGrants(db: Reader | Writer, owner: GrantOwner): Promise<Grant[]> {
  const rows = await db
    .selectFrom('limit_grants')
    .selectAll()
    .where('user_key', '=', owner.userKey)
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => toGrant(row, owner))
}

export async function findUserGrant(
  db: Reader | Writer,
  owner: GrantOwner,
  id: number,
): Promise<Grant | undefined> {
  const row = await db
    .selectFrom('limit_grants')
    .selectAll()
    .where('id', '=', id)
    .where('user_key', '=', owner.userKey)
    .executeTakeFirst()
  return row === undefined ? undefined : toGrant(row, owner)
}

/** Inserts a grant and answers it. */
export async function insertGrant(trx: Writer, owner: GrantOwner, grant: NewGrant): Promise<Grant> {
  const row = await trx
    .insertInto('limit_grants')
    .values({
      user_key: owner.userKey,
      limit_name: grant.limit,
      amount: grant.amount,
      expires_at: grant.expiresAt,
      reason: grant.reason,
      created_by: grant.createdBy,
      created_at: owner.now,
      revoked_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return toGrant(row, owner)
}

/** Ends a grant now; one that was ended before keeps its time. */
export async function revokeGrant(trx: Writer, id: number, now: EpochMs): Promise<void> {
  await trx
    .updateTable('limit_grants')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute()
}

function toGrant(row: Readonly<Selectable<LimitGrantsTable>>, owner: GrantOwner): Grant {
  // The table has a CHECK of the same names.
  const limit = row.limit_name as LimitName
  return {
    id: row.id,
    user_id: owner.userId,
    limit,
    amount: limit === 'cost_per_month_usd' ? microUsdToUsd(row.amount) : row.amount,
    expires_at: toIso(row.expires_at),
    reason: row.reason,
    created_by: row.created_by,
    created_at: toIso(row.created_at),
    revoked_at: toIsoOrNull(row.revoked_at),
    is_in_force: row.revoked_at === null && row.expires_at > owner.now,
  }
}

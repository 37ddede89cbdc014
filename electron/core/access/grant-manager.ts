import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { type EpochMs, usdToMicroUsd } from '../../../shared/units.ts'
import type { Actor, GrantsApi } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import { findUserKey } from '../consumption/consumption-store.ts'
import type { Database, Reader, Writer } from '../database/database.ts'
import type { Clock } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { findUserGrant, type GrantOwner, insertGrant, listGrants, revokeGrant } from './grant-store.ts'

/** Raises single limits of users for a while, audited. A check reads the grants itself: they hold at once and end to the millisecond. */
export class GrantManager implements GrantsApi {
  readonly #database: Pick<Database, 'read' | 'write'>
  readonly #clock: Clock

  constructor(database: Pick<Database, 'read' | 'write'>, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /** Errors: `user_unknown`; `invalid_request` for an amount that is no amount of this limit, or an end that is over. */
  async create(input: ParsedInput<'grants.create'>, actor: Actor): Promise<OperationOutput<'grants.create'>> {
    const now = this.#clock.now()
    const amount = amountOf(input)
    const expiresAt = Date.parse(input.expires_at)
    if (expiresAt <= now) {
      throw invalid('expires_at', 'The grant would be over already. Choose an end in the future.')
    }
    return this.#database.write(async (trx) => {
      const owner = await ownerOf(trx, input.id, now)
      const { limit, reason } = input
      const after = await insertGrant(trx, owner, { limit, amount, expiresAt, reason, createdBy: actor.name })
      const objectId = String(after.id)
      await audit(trx, { at: now, actor, action: 'grants.create', objectKind: 'grant', objectId, after })
      return after
    })
  }

  /** Errors: `user_unknown`. */
  list(userId: string): Promise<OperationOutput<'grants.list'>> {
    const now = this.#clock.now()
    return this.#database.read(async (db) => ({
      grants: await listGrants(db, await ownerOf(db, userId, now)),
    }))
  }

  /** Ends a grant; doing it twice changes nothing. Errors: `user_unknown`, `grant_unknown`. */
  async revoke(userId: string, id: number, actor: Actor): Promise<OperationOutput<'grants.revoke'>> {
    const now = this.#clock.now()
    return this.#database.write(async (trx) => {
      const owner = await ownerOf(trx, userId, now)
      const before = await findUserGrant(trx, owner, id)
      if (before === undefined)
        throw new WeirError('grant_unknown', `The user "${userId}" has no grant with the number ${id}.`)
      if (before.revoked_at !== null) return before
      await revokeGrant(trx, id, now)
      const after = (await findUserGrant(trx, owner, id)) ?? before
      const objectId = String(id)
      await audit(trx, {
        at: now,
        actor,
        action: 'grants.revoke',
        objectKind: 'grant',
        objectId,
        before,
        after,
      })
      return after
    })
  }
}

/** The amount as it is stored: whole, cost in micro-dollars. Errors: `invalid_request`. */
function amountOf(input: ParsedInput<'grants.create'>): number {
  const isCost = input.limit === 'cost_per_month_usd'
  const amount = isCost ? usdToMicroUsd(input.amount) : input.amount
  if (amount <= 0) throw invalid('amount', 'A grant raises a limit: its amount must be more than 0.')
  if (!Number.isInteger(amount))
    throw invalid('amount', `The amount must be a whole number for ${input.limit}.`)
  return amount
}

async function ownerOf(db: Reader | Writer, userId: string, now: EpochMs): Promise<GrantOwner> {
  const userKey = await findUserKey(db, userId)
  if (userKey === undefined)
    throw new WeirError('user_unknown', `There is no user "${userId}".`, { details: { user_id: userId } })
  return { userKey, userId, now }
}

function invalid(path: string, message: string): WeirError {
  return new WeirError('invalid_request', message, { details: { errors: [{ path, message }] } })
}

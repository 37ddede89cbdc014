import type { OperationOutput } from '../../../shared/contract/index.ts'
import { type EpochMs, toIso, toIsoOrNull } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import type { AccessTokensTable } from '../database/schema.ts'

/** An access token as it is listed, without its secret. */
export type AccessToken = OperationOutput<'tokens.list'>['tokens'][number]

export interface NewAccessToken {
  readonly sha256: Uint8Array
  readonly prefix: string
  readonly name: string
  readonly scope: AccessTokensTable['scope']
  readonly userKey: number | null
  readonly expiresAt: EpochMs | null
}

/** What a presented token may do and for how long. */
export interface TokenGrant {
  readonly id: number
  readonly name: string
  readonly scope: AccessTokensTable['scope']
  readonly userId: string | null
  readonly expiresAt: EpochMs | null
  readonly lastUsedAt: EpochMs | null
}

/** The tokens, newest first; revoked ones only when asked for, expired ones always. */
export async function listTokens(db: Reader | Writer, includeRevoked: boolean): Promise<AccessToken[]> {
  const tokens = tokensWithUser(db).orderBy('access_tokens.id', 'desc')
  const rows = await (includeRevoked ? tokens : tokens.where('revoked_at', 'is', null)).execute()
  return rows.map(toAccessToken)
}

export async function findToken(db: Reader | Writer, id: number): Promise<AccessToken | undefined> {
  const row = await tokensWithUser(db).where('access_tokens.id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : toAccessToken(row)
}

/** What the token with this digest may do; undefined when there is none or it was revoked. Expiry is the caller's to check. */
export async function findGrant(db: Reader | Writer, sha256: Uint8Array): Promise<TokenGrant | undefined> {
  const row = await tokensWithUser(db)
    .where('token_sha256', '=', sha256)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) return undefined
  return {
    id: row.id,
    name: row.name,
    scope: row.scope,
    userId: row.user_id,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  }
}

/** Inserts one row and gives back its id. */
export async function insertToken(trx: Writer, token: NewAccessToken, now: EpochMs): Promise<number> {
  const row = await trx
    .insertInto('access_tokens')
    .values({
      token_sha256: token.sha256,
      prefix: token.prefix,
      name: token.name,
      scope: token.scope,
      user_key: token.userKey,
      created_at: now,
      last_used_at: null,
      expires_at: token.expiresAt,
      revoked_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

/** Revokes the token; one that was revoked before keeps its time. */
export async function revokeToken(trx: Writer, id: number, now: EpochMs): Promise<void> {
  await trx
    .updateTable('access_tokens')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute()
}

/** Revokes every token that belongs to the user. */
export async function revokeTokensOf(trx: Writer, userKey: number, now: EpochMs): Promise<void> {
  await trx
    .updateTable('access_tokens')
    .set({ revoked_at: now })
    .where('user_key', '=', userKey)
    .where('revoked_at', 'is', null)
    .execute()
}

/** Lets the token end at a time. */
export async function expireToken(trx: Writer, id: number, expiresAt: EpochMs): Promise<void> {
  await trx.updateTable('access_tokens').set({ expires_at: expiresAt }).where('id', '=', id).execute()
}

/** Notes the last use. */
export async function touchToken(trx: Writer, id: number, usedAt: EpochMs): Promise<void> {
  await trx.updateTable('access_tokens').set({ last_used_at: usedAt }).where('id', '=', id).execute()
}

/** How many tokens of the scope can be used at `now`. */
export async function countUsableTokens(
  db: Reader | Writer,
  scope: AccessTokensTable['scope'],
  now: EpochMs,
): Promise<number> {
  const row = await db
    .selectFrom('access_tokens')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('scope', '=', scope)
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

function tokensWithUser(db: Reader | Writer) {
  return db
    .selectFrom('access_tokens')
    .leftJoin('users', 'users.key', 'access_tokens.user_key')
    .select([
      'access_tokens.id',
      'access_tokens.name',
      'access_tokens.prefix',
      'access_tokens.scope',
      'access_tokens.created_at',
      'access_tokens.last_used_at',
      'access_tokens.expires_at',
      'access_tokens.revoked_at',
      'users.id as user_id',
    ])
}

type TokenRow = Pick<
  AccessTokensTable,
  'name' | 'prefix' | 'scope' | 'created_at' | 'last_used_at' | 'expires_at' | 'revoked_at'
> & { readonly id: number; readonly user_id: string | null }

function toAccessToken(row: TokenRow): AccessToken {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scope: row.scope,
    user_id: row.user_id,
    created_at: toIso(row.created_at),
    last_used_at: toIsoOrNull(row.last_used_at),
    expires_at: toIsoOrNull(row.expires_at),
    revoked_at: toIsoOrNull(row.revoked_at),
  }
}

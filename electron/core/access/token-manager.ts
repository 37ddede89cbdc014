import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { type EpochMs, MINUTE_MS, toIso } from '../../../shared/units.ts'
import type { Actor, Caller, TokensApi } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import { findUserKey } from '../consumption/consumption-store.ts'
import type { Database } from '../database/database.ts'
import type { SystemPorts } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import {
  isForeignToken,
  isTokenWellFormed,
  newToken,
  tokenPrefix,
  tokenSha256,
  tokenSha256Hex,
} from './token.ts'
import { rotateToken } from './token-rotation.ts'
import { findGrant, findToken, insertToken, listTokens, revokeToken, touchToken } from './token-store.ts'

interface CachedGrant {
  readonly caller: Caller
  readonly tokenId: number
  readonly expiresAt: EpochMs | null
  /** The last use that was written or is being written. */
  lastUsedAt: EpochMs | null
}

// A console has a handful of tokens; ten thousand entries are two megabytes, and a flood of tokens stops there.
const CACHED_GRANTS_MAX = 10_000
// "Last used" is read by people: a minute is exact enough, and the hot path writes once a minute instead of every time.
const LAST_USED_STEP_MS = MINUTE_MS

/** Whoever can read the owner's files runs this machine's Weir. */
const LOCAL_CALLER: Caller = { name: 'local run', via: 'api', scope: 'admin', userId: null, tokenId: null }

/** Makes, lists, revokes and checks access tokens. A token itself is never stored, logged or audited. */
export class TokenManager implements TokensApi {
  readonly #database: Pick<Database, 'reader' | 'write'>
  readonly #ports: SystemPorts
  readonly #grants = new Map<string, CachedGrant>()
  readonly #local: Set<string>
  /** Counts the changes: a grant read before a change must not be cached after it. */
  #changes = 0

  /** `local` holds the digests of the tokens of this process, which outlive the database. */
  constructor(
    database: Pick<Database, 'reader' | 'write'>,
    ports: SystemPorts,
    local: Set<string> = new Set(),
  ) {
    this.#database = database
    this.#ports = ports
    this.#local = local
  }

  async list(query: { readonly includeRevoked: boolean }): Promise<OperationOutput<'tokens.list'>> {
    return { tokens: await listTokens(this.#database.reader, query.includeRevoked) }
  }

  /** Makes a token; the answer is the only place it is ever seen. Errors: `user_unknown`, `invalid_request`. */
  async create(input: ParsedInput<'tokens.create'>, actor: Actor): Promise<OperationOutput<'tokens.create'>> {
    const now = this.#ports.clock.now()
    const expiresAt = input.expires_at === undefined ? null : Date.parse(input.expires_at)
    if (expiresAt !== null && expiresAt <= now) {
      throw new WeirError(
        'invalid_request',
        'The token would have expired already. Choose a time in the future.',
      )
    }
    if (input.scope === 'user' && input.user_id === undefined) {
      throw new WeirError(
        'invalid_request',
        'A token with the scope "user" belongs to a user. Say which with user_id.',
      )
    }
    const token = newToken(this.#ports.randomBytes)
    const prefix = tokenPrefix(token)
    const id = await this.#database.write(async (trx) => {
      const userKey = input.user_id === undefined ? null : await findUserKey(trx, input.user_id)
      if (userKey === undefined) {
        throw new WeirError('user_unknown', `There is no user "${input.user_id}". Add the user first.`)
      }
      const { name, scope } = input
      const tokenId = await insertToken(
        trx,
        { sha256: tokenSha256(token), prefix, name, scope, userKey, expiresAt },
        now,
      )
      const after = {
        name,
        scope,
        prefix,
        user_id: input.user_id ?? null,
        expires_at: expiresAt === null ? null : toIso(expiresAt),
      }
      await audit(trx, {
        at: now,
        actor,
        action: 'tokens.create',
        objectKind: 'token',
        objectId: String(tokenId),
        after,
      })
      return tokenId
    })
    this.dropCache()
    return { id, token, prefix }
  }

  issueLocal(): string {
    const token = newToken(this.#ports.randomBytes)
    this.#local.add(tokenSha256Hex(token))
    return token
  }

  /** Revokes a token: the next request with it is refused. Doing it twice changes nothing. Errors: `token_unknown`. */
  async revoke(id: number, actor: Actor): Promise<OperationOutput<'tokens.revoke'>> {
    const now = this.#ports.clock.now()
    const revoked = await this.#database.write(async (trx) => {
      const before = await findToken(trx, id)
      if (before === undefined)
        throw new WeirError('token_unknown', `There is no token with the number ${id}.`)
      if (before.revoked_at !== null) return before
      await revokeToken(trx, id, now)
      const after = { ...before, revoked_at: toIso(now) }
      await audit(trx, {
        at: now,
        actor,
        action: 'tokens.revoke',
        objectKind: 'token',
        objectId: String(id),
        before,
        after,
      })
      return after
    })
    this.dropCache()
    return revoked
  }

  /** Makes the successor of a token; the old one works until the overlap is over. Errors: `token_unknown`, `invalid_request`. */
  async rotate(input: ParsedInput<'tokens.rotate'>, actor: Actor): Promise<OperationOutput<'tokens.rotate'>> {
    const now = this.#ports.clock.now()
    const token = newToken(this.#ports.randomBytes)
    const rotated = await this.#database.write((trx) => rotateToken(trx, input, token, { at: now, actor }))
    this.dropCache()
    return { ...rotated, token }
  }

  /** The caller behind a presented token, or undefined: malformed, unknown, revoked or expired. */
  async authenticate(token: string): Promise<Caller | undefined> {
    if (!isTokenWellFormed(token) && !isForeignToken(token)) return undefined
    const digest = tokenSha256Hex(token)
    if (this.#local.has(digest)) return LOCAL_CALLER
    const grant = this.#grants.get(digest) ?? (await this.#readGrant(token, digest))
    if (grant === undefined) return undefined
    const now = this.#ports.clock.now()
    if (grant.expiresAt !== null && grant.expiresAt <= now) return undefined
    this.#noteUseIfDue(grant, now)
    return grant.caller
  }

  /** Forgets what is remembered of tokens: after somebody else changed them, say an import or a restore. */
  dropCache(): void {
    this.#changes += 1
    this.#grants.clear()
  }

  async #readGrant(token: string, digest: string): Promise<CachedGrant | undefined> {
    const changes = this.#changes
    const found = await findGrant(this.#database.reader, tokenSha256(token))
    if (found === undefined) return undefined
    const grant: CachedGrant = {
      caller: { name: found.name, via: 'api', scope: found.scope, userId: found.userId, tokenId: found.id },
      tokenId: found.id,
      expiresAt: found.expiresAt,
      lastUsedAt: found.lastUsedAt,
    }
    if (changes === this.#changes) this.#remember(digest, grant)
    return grant
  }

  #remember(digest: string, grant: CachedGrant): void {
    if (this.#grants.size >= CACHED_GRANTS_MAX) {
      // A Map lists its keys in the order they came: the first is the oldest.
      const oldest = this.#grants.keys().next()
      if (!oldest.done) this.#grants.delete(oldest.value)
    }
    this.#grants.set(digest, grant)
  }

  /** Writes the last use beside the request, not in its way; one that cannot be written is not worth refusing for. */
  #noteUseIfDue(grant: CachedGrant, now: EpochMs): void {
    if (grant.lastUsedAt !== null && now - grant.lastUsedAt < LAST_USED_STEP_MS) return
    grant.lastUsedAt = now
    this.#database
      .write((trx) => touchToken(trx, grant.tokenId, now))
      .catch((error: unknown) => {
        const code = error instanceof WeirError ? error.code : 'internal'
        this.#ports.log.warn('the last use of a token was not noted', { token_id: grant.tokenId, code })
      })
  }
}

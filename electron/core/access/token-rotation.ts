import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { type EpochMs, MINUTE_MS, toIso, toIsoOrNull } from '../../../shared/units.ts'
import { type AuditEntry, audit } from '../audit/audit-store.ts'
import { findUserKey } from '../consumption/consumption-store.ts'
import type { Writer } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { tokenPrefix, tokenSha256 } from './token.ts'
import { type AccessToken, expireToken, findToken, insertToken, revokeToken } from './token-store.ts'

/**
 * Puts `token` beside the old one, which ends when the overlap is over, and never later than it would have anyway.
 * Errors: `token_unknown`, `invalid_request`.
 */
export async function rotateToken(
  trx: Writer,
  input: ParsedInput<'tokens.rotate'>,
  token: string,
  by: Pick<AuditEntry, 'at' | 'actor'>,
): Promise<Omit<OperationOutput<'tokens.rotate'>, 'token'>> {
  const before = await findToken(trx, input.id)
  if (before === undefined)
    throw new WeirError('token_unknown', `There is no token with the number ${input.id}.`)
  checkUsable(before, by.at)
  const expiresAt = successorExpiry(before, input.expires_at, by.at)
  const userKey = before.user_id === null ? null : await findUserKey(trx, before.user_id)
  const { name, scope, user_id } = before
  const prefix = tokenPrefix(token)
  const id = await insertToken(
    trx,
    { sha256: tokenSha256(token), prefix, name, scope, userKey: userKey ?? null, expiresAt },
    by.at,
  )
  const ends = by.at + input.overlap_minutes * MINUTE_MS
  if (input.overlap_minutes === 0) await revokeToken(trx, input.id, by.at)
  else await expireToken(trx, input.id, Math.min(ends, endOf(before)))
  const old = (await findToken(trx, input.id)) ?? before
  const entry = { ...by, action: 'tokens.rotate', objectKind: 'token' }
  await audit(trx, { ...entry, objectId: String(input.id), before, after: old })
  const after = { name, scope, prefix, user_id, expires_at: toIsoOrNull(expiresAt), successor_of: input.id }
  await audit(trx, { ...entry, objectId: String(id), after })
  return { id, prefix, old }
}

function endOf(token: AccessToken): EpochMs {
  return token.expires_at === null ? Number.MAX_SAFE_INTEGER : Date.parse(token.expires_at)
}

function checkUsable(token: AccessToken, now: EpochMs): void {
  if (token.revoked_at !== null)
    throw new WeirError('invalid_request', 'This token is revoked. Make a new one instead.')
  if (endOf(token) <= now)
    throw new WeirError('invalid_request', 'This token has expired. Make a new one instead.')
}

/** Without a word on it the successor lives as long as the old one was meant to: a rotation must not make a token eternal. */
function successorExpiry(before: AccessToken, asked: string | undefined, now: EpochMs): EpochMs | null {
  if (asked === undefined)
    return before.expires_at === null ? null : now + endOf(before) - Date.parse(before.created_at)
  const expiresAt = Date.parse(asked)
  if (expiresAt > now) return expiresAt
  const message = `The successor would have expired already (${toIso(expiresAt)}). Choose a time in the future.`
  throw new WeirError('invalid_request', message, { details: { errors: [{ path: 'expires_at', message }] } })
}

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newToken, tokenSha256 } from '../../electron/core/access/token.ts'
import { TokenManager } from '../../electron/core/access/token-manager.ts'
import { countUsableTokens } from '../../electron/core/access/token-store.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS, toIso } from '../../shared/units.ts'
import { type Access, OPERATOR, openAccess } from './access-fixture.ts'

let access: Access

beforeEach(async () => {
  access = await openAccess()
})

afterEach(() => access.close())

const createExecutor = () => access.tokens.create({ name: 'agent', scope: 'executor' }, OPERATOR)

async function lastUsedAt(id: number): Promise<string | null | undefined> {
  // An empty job is answered after the ones before it: the note of the last use is on disk then.
  await access.database.write(async () => {})
  const { tokens } = await access.tokens.list({ includeRevoked: true })
  return tokens.find((token) => token.id === id)?.last_used_at
}

describe('access tokens', () => {
  test('a token that was made lets its holder in, from the cache as from the database', async () => {
    const { id, token, prefix } = await createExecutor()
    const caller = { name: 'agent', via: 'api', scope: 'executor', userId: null, tokenId: id }
    expect(await access.tokens.authenticate(token)).toEqual(caller)
    expect(await access.tokens.authenticate(token)).toEqual(caller)
    expect(token.startsWith(prefix)).toBe(true)
  })

  test('the token of the running process is an admin, is in no list, and is nothing to the next process', async () => {
    const token = access.tokens.issueLocal()
    const caller = { name: 'local run', via: 'api', scope: 'admin', userId: null, tokenId: null }
    expect(await access.tokens.authenticate(token)).toEqual(caller)
    expect((await access.tokens.list({ includeRevoked: true })).tokens).toEqual([])
    expect(await access.database.reader.selectFrom('access_tokens').selectAll().execute()).toEqual([])
    expect(await new TokenManager(access.database, access.ports).authenticate(token)).toBeUndefined()
    access.tokens.dropCache()
    expect(await access.tokens.authenticate(token)).toEqual(caller)
  })

  test('a malformed or unknown token lets nobody in', async () => {
    expect(await access.tokens.authenticate('weir_nonsense')).toBeUndefined()
    expect(await access.tokens.authenticate(newToken(access.ports.randomBytes))).toBeUndefined()
  })

  test('only the digest of a token is kept, and the audit log hides one that was pasted into a name', async () => {
    const { token } = await createExecutor()
    await access.tokens.create({ name: `copy of ${token}`, scope: 'admin' }, OPERATOR)
    // Somebody pastes a token where a name belongs: the row has it, as every name, but no log keeps it for ever.
    for (const row of await access.audited()) expect(JSON.stringify(row)).not.toContain(token)
    const stored = await access.database.reader
      .selectFrom('access_tokens')
      .selectAll()
      .where('scope', '=', 'executor')
      .execute()
    expect(stored.map((row) => Buffer.from(row.token_sha256))).toEqual([Buffer.from(tokenSha256(token))])
    expect(JSON.stringify(stored)).not.toContain(token)
  })

  test('a revoked token is refused at once, and revoking it twice changes nothing more', async () => {
    const { id, token } = await createExecutor()
    expect(await access.tokens.authenticate(token)).toBeDefined()
    const revoked = await access.tokens.revoke(id, OPERATOR)
    expect(revoked.revoked_at).toBe(toIso(access.clock.now()))
    expect(await access.tokens.authenticate(token)).toBeUndefined()
    access.clock.advance(DAY_MS)
    expect(await access.tokens.revoke(id, OPERATOR)).toEqual(revoked)
    expect((await access.audited()).map((row) => row.action)).toEqual(['tokens.create', 'tokens.revoke'])
  })

  test('a token that is read while it is revoked is not remembered', async () => {
    const { id, token } = await createExecutor()
    await Promise.all([access.tokens.authenticate(token), access.tokens.revoke(id, OPERATOR)])
    expect(await access.tokens.authenticate(token)).toBeUndefined()
  })

  test('revoked tokens are listed only when asked for', async () => {
    const first = await createExecutor()
    const second = await createExecutor()
    await access.tokens.revoke(first.id, OPERATOR)
    const ids = async (includeRevoked: boolean) =>
      (await access.tokens.list({ includeRevoked })).tokens.map((token) => token.id)
    expect(await ids(false)).toEqual([second.id])
    expect(await ids(true)).toEqual([second.id, first.id])
  })

  test('a token expires by the clock, also when it is cached', async () => {
    const expiresAt = access.clock.now() + DAY_MS
    const { token } = await access.tokens.create(
      { name: 'guest', scope: 'executor', expires_at: toIso(expiresAt) },
      OPERATOR,
    )
    access.clock.set(expiresAt - 1)
    expect(await access.tokens.authenticate(token)).toBeDefined()
    expect(await countUsableTokens(access.database.reader, 'executor', access.clock.now())).toBe(1)
    access.clock.set(expiresAt)
    expect(await access.tokens.authenticate(token)).toBeUndefined()
    expect(await countUsableTokens(access.database.reader, 'executor', access.clock.now())).toBe(0)
  })

  test('a token that would have expired already is not made', async () => {
    const created = access.tokens.create(
      { name: 'late', scope: 'executor', expires_at: toIso(access.clock.now()) },
      OPERATOR,
    )
    await expect(created).rejects.toMatchObject({ code: 'invalid_request' })
  })

  test('a user’s token needs a user that exists, and carries it', async () => {
    const create = (userId?: string) =>
      access.tokens.create(
        { name: 'mine', scope: 'user', ...(userId === undefined ? {} : { user_id: userId }) },
        OPERATOR,
      )
    await expect(create()).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(create('alice')).rejects.toMatchObject({ code: 'user_unknown' })
    await access.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
    const { token } = await create('alice')
    expect(await access.tokens.authenticate(token)).toMatchObject({ scope: 'user', userId: 'alice' })
  })

  test('an unknown number cannot be revoked', async () => {
    await expect(access.tokens.revoke(99, OPERATOR)).rejects.toMatchObject({ code: 'token_unknown' })
  })

  test('the last use is noted, and again only when a minute has passed', async () => {
    const { id, token } = await createExecutor()
    expect(await lastUsedAt(id)).toBeNull()
    const firstUse = access.clock.now()
    await access.tokens.authenticate(token)
    expect(await lastUsedAt(id)).toBe(toIso(firstUse))
    access.clock.advance(MINUTE_MS - SECOND_MS)
    await access.tokens.authenticate(token)
    expect(await lastUsedAt(id)).toBe(toIso(firstUse))
    access.clock.advance(SECOND_MS)
    await access.tokens.authenticate(token)
    expect(await lastUsedAt(id)).toBe(toIso(firstUse + MINUTE_MS))
  })

  test('a last use that cannot be written lets the holder in all the same', async () => {
    const { token } = await createExecutor()
    const refusing = new TokenManager(
      { reader: access.database.reader, write: () => Promise.reject(new Error('no disk')) },
      access.ports,
    )
    expect(await refusing.authenticate(token)).toBeDefined()
    await new Promise(setImmediate)
    expect(access.warnings).toEqual(['the last use of a token was not noted'])
  })
})

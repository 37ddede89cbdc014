import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { DAY_MS, MINUTE_MS, toIso } from '../../shared/units.ts'
import { type Access, OPERATOR, openAccess } from './access-fixture.ts'

let access: Access

beforeEach(async () => {
  access = await openAccess()
})

afterEach(() => access.close())

describe('rotating a token', () => {
  test('lets both in until the overlap is over, then only the successor', async () => {
    await access.users.create({ id: 'anna', username: 'Anna' }, OPERATOR)
    const old = await access.tokens.create({ name: 'a', scope: 'user', user_id: 'anna' }, OPERATOR)
    const made = await access.tokens.rotate({ id: old.id, overlap_minutes: 60 }, OPERATOR)
    expect(OPERATIONS['tokens.rotate'].output.parse(made).old).toMatchObject({
      id: old.id,
      revoked_at: null,
      expires_at: toIso(access.clock.now() + 60 * MINUTE_MS),
    })
    expect(await access.tokens.authenticate(old.token)).toMatchObject({ tokenId: old.id })
    expect(await access.tokens.authenticate(made.token)).toMatchObject({ tokenId: made.id, userId: 'anna' })
    access.clock.set(access.clock.now() + 60 * MINUTE_MS)
    expect(await access.tokens.authenticate(old.token)).toBeUndefined()
    expect(await access.tokens.authenticate(made.token)).toMatchObject({ userId: 'anna', scope: 'user' })
    const log = (await access.audited()).filter(({ action }) => action === 'tokens.rotate')
    expect(log.map(({ object_id }) => object_id)).toEqual([String(old.id), String(made.id)])
    expect(JSON.stringify(log)).not.toContain(made.token)
  })

  test('without an overlap ends the old one with the next request', async () => {
    const old = await access.tokens.create({ name: 'a', scope: 'executor' }, OPERATOR)
    expect(await access.tokens.authenticate(old.token)).toBeDefined()
    const made = await access.tokens.rotate({ id: old.id, overlap_minutes: 0 }, OPERATOR)
    expect(await access.tokens.authenticate(old.token)).toBeUndefined()
    expect(made.old.revoked_at).not.toBeNull()
  })

  test('lets nothing live longer: the old one keeps an earlier end, the successor the length of its life', async () => {
    const start = access.clock.now()
    const expires_at = toIso(start + 2 * DAY_MS)
    const old = await access.tokens.create({ name: 'a', scope: 'admin', expires_at }, OPERATOR)
    access.clock.set(start + DAY_MS)
    const made = await access.tokens.rotate({ id: old.id, overlap_minutes: 3 * 24 * 60 }, OPERATOR)
    expect(made.old.expires_at).toBe(expires_at)
    const { tokens } = await access.tokens.list({ includeRevoked: false })
    expect(tokens.find(({ id }) => id === made.id)?.expires_at).toBe(toIso(start + 3 * DAY_MS))
  })

  test('of one that is unknown, revoked or expired is refused, and so is a successor that would have expired', async () => {
    const rotate = (id: number, members: object = {}) =>
      access.tokens.rotate({ id, overlap_minutes: 1, ...members }, OPERATOR).catch((error) => error.code)
    expect(await rotate(99)).toBe('token_unknown')
    const revoked = await access.tokens.create({ name: 'a', scope: 'executor' }, OPERATOR)
    await access.tokens.revoke(revoked.id, OPERATOR)
    expect(await rotate(revoked.id)).toBe('invalid_request')
    const expires_at = toIso(access.clock.now() + MINUTE_MS)
    const short = await access.tokens.create({ name: 'b', scope: 'executor', expires_at }, OPERATOR)
    expect(await rotate(short.id, { expires_at: toIso(access.clock.now()) })).toBe('invalid_request')
    access.clock.set(access.clock.now() + MINUTE_MS)
    expect(await rotate(short.id)).toBe('invalid_request')
  })
})

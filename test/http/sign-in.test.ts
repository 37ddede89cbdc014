import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LOGIN_CODE_LIFE_MS } from '../../electron/http/login-codes.ts'
import { UI_SESSION_IDLE_MS } from '../../electron/http/ui-sessions.ts'
import { HOUR_MS, SECOND_MS } from '../../shared/units.ts'
import { TOKENS } from '../support/fake-weir.ts'
import { bearer, type Harness, HOST, harness, PORT } from './http-harness.ts'

let weir: Harness
beforeEach(async () => {
  weir = await harness()
})
afterEach(async () => {
  await weir.app.close()
})

const signIn = (payload: object) => weir.call({ method: 'POST', url: '/api/v1/auth/login', payload })

/** Signs in; gives the headers a page of ours sends. */
async function signedIn(payload: object = { token: TOKENS.admin }): Promise<Record<string, string>> {
  const answer = await signIn(payload)
  expect(answer.statusCode).toBe(200)
  const [cookie] = String(answer.headers['set-cookie']).split(';')
  return { cookie: cookie ?? '', 'x-weir-csrf': answer.json().csrf, 'sec-fetch-site': 'same-origin' }
}

const status = (headers: Record<string, string>) =>
  weir.call({ method: 'GET', url: '/api/v1/admin/status', headers })
const startEmpty = (headers: Record<string, string>) =>
  weir.call({ method: 'POST', url: '/api/v1/admin/setup/start-empty', payload: {}, headers })
const without = (headers: Record<string, string>, name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name))

describe('a login link', () => {
  it('signs a browser in once, with a cookie no script and no other site can use', async () => {
    const { code } = weir.loginCodes.issue()
    const answer = await signIn({ code })
    expect(answer.json()).toEqual({ name: 'operator', csrf: expect.any(String) })
    expect(answer.headers['set-cookie']).toMatch(
      new RegExp(`^weir_${PORT}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
    )
    const again = await signIn({ code })
    expect(again.json()).toMatchObject({
      code: 'unauthorized',
      detail: expect.stringContaining('used already'),
    })
    expect(again.headers['set-cookie']).toBeUndefined()
  })

  it('is good for 60 seconds, whichever clock they pass on', async () => {
    const inTime = weir.loginCodes.issue()
    weir.clock.advance(LOGIN_CODE_LIFE_MS - 1)
    expect((await signIn(inTime.code === '' ? {} : { code: inTime.code })).statusCode).toBe(200)
    const late = weir.loginCodes.issue()
    weir.clock.advance(LOGIN_CODE_LIFE_MS)
    expect((await signIn({ code: late.code })).statusCode).toBe(401)
    const slept = weir.loginCodes.issue()
    weir.clock.set(weir.clock.now() + 61 * SECOND_MS)
    expect((await signIn({ code: slept.code })).statusCode).toBe(401)
    const setBack = weir.loginCodes.issue()
    weir.clock.advance(61 * SECOND_MS)
    weir.clock.set('2020-01-01T00:00:00Z')
    expect((await signIn({ code: setBack.code })).statusCode).toBe(401)
  })

  it('is made for an admin token and for nobody else', async () => {
    const make = (headers: Record<string, string>) =>
      weir.call({ method: 'POST', url: '/api/v1/auth/login-codes', payload: {}, headers })
    const answer = await make(bearer('admin'))
    expect(answer.statusCode).toBe(201)
    const { code, expires_at, url } = answer.json()
    expect(url).toBe(`http://127.0.0.1:${PORT}/#/login?code=${code}`)
    expect(expires_at).toBe('2026-11-24T10:21:00.000Z')
    expect((await signIn({ code })).statusCode).toBe(200)
    for (const who of ['executor', 'user'] as const) {
      expect((await make(bearer(who))).json()).toMatchObject({ code: 'forbidden' })
    }
    expect((await make({})).statusCode).toBe(401)
    expect((await make(await signedIn())).json()).toMatchObject({ code: 'forbidden' })
  })

  it('leaves no trace in the log', async () => {
    const { code } = weir.loginCodes.issue()
    await signIn({ code })
    await signIn({ code })
    expect(JSON.stringify(weir.log.lines)).not.toContain(code)
  })
})

describe('a pasted token', () => {
  it('signs in when it is an admin token', async () => {
    expect((await signIn({ token: TOKENS.admin })).json()).toMatchObject({ name: 'admin' })
    expect((await signIn({ token: TOKENS.executor })).json()).toMatchObject({ code: 'forbidden' })
    expect((await signIn({ token: 'weir_wrong' })).json()).toMatchObject({ code: 'unauthorized' })
  })

  it.each([{}, { code: 'a', token: 'b' }, { code: '' }, { code: 5 }, { user: 'x' }, []])(
    'in a body like %j is refused',
    async (payload) => {
      expect((await signIn(payload)).json()).toMatchObject({ code: 'invalid_request', status: 400 })
    },
  )

  it('must come as JSON from our own page', async () => {
    const text = await weir.call({
      method: 'POST',
      url: '/api/v1/auth/login',
      payload: JSON.stringify({ token: TOKENS.admin }),
      headers: { 'content-type': 'text/plain' },
    })
    expect(text.statusCode).toBe(415)
    const foreign = await weir.call({
      method: 'POST',
      url: '/api/v1/auth/login',
      payload: { token: TOKENS.admin },
      headers: { origin: 'https://evil.test' },
    })
    expect(foreign.json()).toMatchObject({ code: 'origin_not_allowed' })
  })
})

describe('a signed-in browser', () => {
  it('is an admin that the audit log knows as a browser', async () => {
    const headers = await signedIn()
    expect((await status(headers)).statusCode).toBe(200)
    expect((await startEmpty(headers)).statusCode).toBe(200)
    expect(weir.calls.at(-1)).toMatchObject({
      method: 'startEmpty',
      args: [{ via: 'browser', scope: 'admin' }],
    })
  })

  it('needs its CSRF value for everything that is not a GET', async () => {
    const headers = await signedIn()
    expect((await status(without(headers, 'x-weir-csrf'))).statusCode).toBe(200)
    for (const value of [undefined, '', 'wrong', `${headers['x-weir-csrf']}x`]) {
      const sent =
        value === undefined ? without(headers, 'x-weir-csrf') : { ...headers, 'x-weir-csrf': value }
      expect((await startEmpty(sent)).json()).toMatchObject({ code: 'origin_not_allowed' })
    }
    const other = await signedIn()
    expect((await startEmpty({ ...headers, 'x-weir-csrf': other['x-weir-csrf'] ?? '' })).statusCode).toBe(403)
  })

  it.each([
    ['same-origin', undefined, 200, 200],
    ['none', undefined, 200, 403],
    ['cross-site', undefined, 403, 403],
    ['same-site', undefined, 403, 403],
    [undefined, undefined, 200, 403],
    [undefined, `http://${HOST}`, 200, 200],
    [undefined, 'https://evil.test', 403, 403],
    ['same-origin', 'null', 403, 403],
  ])(
    'with Sec-Fetch-Site %s and Origin %s reads with %i and writes with %i',
    async (site, origin, reads, writes) => {
      const headers = {
        ...without(await signedIn(), 'sec-fetch-site'),
        ...(site === undefined ? {} : { 'sec-fetch-site': site }),
        ...(origin === undefined ? {} : { origin }),
      }
      expect([(await status(headers)).statusCode, (await startEmpty(headers)).statusCode]).toEqual([
        reads,
        writes,
      ])
    },
  )

  it('may not call what is for executors', async () => {
    const answer = await weir.call({
      method: 'POST',
      url: '/api/v1/limits/check',
      payload: { user_id: 'alice' },
      headers: await signedIn(),
    })
    expect(answer.json()).toMatchObject({ code: 'forbidden' })
    expect(weir.calls).toEqual([])
  })

  it('stays signed in while it is used, and is signed out after twelve idle hours', async () => {
    const headers = await signedIn()
    for (let hours = 0; hours < 36; hours += 11) {
      weir.clock.advance(11 * HOUR_MS)
      expect((await status(headers)).statusCode).toBe(200)
    }
    weir.clock.advance(UI_SESSION_IDLE_MS)
    expect((await status(headers)).json()).toMatchObject({ code: 'unauthorized' })
    expect((await status(headers)).statusCode).toBe(401)
  })

  it('is signed out as soon as the token it stands on is revoked', async () => {
    const byToken = await signedIn()
    const { code } = (
      await weir.call({
        method: 'POST',
        url: '/api/v1/auth/login-codes',
        payload: {},
        headers: bearer('admin'),
      })
    ).json()
    const byCode = await signedIn({ code })
    const byProgram = await signedIn({ code: weir.loginCodes.issue().code })
    weir.revoked.add(TOKENS.admin)
    expect((await status(byToken)).statusCode).toBe(401)
    expect((await status(byCode)).statusCode).toBe(401)
    expect((await status(byProgram)).statusCode).toBe(200)
  })

  it('can ask whether it is signed in, and sign out', async () => {
    const session = (headers: Record<string, string>) =>
      weir.call({ method: 'GET', url: '/api/v1/auth/session', headers })
    expect((await session({})).json()).toEqual({ authenticated: false, name: null, csrf: null })
    const headers = await signedIn()
    expect((await session(headers)).json()).toEqual({
      authenticated: true,
      name: 'admin',
      csrf: headers['x-weir-csrf'],
    })
    expect((await session({ ...headers, 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
    const signOut = (sent: Record<string, string>) =>
      weir.call({ method: 'POST', url: '/api/v1/auth/logout', payload: {}, headers: sent })
    expect((await signOut(without(headers, 'x-weir-csrf'))).statusCode).toBe(403)
    const answer = await signOut(headers)
    expect(answer.headers['set-cookie']).toContain('Max-Age=0')
    expect((await status(headers)).statusCode).toBe(401)
    expect((await signOut(headers)).statusCode).toBe(200)
  })

  it('is known by the cookie of this port only', async () => {
    const headers = await signedIn()
    const renamed = { ...headers, cookie: (headers['cookie'] ?? '').replace(`weir_${PORT}`, 'weir_5056') }
    expect((await status(renamed)).statusCode).toBe(401)
    const among = { ...headers, cookie: `a=1; ${headers['cookie']}; weir_5056=x` }
    expect((await status(among)).statusCode).toBe(200)
  })

  it('is not saved by its cookie when it presents a wrong token', async () => {
    const answer = await status({ ...(await signedIn()), authorization: 'Bearer weir_wrong' })
    expect(answer.statusCode).toBe(401)
  })
})

describe('the Authorization header', () => {
  it.each([
    '',
    'Bearer',
    'Bearer ',
    'Basic d2Vpcg==',
    'Bearer a b',
    `Bearer ${'a'.repeat(600)}`,
    'weir_admin',
    'Bearer weir_admin, x',
  ])('%j is not a token', async (authorization) => {
    expect((await status({ authorization })).json()).toMatchObject({ code: 'unauthorized' })
  })

  it('may write Bearer as it likes', async () => {
    expect((await status({ authorization: `bearer ${TOKENS.admin}` })).statusCode).toBe(200)
  })
})

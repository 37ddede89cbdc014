import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROBLEM_MEDIA_TYPE } from '../../shared/contract/problem.ts'
import { bearer, type Harness, HOST, harness, PORT } from './http-harness.ts'

let weir: Harness
beforeAll(async () => {
  weir = await harness()
})
afterAll(async () => {
  await weir.app.close()
})

const CHECK = { method: 'POST', url: '/api/v1/limits/check', payload: { user_id: 'alice' } } as const

const GOOD_HOSTS = [HOST, `localhost:${PORT}`, `LOCALHOST:${PORT}`, `[::1]:${PORT}`]
const BAD_HOSTS = [
  '127.0.0.1',
  'localhost',
  '[::1]',
  `127.0.0.1:${PORT + 1}`,
  `evil.test:${PORT}`,
  'evil.test',
  `localhost.:${PORT}`,
  `127.0.0.1.:${PORT}`,
  `127.1:${PORT}`,
  `0.0.0.0:${PORT}`,
  `2130706433:${PORT}`,
  `0x7f.1:${PORT}`,
  `[::]:${PORT}`,
  `::1:${PORT}`,
  `[::ffff:127.0.0.1]:${PORT}`,
  `[0:0:0:0:0:0:0:1]:${PORT}`,
  `user@127.0.0.1:${PORT}`,
  `127.0.0.1:0${PORT}`,
  `127.0.0.1:${PORT}.evil.test`,
  `localhost.evil.test:${PORT}`,
  `localhost:${PORT}, evil.test`,
  `http://127.0.0.1:${PORT}`,
  `127.0.0.1:${PORT}/`,
  ` `,
  `127.0.0.1:`,
  `localhost:http`,
  `127.0.0.2:${PORT}`,
  `127.0.0.1:${PORT}#`,
  'null',
]
const ADDRESSES = [
  '/api/v1/limits/check',
  '/healthz',
  '/docs',
  '/api/v1/openapi.json',
  '/',
  '/nothing',
  '/api/v1/auth/session',
]

describe('the Host', () => {
  it.each(GOOD_HOSTS)('%s is this machine', async (host) => {
    const answer = await weir.call({ ...CHECK, headers: { host, ...bearer('executor') } })
    expect(answer.statusCode).toBe(200)
  })

  it.each(BAD_HOSTS)('%s is refused at every address, also at those that do not exist', async (host) => {
    for (const url of ADDRESSES) {
      const answer = await weir.call({ method: 'GET', url, headers: { host, ...bearer('admin') } })
      expect([url, answer.statusCode]).toEqual([url, 421])
      expect(answer.json()).toMatchObject({ code: 'host_not_allowed' })
    }
  })

  it('is refused before the address, the method, the token and the body are looked at', async () => {
    const answer = await weir.call({
      method: 'DELETE',
      url: '/nothing',
      headers: { host: 'evil.test' },
      payload: 'x',
    })
    expect(answer.json()).toMatchObject({ code: 'host_not_allowed' })
  })
})

const ORIGINS = [
  [undefined, true],
  [`http://${HOST}`, true],
  [`http://localhost:${PORT}`, true],
  [`http://[::1]:${PORT}`, true],
  ['null', false],
  ['https://evil.test', false],
  [`http://127.0.0.1:${PORT + 1}`, false],
  [`https://${HOST}`, false],
  [`http://${HOST}.evil.test`, false],
  [`http://${HOST}/`, false],
  ['chrome-extension://abc', false],
  ['', false],
] as const
const SITES = [
  [undefined, true],
  ['same-origin', true],
  ['none', true],
  ['cross-site', false],
  ['same-site', false],
  ['x', false],
] as const
const METHODS = [
  ['POST', '/api/v1/limits/check', 'executor'],
  ['GET', '/api/v1/admin/status', 'admin'],
  ['DELETE', '/api/v1/auth/admin/tokens/1', 'admin'],
  ['GET', '/healthz', 'admin'],
] as const
const TYPES = [
  [undefined, 415],
  ['application/json', 200],
  ['application/json; charset=utf-8', 200],
  ['text/plain', 415],
  ['application/x-www-form-urlencoded', 415],
  ['multipart/form-data; boundary=x', 415],
  ['application/json; charset=latin1', 415],
  ['text/plain; application/json', 415],
  ['application/jsonx', 415],
] as const

describe('a page of another site', () => {
  for (const [origin, isOurOrigin] of ORIGINS) {
    for (const [site, isOurSite] of SITES) {
      for (const [method, url, who] of METHODS) {
        const passes = isOurOrigin && isOurSite
        it(`with Origin ${origin} and Sec-Fetch-Site ${site} ${passes ? 'may' : 'may not'} ${method} ${url}`, async () => {
          const before = weir.calls.length
          const answer = await weir.call({
            method,
            url,
            headers: {
              ...bearer(who),
              ...(origin === undefined ? {} : { origin }),
              ...(site === undefined ? {} : { 'sec-fetch-site': site }),
            },
            ...(method === 'POST' ? { payload: CHECK.payload } : {}),
          })
          if (passes) {
            expect(answer.statusCode).toBe(200)
          } else {
            expect(answer.json()).toMatchObject({ code: 'origin_not_allowed', status: 403 })
            expect(weir.calls.length).toBe(before)
          }
        })
      }
    }
  }

  it('is answered without any CORS header', async () => {
    for (const method of ['GET', 'OPTIONS'] as const) {
      const answer = await weir.call({ method, url: '/healthz', headers: { origin: `http://${HOST}` } })
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })
})

describe('the body', () => {
  it.each(TYPES)('of type %s is answered with %i', async (type, status) => {
    const answer = await weir.call({
      ...CHECK,
      payload: JSON.stringify(CHECK.payload),
      headers: { ...bearer('executor'), ...(type === undefined ? {} : { 'content-type': type }) },
    })
    expect(answer.statusCode).toBe(status)
  })

  it('is not looked at before the token', async () => {
    const answer = await weir.call({ ...CHECK, payload: 'x', headers: { 'content-type': 'text/plain' } })
    expect(answer.statusCode).toBe(401)
  })

  it('may not be compressed', async () => {
    const answer = await weir.call({
      ...CHECK,
      headers: { ...bearer('executor'), 'content-encoding': 'gzip' },
    })
    expect(answer.json()).toMatchObject({ code: 'unsupported_media_type' })
  })

  it('may have 64 KB and not a byte more', async () => {
    const text = (bytes: number): string => {
      const frame = JSON.stringify({ user_id: '' })
      return JSON.stringify({ user_id: 'a'.repeat(bytes - frame.length) })
    }
    const headers = { ...bearer('executor'), 'content-type': 'application/json' }
    const fits = await weir.call({ ...CHECK, payload: text(65_536), headers })
    expect(fits.json()).toMatchObject({ code: 'invalid_request' })
    const tooLarge = await weir.call({ ...CHECK, payload: text(65_537), headers })
    expect(tooLarge.json()).toMatchObject({ code: 'body_too_large', status: 413, max_bytes: 65_536 })
    expect(tooLarge.headers['connection']).toBe('close')
  })

  it.each([
    ['{"user_id":', 'not well-formed'],
    ['nonsense', 'not well-formed'],
    [Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'UTF-8'],
    [`${'['.repeat(17)}${']'.repeat(17)}`, 'deeper than 16'],
    [`${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'deeper than 16'],
    ['[]', 'must be an object'],
    ['null', 'must be an object'],
    ['"text"', 'must be an object'],
    ['{"user_id":"alice","__proto__":{"x":1}}', '__proto__ is not known'],
    ['{"user_id":"alice","constructor":{"x":1}}', 'constructor is not known'],
    ['{"user_id":"alice","estimated_input_tokens":1e400}', 'estimated_input_tokens'],
    ['{"user_id":"alice","estimated_input_tokens":-1}', 'must be 0 or more'],
    ['{"user_id":"alice","estimated_input_tokens":1.5}', 'must be a whole number'],
    ['{"user_id":"alice","estimated_input_tokens":"7"}', 'must be a number'],
    ['{"user_id":"../../etc/passwd"}', 'user_id must be'],
    ['{}', 'User_id is missing'],
    ['', 'User_id is missing'],
  ])('%s is refused with a sentence', async (payload, words) => {
    const before = weir.calls.length
    const answer = await weir.call({
      ...CHECK,
      payload,
      headers: { ...bearer('executor'), 'content-type': 'application/json' },
    })
    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toBe(PROBLEM_MEDIA_TYPE)
    expect(answer.json().detail.toLowerCase()).toContain(words.toLowerCase())
    expect(weir.calls.length).toBe(before)
  })

  it('with an unknown member says which', async () => {
    const answer = await weir.call({
      ...CHECK,
      payload: { user_id: 'alice', estimated_tokens: 5 },
      headers: bearer('executor'),
    })
    expect(answer.json()).toMatchObject({
      code: 'invalid_request',
      errors: [{ path: 'estimated_tokens', message: expect.stringContaining('not known') }],
    })
  })
})

describe('the address', () => {
  it.each(['OPTIONS', 'PUT', 'PATCH', 'DELETE', 'GET', 'HEAD', 'TRACE', 'PROPFIND'])(
    'of the check does not answer to %s, and says to what',
    async (method) => {
      const answer = await weir.call({ method: method as 'GET', url: CHECK.url, headers: bearer('executor') })
      expect(answer.statusCode).toBe(405)
      if (method !== 'HEAD') expect(answer.body).toContain('"code":"method_not_allowed"')
      expect(answer.headers['allow']).toBe('POST')
    },
  )

  it('names all its methods', async () => {
    const answer = await weir.call({ method: 'PUT', url: '/api/v1/auth/admin/users' })
    expect(answer.headers['allow']).toBe('GET, POST')
    const token = await weir.call({ method: 'PUT', url: '/api/v1/auth/admin/tokens/7' })
    expect(token.headers['allow']).toBe('DELETE')
  })

  it.each([
    '/nothing',
    '/api/v1/limits/check/',
    '/API/v1/limits/check',
    '/healthz/x',
    '/.env',
    '/..%2f..%2fetc/passwd',
  ])('%s is unknown', async (url) => {
    const answer = await weir.call({ method: 'GET', url })
    expect(answer.json()).toMatchObject({ code: 'route_unknown', status: 404 })
  })

  it.each(['/%', '/api/v1/admin/import/%ZZ', '/api/v1/admin/import/%c0%80'])(
    '%s is not well-formed',
    async (url) => {
      const answer = await weir.call({ method: 'GET', url, headers: bearer('admin') })
      expect([400, 404]).toContain(answer.statusCode)
      expect(answer.headers['content-type']).toBe(PROBLEM_MEDIA_TYPE)
      expect(answer.headers['x-frame-options']).toBe('DENY')
    },
  )

  it('with an unknown, a doubled or a misplaced query member is refused', async () => {
    const url = '/api/v1/auth/admin/users'
    const unknown = await weir.call({ method: 'GET', url: `${url}?sorted=name`, headers: bearer('admin') })
    expect(unknown.json()).toMatchObject({ code: 'invalid_request', errors: [{ path: 'sorted' }] })
    const doubled = await weir.call({
      method: 'GET',
      url: `${url}?search=a&search=b`,
      headers: bearer('admin'),
    })
    expect(doubled.json()).toMatchObject({ code: 'invalid_request', errors: [{ path: 'search' }] })
    const misplaced = await weir.call({
      ...CHECK,
      url: `${CHECK.url}?dry_run=true`,
      headers: bearer('executor'),
    })
    expect(misplaced.json()).toMatchObject({ code: 'invalid_request', errors: [{ path: 'dry_run' }] })
  })

  it('and the body must name the same thing', async () => {
    const answer = await weir.call({
      method: 'PUT',
      url: '/api/v1/auth/admin/users/alice/consumption-profile',
      payload: { id: 'bob', profile_id: 1 },
      headers: bearer('admin'),
    })
    expect(answer.json()).toMatchObject({ code: 'invalid_request', errors: [{ path: 'id' }] })
  })
})

describe('every answer', () => {
  it.each([
    ['GET', '/healthz', {}],
    ['GET', '/docs', {}],
    ['GET', '/docs/docs.js', {}],
    ['GET', '/api/v1/openapi.json', {}],
    ['GET', '/nothing', {}],
    ['OPTIONS', '/healthz', {}],
    ['GET', '/api/v1/admin/status', {}],
    ['GET', '/api/v1/admin/status', bearer('admin')],
    ['GET', '/', { host: 'evil.test' }],
    ['GET', '/%', {}],
  ] as const)('of %s %s has the security headers and a request id', async (method, url, headers) => {
    const answer = await weir.call({ method, url, headers })
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/),
      'x-request-id': expect.any(String),
    })
    if (answer.statusCode >= 400) {
      expect(answer.headers['content-type']).toBe(PROBLEM_MEDIA_TYPE)
      expect(answer.json()).toMatchObject({
        type: expect.stringMatching(/^urn:weir:error:/),
        status: answer.statusCode,
        request_id: answer.headers['x-request-id'],
      })
    }
  })
})

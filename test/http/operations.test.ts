import { parseList } from 'structured-headers'
import { afterEach, describe, expect, it } from 'vitest'
import { WeirError } from '../../electron/core/kernel/weir-error.ts'
import { openApiDocument } from '../../electron/http/openapi.ts'
import { HANDLERS } from '../../electron/operations/handlers.ts'
import { OPERATIONS, type OperationName } from '../../shared/contract/index.ts'
import { LIMITS } from '../support/fake-weir.ts'
import { bearer, type Harness, harness, PORT } from './http-harness.ts'

let weir: Harness
afterEach(async () => {
  await weir.app.close()
})

const names = Object.keys(OPERATIONS) as OperationName[]

/** The request of an operation's example. */
function exampleOf(name: OperationName): {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  url: string
  payload?: object
} {
  const { method, path, example } = OPERATIONS[name]
  const rest: Record<string, unknown> = { ...example }
  const url = path.replaceAll(/\{(\w+)\}/g, (_all, member: string) => {
    const value = String(rest[member])
    delete rest[member]
    return encodeURIComponent(value)
  })
  if (method === 'GET' || method === 'DELETE') {
    const query = new URLSearchParams(Object.entries(rest).map(([key, value]) => [key, String(value)]))
    return { method, url: query.size === 0 ? url : `${url}?${query}` }
  }
  return { method: method as 'POST', url, payload: rest }
}

describe('the table', () => {
  it.each(names)(
    '%s has a handler, a route, an entry in OpenAPI and an example that is accepted',
    async (name) => {
      weir = await harness()
      expect(HANDLERS[name]).toBeTypeOf('function')
      const { method, path, status } = OPERATIONS[name]
      expect(openApiDocument(PORT).paths[path]?.[method.toLowerCase()]?.operationId).toBe(name)
      const answer = await weir.call({ ...exampleOf(name), headers: bearer('admin') })
      expect([status, ...(name === 'turns.record' ? [201] : [])]).toContain(answer.statusCode)
      // Of a run its end is waited for as well, for the screens that show it.
      expect(weir.calls.filter(({ method }) => !method.endsWith('.finished'))).toHaveLength(1)
    },
  )

  it.each(names)('%s answers only to its scopes', async (name) => {
    weir = await harness()
    for (const who of ['executor', 'user', 'admin'] as const) {
      const answer = await weir.call({ ...exampleOf(name), headers: bearer(who) })
      const mayCall = who === 'admin' || OPERATIONS[name].scopes.includes(who)
      expect([who, answer.statusCode === 403]).toEqual([who, !mayCall])
      if (!mayCall)
        expect(answer.json()).toMatchObject({ code: 'forbidden', detail: expect.stringContaining(who) })
    }
    const anonymous = await weir.call(exampleOf(name))
    expect(anonymous.statusCode).toBe(401)
    expect(anonymous.headers['www-authenticate']).toBe('Bearer realm="weir"')
    const wrong = await weir.call({ ...exampleOf(name), headers: { authorization: 'Bearer weir_wrong' } })
    expect(wrong.json()).toMatchObject({ code: 'unauthorized' })
  })
})

describe('a user token', () => {
  it('sees its own user, asked for or not, and nobody else', async () => {
    weir = await harness()
    for (const path of ['summary', 'turns', 'history']) {
      const url = `/api/v1/consumption/${path}`
      expect((await weir.call({ method: 'GET', url, headers: bearer('user') })).statusCode).toBe(200)
      expect(
        (await weir.call({ method: 'GET', url: `${url}?user_id=alice`, headers: bearer('user') })).statusCode,
      ).toBe(200)
      const other = await weir.call({ method: 'GET', url: `${url}?user_id=bob`, headers: bearer('user') })
      expect(other.json()).toMatchObject({ code: 'forbidden', status: 403 })
    }
    expect(weir.calls.map((call) => call.args[0])).toEqual([
      'alice',
      'alice',
      { user_id: 'alice' },
      { user_id: 'alice' },
      'alice',
      'alice',
    ])
  })
})

describe('an admin token', () => {
  it('must say whose summary and history, and sees everybody in the ledger when it does not', async () => {
    weir = await harness()
    for (const path of ['summary', 'history']) {
      const answer = await weir.call({
        method: 'GET',
        url: `/api/v1/consumption/${path}`,
        headers: bearer('admin'),
      })
      expect(answer.json()).toMatchObject({ code: 'invalid_request', errors: [{ path: 'user_id' }] })
      expect(answer.json().detail).toContain('?user_id=')
    }
    const turns = await weir.call({
      method: 'GET',
      url: '/api/v1/consumption/turns?limit=5',
      headers: bearer('admin'),
    })
    expect(turns.statusCode).toBe(200)
    expect(weir.calls).toEqual([{ method: 'consumption.turns', args: [{ limit: 5 }] }])
  })
})

describe('an executor token made for one user', () => {
  it('checks and records for that user only', async () => {
    weir = await harness()
    const check = (user_id: string) =>
      weir.call({
        method: 'POST',
        url: '/api/v1/limits/check',
        payload: { user_id },
        headers: bearer('boundExecutor'),
      })
    expect((await check('alice')).statusCode).toBe(200)
    expect((await check('bob')).json()).toMatchObject({ code: 'forbidden' })
  })
})

describe('a check', () => {
  const request = { method: 'POST', url: '/api/v1/limits/check', payload: { user_id: 'alice' } } as const

  it('that says yes tells the limits in structured headers, unlimited ones left out', async () => {
    weir = await harness()
    const answer = await weir.call({ ...request, headers: bearer('executor') })
    expect(answer.json()).toMatchObject({ allowed: true, admission_id: 'adm-1' })
    expect(parseList(String(answer.headers['ratelimit-policy']))).toEqual([
      [
        'hour',
        new Map<string, unknown>([
          ['q', 100],
          ['w', 3600],
        ]),
      ],
      [
        'cost',
        new Map<string, unknown>([
          ['q', 12_500_000],
          ['qu', 'micro-usd'],
          ['w', 30 * 86_400],
        ]),
      ],
    ])
    expect(parseList(String(answer.headers['ratelimit']))).toEqual([
      [
        'hour',
        new Map([
          ['r', 60],
          ['t', 2400],
        ]),
      ],
      [
        'cost',
        new Map([
          ['r', 10_400_000],
          ['t', 567_600],
        ]),
      ],
    ])
  })

  it('that says no is a 429 with what the caller needs to come back', async () => {
    const details = {
      limit: 100,
      used: 100,
      resets_at: '2026-11-24T11:00:00.000Z',
      retry_after_seconds: 2400,
      limits: [LIMITS[0]],
    }
    weir = await harness({
      'consumption.admit': {
        kind: 'refused',
        code: 'hourly_limit_exceeded',
        detail: '100 of 100 used.',
        details,
      },
    })
    const answer = await weir.call({ ...request, headers: bearer('executor') })
    expect(answer.statusCode).toBe(429)
    expect(answer.headers['retry-after']).toBe('2400')
    expect(answer.headers['ratelimit']).toBe('"hour";r=60;t=2400')
    expect(answer.json()).toMatchObject({
      code: 'hourly_limit_exceeded',
      detail: '100 of 100 used.',
      ...details,
    })
  })

  it.each([
    [0, '1'],
    [0.2, '1'],
    [-5, '1'],
    [1.2, '2'],
    [undefined, '5'],
  ])('refused with retry_after_seconds %s has Retry-After %s', async (retry_after_seconds, header) => {
    weir = await harness({
      'consumption.admit': {
        kind: 'refused',
        code: 'limits_unavailable',
        detail: 'x',
        details: { retry_after_seconds },
      },
    })
    const answer = await weir.call({ ...request, headers: bearer('executor') })
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, header])
  })
})

describe('recording a turn', () => {
  it('answers 201 the first time and 200 when it is there already', async () => {
    let replayed = false
    weir = await harness({
      'consumption.recordTurn': () => ({ replayed, settled_admission_id: null, turn: {} }),
    })
    const request = { ...exampleOf('turns.record'), headers: bearer('executor') }
    expect((await weir.call(request)).statusCode).toBe(201)
    replayed = true
    expect((await weir.call(request)).statusCode).toBe(200)
  })
})

describe('a fault', () => {
  it('of the operating kind is told by its code and its details', async () => {
    const fault = new WeirError('turn_conflict', 'Turn 1 has other figures.', { details: { turn_number: 1 } })
    weir = await harness({
      'consumption.recordTurn': () => {
        throw fault
      },
    })
    const answer = await weir.call({ ...exampleOf('turns.record'), headers: bearer('executor') })
    expect(answer.json()).toMatchObject({ code: 'turn_conflict', status: 409, turn_number: 1 })
    expect(weir.log.lines.filter((line) => ['warn', 'error'].includes(line.level))).toEqual([])
  })

  it('nobody expected tells the caller only where to look, and the log everything', async () => {
    weir = await harness({
      status: () => {
        throw new TypeError('secret path /home/x')
      },
    })
    const answer = await weir.call({ ...exampleOf('status.get'), headers: bearer('admin') })
    expect(answer.json()).toMatchObject({ code: 'internal', status: 500 })
    expect(answer.body).not.toContain('secret')
    const [line] = weir.log.lines.filter((one) => one.level === 'error')
    expect(line?.fields).toMatchObject({
      operation: 'status.get',
      request_id: answer.headers['x-request-id'],
      error: expect.stringContaining('secret path'),
    })
  })

  it('is also an answer that does not fit its schema, when answers are checked', async () => {
    weir = await harness({ verify: { checked: 'many' } }, { checkOutput: true })
    const answer = await weir.call({ ...exampleOf('books.verify'), headers: bearer('admin') })
    expect(answer.json()).toMatchObject({ code: 'internal' })
  })
})

describe('health', () => {
  it('is told without a token', async () => {
    weir = await harness()
    expect((await weir.call({ method: 'GET', url: '/healthz' })).json()).toEqual({
      status: 'up',
      service: 'weir',
      face: 'browser',
    })
    expect((await weir.call({ method: 'GET', url: '/readyz' })).json()).toEqual({ status: 'ready' })
    expect((await weir.call({ method: 'HEAD', url: '/healthz' })).statusCode).toBe(200)
  })

  it('is a 503 while the database does not answer', async () => {
    weir = await harness({ isReady: false })
    const answer = await weir.call({ method: 'GET', url: '/readyz' })
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5'])
    expect(answer.json()).toMatchObject({ code: 'storage_unavailable' })
  })
})

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openApiDocument } from '../../electron/http/openapi.ts'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { bearer, type Harness, harness, PORT } from './http-harness.ts'

let weir: Harness
beforeEach(async () => {
  weir = await harness()
})
afterEach(async () => {
  await weir.app.close()
})

const extend = (headers: Readonly<Record<string, string>>, payload: object = {}) =>
  weir.call({
    method: 'PATCH',
    url: '/api/v1/consumption/turns/session-1/2',
    payload: { input_tokens: 5, ...payload },
    headers: { ...bearer('executor'), ...headers },
  })

describe('the header Idempotency-Key', () => {
  it('is a member of the input', async () => {
    expect((await extend({ 'Idempotency-Key': 'key-1' })).statusCode).toBe(200)
    expect(weir.calls[0]?.args[0]).toEqual({
      session_id: 'session-1',
      turn_number: 2,
      input_tokens: 5,
      idempotency_key: 'key-1',
    })
  })

  it.each([
    ['is missing', {}, {}],
    ['has spaces', { 'idempotency-key': 'a b' }, {}],
    ['says something else than the body', { 'idempotency-key': 'a' }, { idempotency_key: 'b' }],
  ])('is refused when it %s', async (_what, headers, payload) => {
    const answer = await extend(headers as Readonly<Record<string, string>>, payload)
    expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, 'idempotency_key'])
    expect(weir.calls).toEqual([])
  })

  it('is described as a header, required where it is', () => {
    const { paths } = openApiDocument(PORT)
    const headerOf = (name: 'turns.extend' | 'consumption.championCase') => {
      const { method, path } = OPERATIONS[name]
      const operation = paths[path]?.[method.toLowerCase()]
      expect(JSON.stringify(operation?.requestBody)).not.toContain('idempotency_key')
      return operation?.parameters?.find((parameter) => parameter.in === 'header')
    }
    expect(headerOf('turns.extend')).toMatchObject({ name: 'Idempotency-Key', required: true })
    expect(headerOf('consumption.championCase')).toMatchObject({ name: 'Idempotency-Key', required: false })
  })
})

describe('what was there already', () => {
  it.each(['sessions.open', 'consumption.championCase'] as const)('is 200 for %s, not 201', async (name) => {
    await weir.app.close()
    weir = await harness({
      'consumption.openSession': { replayed: true },
      'consumption.countCase': { replayed: true },
    })
    const { method, path, example } = OPERATIONS[name]
    const answer = await weir.call({ method, url: path, payload: example, headers: bearer('executor') })
    expect(answer.statusCode).toBe(200)
  })
})

describe('a configuration change that is refused', () => {
  it('is a 429 that says when to come back', async () => {
    await weir.app.close()
    const refusal = {
      kind: 'refused',
      code: 'config_limit_exceeded',
      detail: 'x',
      details: { retry_after_seconds: 7 },
    }
    weir = await harness({ 'consumption.countConfigChange': refusal })
    const { method, path, example } = OPERATIONS['consumption.configChange']
    const answer = await weir.call({ method, url: path, payload: example, headers: bearer('executor') })
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '7'])
  })
})

import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openLogFile } from '../../electron/core/kernel/pino-logger.ts'
import { systemPorts } from '../../electron/core/kernel/system-ports.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { LoginCodes } from '../../electron/http/login-codes.ts'
import { buildHttp } from '../../electron/http/server.ts'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { TOKENS } from '../support/fake-weir.ts'
import { configOf, OPERATOR } from '../support/weir.ts'
import { bearer, type Harness, HOST, harness, PORT } from './http-harness.ts'

let fake: Harness
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function fakeHarness(parts: Parameters<typeof harness>[1] = {}): Promise<void> {
  fake = await harness({}, parts)
  ends.push(() => fake.app.close())
}

describe('/metrics', () => {
  it('is for admins, in the text of Prometheus, and counts checks by what they came to', async () => {
    await fakeHarness()
    const check = { method: 'POST', url: '/api/v1/limits/check', payload: { user_id: 'alice' } } as const
    await fake.call({ ...check, headers: bearer('executor') })
    await fake.call({ ...check, payload: { user_id: 'alice', dry_run: true }, headers: bearer('executor') })
    const answer = await fake.call({ method: 'GET', url: '/metrics', headers: bearer('admin') })
    expect(answer.headers['content-type']).toContain('text/plain')
    expect(answer.body).toContain('weir_limit_checks_total{outcome="allowed"} 1')
    expect(answer.body).toContain('weir_operation_duration_seconds_count{operation="limits.check"} 2')
    for (const who of ['executor', 'user'] as const)
      expect((await fake.call({ method: 'GET', url: '/metrics', headers: bearer(who) })).statusCode).toBe(403)
    expect((await fake.call({ method: 'GET', url: '/metrics' })).statusCode).toBe(401)
  })

  it('the dashboards say how long they took', async () => {
    await fakeHarness()
    const answer = await fake.call({
      method: 'GET',
      url: '/api/v1/consumption/users',
      headers: bearer('admin'),
    })
    expect(answer.headers['server-timing']).toMatch(/^total;dur=\d/)
  })
})

describe('the change feed', () => {
  it('tells who listens which subjects changed, and lets them go when the server closes', async () => {
    fake = await harness({}, { port: () => port })
    let port = PORT
    await fake.app.listen({ host: '127.0.0.1', port: 0 })
    port = (fake.app.server.address() as AddressInfo).port
    const url = `http://127.0.0.1:${port}/api/v1/events`
    expect((await fetch(url, { headers: bearer('user') })).status).toBe(403)
    const answer = await fetch(url, { headers: bearer('admin') })
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    let heard = ''
    const reading = (async () => {
      for await (const chunk of answer.body ?? []) heard += Buffer.from(chunk).toString()
    })()
    await expect.poll(() => heard).toContain('event: hello')
    const created = OPERATIONS['users.create']
    const body = JSON.stringify(created.example)
    const headers = { ...bearer('admin'), 'content-type': 'application/json' }
    await fetch(`http://127.0.0.1:${port}${created.path}`, { method: 'POST', headers, body })
    await expect.poll(() => heard).toContain('data: {"topics":["users"]}')
    await fake.app.close()
    await reading
  })

  it('cuts off a listener whose token was revoked and who does not read the rest', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] })
    ends.push(async () => void vi.useRealTimers())
    await fakeHarness({ port: () => port })
    let port = PORT
    const { changes } = fake.weir
    const subscribe = changes.subscribe.bind(changes)
    const tells: Parameters<typeof subscribe>[0][] = []
    changes.subscribe = (tell) => {
      tells.push(tell)
      return subscribe(tell)
    }
    const answers: ServerResponse[] = []
    fake.app.server.on('request', (_request, answer) => answers.push(answer))
    await fake.app.listen({ host: '127.0.0.1', port: 0 })
    port = (fake.app.server.address() as AddressInfo).port
    const client = connect(port, '127.0.0.1')
    const gone = once(client, 'close')
    client.on('error', () => client.destroy())
    client.pause()
    client.write(
      `GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: ${bearer('admin').authorization}\r\n\r\n`,
    )
    await expect.poll(() => tells.length).toBe(1)
    // Until what the system keeps for a connection is full.
    const tell = () => tells[0]?.({ id: 1, topics: ['x'.repeat(60_000)] })
    while (answers[0]?.writableLength === 0) {
      tell()
      await wait(20)
    }
    fake.revoked.add(TOKENS.admin)
    const cut = once(answers[0] as ServerResponse, 'close')
    vi.advanceTimersByTime(15_000)
    vi.useRealTimers()
    await expect.poll(() => answers[0]?.writableEnded).toBe(true)
    changes.publish('users')
    await cut
    client.resume()
    await gone
  })

  it('holds sixteen listeners and no more', async () => {
    fake = await harness({}, { port: () => port })
    let port = PORT
    await fake.app.listen({ host: '127.0.0.1', port: 0 })
    ends.push(() => fake.app.close())
    port = (fake.app.server.address() as AddressInfo).port
    const open = () => fetch(`http://127.0.0.1:${port}/api/v1/events`, { headers: bearer('admin') })
    const all = await Promise.all(Array.from({ length: 16 }, open))
    expect(all.every(({ status }) => status === 200)).toBe(true)
    const one = await open()
    expect([one.status, ((await one.json()) as { code: string }).code]).toEqual([409, 'busy'])
    await all[0]?.body?.cancel()
    await expect.poll(async () => (await open()).status).toBe(200)
  })
})

describe('a request id', () => {
  it('leads from a refusal to its line, and no secret of the request reaches any file', async () => {
    const root = mkdtempSync(join(tmpdir(), 'weir-watch-'))
    const dataDir = join(root, 'data')
    const logFile = openLogFile(dataDir, 'debug')
    const ports = systemPorts(logFile.log, logFile)
    const weir = await createWeir(configOf(dataDir), ports)
    logFile.own()
    const app = await buildHttp({
      weir,
      port: () => PORT,
      face: 'browser',
      rendererDir: null,
      loginCodes: new LoginCodes(ports),
      log: logFile.log,
      clock: ports.clock,
    })
    ends.push(async () => {
      await app.close()
      await weir.close()
      logFile.close()
      rmSync(root, { recursive: true, force: true })
    })
    const { token } = await weir.tokens.create({ name: 'agent', scope: 'executor' }, OPERATOR)
    await weir.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
    await weir.settings.update({ prompt_text: 'none' }, OPERATOR)
    const call = (payload: unknown, headers: Record<string, string> = {}) =>
      app.inject({
        method: 'POST',
        url: '/api/v1/consumption/turns',
        headers: { host: HOST, authorization: `Bearer ${token}`, ...headers },
        payload: payload as object,
      })
    const turn = { user_id: 'alice', session_id: 's', turn_number: 1, provider: 'p', model: 'm' }
    const tokens = { input_tokens: 1, output_tokens: 1 }
    const marker = 'SECRETMARKER'
    const answers = [
      await call({ ...turn, ...tokens, user_query: `${marker} question` }),
      await call({ ...turn, ...tokens, input_tokens: 2, user_query: marker }, { 'x-note': marker }),
      await call({ ...turn, input_tokens: marker, [marker]: 1 }),
      await call(
        { ...turn, ...tokens },
        { authorization: `Bearer weir_${marker}abcdefgh`, cookie: `a=${marker}` },
      ),
      await app.inject({
        method: 'POST',
        url: `/api/v1/${marker}?code=${marker}`,
        headers: { host: HOST, 'content-type': 'application/json' },
        payload: `{"user_query": "${marker}`,
      }),
    ]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 409, 400, 401, 400])
    for (const answer of answers.slice(1)) {
      const { request_id, code } = answer.json() as { request_id: string; code: string }
      const found = await weir.logs.list(OPERATIONS['logs.list'].input.parse({ request_id }))
      OPERATIONS['logs.list'].output.parse(found)
      expect(found.lines.map(({ fields }) => fields['code'])).toContain(code)
    }
    OPERATIONS['logs.counters'].output.parse(await weir.logs.counters({}))
    const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
    expect(files.length).toBeGreaterThan(2)
    for (const file of files) {
      const bytes = readFileSync(join(file.parentPath, file.name), 'latin1')
      expect([file.name, bytes.includes(marker), bytes.includes(token)]).toEqual([file.name, false, false])
    }
  })
})

import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listenHttp } from '../../electron/http/listen.ts'
import { listeningInodes } from '../../electron/http/port-owner.ts'
import { SERVER_SETTINGS } from '../../electron/http/server.ts'
import { TOKENS } from '../support/fake-weir.ts'
import { type Harness, harness, sendRaw } from './http-harness.ts'

let weir: Harness
let port = 0
beforeEach(async () => {
  weir = await harness({}, { port: () => port })
  port = (await listenHttp(weir.app, 0)).port
})
afterEach(async () => {
  await weir.app.close()
})

const body = (answer: string): unknown => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))
const statusOf = (answer: string): number => Number(answer.split(' ')[1])
const host = (): string => `Host: 127.0.0.1:${port}\r\n`
const check = (headers: string, text = '{"user_id":"alice"}'): string =>
  `POST /api/v1/limits/check HTTP/1.1\r\n${host()}Authorization: Bearer ${TOKENS.executor}\r\n${headers}\r\n${text}`

/** What is wrong, the bytes (made late: they name the port), the status. */
const MALFORMED: readonly (readonly [string, () => string | Buffer, number])[] = [
  ['nonsense', () => 'nonsense\r\n\r\n', 400],
  ['TLS', () => Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]), 400],
  ['no Host', () => 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 421],
  ['two Hosts', () => `GET /healthz HTTP/1.1\r\n${host()}Host: evil.test\r\nConnection: close\r\n\r\n`, 421],
  ['two lengths', () => check('Content-Length: 19\r\nContent-Length: 20\r\n'), 400],
  ['length and chunks', () => check('Content-Length: 19\r\nTransfer-Encoding: chunked\r\n'), 400],
  ['a length that is none', () => check('Content-Length: -1\r\n'), 400],
  ['a bare line feed in a header', () => `GET /healthz HTTP/1.1\r\n${host()}A: b\nC\r\n\r\n`, 400],
  ['headers over 8 KB', () => `GET /healthz HTTP/1.1\r\n${host()}A: ${'a'.repeat(9000)}\r\n\r\n`, 431],
  [
    'a whole URL as target',
    () => `GET http://evil.test/healthz HTTP/1.1\r\n${host()}Connection: close\r\n\r\n`,
    421,
  ],
  ['an unknown method', () => `BREW /healthz HTTP/1.1\r\n${host()}\r\n`, 400],
  [
    'a broken chunk',
    () => check('Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n', 'zz\r\n'),
    400,
  ],
]

describe('what is not well-formed HTTP', () => {
  it.each(MALFORMED)(
    '%s is refused with a problem document and the connection closed',
    async (_name, bytes, status) => {
      const answer = await sendRaw(port, bytes())
      expect(statusOf(answer)).toBe(status)
      expect(answer.toLowerCase()).toContain('content-type: application/problem+json')
      expect(answer.toLowerCase()).toContain('x-content-type-options: nosniff')
      expect(body(answer)).toMatchObject({ status, request_id: expect.any(String) })
      expect(weir.calls).toEqual([])
    },
  )

  it('does not keep anybody else from being answered', async () => {
    await Promise.all(Array.from({ length: 20 }, () => sendRaw(port, 'nonsense\r\n\r\n')))
    const answer = await sendRaw(port, `GET /healthz HTTP/1.1\r\n${host()}Connection: close\r\n\r\n`)
    expect(statusOf(answer)).toBe(200)
  })
})

describe('a body over 64 KB', () => {
  it('is refused by its announced length, before it is read', async () => {
    const answer = await sendRaw(
      port,
      check('Content-Type: application/json\r\nContent-Length: 1000000\r\n', ''),
    )
    expect(body(answer)).toMatchObject({ code: 'body_too_large', status: 413 })
  })

  it('is refused while it arrives when it announces nothing', async () => {
    const chunk = `${(4096).toString(16)}\r\n${'a'.repeat(4096)}\r\n`
    const answer = await sendRaw(
      port,
      check('Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n', chunk.repeat(20)),
    )
    expect(body(answer)).toMatchObject({ code: 'body_too_large', status: 413 })
  })

  it('sent by an ordinary client gets the answer through', async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/limits/check`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKENS.executor}`, 'content-type': 'application/json' },
      body: JSON.stringify({ user_id: 'a'.repeat(200_000) }),
    })
    expect(answer.status).toBe(413)
  })
})

describe('guessing tokens', () => {
  it('is slowed down and ends the connection, while another connection goes on', async () => {
    const guess = `GET /api/v1/admin/status HTTP/1.1\r\n${host()}Authorization: Bearer weir_guess\r\n\r\n`
    const started = performance.now()
    const answer = await sendRaw(port, guess.repeat(30), 10_000)
    const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => Number(match[1]))
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429])
    expect(answer).toContain('"code":"too_many_requests"')
    expect(performance.now() - started).toBeGreaterThan(200)
    const good = await fetch(`http://127.0.0.1:${port}/api/v1/admin/status`, {
      headers: { authorization: `Bearer ${TOKENS.admin}` },
    })
    expect(good.status).toBe(200)
  })
})

describe('the server', () => {
  it('listens on 127.0.0.1 only, with tight bounds', () => {
    const { server } = weir.app
    expect((server.address() as AddressInfo).address).toBe('127.0.0.1')
    expect(server).toMatchObject({
      headersTimeout: 5000,
      requestTimeout: 10_000,
      keepAliveTimeout: 5000,
      maxHeadersCount: SERVER_SETTINGS.headersCountMax,
      maxConnections: 128,
      maxRequestsPerSocket: 1000,
      connectionsCheckingInterval: 1000,
    })
  })

  it('treats a request to upgrade like any other', async () => {
    const answer = await sendRaw(
      port,
      `GET /nothing HTTP/1.1\r\n${host()}Connection: Upgrade\r\nUpgrade: websocket\r\nOrigin: https://evil.test\r\n\r\n`,
      2_000,
    )
    expect(statusOf(answer)).toBe(404)
  })

  it('closes a connection that does not finish its headers', async () => {
    const started = performance.now()
    const answer = await sendRaw(port, `GET /healthz HTTP/1.1\r\n${host()}X-Slow: `, 20_000)
    expect(statusOf(answer)).toBe(408)
    expect(performance.now() - started).toBeLessThan(9000)
  })

  it('finishes what it has begun when it ends, and takes nothing more', async () => {
    let finish = (): void => undefined
    const slow = await harness(
      {
        verify: () =>
          new Promise((resolve) => {
            finish = () => resolve({ checked: 1, differences: [] })
          }),
      },
      { port: () => port },
    )
    port = (await listenHttp(slow.app, 0)).port
    const verify = `POST /api/v1/admin/verify HTTP/1.1\r\n${host()}Authorization: Bearer ${TOKENS.admin}\r\n\r\n`
    const socket = connect(port, '127.0.0.1', () => socket.write(verify))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    while (slow.calls.length === 0) await sleep(5)
    const closing = slow.app.close()
    socket.write(verify)
    await sleep(50)
    finish()
    await closing
    while (!socket.destroyed) await sleep(5)
    expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => Number(match[1]))).toEqual([200, 503])
    expect(text).toContain('"code":"shutting_down"')
    expect(slow.calls).toHaveLength(1)
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
  })
})

describe('a port that is taken', () => {
  it('is told with the name of its owner', async () => {
    const other = await harness()
    await expect(listenHttp(other.app, port)).rejects.toMatchObject({
      code: 'port_taken',
      message: expect.stringMatching(
        new RegExp(`^Port ${port} is taken by another Weir \\(process ${process.pid}\\); `),
      ),
      details: { port, owner: { pid: process.pid, isWeir: true } },
    })
    await other.app.close()
  })

  it('by a stranger names the program', async () => {
    const stranger = createServer((_request, response) => response.end('hello'))
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    const taken = (stranger.address() as AddressInfo).port
    const other = await harness()
    await expect(listenHttp(other.app, taken)).rejects.toMatchObject({
      code: 'port_taken',
      message: expect.not.stringContaining('another Weir'),
    })
    await other.app.close()
    stranger.close()
  })

  it('is found in the table of sockets by its hexadecimal number', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:13BF 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1',
      '   1: 0100007F:13BF 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1',
      '   2: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4713 1',
    ].join('\n')
    expect(listeningInodes(table, 5055)).toEqual(['4711'])
  })
})

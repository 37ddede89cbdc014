import { connect } from 'node:net'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { LoginCodes } from '../../electron/http/login-codes.ts'
import { buildHttp, type HttpParts } from '../../electron/http/server.ts'
import { TestClock } from '../support/clock.ts'
import { ALLOWED, fakeWeir, TOKENS } from '../support/fake-weir.ts'

/** The port the app believes to have; `inject` opens none. */
export const PORT = 5055
export const HOST = `127.0.0.1:${PORT}`

/** An HTTP face over a fake core. */
export interface Harness extends ReturnType<typeof fakeWeir> {
  readonly app: FastifyInstance
  readonly clock: TestClock
  readonly loginCodes: LoginCodes
  call(options: InjectOptions): Promise<LightMyRequestResponse>
}

/** Builds one; `call` adds the Host of the app. */
export async function harness(
  answers: Readonly<Record<string, unknown>> = {},
  parts: Partial<HttpParts> = {},
): Promise<Harness> {
  const clock = new TestClock('2026-11-24T10:20:00Z')
  const fake = fakeWeir(clock, { 'consumption.admit': ALLOWED, ...answers })
  const loginCodes = new LoginCodes(fake.weir.ports)
  const app = await buildHttp({
    weir: fake.weir,
    port: () => PORT,
    face: 'browser',
    rendererDir: null,
    loginCodes,
    log: fake.log,
    clock,
    ...parts,
  })
  const call = (options: InjectOptions): Promise<LightMyRequestResponse> =>
    app.inject({ ...options, headers: { host: HOST, ...options.headers } })
  return { ...fake, app, clock, loginCodes, call }
}

/** The header of a token. */
export function bearer(who: keyof typeof TOKENS): { readonly authorization: string } {
  return { authorization: `Bearer ${TOKENS[who]}` }
}

/** Sends bytes to a port and gives back all that came until the other side closed. */
export function sendRaw(port: number, bytes: string | Buffer, endAfterMs = 5000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    let text = ''
    socket.setTimeout(endAfterMs, () => socket.destroy())
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    // A reset after the answer is what closing on unread bytes looks like; what was read counts.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve(text))
  })
}

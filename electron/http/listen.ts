import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { WeirError } from '../core/kernel/weir-error.ts'
import { describeOwner, findPortOwner } from './port-owner.ts'

/** The address of this machine alone. Nothing in Weir listens on any other. */
const LOOPBACK = '127.0.0.1'

/** Where the HTTP face can be reached. */
export interface ListeningAt {
  readonly port: number
  /** `http://127.0.0.1:<port>` */
  readonly url: string
}

/**
 * Opens the port, on 127.0.0.1 only. Never another port in silence: executors are configured for this one.
 *
 * @param port 0 lets the system choose, for tests
 * Errors: `port_taken`, with `port` and, when it can be found out, `owner` in its details.
 */
export async function listenHttp(app: FastifyInstance, port: number): Promise<ListeningAt> {
  try {
    await app.listen({ host: LOOPBACK, port })
  } catch (cause) {
    throw await portError(port, cause)
  }
  const address = app.server.address() as AddressInfo
  return { port: address.port, url: `http://${LOOPBACK}:${address.port}` }
}

async function portError(port: number, cause: unknown): Promise<unknown> {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'EACCES') {
    return new WeirError(
      'port_taken',
      `Port ${port} is reserved by the system; choose one from 1024 on with --port or WEIR_PORT.`,
      { cause, details: { port } },
    )
  }
  if (code !== 'EADDRINUSE') return cause
  const owner = await findPortOwner(port)
  return new WeirError(
    'port_taken',
    `Port ${port} is taken by ${describeOwner(owner)}; stop it, or choose another port with --port or WEIR_PORT.`,
    { cause, details: { port, owner } },
  )
}

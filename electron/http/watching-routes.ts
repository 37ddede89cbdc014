import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Weir } from '../core/api.ts'
import type { Change } from '../core/kernel/change-feed.ts'
import { refused } from '../operations/refusals.ts'
import type { Authentication } from './authentication.ts'
import { sendProblem } from './problems.ts'
import { prometheusText } from './prometheus-text.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** `/metrics` for Prometheus and `/api/v1/events` for whoever wants to hear that something changed. */

/** Paths of what is neither an operation nor JSON; OpenAPI describes them by these. */
export const METRICS_PATH = '/metrics'
export const EVENTS_PATH = '/api/v1/events'

/** A console per window of the operator; more than this is a client that forgets to hang up. */
const LISTENERS_MAX = 16
/** A silent connection may be dead; a line this often finds out, and whether its token still holds. */
const HEARTBEAT_MS = 15_000
/** What may wait for a listener that does not read; messages are a hundred bytes. */
const WAITING_BYTES_MAX = 64 * 1024
/** After a break the browser comes back after this long, in milliseconds. */
const RETRY_MS = 2_000
/** Whoever is let go has this long to read the rest; then their connection is cut. */
const GOODBYE_MS = 1_000

/** What these routes need. */
export interface WatchingParts {
  readonly weir: Weir
  readonly authentication: Authentication
}

/** Lets a listener go. */
type LetGo = () => void

/** Adds both; whoever listens is let go when the server closes. */
export function addWatchingRoutes(app: FastifyInstance, parts: WatchingParts): void {
  const listeners = new Set<LetGo>()
  app.get(METRICS_PATH, async (request, reply) => {
    if (!isAdmin(request)) return sendProblem(reply, ADMINS_ONLY)
    const text = await prometheusText(parts.weir.metrics)
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text)
  })
  app.get(EVENTS_PATH, async (request, reply) => {
    if (!isAdmin(request)) return sendProblem(reply, ADMINS_ONLY)
    if (listeners.size >= LISTENERS_MAX) return sendProblem(reply, TOO_MANY)
    listen(request, reply, parts, listeners)
    return reply
  })
  app.addHook('preClose', async () => {
    for (const letGo of listeners) letGo()
  })
}

const ADMINS_ONLY = refused('forbidden', 'This needs a token with the scope admin.')
const TOO_MANY = refused(
  'busy',
  `${LISTENERS_MAX} listeners hear the change feed already; close one of them, or ask again later.`,
)

function isAdmin(request: FastifyRequest): boolean {
  return request.authenticated?.caller.scope === 'admin'
}

function listen(
  request: FastifyRequest,
  reply: FastifyReply,
  { weir, authentication }: WatchingParts,
  listeners: Set<LetGo>,
): void {
  const { raw } = reply
  reply.hijack()
  raw.writeHead(200, {
    ...SECURITY_HEADERS,
    'x-request-id': request.id,
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
  })
  let goodbye: NodeJS.Timeout | undefined
  const send = (text: string): void => {
    // Whoever does not read is let go; coming back, they ask for everything again.
    if (raw.writableLength > WAITING_BYTES_MAX) raw.destroy()
    else if (!raw.writableEnded) raw.write(text)
  }
  send(`retry: ${RETRY_MS}\nevent: hello\nid: ${weir.changes.lastId()}\ndata: {}\n\n`)
  const unsubscribe = weir.changes.subscribe(({ id, topics }: Change) =>
    send(`event: change\nid: ${id}\ndata: ${JSON.stringify({ topics })}\n\n`),
  )
  const heartbeat = setInterval(() => {
    authentication
      .authenticate('GET', request.headers)
      .then((answer) => (answer.kind === 'denied' ? letGo() : send(': still here\n\n')))
      .catch((error: unknown) => {
        weir.ports.log.warn('a listener of the change feed was let go', { area: 'http', error })
        letGo()
      })
  }, HEARTBEAT_MS)
  const letGo = (): void => {
    clearInterval(heartbeat)
    unsubscribe()
    raw.end()
    goodbye ??= setTimeout(() => raw.destroy(), GOODBYE_MS)
  }
  listeners.add(letGo)
  // An error nobody hears ends the process.
  raw.on('error', (error) => {
    weir.ports.log.warn('a listener of the change feed was cut off', { area: 'http', error })
    raw.destroy()
  })
  raw.on('close', () => {
    clearInterval(heartbeat)
    clearTimeout(goodbye)
    unsubscribe()
    listeners.delete(letGo)
  })
}

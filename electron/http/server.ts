import type { Server } from 'node:http'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { userId } from '../../shared/contract/fields.ts'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { SECOND_MS } from '../../shared/units.ts'
import type { Refusal, Weir, WeirConfig } from '../core/api.ts'
import type { Gate } from '../core/kernel/gate.ts'
import type { Clock, Logger } from '../core/kernel/ports.ts'
import { logRefusal, RESTORING, refused } from '../operations/refusals.ts'
import { newRequestId } from '../operations/request-id.ts'
import { Authentication, type AuthenticationAnswer } from './authentication.ts'
import { addDocumentationRoutes } from './documentation-routes.ts'
import { FailedAttempts } from './failed-attempts.ts'
import './fastify-types.ts'
import { BODY_BYTES_MAX, refuseBody, refuseHost, refuseOrigin } from './guard.ts'
import { parseJsonBody } from './json-body.ts'
import type { LoginCodes } from './login-codes.ts'
import { answerClientError, errorHandler, sendProblem } from './problems.ts'
import { addOperationRoutes } from './routes.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import { addSignInRoutes } from './sign-in-routes.ts'
import { addStateRoutes } from './state-routes.ts'
import { addStaticConsole } from './static-console.ts'
import { UiSessions } from './ui-sessions.ts'
import { answerUnknownRoutes } from './unknown-routes.ts'
import { addWatchingRoutes } from './watching-routes.ts'

/** What the HTTP face is made of. */
export interface HttpParts {
  readonly weir: Weir
  /** The port it is reached at: known only after listening, and asked with every request. */
  readonly port: () => number
  readonly face: WeirConfig['face']
  /** Absolute path of the built console; null serves the API alone. */
  readonly rendererDir: string | null
  /** Shared with whoever prints a login link. */
  readonly loginCodes: LoginCodes
  readonly log: Logger
  readonly clock: Clock
  /** Compare every answer with its schema; for tests. Without it the environment decides (`WEIR_CHECK_OUTPUT=1`). */
  readonly checkOutput?: boolean
}

/**
 * Bounds of a connection. One operator and one executor use Weir; what needs more than this is broken or hostile,
 * and Node's own bounds (a minute for headers, any number of connections) are made for the open internet.
 */
export const SERVER_SETTINGS = {
  headersTimeoutMs: 5 * SECOND_MS,
  /** For the whole request to arrive, not for its answer. */
  requestTimeoutMs: 10 * SECOND_MS,
  /** How often Node looks for connections that are over their time. */
  connectionsCheckingIntervalMs: SECOND_MS,
  keepAliveTimeoutMs: 5 * SECOND_MS,
  headerBytesMax: 8 * 1024,
  headersCountMax: 64,
  connectionsMax: 128,
  requestsPerSocketMax: 1000,
} as const

/** Ids have up to 128 characters, each of which may be escaped as three. */
const PATH_MEMBER_LENGTH_MAX = 3 * 128

/**
 * Builds the HTTP face; `listenHttp` opens its port. The guard sees every request, also those for files and for
 * addresses that do not exist.
 */
export async function buildHttp(parts: HttpParts): Promise<FastifyInstance> {
  const app = createServer(parts)
  const { weir, port, clock } = parts
  const ports = { clock, randomBytes: weir.ports.randomBytes }
  const sessions = new UiSessions(ports)
  const attempts = new FailedAttempts()
  const authentication = new Authentication({
    // Asked of the object each time: a restore exchanges the tokens with the database.
    tokens: { authenticate: (token) => weir.tokens.authenticate(token) },
    sessions,
    port,
  })

  answerUnknownRoutes(app)
  addGuard(app, { port, authentication, attempts, log: parts.log, gate: weir.gate })
  addOperationRoutes(app, { weir, clock, checkOutput: parts.checkOutput })
  addSignInRoutes(app, { weir, port, authentication, sessions, loginCodes: parts.loginCodes, attempts })
  addStateRoutes(app, parts)
  addWatchingRoutes(app, { weir, authentication })
  addDocumentationRoutes(app, port)
  if (parts.rendererDir !== null) await addStaticConsole(app, parts.rendererDir)
  return app
}

function createServer(parts: HttpParts): FastifyInstance {
  const app = Fastify({
    logger: false,
    genReqId: newRequestId,
    requestIdHeader: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: SERVER_SETTINGS.requestTimeoutMs,
    keepAliveTimeout: SERVER_SETTINGS.keepAliveTimeoutMs,
    maxRequestsPerSocket: SERVER_SETTINGS.requestsPerSocketMax,
    // An idle connection must not hold up the end; one that waits for its answer gets it.
    forceCloseConnections: 'idle',
    // Ours is a problem document (see the guard); fastify's is not.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: PATH_MEMBER_LENGTH_MAX },
    http: {
      headersTimeout: SERVER_SETTINGS.headersTimeoutMs,
      connectionsCheckingInterval: SERVER_SETTINGS.connectionsCheckingIntervalMs,
      maxHeaderSize: SERVER_SETTINGS.headerBytesMax,
      // The guard asks for it too, and answers with a problem document where Node answers with nothing.
      requireHostHeader: false,
      // Small answers leave at once instead of waiting for more.
      noDelay: true,
    },
    clientErrorHandler: (error, socket) => answerClientError(error, socket, parts.log),
    // Addresses the router cannot read never reach the hooks, so the guard's first step is taken here.
    frameworkErrors: (_error, request, reply) => {
      prepareAnswer(request, reply)
      const refusal =
        refuseHost(request.raw, parts.port()) ??
        refused('invalid_request', 'The address of the request is not well-formed.')
      sendProblem(reply, refusal)
    },
  })
  const server: Server = app.server
  server.maxConnections = SERVER_SETTINGS.connectionsMax
  server.maxHeadersCount = SERVER_SETTINGS.headersCountMax

  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => parseJsonBody(body),
  )
  app.setErrorHandler(errorHandler(parts.log))
  app.decorateRequest('authenticated', null)
  app.decorateRequest('refusal', null)
  return app
}

function prepareAnswer(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(SECURITY_HEADERS)
  reply.header('x-request-id', request.id)
}

/** Whom a refused request was about; ids are no secret, the rest of the body is left alone. */
function userIdOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('user_id' in body)) return null
  return userId.safeParse(body.user_id).data ?? null
}

interface GuardParts {
  readonly port: () => number
  readonly authentication: Authentication
  readonly attempts: FailedAttempts
  readonly log: Logger
  readonly gate: Gate
}

/** The order matters: who may not talk to us at all learns nothing of what there is, and no body is read before the token is known. */
function addGuard(app: FastifyInstance, parts: GuardParts): void {
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })
  // After the answer has left: the line costs the caller nothing.
  app.addHook('onResponse', async (request) => {
    if (request.refusal === null) return
    const { method, routeOptions } = request
    logRefusal(parts.log, request.refusal, {
      area: 'http',
      request_id: request.id,
      method,
      route: routeOptions.url ?? null,
      user_id: userIdOf(request.body),
    })
  })
  app.addHook('onRequest', async (request, reply) => {
    prepareAnswer(request, reply)
    if (isClosing) {
      return sendProblem(reply, refused('shutting_down', 'Weir is shutting down; it takes no more requests.'))
    }
    const { headers } = request
    const foreignHost = refuseHost(request.raw, parts.port())
    if (foreignHost !== undefined) return sendProblem(reply, foreignHost)
    // An unknown address or method is answered as such by its own handler; there is nothing behind it to protect.
    if (request.is404) return
    const refusal =
      refuseOrigin(headers, parts.port()) ?? (await refuseCaller(request, parts)) ?? refuseBody(headers)
    if (refusal === undefined) return
    return sendProblem(reply, refusal)
  })
}

/** Where a restore is followed. */
const RESTORE_PATH = OPERATIONS['restore.list'].path

const SHUT: AuthenticationAnswer = { kind: 'denied', refusal: RESTORING, isAttempt: false }

async function refuseCaller(request: FastifyRequest, parts: GuardParts): Promise<Refusal | undefined> {
  const { access, tokenOnly } = request.routeOptions.config
  if (access === 'public') return undefined
  const { socket } = request.raw
  const tooMany = parts.attempts.refuse(socket)
  if (tooMany !== undefined) return tooMany
  const isShut = parts.gate.state === 'closed'
  // There is no database to ask for a token; whoever follows the restore is known by memory, or waits like the others.
  if (isShut && request.routeOptions.url?.startsWith(RESTORE_PATH) !== true) return RESTORING
  const asked = parts.authentication.authenticate(request.method, request.headers)
  const answer = await (isShut ? asked.catch(() => SHUT) : asked)
  if (answer.kind === 'denied') {
    if (answer.isAttempt) {
      parts.log.info('a wrong token or an ended session was presented', { request_id: request.id })
      return await parts.attempts.note(socket, answer.refusal)
    }
    return answer.refusal
  }
  if (answer.kind === 'session' && tokenOnly === true) {
    return refused(
      'forbidden',
      'This is for programs: call it with an executor or admin token, not from a browser.',
    )
  }
  request.authenticated = answer
  return undefined
}

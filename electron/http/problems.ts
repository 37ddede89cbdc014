import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { PROBLEM_MEDIA_TYPE, problemOf } from '../../shared/contract/problem.ts'
import { ERROR_CODES } from '../../shared/error-codes.ts'
import type { Refusal } from '../core/api.ts'
import type { Logger } from '../core/kernel/ports.ts'
import { WeirError } from '../core/kernel/weir-error.ts'
import { refused } from '../operations/refusals.ts'
import { newRequestId } from '../operations/request-id.ts'
import { bodyTooLarge } from './guard.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** Every error leaves as application/problem+json, whoever found it: the guard, a handler, fastify or Node's parser. */

/** A restore or a full disk takes seconds to minutes; asking every five seconds finds its end soon and costs nothing. */
const RETRY_AFTER_SECONDS = 5

/** Sends a refusal as a problem document, with the headers its status asks for. */
export function sendProblem(reply: FastifyReply, refusal: Refusal): FastifyReply {
  reply.request.refusal = refusal
  const problem = problemOf(refusal.code, refusal.detail, reply.request.id, refusal.details)
  const retryAfter = retryAfterSeconds(problem.status, refusal.details['retry_after_seconds'])
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
  if (refusal.code === 'unauthorized') reply.header('www-authenticate', 'Bearer realm="weir"')
  if (mustClose(refusal)) reply.header('connection', 'close')
  // As bytes: to a string fastify would add a charset, which JSON types do not have.
  return reply
    .status(problem.status)
    .type(PROBLEM_MEDIA_TYPE)
    .send(Buffer.from(JSON.stringify(problem)))
}

/** Whole seconds for `Retry-After`, at least one: a zero would make a client ask again at once, for ever. */
function retryAfterSeconds(status: number, stated: unknown): number | undefined {
  if (status !== 429 && status !== 503) return undefined
  return typeof stated === 'number' && Number.isFinite(stated)
    ? Math.max(1, Math.ceil(stated))
    : RETRY_AFTER_SECONDS
}

// What is left of an oversized body must not be read as the next request, and a guesser has to connect again.
function mustClose(refusal: Refusal): boolean {
  return ['body_too_large', 'too_many_requests', 'shutting_down'].includes(refusal.code)
}

/** Turns what fastify or a route threw into a problem. Anything unexpected is logged and tells the caller nothing. */
export function errorHandler(log: Logger) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    sendProblem(reply, refusalOf(error, request, log))
}

function refusalOf(error: unknown, request: FastifyRequest, log: Logger): Refusal {
  if (error instanceof WeirError) return refused(error.code, error.message, error.details)
  const { code, statusCode } = error as Partial<FastifyError>
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return bodyTooLarge()
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return refused('unsupported_media_type', 'The body must be JSON: send Content-Type: application/json.')
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return refused(
      'invalid_request',
      'The request is not well-formed; check the address and the length of the body.',
    )
  }
  log.error('request failed unexpectedly', {
    request_id: request.id,
    method: request.method,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  })
  return refused(
    'internal',
    `Something in Weir went wrong; the log names the cause under ${request.id}. Please try again, and report it if it stays.`,
  )
}

/** What Node says of a connection that did not bring a whole request: the status, and what to tell. */
const CLIENT_ERRORS: Readonly<Record<string, { readonly status: number; readonly detail: string }>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    detail: 'The headers of the request are too large; 8 KB is the limit.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request did not arrive in time; send it again.' },
}
const MALFORMED = { status: 400, detail: 'This is not a well-formed HTTP request.' }

/** Answers a connection that could not be parsed as HTTP and closes it. No route and no hook has seen it. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket, log: Logger): void {
  // The other side is gone: nobody reads an answer.
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { status, detail } = CLIENT_ERRORS[error.code ?? ''] ?? MALFORMED
  // 408 and 431 have no code of their own in the ledger: to a program they are requests to be sent differently.
  const problem = { ...problemOf('invalid_request', detail, newRequestId()), status }
  log.info('refused: not a whole request', { area: 'http', request_id: problem.request_id, status })
  const body = JSON.stringify(problem)
  const headers = {
    ...SECURITY_HEADERS,
    'x-request-id': problem.request_id,
    'content-type': PROBLEM_MEDIA_TYPE,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  socket.end(
    `HTTP/1.1 ${status} ${ERROR_CODES.invalid_request.title}\r\n${lines.join('\r\n')}\r\n\r\n${body}`,
  )
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DASHBOARD_OPERATIONS } from '../../shared/contract/dashboards.ts'
import { OPERATIONS, type OperationName, type OperationOutput } from '../../shared/contract/index.ts'
import type { Refusal, Weir } from '../core/api.ts'
import type { Clock } from '../core/kernel/ports.ts'
import { assert } from '../core/kernel/weir-error.ts'
import { type DispatchOptions, dispatch } from '../operations/dispatch.ts'
import './fastify-types.ts'
import { sendProblem } from './problems.ts'
import { rateLimitHeaders } from './rate-limit-headers.ts'
import { inputReader, pathNamesOf } from './request-input.ts'

/** What the routes of the operation table need. */
export interface RouteParts {
  readonly weir: Weir
  readonly clock: Clock
  readonly checkOutput: boolean | undefined
}

/** One route per operation, made from the table: nothing about an operation is written down here. */
export function addOperationRoutes(app: FastifyInstance, parts: RouteParts): void {
  for (const name of Object.keys(OPERATIONS) as OperationName[]) addOperationRoute(app, name, parts)
}

function addOperationRoute(app: FastifyInstance, name: OperationName, parts: RouteParts): void {
  const { method, path, scopes, headers } = OPERATIONS[name]
  const readInput = inputReader(method, pathNamesOf(path), headers)
  const { weir, checkOutput, clock } = parts
  const isDashboard = DASHBOARD_OPERATIONS.includes(name)

  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { authenticated } = request
    assert(authenticated !== null, `${name} was reached without a caller`)
    const read = readInput(request)
    if (read.kind === 'refused') return sendProblem(reply, read)
    const options: DispatchOptions =
      checkOutput === undefined ? { requestId: request.id } : { requestId: request.id, checkOutput }
    const startedMs = isDashboard ? clock.monotonicMs() : 0
    const result = await dispatch(weir, name, read.input, authenticated.caller, options)
    if (isDashboard)
      reply.header('server-timing', `total;dur=${(clock.monotonicMs() - startedMs).toFixed(2)}`)
    if (name === 'limits.check') setRateLimit(reply, result, parts.clock)
    if (result.kind === 'refused') return sendProblem(reply, result)
    return reply.status(result.status).send(result.value)
  }

  app.route({
    method,
    url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
    // The executor's operations are for programs: a browser session, which any page may try to borrow, never calls them.
    config: { tokenOnly: scopes.length === 1 && scopes[0] === 'executor' },
    handler,
  })
}

type CheckResult = { readonly kind: 'done'; readonly value: unknown } | Refusal

function setRateLimit(reply: FastifyReply, result: CheckResult, clock: Clock): void {
  const limits =
    result.kind === 'done'
      ? (result.value as OperationOutput<'limits.check'>).limits
      : (result.details['limits'] as OperationOutput<'limits.check'>['limits'] | undefined)
  if (!Array.isArray(limits)) return
  const headers = rateLimitHeaders(limits, clock.now())
  if (headers === undefined) return
  reply.header('ratelimit-policy', headers.policy)
  reply.header('ratelimit', headers.limit)
}

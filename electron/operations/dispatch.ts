import {
  OPERATIONS,
  type OperationName,
  type OperationOutput,
  type ParsedInput,
} from '../../shared/contract/index.ts'
import { type OperationAnswer, problemOf } from '../../shared/contract/problem.ts'
import { ERROR_CODES } from '../../shared/error-codes.ts'
import type { Caller, Refusal, Weir } from '../core/api.ts'
import { eventOfCode } from '../core/kernel/log-events.ts'
import { WeirError } from '../core/kernel/weir-error.ts'
import type { Handlers } from './dispatch-types.ts'
import { HANDLERS } from './handlers.ts'
import { invalidInput } from './input-errors.ts'
import { noteCall } from './note-call.ts'
import { logRefusal, RESTORING, refused } from './refusals.ts'
import { newRequestId } from './request-id.ts'

/** What an operation came to: a value with its status of success, or a refusal. Never an exception. */
export type OperationResult<Name extends OperationName> =
  | { readonly kind: 'done'; readonly status: 200 | 201 | 202; readonly value: OperationOutput<Name> }
  | Refusal

/** How one call is made. */
export interface DispatchOptions {
  /** Stands in the log line of a fault; made up when absent. */
  readonly requestId?: string
  /**
   * Compare the answer with its schema and fail with `internal` when it does not fit. For tests and development:
   * it costs as much as the operation itself, and the answer that leaves is the handler's either way.
   */
  readonly checkOutput?: boolean
}

const CHECK_OUTPUT_DEFAULT = process.env['WEIR_CHECK_OUTPUT'] === '1'

const handlers: Handlers = HANDLERS

/** Whether a name that came from outside is one of the table. */
export function isOperationName(name: unknown): name is OperationName {
  return typeof name === 'string' && Object.hasOwn(OPERATIONS, name)
}

/**
 * Runs one operation: scope, input, handler. HTTP, IPC and the command line all come through here.
 *
 * @param rawInput as the caller sent it; checked against the schema of the operation
 * @returns `invalid_request` has `errors: [{path, message}]`; an unexpected error is logged and becomes `internal`
 */
export async function dispatch<Name extends OperationName>(
  weir: Weir,
  name: Name,
  rawInput: unknown,
  caller: Caller,
  options: DispatchOptions = {},
): Promise<OperationResult<Name>> {
  const startedMs = weir.ports.clock.monotonicMs()
  const { gate } = weir
  const result = gate.enter(name, OPERATIONS[name].effect)
    ? await run(weir, name, rawInput, caller, options).finally(() => gate.leave())
    : RESTORING
  noteCall(weir, name, rawInput, result, startedMs)
  return result
}

async function run<Name extends OperationName>(
  weir: Weir,
  name: Name,
  rawInput: unknown,
  caller: Caller,
  options: DispatchOptions,
): Promise<OperationResult<Name>> {
  const operation = OPERATIONS[name]
  if (caller.scope !== 'admin' && !operation.scopes.includes(caller.scope)) return refuseScope(name, caller)
  const parsed = operation.input.safeParse(rawInput)
  if (!parsed.success) return invalidInput(parsed.error.issues, rawInput)
  try {
    const result = await handlers[name](weir, parsed.data as ParsedInput<Name>, caller)
    if (result.kind === 'refused') return result
    if (options.checkOutput ?? CHECK_OUTPUT_DEFAULT) checkOutput(name, result.value)
    return { kind: 'done', status: result.status ?? operation.status, value: result.value }
  } catch (error) {
    return refusalOfError(weir, name, error, options.requestId ?? newRequestId())
  }
}

/** Like `dispatch`, with the answer as data that crosses a process boundary: what IPC sends back. */
export async function dispatchToAnswer<Name extends OperationName>(
  weir: Weir,
  name: Name,
  rawInput: unknown,
  caller: Caller,
): Promise<OperationAnswer<OperationOutput<Name>>> {
  const requestId = newRequestId()
  const result = await dispatch(weir, name, rawInput, caller, { requestId })
  if (result.kind === 'done') return { ok: true, value: result.value }
  logRefusal(weir.ports.log, result, { request_id: requestId, operation: name, via: caller.via })
  return { ok: false, problem: problemOf(result.code, result.detail, requestId, result.details) }
}

function refuseScope(name: OperationName, caller: Caller): Refusal {
  const wanted = [...OPERATIONS[name].scopes.filter((scope) => scope !== 'admin'), 'admin'].join(' or ')
  return refused(
    'forbidden',
    `This token has the scope ${caller.scope}; "${OPERATIONS[name].summary}" needs ${wanted}.`,
  )
}

function checkOutput(name: OperationName, value: unknown): void {
  const checked = OPERATIONS[name].output.safeParse(value)
  if (checked.success) return
  throw new Error(`the answer of ${name} does not fit its schema: ${checked.error.message}`)
}

function refusalOfError(weir: Weir, name: OperationName, error: unknown, requestId: string): Refusal {
  if (error instanceof WeirError) {
    if (ERROR_CODES[error.code].status >= 500) {
      const cause = error.cause instanceof Error ? error.cause.message : undefined
      weir.ports.log.warn('operation could not be done', {
        operation: name,
        request_id: requestId,
        code: error.code,
        ...eventOfCode(error.code),
        detail: error.message,
        cause,
      })
    }
    return refused(error.code, error.message, error.details)
  }
  weir.ports.log.error('operation failed unexpectedly', {
    operation: name,
    request_id: requestId,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  })
  return refused(
    'internal',
    `Something in Weir went wrong; the log names the cause under ${requestId}. Please try again, and report it if it stays.`,
  )
}

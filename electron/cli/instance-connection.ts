import {
  OPERATIONS,
  type OperationInput,
  type OperationName,
  type OperationOutput,
} from '../../shared/contract/index.ts'
import type { OperationAnswer, Problem } from '../../shared/contract/problem.ts'
import type { RunFile } from '../core/kernel/run-file.ts'
import { askInstance, type InstanceRequest } from '../core/kernel/running-instance.ts'
import { WeirError } from '../core/kernel/weir-error.ts'
import type { WeirConnection } from './weir-connection.ts'

/** Adding up a large ledger (`verify`) takes its time; an operation that needs longer than this is a run to follow. */
const ANSWER_LIMIT_MS = 120_000

/** Speaks to the instance of `run.json` over HTTP, with its token. */
export function instanceConnection(run: RunFile): WeirConnection {
  return {
    instance: run,
    async call<Name extends OperationName>(name: Name, input: OperationInput<Name>) {
      const answer = await askInstance(run, requestOf(name, input as Readonly<Record<string, unknown>>))
      return answerOf(answer.status, answer.body) as OperationAnswer<OperationOutput<Name>>
    },
    close: () => Promise.resolve(),
  }
}

/** An operation and its input as a request: members named in the path, then the query of a read or the body of a write. */
export function requestOf(name: OperationName, input: Readonly<Record<string, unknown>>): InstanceRequest {
  const { method, path } = OPERATIONS[name]
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined))
  const address = path.replace(/\{(\w+)\}/g, (_, member: string) => {
    const value = encodeURIComponent(String(rest.get(member)))
    rest.delete(member)
    return value
  })
  const request = { method, timeoutMs: ANSWER_LIMIT_MS }
  if (method === 'GET') {
    const query = new URLSearchParams(
      [...rest].map(([member, value]): [string, string] => [member, String(value)]),
    ).toString()
    return { ...request, path: query === '' ? address : `${address}?${query}` }
  }
  if (method === 'DELETE' && rest.size === 0) return { ...request, path: address }
  return { ...request, path: address, body: Object.fromEntries(rest) }
}

function answerOf(status: number, body: unknown): OperationAnswer<unknown> {
  if (status >= 200 && status < 300) return { ok: true, value: body }
  if (isProblem(body)) return { ok: false, problem: body }
  throw new WeirError('storage_unavailable', `Something else than Weir answered with status ${status}.`)
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body
}

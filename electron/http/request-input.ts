import type { FastifyRequest } from 'fastify'
import type { Refusal } from '../core/api.ts'
import { invalidRequest } from '../operations/input-errors.ts'

/** Makes the input of an operation out of path, query and body. */
export type InputReader = (
  request: FastifyRequest,
) => { readonly kind: 'input'; readonly input: unknown } | Refusal

/**
 * The reader of a route. GET takes the query, DELETE the query and, where there is one, the body, the others the body;
 * members of the path come on top. What would be read nowhere (a query beside a body) is refused rather than ignored.
 */
export function inputReader(
  method: string,
  pathNames: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): InputReader {
  const named = Object.entries(headers)
  if (named.length > 0) {
    const readRest = inputReader(method, pathNames)
    return (request) => {
      const read = readRest(request)
      return read.kind === 'refused' ? read : withHeaderMembers(read.input, request, named)
    }
  }
  if (method === 'GET') return (request) => withPathMembers(request.query, request.params, pathNames)
  if (method === 'DELETE') {
    return (request) =>
      withPathMembers(withBody(request.query as object, request.body), request.params, pathNames)
  }
  return (request) => {
    if (request.raw.url?.includes('?')) {
      const [name = '?'] = Object.keys(request.query as object)
      return invalidRequest([{ path: name, message: 'stands in the address; send it in the JSON body' }])
    }
    return withPathMembers(request.body === undefined ? {} : request.body, request.params, pathNames)
  }
}

/** Both together; a body that is no object is the schema's to refuse. */
function withBody(query: object, body: unknown): unknown {
  if (body === undefined || body === null) return query
  return typeof body === 'object' && !Array.isArray(body) ? { ...query, ...body } : body
}

function withPathMembers(base: unknown, params: unknown, names: readonly string[]): ReturnType<InputReader> {
  // What is not an object is the schema's to refuse.
  if (names.length === 0 || typeof base !== 'object' || base === null || Array.isArray(base)) {
    return { kind: 'input', input: base }
  }
  const input: Record<string, unknown> = { ...base }
  for (const name of names) {
    const value = (params as Readonly<Record<string, string>>)[name]
    if (Object.hasOwn(input, name) && String(input[name]) !== value) {
      return invalidRequest([{ path: name, message: 'differs from the one in the address' }])
    }
    input[name] = value
  }
  return { kind: 'input', input }
}

/** A header on top of a body: what both say must be the same. A header that is not there leaves the body's member. */
function withHeaderMembers(
  base: unknown,
  request: FastifyRequest,
  headers: readonly (readonly [string, string])[],
): ReturnType<InputReader> {
  if (typeof base !== 'object' || base === null || Array.isArray(base)) return { kind: 'input', input: base }
  const input: Record<string, unknown> = { ...base }
  for (const [member, header] of headers) {
    const value = request.headers[header.toLowerCase()]
    if (value === undefined) continue
    if (Object.hasOwn(input, member) && input[member] !== value) {
      return invalidRequest([{ path: member, message: `differs from the one in the header ${header}` }])
    }
    input[member] = value
  }
  return { kind: 'input', input }
}

/** Names in braces of a contract's path: `/users/{id}` has `id`. */
export function pathNamesOf(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
}

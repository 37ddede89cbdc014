import type { FastifyRequest } from 'fastify'
import type { Refusal } from '../core/api.ts'
import { invalidRequest } from '../operations/input-errors.ts'

/** Makes the input of an operation out of path, query and body. */
export type InputReader = (
  request: FastifyRequest,
) => { readonly kind: 'input'; readonly input: unknown } | Refusal

/**
 * The reader of a route. GET and DELETE take the query, the others the body; members of the path come on top. What
 * would be read nowhere (a query beside a body) is refused rather than ignored.
 */
export function inputReader(method: string, pathNames: readonly string[]): InputReader {
  if (method === 'GET' || method === 'DELETE') {
    return (request) => withPathMembers(request.query, request.params, pathNames)
  }
  return (request) => {
    if (request.raw.url?.includes('?')) {
      const [name = '?'] = Object.keys(request.query as object)
      return invalidRequest([{ path: name, message: 'stands in the address; send it in the JSON body' }])
    }
    return withPathMembers(request.body === undefined ? {} : request.body, request.params, pathNames)
  }
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

/** Names in braces of a contract's path: `/users/{id}` has `id`. */
export function pathNamesOf(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
}

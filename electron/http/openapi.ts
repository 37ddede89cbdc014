import { z } from 'zod'
import { OPERATIONS } from '../../shared/contract/index.ts'
import type { OperationContract } from '../../shared/contract/operation.ts'
import { PROBLEM_MEDIA_TYPE, problemOf } from '../../shared/contract/problem.ts'
import { ERROR_CODES, type ErrorCode } from '../../shared/error-codes.ts'
import { cookieName } from './authentication.ts'
import { PROBLEM_SCHEMA, RATE_LIMIT_HEADERS, RETRY_HEADERS } from './openapi-parts.ts'
import type {
  DescribedOperation,
  DescribedResponse,
  JsonSchema,
  OpenApiDocument,
  Parameter,
} from './openapi-types.ts'
import { OWN_CONTRACT } from './own-contract.ts'
import { pathNamesOf } from './request-input.ts'
import { EVENTS_PATH, METRICS_PATH } from './watching-routes.ts'

/** The version of the interface, not of the program: it changes when a caller has to. */
const API_VERSION = '1.0.0'

const JSON_MEDIA_TYPE = 'application/json'

/** What any route may answer before its handler is asked. */
const SHARED_ERRORS: readonly ErrorCode[] = [
  'invalid_request',
  'host_not_allowed',
  'origin_not_allowed',
  'internal',
  'shutting_down',
]
const CALLER_ERRORS: readonly ErrorCode[] = ['unauthorized', 'forbidden', 'too_many_requests']
const BODY_ERRORS: readonly ErrorCode[] = ['unsupported_media_type', 'body_too_large']

/** Successes beside the one of the contract: the same turn again is 200, not 201. */
const OTHER_SUCCESSES: Readonly<Record<string, readonly number[]>> = {
  'turns.record': [200],
  'sessions.open': [200],
  'consumption.championCase': [200],
}

const TAGS = [
  { name: 'limits', description: 'May a user run a turn now?' },
  { name: 'turns', description: 'Recording what a turn consumed' },
  { name: 'sessions', description: 'Opening, renaming and closing sessions' },
  { name: 'consumption', description: 'What was consumed, by whom, against which limits' },
  { name: 'users', description: 'The users' },
  { name: 'profiles', description: 'Named sets of limits' },
  { name: 'grants', description: 'Raises of single limits for a while' },
  { name: 'enforcement', description: 'What a no does' },
  { name: 'override', description: 'Limits for everybody in an emergency' },
  { name: 'audit', description: 'Who changed what' },
  { name: 'tokens', description: 'Access tokens' },
  { name: 'status', description: 'The state of this Weir' },
  { name: 'setup', description: 'The first run' },
  { name: 'import', description: 'Reading session files' },
  { name: 'imports', description: 'The imports that were made, and undoing one' },
  { name: 'sessionFiles', description: 'Keeping up with the session files' },
  { name: 'prices', description: 'What a million tokens cost, and since when' },
  { name: 'costs', description: 'What was spent, by provider, model and user' },
  { name: 'intelligence', description: 'What retrieval brought' },
  { name: 'alerts', description: 'What the operator is told, and when not' },
  { name: 'reconciliation', description: 'The ledger against the session files' },
  { name: 'jobs', description: 'Maintenance that runs itself' },
  { name: 'books', description: 'Checking the numbers' },
  { name: 'backups', description: 'Copies of the database that were opened and found whole' },
  { name: 'exports', description: 'Tables written into files' },
  { name: 'restore', description: 'Going back to a backup without losing what came since' },
  { name: 'logs', description: 'The log of this Weir' },
  { name: 'readiness', description: 'Whether all is as it should be' },
  { name: 'diagnostics', description: 'What to hand over with a report' },
  { name: 'settings', description: 'The settings' },
  { name: 'browser', description: 'Signing a browser in' },
  { name: 'service', description: 'Health and documentation' },
] as const

/** Which of Weir's own routes belongs under which heading. */
const OWN_TAGS: Readonly<Record<keyof typeof OWN_CONTRACT, string>> = {
  login: 'browser',
  session: 'browser',
  logout: 'browser',
  loginCode: 'browser',
  healthz: 'service',
  readyz: 'service',
  openapi: 'service',
}

/** The OpenAPI document of the Weir at a port. */
export function openApiDocument(port: number): OpenApiDocument {
  const paths: Record<string, Record<string, DescribedOperation>> = {}
  const add = (id: string, tag: string, contract: OperationContract): void => {
    const methods = paths[contract.path] ?? {}
    methods[contract.method.toLowerCase()] = describeOperation(id, tag, contract)
    paths[contract.path] = methods
  }
  for (const [name, contract] of Object.entries(OPERATIONS)) {
    add(name, name.split('.')[0] ?? name, contract as OperationContract)
  }
  for (const [name, contract] of Object.entries(OWN_CONTRACT)) {
    add(name, OWN_TAGS[name as keyof typeof OWN_CONTRACT], contract as OperationContract)
  }
  paths['/docs'] = { get: describeText('docs', 'This API, to read', 'text/html', []) }
  paths[METRICS_PATH] = {
    get: describeText('metrics', 'What is measured, for Prometheus', 'text/plain', ['admin']),
  }
  paths[EVENTS_PATH] = {
    get: describeText('events', 'Server-sent events: which subjects changed', 'text/event-stream', ['admin']),
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Weir',
      version: API_VERSION,
      description:
        'Meters what the users of an AI-agent platform consume and holds them to their limits. Times are ISO 8601 in ' +
        'UTC, money is in US dollars. Every error is application/problem+json with a code that never changes.',
    },
    servers: [{ url: `http://127.0.0.1:${port}` }],
    tags: TAGS,
    paths,
    components: {
      schemas: { Problem: PROBLEM_SCHEMA },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An access token: weir tokens create' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: cookieName(port),
          description: 'A signed-in browser. With everything but GET it also sends X-Weir-CSRF.',
        },
      },
    },
  }
}

function describeOperation(id: string, tag: string, contract: OperationContract): DescribedOperation {
  const isPublic = contract.scopes.includes('none')
  const parameters = parametersOf(contract)
  const requestBody = requestBodyOf(contract)
  return {
    operationId: id,
    summary: contract.summary,
    ...(contract.description === undefined ? {} : { description: contract.description }),
    tags: [tag],
    security: isPublic
      ? []
      : isForPrograms(id, contract)
        ? [{ token: [] }]
        : [{ token: [] }, { session: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: responsesOf(id, contract),
    'x-weir-scopes': isPublic ? [] : [...new Set([...contract.scopes, 'admin'])],
    ...(contract.command === undefined ? {} : { 'x-weir-command': `weir ${contract.command}` }),
  }
}

function isForPrograms(id: string, contract: OperationContract): boolean {
  return id === 'loginCode' || (contract.scopes.length === 1 && contract.scopes[0] === 'executor')
}

/** Whether the members that are not in the path stand in the query. */
function takesQuery(contract: OperationContract): boolean {
  return contract.method === 'GET' || contract.method === 'DELETE'
}

function parametersOf(contract: OperationContract): readonly Parameter[] {
  // After validation, because in a query everything is text before it.
  const schema = schemaOf(contract.input, 'output')
  const inPath = pathNamesOf(contract.path)
  const example = contract.example as Readonly<Record<string, unknown>>
  return Object.entries(schema.properties ?? {})
    .filter(([name]) => inPath.includes(name) || isHeader(contract, name) || takesQuery(contract))
    .map(([name, property]) => ({
      name: contract.headers?.[name] ?? name,
      in: inPath.includes(name) ? 'path' : isHeader(contract, name) ? 'header' : 'query',
      required: inPath.includes(name) || (schema.required?.includes(name) ?? false),
      schema: property,
      ...(example[name] === undefined ? {} : { example: example[name] }),
    }))
}

/** Whether HTTP callers send a member as a header. */
function isHeader(contract: OperationContract, member: string): boolean {
  return contract.headers !== undefined && Object.hasOwn(contract.headers, member)
}

function requestBodyOf(contract: OperationContract): DescribedOperation['requestBody'] {
  if (takesQuery(contract)) return undefined
  const elsewhere = [...pathNamesOf(contract.path), ...Object.keys(contract.headers ?? {})]
  const whole = schemaOf(contract.input, 'input')
  const schema = whole.properties === undefined ? whole : withoutMembers(whole, elsewhere)
  if (schema.properties !== undefined && Object.keys(schema.properties).length === 0) return undefined
  const example = Object.fromEntries(
    Object.entries(contract.example as object).filter(([name]) => !elsewhere.includes(name)),
  )
  return { required: true, content: { [JSON_MEDIA_TYPE]: { schema, example } } }
}

function withoutMembers(schema: JsonSchema, names: readonly string[]): JsonSchema {
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).filter(([name]) => !names.includes(name)),
  )
  const required = (schema.required ?? []).filter((name) => !names.includes(name))
  return { ...schema, properties, ...(schema.required === undefined ? {} : { required }) }
}

function responsesOf(id: string, contract: OperationContract): Readonly<Record<string, DescribedResponse>> {
  const responses: Record<string, DescribedResponse> = {}
  const schema = schemaOf(contract.output, 'input')
  for (const status of [contract.status, ...(OTHER_SUCCESSES[id] ?? [])]) {
    responses[status] = {
      description: contract.summary,
      ...(id === 'limits.check' ? { headers: RATE_LIMIT_HEADERS } : {}),
      content: { [JSON_MEDIA_TYPE]: { schema } },
    }
  }
  const isPublic = contract.scopes.includes('none')
  const codes = new Set<ErrorCode>([
    ...contract.errors,
    ...SHARED_ERRORS,
    ...(isPublic ? [] : CALLER_ERRORS),
    ...(takesQuery(contract) ? [] : BODY_ERRORS),
  ])
  for (const status of new Set([...codes].map((code) => ERROR_CODES[code].status))) {
    const ofStatus = [...codes].filter((code) => ERROR_CODES[code].status === status)
    responses[status] = problemResponse(status, ofStatus)
  }
  return responses
}

function problemResponse(status: number, codes: readonly ErrorCode[]): DescribedResponse {
  const examples = codes.map((code) => {
    const { title } = ERROR_CODES[code]
    return [code, { value: problemOf(code, `${title}.`, 'b3J0aA-7') }] as const
  })
  return {
    description: codes.map((code) => `${code}: ${ERROR_CODES[code].title}`).join('; '),
    ...(status === 429 || status === 503 ? { headers: RETRY_HEADERS } : {}),
    content: {
      [PROBLEM_MEDIA_TYPE]: {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(examples),
      },
    },
  }
}

/** What answers with something else than JSON. */
function describeText(
  id: string,
  summary: string,
  mediaType: string,
  scopes: DescribedOperation['x-weir-scopes'],
): DescribedOperation {
  return {
    operationId: id,
    summary,
    tags: ['service'],
    security: scopes.length === 0 ? [] : [{ token: [] }, { session: [] }],
    responses: { 200: { description: summary, content: { [mediaType]: { schema: { type: 'string' } } } } },
    'x-weir-scopes': scopes,
  }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  // `$schema` would repeat in every place what the document says once.
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest as JsonSchema
}

import type { CannonRequest } from 'autocannon'
import { Chance } from './stats.ts'

/** What a load consists of, as data that is sent to the process that makes it. */
export type RequestPlan =
  /** The same GET again and again. */
  | { readonly kind: 'hello' }
  /** Limit checks of all users in turn, with an estimate to reserve unless told otherwise. */
  | {
      readonly kind: 'checks'
      readonly token: string
      readonly users: readonly string[]
      readonly isBare?: boolean
    }
  /** New turns of all users in turn, eight to a session. `prefix` keeps the sessions of several loads apart. */
  | {
      readonly kind: 'turns'
      readonly token: string
      readonly users: readonly string[]
      readonly prefix: string
    }
  /** A check, and then a turn that settles what it reserved: what an executor does for every question. */
  | {
      readonly kind: 'check-and-record'
      readonly token: string
      readonly users: readonly string[]
      readonly prefix: string
    }
  /** GETs of these paths in turn. */
  | { readonly kind: 'reads'; readonly token: string; readonly paths: readonly string[] }
  /** Parts by weight, in a fixed shuffled order. */
  | {
      readonly kind: 'mixed'
      readonly parts: readonly { readonly weight: number; readonly plan: RequestPlan }[]
    }

export interface PlainRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
}

const CHECK_PATH = '/api/v1/limits/check'
const TURNS_PATH = '/api/v1/consumption/turns'
const TURNS_A_SESSION = 8
// Prime, so that connections that each take every nth user never walk in step.
const USER_STEP = 7919

function headersOf(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
}

function checkBody(users: readonly string[], count: number, isBare = false): string {
  const user_id = users[(count * USER_STEP) % users.length]
  if (isBare) return JSON.stringify({ user_id })
  return JSON.stringify({
    user_id,
    session_id: `live-${count % 1000}`,
    estimated_input_tokens: 1200,
    estimated_output_tokens: 300,
  })
}

function turnBody(
  plan: { users: readonly string[]; prefix: string },
  count: number,
  admissionId?: string,
): string {
  const { users, prefix } = plan
  const round = Math.floor(count / users.length)
  return JSON.stringify({
    user_id: users[(count * USER_STEP) % users.length],
    session_id: `${prefix}-${Math.floor(round / TURNS_A_SESSION)}-${count % users.length}`,
    turn_number: (round % TURNS_A_SESSION) + 1,
    provider: 'Google',
    model: count % 3 === 0 ? 'gemini-2.5-pro' : 'gemini-2.0-flash',
    input_tokens: 1000 + (count % 977),
    output_tokens: 200 + (count % 311),
    status: 'success',
    user_query: `Which tables hold the orders of customer ${count}?`,
    duration_ms: 1500 + (count % 500),
    ...(admissionId === undefined ? {} : { admission_id: admissionId }),
  })
}

/** The requests of a plan one by one, for a client of our own. `check-and-record` is for autocannon alone. */
export function requestMaker(plan: RequestPlan): () => PlainRequest {
  let count = 0
  switch (plan.kind) {
    case 'hello':
      return () => ({ method: 'GET', path: '/', headers: {}, body: '' })
    case 'checks': {
      const headers = headersOf(plan.token)
      return () => ({
        method: 'POST',
        path: CHECK_PATH,
        headers,
        body: checkBody(plan.users, count++, plan.isBare),
      })
    }
    case 'turns': {
      const headers = headersOf(plan.token)
      return () => ({ method: 'POST', path: TURNS_PATH, headers, body: turnBody(plan, count++) })
    }
    case 'reads': {
      const headers = { authorization: `Bearer ${plan.token}` }
      return () => ({
        method: 'GET',
        path: plan.paths[count++ % plan.paths.length] ?? '/',
        headers,
        body: '',
      })
    }
    case 'mixed': {
      const makers = plan.parts.map((part) => requestMaker(part.plan))
      const order = plan.parts.flatMap((part, index) => new Array<number>(part.weight).fill(index))
      const chance = new Chance(1)
      return () => {
        const make = makers[order[chance.below(order.length)] ?? 0]
        if (make === undefined) throw new Error('a mixed load needs parts')
        return make()
      }
    }
    case 'check-and-record':
      throw new Error('check-and-record needs the answers of its requests; autocannon makes it')
  }
}

/** Prepared requests a connection walks through: enough that all users take part. */
const REQUESTS_A_CONNECTION = 64

/** What each connection of autocannon sends. Checks are prepared beforehand: the generator shares the machine. */
export function cannonRequests(plan: RequestPlan): () => CannonRequest[] {
  switch (plan.kind) {
    case 'hello':
    case 'checks':
    case 'reads': {
      const next = requestMaker(plan)
      const count = plan.kind === 'hello' ? 1 : REQUESTS_A_CONNECTION
      return () => Array.from({ length: count }, () => plainToCannon(next()))
    }
    case 'turns': {
      const next = requestMaker(plan)
      // Its first request is made twice, once in preparing: numbers left out do no harm.
      return () => [{ setupRequest: (request) => ({ ...request, ...plainToCannon(next()) }) }]
    }
    case 'check-and-record':
      return checkAndRecord(plan)
    case 'mixed':
      throw new Error('mixed loads are paced; autocannon does not make them')
  }
}

function plainToCannon(request: PlainRequest): CannonRequest {
  const { method, path, headers, body } = request
  return body === '' ? { method, path, headers } : { method, path, headers, body }
}

function checkAndRecord(plan: Extract<RequestPlan, { kind: 'check-and-record' }>): () => CannonRequest[] {
  const headers = headersOf(plan.token)
  let count = 0
  const check: CannonRequest = {
    setupRequest: (request, context) => {
      context['count'] = count++
      return {
        ...request,
        method: 'POST',
        path: CHECK_PATH,
        headers,
        body: checkBody(plan.users, Number(context['count'])),
      }
    },
    onResponse: (_status, body, context) => {
      context['admission'] = (JSON.parse(body) as { admission_id: string }).admission_id
    },
  }
  const record: CannonRequest = {
    setupRequest: (request, context) => ({
      ...request,
      method: 'POST',
      path: TURNS_PATH,
      headers,
      body: turnBody(plan, Number(context['count']), String(context['admission'])),
    }),
  }
  return () => [{ ...check }, { ...record }]
}

import {
  OPERATIONS,
  type OperationInput,
  type OperationName,
  type OperationOutput,
} from '../shared/contract/index.ts'
import type { OperationAnswer, Problem } from '../shared/contract/problem.ts'
import type { DesktopBridge } from '../shared/desktop-bridge.ts'

/**
 * The one way from a screen to the core. The window calls through `window.weir` (IPC), the browser over HTTP;
 * both are derived from the same table of operations and answer in the same shape. Nothing here ever rejects:
 * a core that cannot be reached is an answer too (`isUnreachable`).
 */
export interface WeirClient {
  /** Which transport it is; things only an operating system can do are absent in `browser`. */
  readonly kind: 'window' | 'browser'
  call<Name extends OperationName>(
    name: Name,
    input: OperationInput<Name>,
    signal?: AbortSignal,
  ): Promise<OperationAnswer<OperationOutput<Name>>>
}

/** The part of `window.weir` that carries operations. */
export type OperationBridge = Pick<DesktopBridge, 'call'>

/** What the browser's client needs of the page. */
export interface BrowserClientOptions {
  readonly fetch: typeof fetch
  /** The token that proves a write comes from our own page; null before the session was checked. */
  readonly csrf: () => string | null
  /** Called for every 401, so that the page can lead to the login screen. */
  readonly onUnauthorized: () => void
}

/** Status of a problem that was made here because nothing answered; no HTTP answer has it. */
const NO_ANSWER = 0

/** A problem this side noticed itself: the core did not answer, or not in a way Weir answers. */
export function unreachableProblem(detail: string): Problem {
  return {
    type: 'about:blank',
    title: 'Weir does not answer',
    status: NO_ANSWER,
    code: 'internal',
    detail,
    request_id: '',
  }
}

/** Whether the problem says that nothing answered, as opposed to a core that answered with an error. */
export function isUnreachable(problem: Problem | null | undefined): boolean {
  return problem?.status === NO_ANSWER
}

function reasonOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? ` (${error.message})` : ''
}

/** The window's client. A rejected IPC call is a main process that is gone or busy ending. */
export function createWindowClient(bridge: OperationBridge): WeirClient {
  return {
    kind: 'window',
    async call<Name extends OperationName>(name: Name, input: OperationInput<Name>) {
      try {
        return await bridge.call(name, input)
      } catch (error) {
        return {
          ok: false,
          problem: unreachableProblem(`The core of Weir did not answer${reasonOf(error)}.`),
        }
      }
    },
  }
}

/** The browser's client: cookie session, same origin, `X-Weir-CSRF` on everything that writes. */
export function createBrowserClient(options: BrowserClientOptions): WeirClient {
  return {
    kind: 'browser',
    async call<Name extends OperationName>(name: Name, input: OperationInput<Name>, signal?: AbortSignal) {
      const { url, init } = requestOf(name, input as Readonly<Record<string, unknown>>, options.csrf())
      const answer = await answerOf(() =>
        options.fetch(url, signal === undefined ? init : { ...init, signal }),
      )
      if (!answer.ok && answer.problem.status === 401) options.onUnauthorized()
      return answer as OperationAnswer<OperationOutput<Name>>
    },
  }
}

/** Sends a request and reads its answer as data; the shape is that of IPC. */
export async function answerOf(send: () => Promise<Response>): Promise<OperationAnswer<unknown>> {
  try {
    const response = await send()
    const text = await response.text()
    const body: unknown = text === '' ? null : JSON.parse(text)
    if (response.ok) return { ok: true, value: body }
    if (isProblem(body)) return { ok: false, problem: body }
    return {
      ok: false,
      problem: unreachableProblem(`Something else than Weir answered with ${response.status}.`),
    }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    return { ok: false, problem: unreachableProblem(`No answer came from this address${reasonOf(error)}.`) }
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body && 'status' in body
}

/** Turns an operation and its input into an HTTP request: path, then query (reads) or JSON body (writes). */
export function requestOf(
  name: OperationName,
  input: Readonly<Record<string, unknown>>,
  csrf: string | null,
): { readonly url: string; readonly init: RequestInit } {
  const { method, path } = OPERATIONS[name]
  const rest = { ...input }
  let url: string = path.replace(/\{(\w+)\}/g, (_, member: string) => {
    const value = encodeURIComponent(String(rest[member]))
    delete rest[member]
    return value
  })
  const headers: Record<string, string> = { Accept: 'application/json' }
  const init: RequestInit = { method, headers, credentials: 'same-origin' }
  if (method === 'GET') {
    const query = new URLSearchParams()
    for (const [member, value] of Object.entries(rest))
      if (value !== undefined) query.set(member, String(value))
    if (query.size > 0) url += `?${query.toString()}`
    return { url, init }
  }
  if (csrf !== null) headers['X-Weir-CSRF'] = csrf
  if (method !== 'DELETE' || Object.keys(rest).length > 0) {
    headers['Content-Type'] = 'application/json'
    init.body = JSON.stringify(rest)
  }
  return { url, init }
}

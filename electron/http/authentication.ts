import type { IncomingHttpHeaders } from 'node:http'
import type { Caller, Refusal, TokensApi } from '../core/api.ts'
import { refused } from '../operations/refusals.ts'
import { isSameSecret } from './secrets.ts'
import type { UiSession, UiSessions } from './ui-sessions.ts'

/** Who a request comes from, and by what right. */
export type Authenticated =
  | { readonly kind: 'token'; readonly caller: Caller; readonly token: string }
  | { readonly kind: 'session'; readonly caller: Caller; readonly session: UiSession }

/** `isAttempt`: a secret was presented and was wrong, which is counted; a request without one is not. */
export type AuthenticationAnswer =
  | Authenticated
  | { readonly kind: 'denied'; readonly refusal: Refusal; readonly isAttempt: boolean }

const BEARER = /^Bearer ([A-Za-z0-9\-._~+/]{1,512}=*)$/i

/** What a browser that signed in with a code of the program itself may do: it sits at the operator's machine. */
const OPERATOR: Caller = {
  name: 'operator',
  via: 'browser',
  scope: 'admin',
  userId: null,
  tokenId: null,
}

/** Tells who calls: by `Authorization: Bearer …`, or, for the console in a browser, by its cookie. */
export class Authentication {
  readonly #tokens: Pick<TokensApi, 'authenticate'>
  readonly #sessions: UiSessions
  readonly #port: () => number

  constructor(parts: {
    readonly tokens: Pick<TokensApi, 'authenticate'>
    readonly sessions: UiSessions
    readonly port: () => number
  }) {
    this.#tokens = parts.tokens
    this.#sessions = parts.sessions
    this.#port = parts.port
  }

  /** A token counts before a cookie; a wrong token is refused even when the cookie beside it is good. */
  async authenticate(method: string, headers: IncomingHttpHeaders): Promise<AuthenticationAnswer> {
    const { authorization } = headers
    if (authorization !== undefined) return await this.#byToken(authorization)
    const cookie = this.cookieOf(headers)
    if (cookie !== undefined) return await this.#bySession(cookie, method, headers)
    return denied(
      'A token is needed: send Authorization: Bearer weir_…; "weir tokens create" makes one.',
      false,
    )
  }

  /** The signed-in session of a cookie and who it acts for; undefined when it is over or its token was revoked. */
  async sessionOf(cookie: string): Promise<{ session: UiSession; caller: Caller } | undefined> {
    const session = this.#sessions.find(cookie)
    if (session === undefined) return undefined
    if (session.token === null) return { session, caller: OPERATOR }
    const caller = await this.#tokens.authenticate(session.token)
    if (caller?.scope === 'admin') return { session, caller: { ...caller, via: 'browser' } }
    this.#sessions.close(cookie)
    return undefined
  }

  /** The value of our cookie. Its name has the port, because browsers share cookies between ports. */
  cookieOf(headers: IncomingHttpHeaders): string | undefined {
    const prefix = `${cookieName(this.#port())}=`
    const found = headers.cookie
      ?.split(';')
      .map((part) => part.trim())
      .find((part) => part.startsWith(prefix))
    return found?.slice(prefix.length)
  }

  async #byToken(authorization: string): Promise<AuthenticationAnswer> {
    const token = BEARER.exec(authorization)?.[1]
    const caller = token === undefined ? undefined : await this.#tokens.authenticate(token)
    if (token !== undefined && caller !== undefined) return { kind: 'token', caller, token }
    return denied('This token is unknown, expired or revoked; "weir tokens create" makes a new one.', true)
  }

  async #bySession(
    cookie: string,
    method: string,
    headers: IncomingHttpHeaders,
  ): Promise<AuthenticationAnswer> {
    const signedIn = await this.sessionOf(cookie)
    if (signedIn === undefined) return denied('This browser is signed out; please sign in again.', true)
    const refusal = refuseForgery(method, headers, signedIn.session.csrf)
    if (refusal !== undefined) return { kind: 'denied', refusal, isAttempt: false }
    return { kind: 'session', ...signedIn }
  }
}

/** Name of the session cookie of the Weir at a port. */
export function cookieName(port: number): string {
  return `weir_${port}`
}

/**
 * A cookie comes along whoever makes the browser ask, so a request with one must show that our own page made it:
 * by what the browser says of its origin, and, when it can change something, by the session's CSRF value.
 */
export function refuseForgery(
  method: string,
  headers: IncomingHttpHeaders,
  csrf: string,
): Refusal | undefined {
  const site = headers['sec-fetch-site']
  const isReading = method === 'GET' || method === 'HEAD'
  // Browsers too old for Sec-Fetch-Site still send Origin with what changes something; the guard has compared it.
  const isOwnPage =
    site === 'same-origin' ||
    (site === 'none' && isReading) ||
    (site === undefined && (isReading || headers.origin !== undefined))
  const presented = headers['x-weir-csrf']
  const hasProof = isReading || (typeof presented === 'string' && isSameSecret(presented, csrf))
  if (isOwnPage && hasProof) return undefined
  return refused(
    'origin_not_allowed',
    'A browser session may only be used by the pages of this Weir, with their X-Weir-CSRF header; reload the page and try again.',
  )
}

function denied(detail: string, isAttempt: boolean): AuthenticationAnswer {
  return { kind: 'denied', refusal: refused('unauthorized', detail), isAttempt }
}

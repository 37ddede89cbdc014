import type { OperationAnswer } from '../../shared/contract/problem.ts'
import { answerOf } from '../weir-client.ts'

/** What a caller proves themself with: the one-time code of a login link, or an admin token. */
export type Credential = { readonly code: string } | { readonly token: string }

/** The login of a browser: a cookie the page cannot read, and the CSRF token that goes with it. */
export interface BrowserSession {
  /** Null until a check found a session. */
  csrf(): string | null
  /** False after a check or a call found that there is no session; an unreachable Weir says nothing about it. */
  isLoggedIn(): boolean
  /** Asks whether the cookie is still good. */
  check(): Promise<OperationAnswer<boolean>>
  logIn(credential: Credential): Promise<OperationAnswer<boolean>>
  /** A call was answered with 401. */
  lost(): void
}

interface SessionAnswer {
  readonly authenticated: boolean
  readonly csrf: string | null
}

/** Addresses outside the table of operations: they are about the connection, not about what Weir keeps. */
const SESSION_URL = '/api/v1/auth/session'
const LOGIN_URL = '/api/v1/auth/login'

/** Keeps track of the browser's session; `fetch` is that of the page. */
export function createBrowserSession(fetchOf: typeof fetch): BrowserSession {
  let csrf: string | null = null
  let loggedIn = true

  async function check(): Promise<OperationAnswer<boolean>> {
    const answer = await answerOf(() =>
      fetchOf(SESSION_URL, { credentials: 'same-origin', headers: { Accept: 'application/json' } }),
    )
    if (!answer.ok) {
      if (answer.problem.status === 401) loggedIn = false
      return answer.problem.status === 401 ? { ok: true, value: false } : answer
    }
    const session = answer.value as SessionAnswer
    loggedIn = session.authenticated
    csrf = session.csrf ?? null
    return { ok: true, value: loggedIn }
  }

  return {
    csrf: () => csrf,
    isLoggedIn: () => loggedIn,
    check,
    async logIn(credential) {
      const answer = await answerOf(() =>
        fetchOf(LOGIN_URL, {
          method: 'POST',
          credentials: 'same-origin',
          headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
          body: JSON.stringify(credential),
        }),
      )
      // The CSRF token belongs to the new session, so it is asked for afterwards.
      return answer.ok ? check() : answer
    },
    lost() {
      loggedIn = false
      csrf = null
    },
  }
}

import { HOUR_MS } from '../../shared/units.ts'
import type { Clock, RandomBytes } from '../core/kernel/ports.ts'
import { elapsedMs, type Moment, momentOf } from './elapsed.ts'
import { digestOf, newSecret } from './secrets.ts'

/** A working day: a browser left alone overnight has to sign in again. */
export const UI_SESSION_IDLE_MS = 12 * HOUR_MS

/** One operator has a few browsers; more sessions than this are forgotten ones, and the stalest goes. */
const UI_SESSIONS_MAX = 32

/** A signed-in browser. */
export interface UiSession {
  /** What the page sends as `X-Weir-CSRF`. */
  readonly csrf: string
  /** The token the session stands on, asked again with every request; null when the program issued the code. */
  readonly token: string | null
}

interface StoredSession extends UiSession {
  lastSeen: Moment
}

/** Browser sessions: in memory only, so that a restart signs everybody out; known by the digest of their cookie. */
export class UiSessions {
  readonly #clock: Clock
  readonly #randomBytes: RandomBytes
  readonly #byDigest = new Map<string, StoredSession>()

  constructor(ports: { readonly clock: Clock; readonly randomBytes: RandomBytes }) {
    this.#clock = ports.clock
    this.#randomBytes = ports.randomBytes
  }

  /** Opens a session; `cookie` is the secret that goes into the cookie and is not kept. */
  open(token: string | null): { readonly cookie: string; readonly session: UiSession } {
    const cookie = newSecret(this.#randomBytes)
    const session = { csrf: newSecret(this.#randomBytes), token, lastSeen: momentOf(this.#clock) }
    // A Map keeps its order of insertion and `find` moves what is used to the end, so the first is the stalest.
    const [stalest] = this.#byDigest.keys()
    if (this.#byDigest.size >= UI_SESSIONS_MAX && stalest !== undefined) this.#byDigest.delete(stalest)
    this.#byDigest.set(keyOf(cookie), session)
    return { cookie, session }
  }

  /** The session of a cookie, kept alive by being asked for; undefined when there is none or it was idle too long. */
  find(cookie: string): UiSession | undefined {
    const key = keyOf(cookie)
    const session = this.#byDigest.get(key)
    if (session === undefined) return undefined
    this.#byDigest.delete(key)
    if (elapsedMs(session.lastSeen, this.#clock) >= UI_SESSION_IDLE_MS) return undefined
    session.lastSeen = momentOf(this.#clock)
    this.#byDigest.set(key, session)
    return session
  }

  /** Ends a session; no matter when there is none. */
  close(cookie: string): void {
    this.#byDigest.delete(keyOf(cookie))
  }
}

// Found by digest, so that neither a dump of the map nor the time of a look-up tells a cookie.
function keyOf(cookie: string): string {
  return digestOf(cookie).toString('base64url')
}

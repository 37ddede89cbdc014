import { timingSafeEqual } from 'node:crypto'
import { SECOND_MS, toIso } from '../../shared/units.ts'
import type { Clock, RandomBytes } from '../core/kernel/ports.ts'
import { elapsedMs, type Moment, momentOf } from './elapsed.ts'
import { digestOf, newSecret } from './secrets.ts'

/** Long enough to open a browser, short enough that a code found in a terminal's history is worth nothing. */
export const LOGIN_CODE_LIFE_MS = 60 * SECOND_MS

/** Codes that may wait at once; a new one pushes the oldest out, so that asking again and again costs no memory. */
const LOGIN_CODES_MAX = 16

interface WaitingCode {
  readonly digest: Buffer
  readonly issuedAt: Moment
  readonly issuerToken: string | null
}

/** A code as it is handed out; Weir keeps only its digest. */
export interface LoginCode {
  readonly code: string
  /** ISO 8601; after it the code is refused. */
  readonly expires_at: string
}

/** The address that signs a browser in with a code; `url` is where this Weir listens. */
export function loginUrl(url: string, code: string): string {
  // After the #, which browsers keep to themselves: the code reaches neither a log nor a Referer.
  return `${url}/#/login?code=${encodeURIComponent(code)}`
}

/** One-time codes that turn into a browser session: 32 random bytes, 60 seconds, one use. */
export class LoginCodes {
  readonly #clock: Clock
  readonly #randomBytes: RandomBytes
  #waiting: readonly WaitingCode[] = []

  constructor(ports: { readonly clock: Clock; readonly randomBytes: RandomBytes }) {
    this.#clock = ports.clock
    this.#randomBytes = ports.randomBytes
  }

  /**
   * Makes a code.
   *
   * @param issuerToken the admin token that asked for it: a session made of the code ends when that token is
   * revoked. `null` when the program itself asks, which has no token.
   */
  issue(issuerToken: string | null = null): LoginCode {
    const code = newSecret(this.#randomBytes)
    const waiting = { digest: digestOf(code), issuedAt: momentOf(this.#clock), issuerToken }
    this.#waiting = [...this.#alive(), waiting].slice(-LOGIN_CODES_MAX)
    return { code, expires_at: toIso(this.#clock.now() + LOGIN_CODE_LIFE_MS) }
  }

  /** Uses a code up; undefined when it is unknown, used already or older than 60 seconds. */
  redeem(code: string): { readonly issuerToken: string | null } | undefined {
    const digest = digestOf(code)
    this.#waiting = this.#alive()
    const found = this.#waiting.find((waiting) => timingSafeEqual(waiting.digest, digest))
    if (found === undefined) return undefined
    this.#waiting = this.#waiting.filter((waiting) => waiting !== found)
    return { issuerToken: found.issuerToken }
  }

  #alive(): readonly WaitingCode[] {
    return this.#waiting.filter((waiting) => elapsedMs(waiting.issuedAt, this.#clock) < LOGIN_CODE_LIFE_MS)
  }
}

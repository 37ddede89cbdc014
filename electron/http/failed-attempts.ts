import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Refusal } from '../core/api.ts'
import { refused } from '../operations/refusals.ts'

/** A person who pastes a wrong token tries a few times; a program that guesses needs 2^255 attempts. */
const ATTEMPTS_PER_CONNECTION_MAX = 10

/** Each further failure on a connection waits this much longer. Nobody notices it once; a flood slows itself down. */
const DELAY_STEP_MS = 25
const DELAY_MAX_MS = 250

/**
 * Counts wrong tokens and codes per connection. Never per user: that would let anybody lock a user out.
 */
export class FailedAttempts {
  readonly #bySocket = new WeakMap<Socket, number>()

  /** The refusal of a connection that has failed too often; its holder has to connect again. */
  refuse(socket: Socket): Refusal | undefined {
    return (this.#bySocket.get(socket) ?? 0) >= ATTEMPTS_PER_CONNECTION_MAX ? tooManyAttempts() : undefined
  }

  /**
   * Notes a failure and holds its answer back for a moment.
   *
   * @returns what to answer: `refusal`, or `too_many_requests` when this failure was one too many. Requests that were
   * sent in one go are all let in before the first of them has failed, so the count is looked at here again.
   */
  async note(socket: Socket, refusal: Refusal): Promise<Refusal> {
    const count = (this.#bySocket.get(socket) ?? 0) + 1
    this.#bySocket.set(socket, count)
    await sleep(Math.min(count * DELAY_STEP_MS, DELAY_MAX_MS))
    return count > ATTEMPTS_PER_CONNECTION_MAX ? tooManyAttempts() : refusal
  }
}

function tooManyAttempts(): Refusal {
  return refused(
    'too_many_requests',
    `This connection presented ${ATTEMPTS_PER_CONNECTION_MAX} wrong tokens and is closed; check the token and connect again.`,
    { retry_after_seconds: 1 },
  )
}

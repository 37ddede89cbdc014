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
 * Counts wrong tokens, codes and passwords per connection. Never per user: that would let anybody lock a user out.
 */
export class FailedAttempts {
  readonly #bySocket = new WeakMap<Socket, number>()

  /** The refusal of a connection that has failed too often; its holder has to connect again. */
  refuse(socket: Socket): Refusal | undefined {
    const count = this.#bySocket.get(socket)
    if (count === undefined || count < ATTEMPTS_PER_CONNECTION_MAX) return undefined
    return refused(
      'too_many_requests',
      `This connection presented ${ATTEMPTS_PER_CONNECTION_MAX} wrong tokens and is closed; check the token and connect again.`,
      { retry_after_seconds: 1 },
    )
  }

  /** Notes a failure and holds its answer back for a moment. */
  async note(socket: Socket): Promise<void> {
    const count = (this.#bySocket.get(socket) ?? 0) + 1
    this.#bySocket.set(socket, count)
    await sleep(Math.min(count * DELAY_STEP_MS, DELAY_MAX_MS))
  }
}

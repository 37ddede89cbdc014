import { WeirError } from '../kernel/weir-error.ts'
import type { Database, Writer } from './database.ts'
import { isStorageError } from './storage-error.ts'

/** What became of one request of a batch: an answer, or the WeirError that refuses it and nothing else. */
export type Outcome<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'error'; readonly error: WeirError }

/**
 * Works on the requests of a batch one after the other and answers an outcome for each, in their order. It MUST
 * throw a request's WeirError before it has written anything for that request; anything else thrown undoes them all.
 */
export type BatchJob<Request, Answer> = (
  trx: Writer,
  requests: readonly Request[],
) => Promise<readonly Outcome<Answer>[]>

interface Waiting<Request, Answer> {
  readonly request: Request
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

// A batch is one job of the group commit: as large as the connections that are there, short enough for others.
const REQUESTS_MAX = 64

/**
 * Requests of one kind that arrive together are worked on together: what they share (a user's row, an hour's sum) is
 * read and written once instead of once each. The hot path is a batch (PERFORMANCE.md).
 */
export class Batch<Request, Answer> {
  readonly #database: Pick<Database, 'write'>
  readonly #job: BatchJob<Request, Answer>
  readonly #waiting: Waiting<Request, Answer>[] = []

  constructor(database: Pick<Database, 'write'>, job: BatchJob<Request, Answer>) {
    this.#database = database
    this.#job = job
  }

  /** Resolves with the answer once it is on disk. Errors: the request's own; `storage_full`, `storage_unavailable`, `shutting_down`. */
  ask(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject })
      // The first one calls for a job; who comes before that job runs is in it.
      if (this.#waiting.length % REQUESTS_MAX === 1) void this.#runTogether()
    })
  }

  async #runTogether(): Promise<void> {
    let taken: readonly Waiting<Request, Answer>[] = []
    try {
      const outcomes = await this.#database.write((trx) => {
        // A transaction that found the database locked is tried again, with the same requests.
        if (taken.length === 0) taken = this.#waiting.splice(0, REQUESTS_MAX)
        return this.#job(trx, requestsOf(taken))
      })
      settle(taken, outcomes)
    } catch (error) {
      if (taken.length === 0) taken = this.#waiting.splice(0, REQUESTS_MAX)
      if (taken.length === 1 || isStorageError(error) || error instanceof WeirError)
        for (const one of taken) one.reject(error)
      // A fault that one request causes must not be everybody's: each gets a savepoint of its own.
      else for (const one of taken) await this.#runAlone(one)
    }
  }

  async #runAlone(one: Waiting<Request, Answer>): Promise<void> {
    try {
      settle([one], await this.#database.write((trx) => this.#job(trx, [one.request])))
    } catch (error) {
      one.reject(error)
    }
  }
}

function requestsOf<Request, Answer>(waiting: readonly Waiting<Request, Answer>[]): readonly Request[] {
  return waiting.map((one) => one.request)
}

function settle<Request, Answer>(
  waiting: readonly Waiting<Request, Answer>[],
  outcomes: readonly Outcome<Answer>[],
): void {
  for (const [index, one] of waiting.entries()) {
    const outcome = outcomes[index]
    if (outcome === undefined) one.reject(new Error('a batch answers every request'))
    else if (outcome.kind === 'error') one.reject(outcome.error)
    else one.resolve(outcome.answer)
  }
}

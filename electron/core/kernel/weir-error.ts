import { ERROR_CODES, type ErrorCode } from '../../../shared/error-codes.ts'

/**
 * An operating fault with a code of the ledger: what is wrong in one sentence, what a program needs to go on,
 * and the cause. Refusals that are part of the job (a limit reached) are returned, not thrown.
 */
export class WeirError extends Error {
  readonly code: ErrorCode
  /** Members added to the problem document: limit, used, owner of a port, … */
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: ErrorCode,
    detail: string,
    options: { details?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'WeirError'
    this.code = code
    this.details = options.details ?? {}
  }

  get status(): number {
    return ERROR_CODES[this.code].status
  }
}

/** A claim the code relies on. When it does not hold, Weir has a bug and says so instead of going on with wrong numbers. */
export function assert(claim: boolean, message: string): asserts claim {
  if (!claim) throw new Error(`assertion failed: ${message}`)
}

import { ERROR_CODES, type ErrorCode } from '../../shared/error-codes.ts'
import type { Refusal } from '../core/api.ts'
import type { Logger } from '../core/kernel/ports.ts'

/** No members beyond the standard ones; shared, because most refusals have none. */
const NO_DETAILS: Readonly<Record<string, unknown>> = Object.freeze({})

/** A refusal with its sentence for a person and the members a program needs to go on. */
export function refused(
  code: ErrorCode,
  detail: string,
  details: Readonly<Record<string, unknown>> = NO_DETAILS,
): Refusal {
  return { kind: 'refused', code, detail, details }
}

/** What is said while a restore exchanges the database: seconds. */
export const RESTORING = refused(
  'restoring',
  'A backup is being restored. It takes seconds; ask again with the same request.',
  Object.freeze({ retry_after_seconds: 2 }),
)

/**
 * The line that the `request_id` of a refusal leads to. The sentence of the refusal is not in it, because it may repeat
 * what the caller sent; the code says what it was, and a fault has a line of its own besides.
 */
export function logRefusal(log: Logger, refusal: Refusal, fields: Readonly<Record<string, unknown>>): void {
  log.info(`refused: ${ERROR_CODES[refusal.code].title}`, { ...fields, code: refusal.code })
}

import type { ErrorCode } from '../../shared/error-codes.ts'
import type { Refusal } from '../core/api.ts'

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

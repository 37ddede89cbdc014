import { ERROR_CODES, type ErrorCode } from '../error-codes.ts'

/** An error on the wire, as RFC 9457 (problem details) has it, with the members Weir adds. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  /** One sentence for a person. */
  readonly detail: string
  /** Leads to the line of the log. */
  readonly request_id: string
  readonly [member: string]: unknown
}

/** What an operation answers over IPC: errors cross as data, because Electron strips everything but the message. */
export type OperationAnswer<Output> =
  | { readonly ok: true; readonly value: Output }
  | { readonly ok: false; readonly problem: Problem }

/** Media type of a problem document over HTTP (RFC 9457). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

/** The `type` of a problem: a URN, because the port (and so every URL of Weir) is the operator's choice. */
export function problemType(code: ErrorCode): string {
  return `urn:weir:error:${code}`
}

/**
 * The problem document of a code. Members of `details` are added, but never replace a standard member.
 *
 * @param detail one sentence for a person
 * @param requestId leads to the line of the log
 */
export function problemOf(
  code: ErrorCode,
  detail: string,
  requestId: string,
  details: Readonly<Record<string, unknown>> = {},
): Problem {
  const { status, title } = ERROR_CODES[code]
  const standard = { type: problemType(code), title, status, code, detail, request_id: requestId }
  // Twice: first so that a person reads them first, last so that they win.
  return { ...standard, ...details, ...standard }
}

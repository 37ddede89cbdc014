import type { ErrorCode } from '../../shared/error-codes.ts'
import type { AuditLogTable } from './database/schema.ts'

/** Who asks the core for something, and how it says no. */

/** Who does something, as the audit log names them. */
export interface Actor {
  readonly name: string
  readonly via: AuditLogTable['via']
}

/** Who calls an operation: an actor with what their token allows. The window's operator is an admin without a token. */
export interface Caller extends Actor {
  readonly scope: 'executor' | 'user' | 'admin'
  /** The user a `user` token belongs to. */
  readonly userId: string | null
  readonly tokenId: number | null
}

/** A no that is part of the job, with what the caller needs next. */
export interface Refusal {
  readonly kind: 'refused'
  readonly code: ErrorCode
  /** One sentence for a person. */
  readonly detail: string
  /** Members of the problem document: limit, used, resets_at, retry_after_seconds, limits. */
  readonly details: Readonly<Record<string, unknown>>
}

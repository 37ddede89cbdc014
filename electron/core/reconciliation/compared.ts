import type { UserSides } from './drift.ts'

/** What comparing gives, as plain data that can be sent between threads. */

/** A session that was compared, for the next run. */
export interface ComparedSession {
  readonly userId: string
  readonly sessionId: string
  readonly sizeBytes: number
  readonly modifiedAtMs: number
  readonly ledgerDigest: string
  readonly isEqual: boolean
  readonly turnsMax: number
}

/** What became of one user. */
export interface ComparedUser extends UserSides {
  readonly userId: string
}

/**
 * Lines the operator watches for carry an `event`: the pinned counters of the log screen count them, and readiness
 * looks at them. Whoever writes such a line names its event: `log.warn('…', { event: LOG_EVENTS.driftWarning })`.
 */
export const LOG_EVENTS = {
  /** The database could not be read or written. */
  databaseError: 'database_error',
  /** Files and ledger differ by more than the threshold. */
  driftWarning: 'drift_warning',
  /** A turn is in its session file, and the database did not take it. */
  dualWriteFailure: 'dual_write_failure',
} as const

/** Codes whose line is a database error. */
const STORAGE_CODES: readonly string[] = ['storage_full', 'storage_unavailable', 'limits_unavailable']

/** The event a fault of this code is, as a field of its line; nothing when it is none. */
export function eventOfCode(code: string): { readonly event?: string } {
  return STORAGE_CODES.includes(code) ? { event: LOG_EVENTS.databaseError } : {}
}

import { WeirError } from '../kernel/weir-error.ts'

/** What better-sqlite3 throws: an Error with SQLite's extended result code as text. */
function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return error.code.startsWith('SQLITE_') ? error.code : undefined
}

/** Another process holds the write lock; trying again helps. */
export function isLockedByOthers(error: unknown): boolean {
  return sqliteCode(error)?.startsWith('SQLITE_BUSY') ?? false
}

/** The classes of SQLite errors that speak of the storage and not of our statement. */
const UNAVAILABLE =
  /^SQLITE_(BUSY|LOCKED|IOERR|CORRUPT|NOTADB|CANTOPEN|READONLY|PERM|PROTOCOL|NOLFS|AUTH|NOMEM)/

/**
 * Turns errors of the storage into a `WeirError` with a sentence for the operator; everything else (a bug,
 * a WeirError) is returned as it is. Codes: `storage_full`, `storage_unavailable`.
 */
export function toStorageError(error: unknown): unknown {
  const code = sqliteCode(error)
  if (code === undefined) return error
  if (code.startsWith('SQLITE_FULL')) {
    return new WeirError('storage_full', 'The disk is full. Free some space; Weir goes on by itself.', {
      cause: error,
    })
  }
  if (UNAVAILABLE.test(code)) {
    return new WeirError('storage_unavailable', `The database cannot be used right now (${code}).`, {
      cause: error,
      details: { sqlite_code: code },
    })
  }
  return error
}

/** Whether the error says that the database cannot answer, whatever the question; also one of a bare read. */
export function isStorageError(error: unknown): boolean {
  const known = toStorageError(error)
  return known instanceof WeirError && (known.code === 'storage_full' || known.code === 'storage_unavailable')
}

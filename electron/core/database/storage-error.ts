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

/** A rule of a table forbids what was to be written; trying again does not help, writing the rest does. */
export function isForbiddenByTable(error: unknown): boolean {
  return sqliteCode(error)?.startsWith('SQLITE_CONSTRAINT') ?? false
}

/** The file itself is not what it should be; trying again does not help. */
export function isDamage(error: unknown): boolean {
  return DAMAGED.test(sqliteCode(error) ?? '')
}

/** What SQLite came upon, with its code. */
export function damageInWords(error: unknown): string {
  return `${sqliteCode(error)}: ${error instanceof Error ? error.message : String(error)}`
}

const DAMAGED = /^SQLITE_(CORRUPT|NOTADB)/

/** A damaged database, in a sentence for the operator; `what` says how it was found. */
export function damagedDatabase(what: string, cause?: unknown): WeirError {
  return new WeirError(
    'storage_unavailable',
    `The database is damaged (${what}). Recovering puts the newest proved backup in its place and adds what the session ` +
      'files hold; the damaged one is kept. Use the screen of the backups, or: weir restore --newest',
    { cause, details: { sqlite_code: sqliteCode(cause) ?? 'SQLITE_CORRUPT' } },
  )
}

/** Whether an error of opening says that the database is damaged. */
export function isDamagedDatabase(error: unknown): boolean {
  return (
    error instanceof WeirError &&
    error.code === 'storage_unavailable' &&
    DAMAGED.test(String(error.details['sqlite_code']))
  )
}

/** The classes of SQLite errors that speak of the storage and not of our statement. */
const UNAVAILABLE = /^SQLITE_(BUSY|LOCKED|IOERR|CANTOPEN|READONLY|PERM|PROTOCOL|NOLFS|AUTH|NOMEM)/

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
  if (DAMAGED.test(code)) return damagedDatabase(code, error)
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

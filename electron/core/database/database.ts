import type BetterSqlite3 from 'better-sqlite3'
import { Kysely, type Transaction } from 'kysely'
import { SqliteDialect } from './dialect.ts'
import { withDirectConnection } from './direct-connection.ts'
import { GroupCommit } from './group-commit.ts'
import { openReadHandle, openWriteHandle } from './open-handle.ts'
import type { Schema } from './schema.ts'
import { damagedDatabase, damageInWords, toStorageError } from './storage-error.ts'

/** What a read takes: it cannot write. */
export type Reader = Kysely<Schema>
/** What a write takes: there is no write outside a transaction. */
export type Writer = Transaction<Schema>

export interface DatabaseOptions {
  /** Absolute path of `auth.db`. */
  readonly file: string
  /** Another native binding for runtimes older than the driver supports; null for its own. */
  readonly sqliteBinding: string | null
}

/**
 * The open database of this process: one connection that writes and one that reads, both on this thread.
 * Readers see whole committed transactions and never wait for the writer.
 */
export class Database {
  readonly reader: Reader
  readonly #writeHandle: BetterSqlite3.Database
  readonly #readHandle: BetterSqlite3.Database
  readonly #groupCommit: GroupCommit
  #damage: string | null = null
  #whenDamaged: ((detail: string) => void) | undefined

  private constructor(writeHandle: BetterSqlite3.Database, readHandle: BetterSqlite3.Database) {
    this.#writeHandle = writeHandle
    this.#readHandle = readHandle
    const onDamage = (error: unknown): void => this.noteDamage(damageInWords(error))
    this.reader = new Kysely<Schema>({
      dialect: new SqliteDialect(readHandle, { begin: 'deferred', onDamage }),
    })
    this.#groupCommit = new GroupCommit(
      new Kysely<Schema>({ dialect: new SqliteDialect(writeHandle, { begin: 'immediate', onDamage }) }),
    )
  }

  /** Opens and brings the schema up to date. Errors: `database_newer`, `database_foreign`, `storage_unavailable`. */
  static open(options: DatabaseOptions): Database {
    const writeHandle = openWriteHandle(options.file, options.sqliteBinding)
    try {
      return new Database(writeHandle, openReadHandle(options.file, options.sqliteBinding))
    } catch (error) {
      writeHandle.close()
      throw error
    }
  }

  /**
   * Runs a job inside a write transaction and resolves with its result once that is on disk. Jobs that arrive in
   * the same turn of the event loop share one transaction, each in a savepoint of its own: a job that throws
   * undoes only itself. A job MUST await nothing but its transaction: others wait for it.
   * Errors: what the job throws; `storage_full`, `storage_unavailable`, `shutting_down`.
   */
  write<Result>(job: (trx: Writer) => Promise<Result>): Promise<Result> {
    return this.#groupCommit.write(job)
  }

  /**
   * The same for a slice of long work (an import): it lets everybody else go first, within limits, and never shares
   * their transaction. A slice should take about ten milliseconds: that is how long others may have to wait for it.
   */
  writeSlice<Result>(job: (trx: Writer) => Promise<Result>): Promise<Result> {
    return this.#groupCommit.writeSlice(job)
  }

  /** Tells of the subjects that writes noted (`noteChange`), once they are on disk. */
  whenNoted(tell: (topic: string) => void): void {
    this.#groupCommit.whenNoted(tell)
  }

  /** Refuses every write with `restoring` until `unfence`; settles when those before it are on disk. */
  fence(): Promise<void> {
    return this.#groupCommit.fence()
  }

  unfence(): void {
    this.#groupCommit.unfence()
  }

  /** Says that the file is damaged: from now on nothing is written to it. Only the first time counts. */
  noteDamage(detail: string): void {
    if (this.#damage !== null) return
    this.#damage = detail
    this.#groupCommit.refuseFrom(() => damagedDatabase(detail))
    this.#whenDamaged?.(detail)
  }

  /** Tells once when a statement or a check came upon damage, at once if one has. */
  whenDamaged(tell: (detail: string) => void): void {
    this.#whenDamaged = tell
    if (this.#damage !== null) tell(this.#damage)
  }

  /**
   * Runs several reads on one snapshot. The job MUST await nothing but its reader. Errors: what the job throws;
   * `storage_unavailable`.
   */
  async read<Result>(job: (db: Reader) => Promise<Result>): Promise<Result> {
    try {
      return await this.reader.transaction().execute((db) => withDirectConnection(db, () => job(db)))
    } catch (error) {
      throw toStorageError(error)
    }
  }

  /** Pages in the database file times the page size: what it takes on disk without the WAL, in bytes. */
  sizeBytes(): number {
    const pages = this.#readHandle.pragma('page_count', { simple: true })
    const pageSize = this.#readHandle.pragma('page_size', { simple: true })
    return Number(pages) * Number(pageSize)
  }

  schemaVersion(): number {
    return Number(this.#readHandle.pragma('user_version', { simple: true }))
  }

  /** Finishes what was queued, folds the WAL into the database and closes both connections. */
  async close(): Promise<void> {
    await this.#groupCommit.close()
    this.#readHandle.close()
    try {
      this.#writeHandle.pragma('wal_checkpoint(TRUNCATE)')
    } finally {
      // Also a damaged one is let go: a restore is about to move its files.
      this.#writeHandle.close()
    }
  }
}

import type BetterSqlite3 from 'better-sqlite3'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { isDamage } from './storage-error.ts'

export interface SqliteDialectOptions {
  /** `immediate` takes the write lock at once, so that a transaction that reads first cannot fail later (L13); `deferred` suits readers. */
  readonly begin: 'immediate' | 'deferred'
  /** Told of a statement that came upon a damaged page, before its caller is. */
  readonly onDamage?: (error: unknown) => void
}

/**
 * Kysely over one better-sqlite3 handle: prepared statements are kept, because preparing costs three times what
 * running does, and transactions begin as told. The handle belongs to the caller, who also closes it.
 */
export class SqliteDialect implements Dialect {
  readonly #handle: BetterSqlite3.Database
  readonly #options: SqliteDialectOptions

  constructor(handle: BetterSqlite3.Database, options: SqliteDialectOptions) {
    this.#handle = handle
    this.#options = options
  }

  createDriver(): Driver {
    return new SqliteDriver(this.#handle, this.#options)
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler()
  }

  createAdapter(): DialectAdapter {
    return new TransactionalDdlAdapter()
  }

  // biome-ignore lint/suspicious/noExplicitAny: the signature of Kysely's Dialect
  createIntrospector(db: Kysely<any>): SqliteIntrospector {
    return new SqliteIntrospector(db)
  }
}

/** SQLite does roll back DDL; Kysely's own adapter says it does not. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection
  readonly #begin: CompiledQuery

  constructor(handle: BetterSqlite3.Database, options: SqliteDialectOptions) {
    this.#connection = new SqliteConnection(handle, options.onDamage)
    this.#begin = CompiledQuery.raw(options.begin === 'immediate' ? 'begin immediate' : 'begin deferred')
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection
  }

  async beginTransaction(): Promise<void> {
    await this.#connection.executeQuery(this.#begin)
  }

  async commitTransaction(): Promise<void> {
    await this.#connection.executeQuery(COMMIT)
  }

  async rollbackTransaction(): Promise<void> {
    await this.#connection.rollBack()
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

const COMMIT = CompiledQuery.raw('commit')

// Weir has about a hundred different statements; a list of values of varying length makes a few more each.
const KEPT_STATEMENTS_MAX = 500

/** What a statement did. */
export interface RunResult<Row> {
  /** Null of one that answers no rows. */
  readonly rows: readonly Row[] | null
  readonly changes: number
  /** The key of the row that was inserted last. */
  readonly lastId: number | bigint
}

/** The one connection of a handle. */
export class SqliteConnection implements DatabaseConnection {
  readonly #handle: BetterSqlite3.Database
  readonly #onDamage: ((error: unknown) => void) | undefined
  readonly #statements = new Map<string, BetterSqlite3.Statement<unknown[]>>()

  constructor(handle: BetterSqlite3.Database, onDamage: ((error: unknown) => void) | undefined) {
    this.#handle = handle
    this.#onDamage = onDamage
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { rows, changes, lastId } = this.run<Row>(query.sql, query.parameters)
    return rows === null
      ? { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastId) }
      : { rows: rows as Row[] }
  }

  /** Runs a statement at once. */
  run<Row>(sql: string, parameters: readonly unknown[]): RunResult<Row> {
    try {
      const statement = this.#prepare(sql)
      if (statement.reader) return { rows: statement.all(...parameters) as Row[], changes: 0, lastId: 0 }
      const { changes, lastInsertRowid } = statement.run(...parameters)
      return { rows: null, changes, lastId: lastInsertRowid }
    } catch (error) {
      if (isDamage(error)) this.#onDamage?.(error)
      throw error
    }
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    for (const row of this.#prepare(query.sql).iterate(...query.parameters)) yield { rows: [row as Row] }
  }

  /** A failed COMMIT may have ended the transaction already; then there is nothing left to roll back. */
  async rollBack(): Promise<void> {
    if (this.#handle.inTransaction) this.#handle.exec('rollback')
  }

  #prepare(sql: string): BetterSqlite3.Statement<unknown[]> {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      if (this.#statements.size >= KEPT_STATEMENTS_MAX) this.#statements.clear()
      statement = this.#handle.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

import type { Kysely, Transaction } from 'kysely'
import { SqliteConnection } from './dialect.ts'
import type { Schema } from './schema.ts'

/**
 * The connections of the transactions that are open. What is prepared goes straight to them: Kysely's way to a
 * connection that has already been given out takes as long as a short statement.
 */
const connections = new WeakMap<Kysely<Schema>, SqliteConnection>()

/** Runs a job of a transaction with what is prepared going straight to its connection. Afterwards Kysely refuses what comes late. */
export async function withDirectConnection<Result>(
  trx: Transaction<Schema>,
  job: () => Promise<Result>,
): Promise<Result> {
  const connection = await trx.getExecutor().provideConnection(async (given) => given)
  if (connection instanceof SqliteConnection) connections.set(trx, connection)
  try {
    return await job()
  } finally {
    connections.delete(trx)
  }
}

/** The connection of an open transaction; undefined of anything else, which asks Kysely. */
export function directConnection(db: Kysely<Schema>): SqliteConnection | undefined {
  return connections.get(db)
}

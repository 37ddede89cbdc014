import type { Transaction } from 'kysely'
import type { Schema } from './schema.ts'

/** Subjects a transaction changed besides the one its operation is named after; told of once it is on disk. */

type Writer = Transaction<Schema>

const noted = new WeakMap<Writer, Set<string>>()

/** Notes that something of this subject was written; forgotten with the job when that is undone. */
export function noteChange(trx: Writer, topic: string): void {
  const topics = noted.get(trx) ?? new Set()
  noted.set(trx, topics.add(topic))
}

/** What was noted since this was asked last. */
export function takeNoted(trx: Writer): readonly string[] {
  const topics = noted.get(trx)
  noted.delete(trx)
  return topics === undefined ? [] : [...topics]
}

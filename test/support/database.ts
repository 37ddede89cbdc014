import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Database } from '../../electron/core/database/database.ts'
import { TestClock } from './clock.ts'

export interface TestDatabase {
  readonly database: Database
  readonly clock: TestClock
  readonly folder: string
  readonly file: string
  close(): Promise<void>
}

/** A real database in a folder of its own, with the schema and nothing else in it. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-test-'))
  const file = join(folder, 'auth.db')
  const database = Database.open({ file, sqliteBinding: process.env['WEIR_SQLITE_BINDING'] ?? null })
  return {
    database,
    clock: new TestClock(),
    folder,
    file,
    close: async () => {
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

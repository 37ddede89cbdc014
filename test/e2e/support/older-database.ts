import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { migrate } from '../../../electron/core/database/migrate.ts'
import { APPLICATION_ID, SCHEMA_VERSION } from '../../../electron/core/database/open-handle.ts'
import { MIGRATIONS } from '../../../migrations/index.ts'

/** The schema before this one. */
export const OLDER = SCHEMA_VERSION - 1

/** A database as the Weir before this one left it. */
export function olderDatabase(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true })
  const handle = new BetterSqlite3(join(dataDir, 'auth.db'))
  handle.pragma(`application_id = ${APPLICATION_ID}`)
  migrate(handle, MIGRATIONS.slice(0, OLDER))
  // Some megabytes to be backed up and proved: the window of the start is there before they are.
  handle.exec(`
    with recursive line (number) as (select 1 union all select number + 1 from line where number < 60000)
    insert into audit_log (at, actor, via, action, object_kind, object_id, before, after)
    select number, 'Olga', 'window', 'settings.change', 'setting', 'time_zone', '"UTC"', '"Europe/Paris"' from line`)
  handle.close()
}

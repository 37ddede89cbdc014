// Writes rows as SQLite does by itself on a database it finds in WAL mode, says of each that it is recorded, and is wrong:
// the log is not synced for them. It is here so that what looks at syncs is seen to find one that is missing.
// node test/faults/careless-recorder.ts <data folder> <how many rows>
import { mkdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'

const [dataDir = '', count = '0'] = process.argv.slice(2)
mkdirSync(dataDir, { recursive: true })
const made = new BetterSqlite3(join(dataDir, 'auth.db'))
made.pragma('journal_mode = WAL')
made.exec('create table rows (number integer primary key)')
made.close()
const handle = new BetterSqlite3(join(dataDir, 'auth.db'))
handle.pragma('synchronous = NORMAL')
const insert = handle.prepare('insert into rows values (?)')
for (let row = 1; row <= Number(count); row += 1) {
  insert.run(row)
  writeSync(1, `ack careless ${row}\n`)
}
handle.close()

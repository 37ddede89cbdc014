import { spawnSync } from 'node:child_process'
import BetterSqlite3 from 'better-sqlite3'
import { expect } from 'vitest'

/** Overwrites these bytes from outside: this process holds the database, and opening its file would cost it its locks. */
const OVERWRITE = `
const { openSync, writeSync, fsyncSync } = require('node:fs')
const [file, size, ...offsets] = process.argv.slice(1)
const handle = openSync(file, 'r+')
for (const offset of offsets) writeSync(handle, Buffer.alloc(Number(size), 0xa5), 0, Number(size), Number(offset))
fsyncSync(handle)
`

/** Spoils every page of these tables and indexes in a database, which may be open, as a dying disk does. */
export function damageTables(file: string, names: readonly string[]): void {
  const handle = new BetterSqlite3(file)
  try {
    handle.pragma('wal_checkpoint(TRUNCATE)')
    const size = Number(handle.pragma('page_size', { simple: true }))
    const marks = names.map(() => '?').join(', ')
    const pages = handle
      .prepare<string[], number>(`select pageno from dbstat where name in (${marks})`)
      .pluck()
      .all(...names)
    expect(pages.length).toBeGreaterThan(0)
    const offsets = pages.map((page) => String((page - 1) * size))
    const { status, stderr } = spawnSync(process.execPath, ['-e', OVERWRITE, file, String(size), ...offsets])
    expect(status, String(stderr)).toBe(0)
    // Written to page 1, so that whoever has it open forgets what it remembers of the others.
    handle.pragma(`user_version = ${Number(handle.pragma('user_version', { simple: true }))}`)
  } finally {
    handle.close()
  }
}

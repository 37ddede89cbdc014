import { copyFileSync, existsSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import { expect } from 'vitest'

/** Leaves of a database what a process leaves that is killed in the middle of a transaction: half of it, and its journal. */
export function leaveHalfWritten(from: string, to: string): void {
  const handle = new BetterSqlite3(from)
  try {
    handle.pragma('journal_mode = DELETE')
    // So little memory that pages are written before the end.
    handle.pragma('cache_size = 5')
    handle.exec('create table filler (text TEXT)')
    const insert = handle.prepare('insert into filler values (?)')
    handle.transaction(() => {
      for (let row = 0; row < 3_000; row += 1) insert.run('x'.repeat(200))
    })()
    handle.exec(`begin; update filler set text = upper(text)`)
    for (const end of ['', '-journal']) copyFileSync(from + end, to + end)
    handle.exec('rollback; drop table filler')
  } finally {
    handle.close()
  }
  expect(existsSync(`${to}-journal`)).toBe(true)
  expect(() => new BetterSqlite3(to, { readonly: true }).pragma('user_version')).toThrow('readonly')
}

import { openReadHandle } from '../database/open-handle.ts'

/** More would not be read: one problem is enough to act on. */
const PROBLEMS_MAX = 20

/** SQLite's own look at every page and every reference of the database; what it found wrong, in its words. */
export function checkDatabase(file: string, sqliteBinding: string | null): readonly string[] {
  const handle = openReadHandle(file, sqliteBinding)
  try {
    const pages = handle.pragma(`quick_check(${PROBLEMS_MAX})`) as readonly { readonly quick_check: string }[]
    const strays = handle.pragma('foreign_key_check') as readonly {
      readonly table: string
      readonly parent: string
    }[]
    return [
      ...pages.map((row) => row.quick_check).filter((text) => text !== 'ok'),
      ...strays
        .slice(0, PROBLEMS_MAX)
        .map((row) => `a row of ${row.table} points to nothing in ${row.parent}`),
    ]
  } finally {
    handle.close()
  }
}

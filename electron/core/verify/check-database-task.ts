import { openReadHandle } from '../database/open-handle.ts'
import { isDamage, isDamagedDatabase } from '../database/storage-error.ts'

/** More would not be read: one problem is enough to act on. */
const PROBLEMS_MAX = 20

/** What is wrong with the pages of a database, and with its references, in SQLite's words. */
export interface DatabaseLook {
  readonly pages: readonly string[]
  readonly references: readonly string[]
}

/** SQLite's own look at every page and every reference of the database; what it found wrong, in its words. */
export function checkDatabase(file: string, sqliteBinding: string | null): DatabaseLook {
  try {
    return look(file, sqliteBinding)
  } catch (error) {
    // So damaged that SQLite cannot even look: that is the finding.
    if (isDamage(error) || isDamagedDatabase(error)) return { pages: [String(error)], references: [] }
    throw error
  }
}

function look(file: string, sqliteBinding: string | null): DatabaseLook {
  const handle = openReadHandle(file, sqliteBinding)
  try {
    const pages = handle.pragma(`quick_check(${PROBLEMS_MAX})`) as readonly { readonly quick_check: string }[]
    const strays = handle.pragma('foreign_key_check') as readonly {
      readonly table: string
      readonly parent: string
    }[]
    return {
      pages: pages.map((row) => row.quick_check).filter((text) => text !== 'ok'),
      references: strays
        .slice(0, PROBLEMS_MAX)
        .map((row) => `a row of ${row.table} points to nothing in ${row.parent}`),
    }
  } finally {
    handle.close()
  }
}

import type BetterSqlite3 from 'better-sqlite3'
import { toStorageError } from '../database/storage-error.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { addWindowFunctions, billingZone, verifyBooks } from '../verify/verify-task.ts'
import {
  carryGrants,
  carrySettings,
  carryTokens,
  carryUsers,
  mapUsersByIndex,
  revokeAllTokens,
} from './carry-administration.ts'
import { carryLedger, carryRecords } from './carry-ledger.ts'
import { makeMaps } from './carry-rows.ts'
import { recompute } from './recompute.ts'
import { closeStaged, proveStaged, withStaged } from './staged-database.ts'

/** The long parts of a restore, for the worker thread. */

/** What is carried into which database. */
export interface CarryInput {
  readonly staged: string
  /** The database of now; null where it cannot be opened. */
  readonly live: string | null
  readonly backupMadeAt: number
  readonly now: number
  readonly sqliteBinding: string | null
}

/**
 * What was carried. A part whose reading failed is named in `unread`, and nothing of it was carried; of the records only
 * what is about a user, where users cannot be told apart.
 */
export interface Carried {
  readonly turns: number
  readonly corrected: number
  readonly sessions: number
  readonly users: number
  readonly closedMonths: number
  readonly logLines: number
  readonly tokensRevoked: number
  readonly unread: readonly string[]
}

const NOTHING: Carried = {
  turns: 0,
  corrected: 0,
  sessions: 0,
  users: 0,
  closedMonths: 0,
  logLines: 0,
  tokensRevoked: 0,
  unread: [],
}

/**
 * Carries everything newer than the backup into the working copy. Doing it again carries what came in between.
 * Errors: `restore_impossible` where the two cannot be put together.
 */
export function carryForward(input: CarryInput): Carried {
  return withStaged(input.staged, input.sqliteBinding, (handle) => carryInto(handle, input))
}

/** The same for a database that is open. */
export function carryInto(handle: BetterSqlite3.Database, input: CarryInput): Carried {
  if (input.live === null || !attach(handle, input.live)) {
    return { ...NOTHING, tokensRevoked: revokeAllTokens(handle, input.now), unread: [...PARTS] }
  }
  try {
    if (isOtherZone(handle)) throw otherZone(handle)
    makeMaps(handle)
    addWindowFunctions(handle, billingZone(handle))
    return carryParts(handle, input)
  } finally {
    handle.exec('detach database live')
  }
}

/** In the order in which they depend on each other. */
const PARTS = ['users', 'settings', 'tokens', 'grants', 'ledger', 'records'] as const
type Part = (typeof PARTS)[number]
/** What is about users: without knowing which is which nothing of it finds its place. */
const OF_USERS: readonly Part[] = ['grants', 'ledger', 'records']

function carryParts(handle: BetterSqlite3.Database, input: CarryInput): Carried {
  const carried = { ...NOTHING }
  const unread = new Set<Part>()
  const works: Readonly<Record<Part, () => Partial<Carried>>> = {
    users: () => ({ users: carryUsers(handle, input) }),
    settings: () => {
      carrySettings(handle, input)
      return {}
    },
    tokens: () => ({ tokensRevoked: carryTokens(handle, input) }),
    grants: () => {
      carryGrants(handle, input)
      return {}
    },
    ledger: () => carryLedger(handle, !unread.has('users')),
    records: () => ({ logLines: carryRecords(handle) }),
  }
  for (const part of PARTS) {
    // What is nobody's is among the records too.
    if (unread.has(part) && part !== 'records') continue
    try {
      Object.assign(carried, handle.transaction(works[part])())
    } catch (error) {
      if (!isUnreadable(error)) throw error
      unread.add(part)
      if (part === 'users' && !canMapUsers(handle)) for (const one of OF_USERS) unread.add(one)
      // Which of them were revoked since can then be read nowhere.
      if (part === 'tokens') carried.tokensRevoked = revokeAllTokens(handle, input.now)
    }
  }
  return { ...carried, unread: PARTS.filter((part) => unread.has(part)) }
}

function canMapUsers(handle: BetterSqlite3.Database): boolean {
  try {
    handle.transaction(mapUsersByIndex)(handle)
    return true
  } catch (error) {
    if (!isUnreadable(error)) throw error
    return false
  }
}

function attach(handle: BetterSqlite3.Database, live: string): boolean {
  try {
    handle.prepare('attach database ? as live').run(live)
  } catch (error) {
    if (isUnreadable(error)) return false
    throw error
  }
  try {
    handle.prepare('select count(*) from live.sqlite_schema').get()
    return true
  } catch (error) {
    if (!isUnreadable(error)) throw error
    handle.exec('detach database live')
    return false
  }
}

/** What SQLite says of a file whose pages cannot be read, or in which a table is not what it should be. */
function isUnreadable(error: unknown): boolean {
  if (toStorageError(error) !== error) return true
  return error instanceof Error && /^no such (table|column)/.test(error.message)
}

/**
 * Months of two zones cannot be added up: only a database without turns may have another one. Where it cannot be read
 * nothing can be compared, and a recovery must go on; the settings are then among what is unread.
 */
function isOtherZone(handle: BetterSqlite3.Database): boolean {
  const hasTurns = (schema: string) =>
    handle.prepare(`select exists (select 1 from ${schema}.consumption_turns)`).pluck().get() === 1
  try {
    return zoneOf(handle, 'main') !== zoneOf(handle, 'live') && hasTurns('main') && hasTurns('live')
  } catch (error) {
    if (!isUnreadable(error)) throw error
    return false
  }
}

function zoneOf(handle: BetterSqlite3.Database, schema: 'main' | 'live'): string {
  const zone = handle.prepare(`select value from ${schema}.system_settings where name = 'time_zone'`)
  return String(zone.pluck().get() ?? '"UTC"')
}

function otherZone(handle: BetterSqlite3.Database): WeirError {
  return new WeirError(
    'restore_impossible',
    `This backup counts months in the time zone ${zoneOf(handle, 'main')} and the database in ${zoneOf(handle, 'live')}, so their ` +
      'turns cannot be added up. Restore it into an empty data folder instead.',
  )
}

/** What finishing needs. */
export interface FinishInput {
  readonly staged: string
  readonly runId: string
  readonly now: number
  readonly sqliteBinding: string | null
}

/** Adds all sums up again. */
export function recomputeStaged(input: FinishInput): { readonly turns: number } {
  return withStaged(input.staged, input.sqliteBinding, (handle) => {
    handle.transaction(() => {
      recompute(handle, input.now)
      handle
        .prepare(
          `insert or replace into system_settings (name, value, updated_at) values ('restored_as', ?, ?)`,
        )
        .run(JSON.stringify(input.runId), input.now)
    })()
    return { turns: Number(handle.prepare('select count(*) from consumption_turns').pluck().get()) }
  })
}

/** What was proved, and the hash of the finished file. */
export interface Sealed {
  readonly sha256: string
  readonly rowsCompared: number
  /** Closed months that hold more than their turns: as they were in the backup or the database of now. */
  readonly archiveDifferences: number
}

/** Proves the working copy and puts all of it on disk in one file. Errors: `backup_damaged`. */
export function sealStaged(input: FinishInput): Sealed {
  const { staged, sqliteBinding } = input
  proveStaged(staged, sqliteBinding)
  const books = verifyBooks(staged, sqliteBinding)
  const wrong = books.differences.filter((one) => one.table !== 'consumption_periods_archive')
  if (wrong.length > 0) {
    const [first] = wrong
    throw new WeirError(
      'backup_damaged',
      `The books of what was put together do not add up (${first?.table} ${first?.key} ${first?.field}). Nothing was changed.`,
    )
  }
  return {
    sha256: closeStaged(staged, sqliteBinding),
    rowsCompared: books.checked,
    archiveDifferences: books.differences.length - wrong.length,
  }
}

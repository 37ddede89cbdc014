import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { expect } from 'vitest'
import { makeBackup, verifyBackup } from '../../electron/core/backup/backup-task.ts'
import { migrate } from '../../electron/core/database/migrate.ts'
import { APPLICATION_ID } from '../../electron/core/database/open-handle.ts'
import { convertStaged, stageBackup } from '../../electron/core/restore/staged-database.ts'
import type { UpgradeWorker } from '../../electron/core/restore/upgrade.ts'
import { MIGRATIONS } from '../../migrations/index.ts'

/** Databases as an older Weir left them, and what must still be in them. */

const AT = Date.parse('2026-11-24T10:00:00Z')
const SEED = [
  `insert into consumption_profiles (id, name, prompts_per_hour, created_at, updated_at) values (71, 'House', 7, ${AT}, ${AT})`,
  `insert into users (key, id, username, consumption_profile_id, source, created_at, updated_at)
   values (1, 'alice', 'Alice', 71, 'operator', ${AT}, ${AT})`,
  `insert into models (key, provider, model) values (1, 'acme', 'atlas')`,
  `insert into sessions (key, user_key, id, created_at, last_activity_at) values (1, 1, 's-1', ${AT}, ${AT})`,
]
const TURN = `insert into consumption_turns (session_key, turn_number, user_key, period, occurred_at, recorded_at, model_key,
  input_tokens, output_tokens, cost_micro_usd, price_source, status, source)
  values (1, ?, 1, 202611, ${AT}, ${AT}, 1, ?, 7, 11, 'reported', 'success', 'api')`
const TURNS = 40

/** Leaves a database with this schema in a data folder, as a process that was killed does: half of it in its log. */
export function oldDatabase(dataDir: string, version: number): void {
  const made = join(dataDir, 'made')
  mkdirSync(made, { recursive: true })
  const file = join(made, 'auth.db')
  const handle = new BetterSqlite3(file)
  handle.pragma(`application_id = ${APPLICATION_ID}`)
  handle.pragma('journal_mode = WAL')
  migrate(handle, MIGRATIONS.slice(0, version))
  for (const statement of SEED) handle.exec(statement)
  const insert = handle.prepare(TURN)
  for (let turn = 1; turn <= TURNS / 2; turn += 1) insert.run(turn, turn)
  handle.pragma('wal_checkpoint(TRUNCATE)')
  for (let turn = TURNS / 2 + 1; turn <= TURNS; turn += 1) insert.run(turn, turn)
  for (const end of ['', '-wal']) copyFileSync(file + end, join(dataDir, `auth.db${end}`))
  handle.close()
}

/** The schema of a database that is whole, with everything it was made with; all of it is looked at. */
export function wholeVersion(file: string): number {
  const handle = new BetterSqlite3(file)
  try {
    const version = Number(handle.pragma('user_version', { simple: true }))
    expect(handle.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(handle.pragma('foreign_key_check')).toEqual([])
    expect(schemaOf(handle), `the schema ${version}`).toEqual(freshSchema(version))
    const turns = handle.prepare('select turn_number, input_tokens from consumption_turns order by 1').raw()
    expect(turns.all()).toEqual(Array.from({ length: TURNS }, (_, index) => [index + 1, index + 1]))
    const people = handle.prepare(
      `select u.id, p.name, p.prompts_per_hour from users u join consumption_profiles p on p.id = u.consumption_profile_id`,
    )
    expect(people.raw().all()).toEqual([['alice', 'House', 7]])
    return version
  } finally {
    handle.close()
  }
}

function schemaOf(handle: BetterSqlite3.Database): unknown[] {
  return handle.prepare('select name, sql from sqlite_schema order by name, type').all()
}

function freshSchema(version: number): unknown[] {
  const handle = new BetterSqlite3(':memory:')
  migrate(handle, MIGRATIONS.slice(0, version))
  const schema = schemaOf(handle)
  handle.close()
  return schema
}

/** The tasks of the worker thread, done here; `step` is told before each of them and at each of their pauses. */
export function workerHere(step: () => void): UpgradeWorker {
  return {
    copier: {
      make: async (input) => drained(makeBackup(input), step),
      verify: async (folder) => {
        step()
        return verifyBackup(folder, null)
      },
    },
    stage: async (input) => drained(stageBackup(input), step),
    convert: async (staged) => {
      step()
      return convertStaged(staged, null)
    },
    close: async () => undefined,
  }
}

function drained<Result>(work: Generator<unknown, Result>, step: () => void): Result {
  for (;;) {
    step()
    const next = work.next()
    if (next.done === true) return next.value
  }
}

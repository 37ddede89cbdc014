import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'

/**
 * What an admission cannot do without, by bare prepared statements: the user, the counters and the grants are read,
 * a reservation is written and the counters are written back. No decision, no answer, nothing kept for later.
 */
export interface AdmissionFloor {
  /** So many admissions, `batch` of them in each durable transaction. */
  admit(users: readonly string[], batch: number, count: number): void
  close(): void
}

// The product holds a reservation ten minutes unless the operator says otherwise.
const RESERVED_MS = 600_000

/** Opens the ledger of a data folder that nobody else has open, with the settings Weir opens it with. */
export function openFloor(dataDir: string): AdmissionFloor {
  const handle = new BetterSqlite3(join(dataDir, 'auth.db'))
  handle.pragma('journal_mode = WAL')
  handle.pragma('synchronous = FULL')
  handle.pragma('foreign_keys = ON')
  const user = handle.prepare('select * from users where id = ?')
  const usage = handle.prepare('select * from user_consumption where user_key = ?')
  const grants = handle.prepare(
    'select limit_name, amount, expires_at from limit_grants where user_key = ? and expires_at > ? and revoked_at is null',
  )
  const reserve = handle.prepare(
    `insert into admissions (id, user_key, session_id, admitted_at, expires_at, reserved_input_tokens, reserved_output_tokens, state)
      values (?, ?, 'live', ?, ?, 1200, 300, 'open')`,
  )
  const save = handle.prepare(
    `update user_consumption set hour_requests = ?, day_requests = ?, reserved_input_tokens = ?,
      reserved_output_tokens = ?, last_updated_at = ? where user_key = ?`,
  )
  const admitOne = (id: string): void => {
    const now = Date.now()
    const { key } = user.get(id) as { key: number }
    const counters = usage.get(key) as Record<
      'hour_requests' | 'day_requests' | 'reserved_input_tokens' | 'reserved_output_tokens',
      number
    >
    grants.all(key, now)
    const reservation = `adm_${now.toString(16).padStart(12, '0')}${randomBytes(8).toString('hex')}`
    reserve.run(reservation, key, now, now + RESERVED_MS)
    save.run(
      counters.hour_requests + 1,
      counters.day_requests + 1,
      counters.reserved_input_tokens + 1200,
      counters.reserved_output_tokens + 300,
      now,
      key,
    )
  }
  const admitBatch = handle.transaction((users: readonly string[], from: number, batch: number) => {
    for (let index = 0; index < batch; index += 1) admitOne(users[(from + index) % users.length] ?? '')
  })
  return {
    admit: (users, batch, count) => {
      for (let from = 0; from < count; from += batch) admitBatch.immediate(users, from, batch)
    },
    close: () => void handle.close(),
  }
}

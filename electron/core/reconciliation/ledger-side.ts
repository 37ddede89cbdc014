import type BetterSqlite3 from 'better-sqlite3'
import type { Extensions, LedgerTurn, PrunedSums } from './drift.ts'

/** What the worker reads of the ledger, over a read connection of its own: a user's sessions in short, one session in full. */

/** The rows of a session in one month, in short. */
export interface SessionMonth {
  readonly session_id: string
  readonly session_key: number
  readonly period: number
  readonly rows: number
  readonly turns: number
  readonly tokens: number
  readonly digest: number
}

/** A session as it was when last compared. */
export interface KnownSession {
  readonly session_id: string
  readonly size_bytes: number
  readonly modified_at_ms: number
  readonly ledger_digest: string
  readonly is_equal: number
  readonly turns_max: number
}

/** The largest prime below 2^32: sums of it over two million rows are still exact, and one change in 2^32 goes unseen. */
const MODULUS = 4_294_967_291

/**
 * A row as a number. It is not linear in the turn's number, so that figures that changed places are seen, and every
 * factor stays far below the 63 bits SQLite has.
 */
const ROW_DIGEST = `(((t.input_tokens * 1009 + t.output_tokens * 10007 + t.cost_micro_usd * 31
  + t.rag_tokens_saved * 101 + t.occurred_at * 7 + t.model_key * 65537 + unicode(t.status) * 8191
  + unicode(t.price_source) * 127 + unicode(t.source) * 8209 + t.is_valid * 524287 + t.rag_used * 131071)
  % ${MODULUS}) * (t.turn_number % 1000003 + 1) + t.turn_number) % ${MODULUS}`

// CROSS JOIN keeps this order: the user's sessions first, then the turns of each by their index.
const SESSIONS_SQL = `SELECT s.id AS session_id, s.key AS session_key, t.period AS period, count(*) AS rows,
    sum(t.turn_number > 0) AS turns, sum(t.input_tokens + t.output_tokens) AS tokens, sum(${ROW_DIGEST}) AS digest
  FROM sessions s CROSS JOIN consumption_turns t ON t.session_key = s.key
  WHERE s.user_key = ? GROUP BY s.key, t.period`

const TURNS_SQL = `SELECT t.turn_number, t.period, t.occurred_at, t.recorded_at, m.provider, m.model, t.input_tokens,
    t.output_tokens, t.cost_micro_usd, t.price_source, t.status, t.is_valid, t.rag_used, t.rag_tokens_saved, t.source
  FROM consumption_turns t CROSS JOIN models m ON m.key = t.model_key
  WHERE t.session_key = ? ORDER BY t.turn_number`

const EXTENSIONS_SQL = `SELECT turn_number, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
    sum(added_cost_micro_usd) AS cost_micro_usd
  FROM turn_extensions WHERE session_key = ? GROUP BY turn_number`

const PRUNED_SUMS_SQL = `SELECT p.period AS period, s.id AS session_id, sum(p.turns) AS turns,
    sum(p.input_tokens + p.output_tokens) AS tokens
  FROM sessions s CROSS JOIN pruned_turn_sums p ON p.session_key = s.key
  WHERE s.user_key = ? GROUP BY p.period, s.key`

const KNOWN_SQL = `SELECT session_id, size_bytes, modified_at_ms, ledger_digest, is_equal, turns_max
  FROM reconciled_sessions WHERE user_id = ?`

const READ_BEFORE_SQL = 'SELECT session_id, turns FROM session_files WHERE user_id = ?'

/** Prepared once for a whole scan. */
export class LedgerSide {
  readonly #user: BetterSqlite3.Statement<[string], number>
  readonly #users: BetterSqlite3.Statement<[], string>
  readonly #sessions: BetterSqlite3.Statement<[number], SessionMonth>
  readonly #sessionKey: BetterSqlite3.Statement<[number, string], number>
  readonly #turns: BetterSqlite3.Statement<[number], LedgerTurn>
  readonly #extensions: BetterSqlite3.Statement<
    [number],
    { turn_number: number; input_tokens: number; output_tokens: number; cost_micro_usd: number }
  >
  readonly #known: BetterSqlite3.Statement<[string], KnownSession>
  readonly #readBefore: BetterSqlite3.Statement<[string], { session_id: string; turns: number }>
  readonly #prunedSums: BetterSqlite3.Statement<
    [number],
    PrunedSums & { readonly period: number; readonly session_id: string }
  >
  readonly #pruned: BetterSqlite3.Statement<[number], { period: number; pruned_before: number }>

  constructor(handle: BetterSqlite3.Database) {
    this.#user = handle
      .prepare<[string], number>(
        'SELECT u.key FROM users u JOIN user_consumption c ON c.user_key = u.key WHERE u.id = ?',
      )
      .pluck()
    this.#users = handle.prepare<[], string>('SELECT id FROM users ORDER BY id').pluck()
    this.#sessions = handle.prepare(SESSIONS_SQL)
    this.#sessionKey = handle
      .prepare<[number, string], number>('SELECT key FROM sessions WHERE user_key = ? AND id = ?')
      .pluck()
    this.#turns = handle.prepare(TURNS_SQL)
    this.#extensions = handle.prepare(EXTENSIONS_SQL)
    this.#known = handle.prepare(KNOWN_SQL)
    this.#readBefore = handle.prepare(READ_BEFORE_SQL)
    this.#prunedSums = handle.prepare(PRUNED_SUMS_SQL)
    this.#pruned = handle.prepare('SELECT period, pruned_before FROM pruned_periods WHERE user_key = ?')
  }

  /** The key of a user who has a row and counters, or undefined. */
  userKey(userId: string): number | undefined {
    return this.#user.get(userId)
  }

  userIds(): string[] {
    return this.#users.all()
  }

  /** The user's sessions that have rows, by session id. */
  sessions(userKey: number | undefined): Map<string, SessionMonth[]> {
    const sessions = new Map<string, SessionMonth[]>()
    if (userKey === undefined) return sessions
    for (const month of this.#sessions.iterate(userKey)) {
      const months = sessions.get(month.session_id)
      if (months === undefined) sessions.set(month.session_id, [month])
      else months.push(month)
    }
    return sessions
  }

  /** The session's rows now, by turn number. */
  turns(
    userKey: number | undefined,
    sessionId: string,
  ): { turns: readonly LedgerTurn[]; extensions: Extensions } {
    const key = userKey === undefined ? undefined : this.#sessionKey.get(userKey, sessionId)
    if (key === undefined) return { turns: [], extensions: new Map() }
    return {
      turns: this.#turns.all(key),
      extensions: new Map(this.#extensions.all(key).map((row) => [row.turn_number, row])),
    }
  }

  /** How the user's sessions were when last compared. */
  known(userId: string): Map<string, KnownSession> {
    return new Map(this.#known.all(userId).map((row) => [row.session_id, row]))
  }

  /** How many turns the user's files had when they were imported. */
  turnsImported(userId: string): Map<string, number> {
    return new Map(this.#readBefore.all(userId).map((row) => [row.session_id, row.turns]))
  }

  /** What the turns retention has taken added up to, by month and session. */
  prunedSums(userKey: number | undefined): Map<number, Map<string, PrunedSums>> {
    const months = new Map<number, Map<string, PrunedSums>>()
    for (const { period, session_id, turns, tokens } of userKey === undefined
      ? []
      : this.#prunedSums.all(userKey)) {
      const month = months.get(period) ?? new Map<string, PrunedSums>()
      months.set(period, month.set(session_id, { turns, tokens }))
    }
    return months
  }

  /** Up to when retention has taken turns of the user's months. */
  pruned(userKey: number | undefined): Map<number, number> {
    const rows = userKey === undefined ? [] : this.#pruned.all(userKey)
    return new Map(rows.map((row) => [row.period, row.pruned_before]))
  }
}

/** A session's rows in one word: another word means other rows. */
export function digestOf(months: readonly SessionMonth[] | undefined): string {
  return (months ?? []).map((month) => `${month.period}:${month.rows}:${month.digest}`).join(' ')
}

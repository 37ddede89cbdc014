import type BetterSqlite3 from 'better-sqlite3'
import type { AuthBatch, AuthItem, LeftOut } from '../import/auth-port.ts'
import { PIECE_TURNS_MAX } from '../sessions/scan-sessions.ts'
import type { SessionReading, TurnReading } from '../sessions/session-reading.ts'
import { type TurnKey, turnKeyOf, turnOf, USER_NOT_TAKEN } from './auth-rows.ts'
import { type AuthRow, BadRow, textOf } from './auth-values.ts'

/** The turns of the platform's ledger, put together by session as session files have them. */

const TABLE = 'consumption_turns'

const COLUMNS = [
  'user_id',
  'session_id',
  'turn_number',
  'user_query',
  'session_name',
  'input_tokens',
  'output_tokens',
  'provider',
  'model',
  'cost_usd_cents',
  'status',
  'rag_used',
  'rag_tokens_saved',
  'created_at',
] as const

/** Sessions, or parts of long ones, in batches of about as many turns as one transaction writes. */
export function* readTurns(
  handle: BetterSqlite3.Database,
  present: ReadonlySet<string>,
  refusedUsers: ReadonlySet<string>,
): Generator<AuthBatch, void> {
  const columns = COLUMNS.filter((column) => present.has(column))
  const found = handle.prepare<[], AuthRow>(
    `SELECT ${columns.map((column) => `"${column}"`).join(', ')} FROM ${TABLE}
     ORDER BY user_id, session_id, turn_number, created_at, rowid`,
  )
  const batch = new TurnBatch(refusedUsers)
  for (const row of found.iterate()) {
    batch.add(row)
    if (batch.isFull) yield batch.take()
  }
  if (!batch.isEmpty) yield batch.take()
}

class TurnBatch {
  readonly #refusedUsers: ReadonlySet<string>
  #items: AuthItem[] = []
  #rejects: LeftOut[] = []
  #rows = 0
  #key: TurnKey | undefined
  #turns: TurnReading[] = []
  #name: string | null = null
  #lastNumber = 0
  #startedAt = 0

  constructor(refusedUsers: ReadonlySet<string>) {
    this.#refusedUsers = refusedUsers
  }

  get isFull(): boolean {
    return this.#rows >= PIECE_TURNS_MAX
  }

  get isEmpty(): boolean {
    return this.#rows === 0
  }

  add(row: AuthRow): void {
    this.#rows += 1
    const called = ['user_id', 'session_id', 'turn_number'].map((column) => textOf(row, column) ?? '?')
    try {
      const key = turnKeyOf(row)
      const turn = turnOf(row)
      if (this.#refusedUsers.has(key.userId)) throw new BadRow(USER_NOT_TAKEN)
      if (this.#key?.userId !== key.userId || this.#key.sessionId !== key.sessionId) this.#begin(key, turn)
      // The platform does not keep a turn from being written twice; Weir counts it once.
      if (turn.turnNumber === this.#lastNumber) throw new BadRow('It is there twice; the first one is taken.')
      this.#lastNumber = turn.turnNumber
      this.#turns.push(turn)
      this.#name = textOf(row, 'session_name') ?? this.#name
    } catch (error) {
      if (!(error instanceof BadRow)) throw error
      this.#rejects.push({ table: TABLE, row: called.join(' '), reason: error.message })
    }
  }

  take(): AuthBatch {
    this.#endPiece()
    const batch: AuthBatch = { table: TABLE, rows: this.#rows, items: this.#items, rejects: this.#rejects }
    this.#rows = 0
    this.#items = []
    this.#rejects = []
    return batch
  }

  #begin(key: TurnKey, first: TurnReading): void {
    this.#endPiece()
    this.#key = key
    this.#name = null
    this.#lastNumber = 0
    this.#startedAt = first.occurredAt
  }

  #endPiece(): void {
    const key = this.#key
    const turns = this.#turns
    if (key === undefined || turns.length === 0) return
    this.#turns = []
    const sum = (of: (turn: TurnReading) => number) => turns.reduce((total, turn) => total + of(turn), 0)
    const session: SessionReading = {
      kind: 'session',
      ...key,
      name: this.#name,
      // The database does not say when a session began: with its first turn.
      createdAt: this.#startedAt,
      provider: turns[0]?.provider ?? 'unknown',
      model: turns[0]?.model ?? 'unknown',
      turns,
      sessionInputTokens: null,
      sessionOutputTokens: null,
      turnsInputTokens: sum((turn) => turn.inputTokens),
      turnsOutputTokens: sum((turn) => turn.outputTokens),
      outsideInputTokens: 0,
      outsideOutputTokens: 0,
      lastTurnNumber: this.#lastNumber,
      isFromBooks: true,
    }
    this.#items.push({ table: TABLE, row: `${key.userId} ${key.sessionId}`, session })
  }
}

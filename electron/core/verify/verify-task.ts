import type BetterSqlite3 from 'better-sqlite3'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { hourWindow, periodOf } from '../../../shared/time-window.ts'
import { periodNumber } from '../consumption/windows.ts'
import { openReadHandle } from '../database/open-handle.ts'

export type VerifyReport = OperationOutput<'books.verify'>
type Difference = VerifyReport['differences'][number]

// Enough to see what is wrong; a broken roll-up differs in every row.
const DIFFERENCES_MAX = 200

/** Sums of the ledger that a table must equal: SQL for the ledger's side and for the table's, both as (key, fields…). */
interface Comparison {
  readonly table: string
  readonly fields: readonly string[]
  readonly ledger: string
  readonly kept: string
}

const TURN = 'turn_number > 0'

/** The totals of DESIGN 3, added up from ledger rows. */
export const TOTALS_SQL = `
  sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens, sum(cached_input_tokens) AS cached_input_tokens,
  sum(iif(turn_number = 0, input_tokens, 0)) AS outside_input_tokens,
  sum(iif(turn_number = 0, output_tokens, 0)) AS outside_output_tokens,
  sum(${TURN} AND status = 'success') AS successful_turns, sum(${TURN} AND status = 'failed') AS failed_turns,
  sum(${TURN} AND status = 'partial') AS partial_turns, sum(${TURN} AND rag_used) AS rag_guided_turns,
  sum(iif(rag_used, max(0, rag_tokens_saved), 0)) AS rag_output_tokens_saved,
  sum(iif(rag_used, max(0, -rag_tokens_saved), 0)) AS rag_output_tokens_lost,
  sum(rag_cost_saved_micro_usd) AS rag_cost_saved_micro_usd, sum(cost_micro_usd) AS cost_micro_usd,
  sum(${TURN} AND price_source = 'fallback') AS fallback_priced_turns`

/** Their columns. */
export const TOTALS = [
  'input_tokens',
  'output_tokens',
  'cached_input_tokens',
  'outside_input_tokens',
  'outside_output_tokens',
  'successful_turns',
  'failed_turns',
  'partial_turns',
  'rag_guided_turns',
  'rag_output_tokens_saved',
  'rag_output_tokens_lost',
  'rag_cost_saved_micro_usd',
  'cost_micro_usd',
  'fallback_priced_turns',
] as const

/** What the roll-ups by model sum up, and their columns. */
export const MODEL_SQL = `sum(${TURN}) AS turns, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens, sum(cost_micro_usd) AS cost_micro_usd`
export const MODEL = ['turns', 'input_tokens', 'output_tokens', 'cost_micro_usd'] as const
/** What the roll-ups by session sum up, and their columns. */
export const SESSION_SQL = `${MODEL_SQL}, max(iif(${TURN}, cost_micro_usd, 0)) AS dearest_turn_micro_usd, max(occurred_at) AS last_turn_at`
export const SESSION = [...MODEL, 'dearest_turn_micro_usd', 'last_turn_at'] as const
/** What the roll-ups by hour sum up, and their columns. */
export const HOUR_SQL = `${MODEL_SQL}, sum(${TURN} AND status = 'failed') AS failed_turns`
export const HOUR = [...MODEL, 'failed_turns'] as const

const SESSION_COUNTS = `SELECT user_key || ' ' || cast(period_at(created_at) AS INTEGER) AS key, count(*) AS sessions FROM sessions GROUP BY 1`

/** Whether the turns of a row of \`user_hours\` are no longer in the ledger. */
export const IS_PRUNED = `EXISTS (SELECT 1 FROM pruned_periods p WHERE p.user_key = user_hours.user_key
  AND p.period = cast(period_at(hour_started_at) AS INTEGER) AND hour_started_at < p.pruned_before)`

const COMPARISONS: readonly Comparison[] = [
  comparison('user_periods', TOTALS, `user_key || ' ' || period`, TOTALS_SQL),
  comparison('user_period_models', MODEL, `user_key || ' ' || period || ' ' || model_key`, MODEL_SQL),
  comparison('system_period_models', MODEL, `period || ' ' || model_key`, MODEL_SQL),
  comparison('session_periods', SESSION, `session_key || ' ' || period`, SESSION_SQL, 'period <> 0'),
  {
    ...comparison('session_periods', SESSION, 'session_key', SESSION_SQL, 'period = 0'),
    table: 'session_periods (whole life)',
  },
  {
    table: 'user_hours',
    fields: HOUR,
    ledger: `SELECT user_key || ' ' || cast(hour_at(occurred_at) AS INTEGER) AS key, ${HOUR_SQL} FROM consumption_turns GROUP BY 1`,
    // Hours whose turns retention has removed: what they sum up to is compared with the sums kept of those turns.
    kept: `SELECT user_key || ' ' || hour_started_at AS key, ${HOUR.join(', ')} FROM user_hours WHERE NOT ${IS_PRUNED}`,
  },
  {
    table: 'user_hours (removed turns)',
    fields: MODEL,
    ledger: `SELECT user_key || ' ' || period AS key, ${added(MODEL)} FROM pruned_turn_sums GROUP BY 1`,
    kept: `SELECT user_key || ' ' || cast(period_at(hour_started_at) AS INTEGER) AS key, ${added(MODEL)} FROM user_hours WHERE ${IS_PRUNED} GROUP BY 1`,
  },
  {
    table: 'system_hours',
    fields: HOUR,
    ledger: `SELECT key, ${added(HOUR)} FROM (
        SELECT cast(hour_at(occurred_at) AS INTEGER) AS key, ${HOUR_SQL} FROM consumption_turns GROUP BY 1
        UNION ALL SELECT hour_started_at AS key, ${HOUR.join(', ')} FROM user_hours WHERE ${IS_PRUNED}) GROUP BY 1`,
    kept: `SELECT hour_started_at AS key, ${HOUR.join(', ')} FROM system_hours`,
  },
  {
    table: 'user_periods (sessions)',
    fields: ['sessions'],
    ledger: SESSION_COUNTS,
    kept: `SELECT user_key || ' ' || period AS key, sessions FROM user_periods`,
  },
  {
    table: 'user_consumption',
    fields: [...TOTALS, 'sessions'],
    // The ledger's side is the roll-up, which is compared with the ledger itself above.
    ledger: `SELECT p.user_key || ' ' || p.period AS key, p.* FROM user_periods p
      JOIN user_consumption c ON c.user_key = p.user_key AND c.period = p.period`,
    kept: `SELECT user_key || ' ' || period AS key, * FROM user_consumption`,
  },
  {
    table: 'user_consumption (reservations)',
    fields: ['reserved_input_tokens', 'reserved_output_tokens'],
    ledger: `SELECT user_key AS key, sum(reserved_input_tokens) AS reserved_input_tokens,
      sum(reserved_output_tokens) AS reserved_output_tokens FROM admissions WHERE state = 'open' GROUP BY 1`,
    kept: `SELECT user_key AS key, reserved_input_tokens, reserved_output_tokens FROM user_consumption`,
  },
]

/** Sums of sums; of the dearest and the last the greatest. */
export function added(fields: readonly string[]): string {
  const isGreatest = (field: string) => field === 'dearest_turn_micro_usd' || field === 'last_turn_at'
  return fields.map((field) => `${isGreatest(field) ? 'max' : 'sum'}(${field}) AS ${field}`).join(', ')
}

function comparison(
  table: string,
  fields: readonly string[],
  key: string,
  sums: string,
  where = '1',
): Comparison {
  return {
    table,
    fields,
    // What retention removed from the ledger is in its own sums.
    ledger: `SELECT key, ${added(fields)} FROM (
        SELECT ${key} AS key, ${sums} FROM consumption_turns GROUP BY 1
        UNION ALL SELECT ${key} AS key, ${fields.join(', ')} FROM pruned_turn_sums) GROUP BY 1`,
    kept: `SELECT ${key} AS key, ${fields.join(', ')} FROM ${table} WHERE ${where}`,
  }
}

/**
 * Adds the ledger up again and compares it with every counter and roll-up; a month in the archive may hold less
 * than the ledger (turns that came late), never more. Reads one snapshot. For a worker thread: it reads everything.
 */
export function verifyBooks(databaseFile: string, sqliteBinding: string | null): VerifyReport {
  const handle = openReadHandle(databaseFile, sqliteBinding)
  try {
    handle.exec('begin')
    const zone = billingZone(handle)
    addWindowFunctions(handle, zone)
    let checked = 0
    const differences: Difference[] = []
    for (const one of COMPARISONS) checked += compare(handle, one, differences)
    checked += compareArchive(handle, differences)
    return { checked, differences: differences.slice(0, DIFFERENCES_MAX) }
  } finally {
    handle.close()
  }
}

/** Lets statements ask in which hour and month of the zone an instant lies: `hour_at`, `period_at`. */
export function addWindowFunctions(handle: BetterSqlite3.Database, zone: string): void {
  handle.function('hour_at', { deterministic: true }, (at) => hourWindow(zone, Number(at)).startsAt)
  handle.function('period_at', { deterministic: true }, (at) => periodNumber(periodOf(zone, Number(at))))
}

/** The billing time zone of a database. */
export function billingZone(handle: BetterSqlite3.Database): string {
  const value = handle.prepare(`SELECT value FROM system_settings WHERE name = 'time_zone'`).pluck().get()
  return typeof value === 'string' ? String(JSON.parse(value)) : 'UTC'
}

type Row = Readonly<Record<string, number | string>> & { readonly key: string }

/** Adds to `differences` and answers how many rows were compared. */
function compare(handle: BetterSqlite3.Database, one: Comparison, differences: Difference[]): number {
  const kept = new Map<string, Row>()
  for (const row of handle.prepare<[], Row>(one.kept).iterate()) kept.set(String(row.key), row)
  let compared = 0
  for (const row of handle.prepare<[], Row>(one.ledger).iterate()) {
    const key = String(row.key)
    note(one, key, row, kept.get(key), differences)
    kept.delete(key)
    compared += 1
  }
  for (const [key, row] of kept) note(one, key, undefined, row, differences)
  return compared + kept.size
}

function note(
  one: Comparison,
  key: string,
  expected: Row | undefined,
  found: Row | undefined,
  differences: Difference[],
): void {
  for (const field of one.fields) {
    const should = Number(expected?.[field] ?? 0)
    const is = Number(found?.[field] ?? 0)
    if (should !== is) differences.push({ table: one.table, key, field, expected: should, found: is })
  }
}

function compareArchive(handle: BetterSqlite3.Database, differences: Difference[]): number {
  const rows = handle
    .prepare<[], Row>(
      `SELECT a.user_key || ' ' || a.period AS key, ${TOTALS.map((name) => `a.${name} AS a_${name}, p.${name} AS p_${name}`).join(', ')}
       FROM consumption_periods_archive a LEFT JOIN user_periods p ON p.user_key = a.user_key AND p.period = a.period`,
    )
    .all()
  for (const row of rows) {
    for (const field of [
      'input_tokens',
      'output_tokens',
      'successful_turns',
      'failed_turns',
      'partial_turns',
      'cost_micro_usd',
    ]) {
      const archived = Number(row[`a_${field}`])
      const ledger = Number(row[`p_${field}`] ?? 0)
      if (archived > ledger) {
        differences.push({
          table: 'consumption_periods_archive',
          key: row.key,
          field,
          expected: ledger,
          found: archived,
        })
      }
    }
  }
  return rows.length
}

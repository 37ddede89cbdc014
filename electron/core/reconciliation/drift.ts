import type { EpochMs } from '../../../shared/units.ts'
import { microUsdToUsd } from '../../../shared/units.ts'
import type {
  ReconciliationFindingsTable,
  ReconciliationUsersTable,
} from '../database/reconciliation-tables.ts'
import type { SessionReading, TurnReading } from '../sessions/session-reading.ts'

/** What differs between the turns of a session file and the ledger, why, and what may be done about it. Pure. */

export type Cause = ReconciliationFindingsTable['cause']

/**
 * `add` and `correct` may be done without asking; `confirm` sets the ledger to the file's value once a person says so;
 * `restore_file`: the file has to come back, the ledger is right as it is; `wait`: the next run sees more.
 */
export type Repair = ReconciliationFindingsTable['repair']

export type UserStatus = ReconciliationUsersTable['status']

/** A figure, a word, or nothing where a side has no such row. */
export type Value = number | string | boolean | null

export interface Difference {
  readonly sessionId: string
  /** 0 is the row of what was spent outside turns; null means the file as a whole. */
  readonly turnNumber: number | null
  readonly field: string
  readonly fileValue: Value
  readonly databaseValue: Value
  readonly cause: Cause
  readonly repair: Repair
  /** The month it belongs to, 202611; null where it belongs to none. */
  readonly period: number | null
  /** What it adds to the drift: tokens and turns the two sides differ by. */
  readonly weight: number
}

/** A ledger row as it is compared. */
export interface LedgerTurn {
  readonly turn_number: number
  readonly period: number
  readonly occurred_at: EpochMs
  readonly recorded_at: EpochMs
  readonly provider: string
  readonly model: string
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cost_micro_usd: number
  readonly price_source: string
  readonly status: string
  readonly is_valid: number
  readonly rag_used: number
  readonly rag_tokens_saved: number
  readonly source: string
}

/** What was added to turns after they were recorded, by turn number. Files seldom know of it. */
export type Extensions = ReadonlyMap<
  number,
  { readonly input_tokens: number; readonly output_tokens: number; readonly cost_micro_usd: number }
>

/** Turns of a session that retention has taken out of a month, as they are summed up. */
export interface PrunedSums {
  readonly turns: number
  readonly tokens: number
}

/** What is known of a session besides its two sides. */
export interface SessionFacts {
  readonly modifiedAtMs: number
  /** The most turns the file is known to have had. */
  readonly turnsMax: number
  /** Rows recorded from then on are too new to be missed in a file. */
  readonly startedAt: EpochMs
  readonly periodOf: (at: EpochMs) => number
  /** Before when retention may have taken turns of the month out of the ledger. */
  readonly prunedBefore: (period: number) => EpochMs | undefined
  /** What they added up to; undefined where nobody knows it of the session alone. */
  readonly prunedSums: (period: number) => PrunedSums | undefined
}

/** The rows a session's file stands for; from `consumption/ledger-import.ts`. */
export type RowsOf = (session: SessionReading) => readonly TurnReading[]

/** Every difference between a session's file and its ledger rows. */
export function compareSession(
  session: SessionReading,
  rows: readonly TurnReading[],
  ledger: readonly LedgerTurn[],
  extensions: Extensions,
  facts: SessionFacts,
): Difference[] {
  const held = new Map(ledger.map((turn) => [turn.turn_number, turn]))
  const differences: Difference[] = []
  const gone: TurnReading[] = []
  for (const row of rows) {
    const turn = held.get(row.turnNumber)
    held.delete(row.turnNumber)
    if (turn === undefined && isPruned(row, facts)) gone.push(row)
    else if (turn !== undefined)
      differences.push(...compareTurn(session.sessionId, row, turn, extensions, facts))
    else differences.push(...missingInDatabase(session.sessionId, row, facts))
  }
  differences.push(...sealedMonths(session.sessionId, gone, facts))
  const hasShrunk = session.turns.length < facts.turnsMax
  for (const turn of held.values()) {
    // What was outside and has become turns since leaves a row without tokens behind.
    const isEmpty = turn.turn_number === 0 && turn.input_tokens + turn.output_tokens === 0
    if (turn.recorded_at < facts.startedAt && !isEmpty)
      differences.push(missingInFile(session.sessionId, turn, hasShrunk))
  }
  return withCare(differences)
}

/** Whether retention has taken the row, if it ever was in the ledger: its month has it in its sums. */
function isPruned(row: TurnReading, facts: SessionFacts): boolean {
  return row.occurredAt < (facts.prunedBefore(facts.periodOf(row.occurredAt)) ?? Number.NEGATIVE_INFINITY)
}

/**
 * Months whose turns retention has removed are compared by what these added up to. Tokens the sums have beyond the file
 * are what was added to turns after they were recorded, of which files do not know. There is nothing to repair: the
 * month is sealed, and what the file has beyond it was never booked.
 */
function sealedMonths(sessionId: string, gone: readonly TurnReading[], facts: SessionFacts): Difference[] {
  const periods = new Set(gone.map((row) => facts.periodOf(row.occurredAt)))
  return [...periods].flatMap((period) => {
    const sums = facts.prunedSums(period)
    if (sums === undefined) return []
    const rows = gone.filter((row) => facts.periodOf(row.occurredAt) === period)
    const turns = rows.filter((row) => row.turnNumber > 0).length
    const tokens = rows.reduce((sum, row) => sum + row.inputTokens + row.outputTokens, 0)
    const finding = (field: string, fileValue: number, databaseValue: number): Difference => ({
      sessionId,
      turnNumber: null,
      field,
      fileValue,
      databaseValue,
      cause: 'pruned_by_retention',
      repair: 'restore_file',
      period,
      weight: Math.abs(fileValue - databaseValue),
    })
    const isLess = tokens < sums.tokens && turns < sums.turns
    return [
      ...(turns === sums.turns ? [] : [finding('turns', turns, sums.turns)]),
      ...(tokens > sums.tokens || isLess ? [finding('total_tokens', tokens, sums.tokens)] : []),
    ]
  })
}

function missingInDatabase(sessionId: string, row: TurnReading, facts: SessionFacts): Difference[] {
  const period = facts.periodOf(row.occurredAt)
  const tokens = row.inputTokens + row.outputTokens
  return [
    {
      sessionId,
      turnNumber: row.turnNumber,
      field: 'total_tokens',
      fileValue: tokens,
      databaseValue: null,
      cause: row.turnNumber === 0 ? 'outside_turns_differ' : 'missing_in_database',
      repair: 'add',
      period,
      weight: tokens + (row.turnNumber === 0 ? 0 : 1),
    },
  ]
}

function missingInFile(sessionId: string, turn: LedgerTurn, hasShrunk: boolean): Difference {
  const tokens = turn.input_tokens + turn.output_tokens
  const isOutside = turn.turn_number === 0
  return {
    sessionId,
    turnNumber: turn.turn_number,
    field: 'total_tokens',
    fileValue: isOutside ? 0 : null,
    databaseValue: tokens,
    cause: isOutside ? 'outside_turns_differ' : hasShrunk ? 'file_shrank' : 'missing_in_file',
    repair: isOutside ? 'confirm' : 'restore_file',
    period: turn.period,
    weight: tokens + (isOutside ? 0 : 1),
  }
}

type Pair = readonly [field: string, file: Value, database: Value, repair: Repair, weight: number]

function compareTurn(
  sessionId: string,
  row: TurnReading,
  turn: LedgerTurn,
  extensions: Extensions,
  facts: SessionFacts,
): Difference[] {
  const added = extensions.get(turn.turn_number)
  const pairs: Pair[] = [
    numbers('input_tokens', row.inputTokens, turn.input_tokens, added?.input_tokens ?? 0, true),
    numbers('output_tokens', row.outputTokens, turn.output_tokens, added?.output_tokens ?? 0, true),
  ]
  if (row.turnNumber > 0) pairs.push(...describing(row, turn, added?.cost_micro_usd ?? 0, facts))
  return pairs
    .filter(([, file, database]) => file !== database)
    .map(([field, fileValue, databaseValue, repair, weight]) => ({
      sessionId,
      turnNumber: row.turnNumber,
      field,
      fileValue,
      databaseValue,
      cause: row.turnNumber === 0 ? 'outside_turns_differ' : 'values_differ',
      repair,
      period: turn.period,
      weight,
    }))
}

/** What a turn has besides its tokens. */
function describing(row: TurnReading, turn: LedgerTurn, addedCost: number, facts: SessionFacts): Pair[] {
  const pairs: Pair[] = [
    ['status', row.status, turn.status, 'correct', 0],
    ['is_valid', row.isValid, turn.is_valid === 1, 'correct', 0],
    ['rag_used', row.ragUsed, turn.rag_used === 1, row.ragUsed ? 'correct' : 'confirm', 0],
    numbers('rag_tokens_saved', row.ragTokensSaved, turn.rag_tokens_saved, 0, false),
  ]
  if (row.costMicroUsd !== null && turn.price_source === 'reported') {
    const [, file, database, repair] = numbers(
      'cost_usd',
      row.costMicroUsd,
      turn.cost_micro_usd,
      addedCost,
      false,
    )
    pairs.push(['cost_usd', microUsdToUsd(Number(file)), microUsdToUsd(Number(database)), repair, 0])
  }
  // Whoever records through the API says these itself; a file may spell a model differently.
  if (turn.source === 'api') return pairs
  pairs.push(
    ['provider', row.provider, turn.provider, 'confirm', 0],
    ['model', row.model, turn.model, 'confirm', 0],
  )
  // A turn without a time of its own has that of its file, which a copy changes.
  if (row.occurredAt !== Math.floor(facts.modifiedAtMs)) {
    const at = (ms: number) => new Date(ms).toISOString()
    pairs.push(['occurred_at', at(row.occurredAt), at(turn.occurred_at), 'confirm', 0])
  }
  return pairs
}

/** A file that knows nothing of an extension, or all of it, agrees with the ledger. */
function numbers(field: string, file: number, database: number, added: number, isDrift: boolean): Pair {
  const agrees = file === database || file === database - added
  return [
    field,
    agrees ? database : file,
    database,
    file > database ? 'correct' : 'confirm',
    isDrift && !agrees ? Math.abs(file - database) : 0,
  ]
}

const TOKEN_FIELDS: ReadonlySet<string> = new Set(['total_tokens', 'input_tokens', 'output_tokens'])

/**
 * Tokens that leave one row of a session and appear in another (a turn cut out of a file turns up outside the turns)
 * are spent once: where one row needs a person, no other of the session is raised without one.
 */
function withCare(differences: readonly Difference[]): Difference[] {
  const needsPerson = differences.some(({ field, repair }) => TOKEN_FIELDS.has(field) && !isAutomatic(repair))
  return differences.map((one) =>
    needsPerson && TOKEN_FIELDS.has(one.field) && isAutomatic(one.repair)
      ? { ...one, repair: 'confirm' }
      : one,
  )
}

/** Whether it may be done without asking. */
export function isAutomatic(repair: Repair): boolean {
  return repair === 'add' || repair === 'correct'
}

/** One user's two sides in short. */
export interface UserSides {
  readonly hasUserRow: boolean
  readonly files: number
  readonly ledgerRows: number
  /** Tokens and turns of the files. */
  readonly fileSum: number
  readonly differences: readonly Difference[]
}

/** The share of the files' tokens and turns the ledger has otherwise, in percent. */
export function driftPercent(fileSum: number, differenceSum: number): number {
  if (differenceSum === 0) return 0
  return fileSum === 0 ? 100 : (100 * differenceSum) / fileSum
}

/** What the operator has to know of a user in a word; `drift_percent` beside it. */
export function judgeUser(
  sides: UserSides,
  thresholdPercent: number,
): { readonly status: UserStatus; readonly driftPercent: number } {
  const sum = sides.differences.reduce((total, one) => total + one.weight, 0)
  const percent = driftPercent(sides.fileSum, sum)
  const statusOf = (): UserStatus => {
    if (!sides.hasUserRow && sides.fileSum > 0) return 'missing_db_record'
    if (sides.files === 0 && sides.ledgerRows > 0) return 'missing_files'
    if (sides.differences.length === 0) return 'ok'
    const isForPerson = sides.differences.some(
      ({ repair }) => repair === 'confirm' || repair === 'restore_file',
    )
    return isForPerson || percent > thresholdPercent ? 'manual_review' : 'drift'
  }
  return { status: statusOf(), driftPercent: percent }
}

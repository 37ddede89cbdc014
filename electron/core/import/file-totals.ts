import { periodOf } from '../../../shared/time-window.ts'
import { microUsdToUsd } from '../../../shared/units.ts'
import type { SessionPiece } from '../sessions/scan-sessions.ts'
import type { SessionReading, TurnReading } from '../sessions/session-reading.ts'
import type { PeriodTotals } from './ledger-port.ts'

/** What session files add up to per user and period, and how that compares with the ledger. Pure. */

/** One figure that is not the same on both sides; costs in dollars. */
export interface Mismatch {
  readonly user_id: string
  readonly period: string
  readonly field: string
  readonly file_value: number
  readonly database_value: number
}

type Figures = {
  -readonly [Field in Exclude<keyof PeriodTotals, 'userId' | 'period' | 'costMicroUsd' | 'apiTurns'>]: number
}

/** All periods of everybody together. */
export interface PeriodSum {
  readonly period: string
  readonly users: number
  readonly turns: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** What the files report; turns without a price count 0. */
  readonly costMicroUsd: number
}

/** Every figure that must be the same on both sides, under the name it is reported by. */
const COMPARED = [
  ['sessions', 'sessions'],
  ['turns', 'turns'],
  ['successfulTurns', 'successful_turns'],
  ['failedTurns', 'failed_turns'],
  ['partialTurns', 'partial_turns'],
  ['inputTokens', 'input_tokens'],
  ['outputTokens', 'output_tokens'],
  ['ragGuidedTurns', 'rag_guided_turns'],
  ['ragOutputTokensSaved', 'rag_output_tokens_saved'],
  ['reportedCostMicroUsd', 'reported_cost_usd'],
] as const satisfies readonly (readonly [keyof Figures, string])[]

const OUTCOME_FIELDS = {
  success: 'successfulTurns',
  failed: 'failedTurns',
  partial: 'partialTurns',
} as const satisfies Record<TurnReading['status'], keyof Figures>

/** Adds session files up; memory grows with users and their months, not with turns. */
export class FileTotals {
  readonly #zone: string
  readonly #users = new Map<string, Map<string, Figures>>()
  readonly #pruned: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** Of the same, what the ledger has in the sums of a month alone: it is not compared. */
  readonly #inSums = new Map<string, Figures>()
  sessions = 0
  turns = 0
  /** Rows of the ledger the files stand for: turns, and one for each session that spent outside its turns. */
  rows = 0
  outsideTokens = 0

  /**
   * @param zone the billing time zone, which decides what belongs to which month
   * @param pruned up to when the ledger has turns in sums alone, by user and month; MUST know a user before they are added
   */
  constructor(zone: string, pruned: ReadonlyMap<string, ReadonlyMap<string, number>>) {
    this.#zone = zone
    this.#pruned = pruned
  }

  get userIds(): readonly string[] {
    return [...this.#users.keys()]
  }

  /** How many (user, period) pairs the files have. */
  get pairs(): number {
    return [...this.#users.values()].reduce((sum, periods) => sum + periods.size, 0)
  }

  add({ session, isFirst }: SessionPiece): void {
    if (isFirst) {
      const figures = this.#figures(session.userId, session.createdAt)
      const outside = session.outsideInputTokens + session.outsideOutputTokens
      figures.sessions += 1
      this.#addOutside(session, session.outsideInputTokens, session.outsideOutputTokens)
      this.sessions += 1
      this.outsideTokens += outside
      if (outside > 0) this.rows += 1
    }
    for (const turn of session.turns)
      for (const figures of this.#places(session.userId, turn.occurredAt)) addTurn(figures, turn)
    this.turns += session.turns.length
    this.rows += session.turns.length
  }

  /** What is told of a user's month; undefined where nothing is. */
  sumsOf(userId: string, period: string): Readonly<Figures> | undefined {
    return this.#users.get(userId)?.get(period)
  }

  isSameMonth(one: number, other: number): boolean {
    return periodOf(this.#zone, one) === periodOf(this.#zone, other)
  }

  /** Takes tokens of the session's from those outside its turns: they are known to be of turns. */
  lessOutside(session: SessionReading, input: number, output: number): void {
    this.#addOutside(session, -input, -output)
    this.outsideTokens -= input + output
  }

  /** Compares these users' months; `ledger` must hold all the ledger has of them. */
  compare(
    userIds: readonly string[],
    ledger: readonly PeriodTotals[],
  ): { readonly equalPairs: number; readonly mismatches: readonly Mismatch[] } {
    const found = new Map(ledger.map((totals) => [`${totals.userId} ${totals.period}`, totals]))
    const mismatches: Mismatch[] = []
    let equalPairs = 0
    for (const userId of userIds) {
      for (const [period, figures] of this.#users.get(userId) ?? []) {
        const key = `${userId} ${period}`
        const compared = without(figures, this.#inSums.get(key))
        const differences = compareFigures(userId, period, compared, found.get(key))
        if (differences.length === 0) equalPairs += 1
        mismatches.push(...differences)
      }
    }
    return { equalPairs, mismatches }
  }

  /** What everybody has in all their months together. */
  byUser(): readonly { userId: string; turns: number; inputTokens: number; outputTokens: number }[] {
    return [...this.#users].map(([userId, periods]) => {
      const sum = { userId, turns: 0, inputTokens: 0, outputTokens: 0 }
      for (const figures of periods.values()) {
        sum.turns += figures.turns
        sum.inputTokens += figures.inputTokens
        sum.outputTokens += figures.outputTokens
      }
      return sum
    })
  }

  /** Everybody's months, oldest first. */
  periods(): readonly PeriodSum[] {
    const sums = new Map<string, { -readonly [Field in keyof PeriodSum]: PeriodSum[Field] }>()
    for (const periods of this.#users.values()) {
      for (const [period, figures] of periods) {
        const sum = sums.get(period) ?? {
          period,
          users: 0,
          turns: 0,
          inputTokens: 0,
          outputTokens: 0,
          costMicroUsd: 0,
        }
        sum.users += 1
        sum.turns += figures.turns
        sum.inputTokens += figures.inputTokens
        sum.outputTokens += figures.outputTokens
        sum.costMicroUsd += figures.reportedCostMicroUsd
        sums.set(period, sum)
      }
    }
    return [...sums.values()].sort((a, b) => (a.period < b.period ? -1 : 1))
  }

  #addOutside({ userId, createdAt }: SessionReading, input: number, output: number): void {
    for (const figures of this.#places(userId, createdAt)) {
      figures.inputTokens += input
      figures.outputTokens += output
    }
  }

  /** Where an instant counts: in its month, and in what is left out of comparing. */
  #places(userId: string, at: number): readonly Figures[] {
    const all = this.#figures(userId, at)
    const period = periodOf(this.#zone, at)
    if (at >= (this.#pruned.get(userId)?.get(period) ?? Number.NEGATIVE_INFINITY)) return [all]
    const key = `${userId} ${period}`
    const inSums = this.#inSums.get(key) ?? noFigures()
    this.#inSums.set(key, inSums)
    return [all, inSums]
  }

  #figures(userId: string, at: number): Figures {
    const period = periodOf(this.#zone, at)
    let periods = this.#users.get(userId)
    if (periods === undefined) {
      periods = new Map()
      this.#users.set(userId, periods)
    }
    let figures = periods.get(period)
    if (figures === undefined) {
      figures = noFigures()
      periods.set(period, figures)
    }
    return figures
  }
}

function noFigures(): Figures {
  return {
    sessions: 0,
    turns: 0,
    successfulTurns: 0,
    failedTurns: 0,
    partialTurns: 0,
    inputTokens: 0,
    outputTokens: 0,
    ragGuidedTurns: 0,
    ragOutputTokensSaved: 0,
    reportedCostMicroUsd: 0,
  }
}

function without(figures: Figures, part: Figures | undefined): Figures {
  if (part === undefined) return figures
  const rest = { ...figures }
  for (const [field] of COMPARED) rest[field] -= part[field]
  return rest
}

function addTurn(figures: Figures, turn: TurnReading): void {
  figures.turns += 1
  figures[OUTCOME_FIELDS[turn.status]] += 1
  figures.inputTokens += turn.inputTokens
  figures.outputTokens += turn.outputTokens
  figures.ragGuidedTurns += turn.ragUsed ? 1 : 0
  figures.ragOutputTokensSaved += Math.max(0, turn.ragTokensSaved)
  figures.reportedCostMicroUsd += turn.costMicroUsd ?? 0
}

function compareFigures(
  userId: string,
  period: string,
  figures: Figures,
  totals: PeriodTotals | undefined,
): Mismatch[] {
  return COMPARED.flatMap(([field, name]) => {
    const inFiles = figures[field]
    const inLedger = totals?.[field] ?? 0
    if (inFiles === inLedger) return []
    // A caller of the API may report the cost of a turn whose file tells none: then the ledger may hold more.
    if (field === 'reportedCostMicroUsd' && inFiles < inLedger && (totals?.apiTurns ?? 0) > 0) return []
    const [file_value, database_value] =
      field === 'reportedCostMicroUsd'
        ? [microUsdToUsd(inFiles), microUsdToUsd(inLedger)]
        : [inFiles, inLedger]
    return [{ user_id: userId, period, field: name, file_value, database_value }]
  })
}

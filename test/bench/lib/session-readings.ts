import type { SessionReading, TurnReading } from '../../../electron/core/sessions/session-reading.ts'
import { HOUR_MS, MINUTE_MS } from '../../../shared/units.ts'
import { Chance } from './stats.ts'

/** Sessions for a ledger of any size, the same in every run, as the reader of session files would hand them over. */

export interface LedgerSpec {
  readonly users: number
  readonly turns: number
  /** Mean; sessions have 1 to twice as many minus 1. */
  readonly turnsASession: number
  /** Files are imported user by user; a platform in use writes in the order of time. */
  readonly order: 'by user' | 'by time'
  /** The newest session begins before this. */
  readonly now: number
}

/** Over which the sessions are spread: twelve closed months and the current one. */
const SPAN_MS = 365 * 24 * HOUR_MS

const MODELS: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ['Google', 'gemini-2.0-flash'],
  ['Google', 'gemini-2.0-flash'],
  ['Google', 'gemini-2.5-pro'],
  ['Google', 'gemini-2.5-flash'],
  ['Anthropic', 'claude-3-5-haiku-20241022'],
  ['Anthropic', 'claude-sonnet-4-20250514'],
  ['OpenAI', 'gpt-4o-mini'],
  ['OpenAI', 'gpt-4o'],
  ['Amazon', 'amazon.nova-lite-v1:0'],
]

interface Outline {
  readonly user: number
  readonly seed: number
  readonly turns: number
  readonly createdAt: number
}

/** Ids of the users of any spec with so many: UUIDs, as the platform's. */
export function userIds(count: number): string[] {
  const chance = new Chance(4711)
  return Array.from({ length: count }, () => chance.uuid())
}

/** All sessions of a ledger, one by one. */
export function* sessionReadings(spec: LedgerSpec): Generator<SessionReading, void> {
  const ids = userIds(spec.users)
  if (spec.order === 'by user') {
    for (const outline of outlines(spec)) yield reading(outline, ids[outline.user] ?? '')
    return
  }
  const sorted = [...outlines(spec)].sort((a, b) => a.createdAt - b.createdAt)
  for (const outline of sorted) yield reading(outline, ids[outline.user] ?? '')
}

function* outlines(spec: LedgerSpec): Generator<Outline, void> {
  // A few work all day and most now and then: the first of 1 000 has 4 % of the turns, the last 0.02 %.
  const weights = Array.from({ length: spec.users }, (_, index) => 1 / (index + 5))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const chance = new Chance(spec.turns)
  let missing = spec.turns
  let due = 0
  for (let user = 0; user < spec.users && missing > 0; user += 1) {
    due += ((weights[user] ?? 0) / total) * spec.turns
    let ofUser = user === spec.users - 1 ? missing : Math.min(missing, Math.max(1, Math.round(due)))
    due -= ofUser
    missing -= ofUser
    while (ofUser > 0) {
      const turns = Math.min(ofUser, 1 + chance.below(2 * spec.turnsASession - 1))
      ofUser -= turns
      const createdAt = Math.floor(spec.now - HOUR_MS - chance.next() * SPAN_MS)
      yield { user, seed: chance.below(2 ** 31), turns, createdAt }
    }
  }
}

function reading(outline: Outline, userId: string): SessionReading {
  const chance = new Chance(outline.seed)
  const [provider, model] = chance.pick(MODELS)
  const turns: TurnReading[] = []
  let turnsInputTokens = 0
  let turnsOutputTokens = 0
  for (let index = 0; index < outline.turns; index += 1) {
    const turn = turnReading(chance, {
      index,
      provider,
      model,
      createdAt: outline.createdAt,
      turns: outline.turns,
    })
    turnsInputTokens += turn.inputTokens
    turnsOutputTokens += turn.outputTokens
    turns.push(turn)
  }
  // Naming a session and the like: in four of ten it costs something outside the turns.
  const isMore = chance.next() < 0.4
  const outsideInputTokens = isMore ? chance.below(2000) : 0
  const outsideOutputTokens = isMore ? chance.below(100) : 0
  return {
    kind: 'session',
    userId,
    sessionId: chance.uuid(),
    name: `Orders and stock of week ${chance.below(52)}`,
    createdAt: outline.createdAt,
    provider,
    model,
    turns,
    sessionInputTokens: turnsInputTokens + outsideInputTokens,
    sessionOutputTokens: turnsOutputTokens + outsideOutputTokens,
    turnsInputTokens,
    turnsOutputTokens,
    outsideInputTokens,
    outsideOutputTokens,
    lastTurnNumber: outline.turns,
  }
}

interface TurnOutline {
  readonly index: number
  readonly provider: string
  readonly model: string
  readonly createdAt: number
  readonly turns: number
}

function turnReading(chance: Chance, turn: TurnOutline): TurnReading {
  const outcome = chance.next()
  const isGuided = chance.next() < 0.3
  return {
    turnNumber: turn.index + 1,
    // All within the hour before `now` at the latest.
    occurredAt: turn.createdAt + Math.floor(((turn.index + chance.next()) * 50 * MINUTE_MS) / turn.turns),
    provider: turn.provider,
    model: turn.model,
    inputTokens: Math.floor(chance.logNormal(3000, 0.8)),
    outputTokens: Math.floor(chance.logNormal(250, 0.7)),
    cachedInputTokens: 0,
    status: outcome < 0.94 ? 'success' : outcome < 0.98 ? 'failed' : 'partial',
    isValid: chance.next() < 0.95,
    ragUsed: isGuided,
    ragTokensSaved: isGuided ? chance.below(400) - 40 : 0,
    costMicroUsd: chance.next() < 0.3 ? chance.below(20_000) : null,
    userQuery: `Which of the ${chance.below(1000)} orders of customer ${chance.below(100_000)} are late, and why?`,
    durationMs: 500 + chance.below(20_000),
  }
}

import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from '../../../shared/units.ts'
import type { SessionReading, TurnReading } from '../sessions/session-reading.ts'

/** The sample: invented people and questions, the same every time, ending at the hour it is loaded. Pure. */

export interface SampleUser {
  readonly id: string
  readonly username: string
  readonly email: string
  /** Name of a shipped profile. */
  readonly profile: string
  /** Sessions in the 45 days before loading. */
  readonly sessions: number
}

/** People who use little, much and too much of what their profile allows. */
export const SAMPLE_USERS: readonly SampleUser[] = [
  {
    id: 'sample-amira',
    username: 'Amira Haddad',
    email: 'amira@example.org',
    profile: 'Enterprise',
    sessions: 60,
  },
  { id: 'sample-bruno', username: 'Bruno Okafor', email: 'bruno@example.org', profile: 'Pro', sessions: 42 },
  {
    id: 'sample-chiara',
    username: 'Chiara Lindqvist',
    email: 'chiara@example.org',
    profile: 'Pro',
    sessions: 30,
  },
  { id: 'sample-dana', username: 'Dana Whitfield', email: 'dana@example.org', profile: 'Free', sessions: 24 },
  { id: 'sample-elif', username: 'Elif Nakamura', email: 'elif@example.org', profile: 'Free', sessions: 6 },
  {
    id: 'sample-farid',
    username: 'Farid Moreau',
    email: 'farid@example.org',
    profile: 'Unlimited',
    sessions: 36,
  },
]

const QUESTIONS = [
  'Which products sold best last quarter, by region?',
  'Compare the churn of the two pricing plans.',
  'List the ten slowest queries of yesterday.',
  'Summarise the open support cases of our largest customer.',
  'Why did the nightly load fail?',
  'Draw the revenue per month as a line chart.',
  'Which tables hold personal data?',
  'Explain the difference between these two schemas.',
]

const MODELS = [
  { provider: 'Google', model: 'gemini-2.0-flash' },
  { provider: 'OpenAI', model: 'gpt-4o-mini' },
  { provider: 'Anthropic', model: 'claude-3-5-sonnet-20241022' },
]

const SPAN_DAYS = 45

/** A small generator with a seed (mulberry32): the sample must be the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The sessions of the sample's users up to `now`, none of them in the future. */
export function sampleSessions(now: EpochMs): SessionReading[] {
  const random = randomFrom(20_261_124)
  const sessions: SessionReading[] = []
  for (const user of SAMPLE_USERS) {
    for (let index = 0; index < user.sessions; index += 1) {
      // Every sixth session lies in the last day, so that the hourly chart has something to show.
      const age = index % 6 === 0 ? random() * 22 * HOUR_MS : random() * SPAN_DAYS * DAY_MS
      sessions.push(sampleSession(user, index, Math.floor(now - age - 2 * HOUR_MS), random))
    }
  }
  return sessions
}

function sampleSession(
  user: SampleUser,
  index: number,
  createdAt: EpochMs,
  random: () => number,
): SessionReading {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const engine = pick(MODELS)
  const turns: TurnReading[] = []
  const turnCount = 1 + Math.floor(random() * 6)
  for (let number = 1; number <= turnCount; number += 1) {
    const ragUsed = random() < 0.4
    turns.push({
      turnNumber: number,
      occurredAt: createdAt + Math.floor((number - 1 + random()) * 9 * MINUTE_MS),
      ...engine,
      inputTokens: 800 + Math.floor(random() * 6_000),
      outputTokens: 150 + Math.floor(random() * 1_400),
      cachedInputTokens: 0,
      status: random() < 0.06 ? 'failed' : random() < 0.04 ? 'partial' : 'success',
      isValid: random() > 0.03,
      ragUsed,
      ragTokensSaved: ragUsed ? Math.floor(random() * 500) - 60 : 0,
      costMicroUsd: null,
      userQuery: pick(QUESTIONS),
      durationMs: 900 + Math.floor(random() * 12_000),
    })
  }
  const sum = (tokens: (turn: TurnReading) => number) =>
    turns.reduce((total, turn) => total + tokens(turn), 0)
  const outsideInputTokens = Math.floor(random() * 900)
  const outsideOutputTokens = Math.floor(random() * 40)
  const turnsInputTokens = sum((turn) => turn.inputTokens)
  const turnsOutputTokens = sum((turn) => turn.outputTokens)
  return {
    kind: 'session',
    userId: user.id,
    sessionId: `${user.id}-${String(index + 1).padStart(3, '0')}`,
    name: turns[0]?.userQuery ?? null,
    createdAt,
    ...engine,
    turns,
    sessionInputTokens: turnsInputTokens + outsideInputTokens,
    sessionOutputTokens: turnsOutputTokens + outsideOutputTokens,
    turnsInputTokens,
    turnsOutputTokens,
    outsideInputTokens,
    outsideOutputTokens,
    lastTurnNumber: turnCount,
  }
}

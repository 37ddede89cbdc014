import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { sessionOf, turnOf, writeSessionFile } from '../../support/session-files.ts'

/** A small folder of session files and what a careful person adds up from them. */
export interface SessionFolder {
  readonly path: string
  readonly users: number
  readonly sessions: number
  readonly turns: number
  readonly failedTurns: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly outsideTokens: number
  /** Sessions that spent tokens outside of their turns. */
  readonly sessionsWithOutside: number
  readonly costUsd: number
  /** Part of the path of the one file that cannot be read. */
  readonly unreadable: string
  /** Totals of each month, newest first: the month, its users and its turns. */
  readonly months: readonly { readonly month: string; readonly users: number; readonly turns: number }[]
}

/** Dollars per million tokens of `gemini-2.0-flash`, in and out, by the price list that comes with Weir. */
const INPUT_PRICE = 0.1
const OUTPUT_PRICE = 0.4

interface Spent {
  readonly input: number
  readonly output: number
  readonly status?: string
}

/** What the turns of each session spent, and by user what was spent outside of them. All long ago, in two months. */
const SESSIONS: readonly {
  readonly user: string
  readonly id: string
  readonly day: string
  readonly turns: readonly Spent[]
  readonly outside: Pick<Spent, 'input' | 'output'>
}[] = [
  {
    user: 'anna',
    id: 'orders',
    day: '2025-10-14',
    turns: [
      { input: 1_200, output: 340 },
      { input: 2_345, output: 678, status: 'failed' },
    ],
    outside: { input: 250, output: 12 },
  },
  {
    user: 'anna',
    id: 'returns',
    day: '2025-11-03',
    turns: [
      { input: 10, output: 1 },
      { input: 20, output: 2 },
      { input: 30, output: 3 },
    ],
    outside: { input: 0, output: 0 },
  },
  {
    user: 'ben@example.org',
    id: 'forecast',
    day: '2025-11-20',
    turns: [{ input: 98_765, output: 4_321 }],
    outside: { input: 1_000, output: 100 },
  },
]

/** Writes the folder `sessions` into `parent`, with one file in it that is cut off in the middle. */
export function writeSessionFolder(parent: string): SessionFolder {
  const path = join(parent, 'sessions')
  mkdirSync(path, { recursive: true })
  for (const session of SESSIONS) writeSessionFile(path, session.user, session.id, documentOf(session))
  writeSessionFile(path, 'ben@example.org', 'cut-off', '{"id":"cut-off","last_turn_data":{"workflow_hist')
  const turns = SESSIONS.flatMap((session) => session.turns)
  const inputTokens = sum(SESSIONS.map(inputOf))
  const outputTokens = sum(SESSIONS.map(outputOf))
  const months = [...new Set(SESSIONS.map(({ day }) => day.slice(0, 7)))].toSorted().toReversed()
  return {
    path,
    users: new Set(SESSIONS.map(({ user }) => user)).size,
    sessions: SESSIONS.length,
    turns: turns.length,
    failedTurns: turns.filter(({ status }) => status === 'failed').length,
    inputTokens,
    outputTokens,
    outsideTokens: sum(SESSIONS.map(({ outside }) => outside.input + outside.output)),
    sessionsWithOutside: SESSIONS.filter(({ outside }) => outside.input + outside.output > 0).length,
    costUsd: (inputTokens * INPUT_PRICE + outputTokens * OUTPUT_PRICE) / 1e6,
    unreadable: 'ben@example.org/cut-off.json',
    months: months.map((month) => {
      const within = SESSIONS.filter(({ day }) => day.startsWith(month))
      return {
        month,
        users: new Set(within.map(({ user }) => user)).size,
        turns: sum(within.map((session) => session.turns.length)),
      }
    }),
  }
}

type Session = (typeof SESSIONS)[number]

function documentOf({ user, id, day, turns, outside }: Session): unknown {
  const entries = turns.map(({ input, output, status }, index) =>
    turnOf({
      turn: index + 1,
      timestamp: `${day}T12:0${index}:00.000000+00:00`,
      turn_input_tokens: input,
      turn_output_tokens: output,
      user_query: `Question ${index + 1} of ${id}`,
      ...(status === undefined ? {} : { status }),
    }),
  )
  return sessionOf(entries, {
    id,
    user_uuid: user,
    name: `Session ${id}`,
    created_at: `${day}T11:59:00`,
    input_tokens: sum(turns.map(({ input }) => input)) + outside.input,
    output_tokens: sum(turns.map(({ output }) => output)) + outside.output,
  })
}

function inputOf({ turns, outside }: Session): number {
  return sum(turns.map(({ input }) => input)) + outside.input
}

function outputOf({ turns, outside }: Session): number {
  return sum(turns.map(({ output }) => output)) + outside.output
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

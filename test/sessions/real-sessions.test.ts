import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSession } from '../../electron/core/sessions/read-session.ts'
import { type ScanBatch, scanSessions } from '../../electron/core/sessions/scan-sessions.ts'
import type { SessionReading } from '../../electron/core/sessions/session-reading.ts'
import { periodOf } from '../../shared/time-window.ts'
import { REAL_SESSIONS_DIR, REAL_TOTALS_FILE } from '../support/session-files.ts'

const isMissing = !existsSync(REAL_SESSIONS_DIR)
const note = isMissing ? ` (left out: there is no ${REAL_SESSIONS_DIR})` : ''

interface Totals {
  total_sessions: number
  total_turns: number
  successful_turns: number
  failed_turns: number
  partial_turns: number
  total_input_tokens: number
  total_output_tokens: number
  total_tokens: number
  rag_guided_turns: number
  rag_output_tokens_saved: number
  estimated_cost_micro_usd: number
  models: Record<string, number>
}

interface Expected {
  readonly users: Record<string, { readonly lifetime: Totals; readonly periods: Record<string, Totals> }>
  readonly unreadable: readonly unknown[]
  readonly outside_turns_tokens: number
}

const noTotals = (): Totals => ({
  total_sessions: 0,
  total_turns: 0,
  successful_turns: 0,
  failed_turns: 0,
  partial_turns: 0,
  total_input_tokens: 0,
  total_output_tokens: 0,
  total_tokens: 0,
  rag_guided_turns: 0,
  rag_output_tokens_saved: 0,
  estimated_cost_micro_usd: 0,
  models: {},
})

const OUTCOME = { success: 'successful_turns', failed: 'failed_turns', partial: 'partial_turns' } as const

function addTokens(totals: Totals, input: number, output: number): void {
  totals.total_input_tokens += input
  totals.total_output_tokens += output
  totals.total_tokens += input + output
}

/** Adds a session to the totals that `of` finds for a time. */
function addSession(session: SessionReading, of: (at: number) => Totals): void {
  const own = of(session.createdAt)
  own.total_sessions += 1
  addTokens(own, session.outsideInputTokens, session.outsideOutputTokens)
  for (const turn of session.turns) {
    const totals = of(turn.occurredAt)
    totals.total_turns += 1
    totals[OUTCOME[turn.status]] += 1
    addTokens(totals, turn.inputTokens, turn.outputTokens)
    totals.rag_guided_turns += turn.ragUsed ? 1 : 0
    totals.rag_output_tokens_saved += turn.ragTokensSaved
    totals.estimated_cost_micro_usd += turn.costMicroUsd ?? 0
    totals.models[turn.model] = (totals.models[turn.model] ?? 0) + 1
  }
}

function scan(): { readonly sessions: SessionReading[]; readonly batches: ScanBatch[] } {
  const messages = [...scanSessions({ sessionsDir: REAL_SESSIONS_DIR, known: new Map(), hashContents: true })]
  const batches = messages.filter((message) => message.kind === 'batch')
  return { batches, sessions: batches.flatMap((batch) => batch.pieces.map((piece) => piece.session)) }
}

test.skipIf(isMissing)(`the real sessions add up exactly, for every user and month${note}`, () => {
  const expected = JSON.parse(readFileSync(REAL_TOTALS_FILE, 'utf8')) as Expected
  const users: Record<string, { lifetime: Totals; periods: Record<string, Totals> }> = {}
  let outside = 0
  const { sessions, batches } = scan()
  for (const session of sessions) {
    users[session.userId] ??= { lifetime: noTotals(), periods: {} }
    const user = users[session.userId] as (typeof users)[string]
    addSession(session, () => user.lifetime)
    addSession(session, (at) => {
      const period = periodOf('UTC', at)
      user.periods[period] ??= noTotals()
      return user.periods[period]
    })
    outside += session.outsideInputTokens + session.outsideOutputTokens
  }
  expect(users).toEqual(expected.users)
  expect(outside).toBe(expected.outside_turns_tokens)
  expect(batches.flatMap((batch) => batch.unreadable)).toEqual(expected.unreadable)
})

test.skipIf(isMissing)(`the plain reader reads every real session as the scan does${note}`, () => {
  const { sessions, batches } = scan()
  const files = batches.flatMap((batch) => batch.files)
  expect(sessions).toHaveLength(files.length)
  for (const [index, session] of sessions.entries()) {
    const file = files[index] as (typeof files)[number]
    expect(readSession(readFileSync(join(REAL_SESSIONS_DIR, file.path)), file)).toEqual(session)
  }
})

test.skipIf(isMissing)(`every beginning of five real sessions is refused${note}`, () => {
  const user = readdirSync(REAL_SESSIONS_DIR).sort()[0] as string
  const names = readdirSync(join(REAL_SESSIONS_DIR, user)).sort().slice(0, 5)
  for (const name of names) {
    const bytes = readFileSync(join(REAL_SESSIONS_DIR, user, name))
    const end = bytes.lastIndexOf('}') + 1
    for (let length = 0; length < end; length += 1) {
      const reading = readSession(bytes.subarray(0, length), {
        userId: user,
        sessionId: name,
        modifiedAtMs: 0,
      })
      if (reading.kind !== 'unreadable') expect.unreachable(`${name} cut off after ${length} bytes was read`)
    }
  }
})

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { SessionFileFacts } from '../../electron/core/sessions/session-reading.ts'

/** Session files of our own making, shaped like those of the platform. */

type Members = Readonly<Record<string, unknown>>

/** What the tests know of a file from outside; the time is the last resort for a session without any. */
export const FILE: SessionFileFacts = {
  userId: 'alice',
  sessionId: 's1',
  modifiedAtMs: Date.UTC(2026, 10, 20),
}

/** Session files that a real platform wrote, beside the project where there are any. */
export const REAL_SESSIONS_DIR = resolve(import.meta.dirname, '../../../shared/data/real-sessions')
/** What a correct reading of them adds up to. */
export const REAL_TOTALS_FILE = `${REAL_SESSIONS_DIR}-totals.json`

/** A turn as the platform writes it. */
export function turnOf(members: Members = {}): Members {
  return {
    turn: 1,
    user_query: 'Which tables hold orders?',
    execution_trace: [],
    timestamp: '2026-11-10T12:00:00.123456+00:00',
    provider: 'Google',
    model: 'gemini-2.0-flash',
    turn_input_tokens: 100,
    turn_output_tokens: 10,
    ...members,
  }
}

/** A session as the platform writes it, with these turns. */
export function sessionOf(turns: readonly unknown[], members: Members = {}): Members {
  return {
    id: FILE.sessionId,
    user_uuid: FILE.userId,
    provider: 'Google',
    model: 'gemini-2.0-flash',
    session_history: [],
    name: 'Orders',
    created_at: '2026-11-10T11:00:00',
    last_turn_data: { workflow_history: turns },
    ...members,
  }
}

/** The same as text. */
export function sessionText(turns: readonly unknown[], members: Members = {}): string {
  return JSON.stringify(sessionOf(turns, members))
}

/**
 * A session of the size of a working day: the conversation and the traces are nearly all of it.
 *
 * @param turnCount about 15 kB each
 */
export function largeSession(turnCount: number): Members {
  const turns = Array.from({ length: turnCount }, (_, index) =>
    turnOf({ turn: index + 1, execution_trace: traceOf(index), final_summary: proseOf(index, 900) }),
  )
  const history = turns.flatMap((_, index) => [
    { role: 'user', content: proseOf(index, 120), turn_number: index + 1 },
    {
      role: 'assistant',
      content: `<div class="answer">\n  ${proseOf(index, 2500)}\n</div>`,
      turn_number: index + 1,
    },
  ])
  return sessionOf(turns, {
    session_history: history,
    input_tokens: turnCount * 130,
    output_tokens: turnCount * 10,
  })
}

function traceOf(seed: number): unknown[] {
  return Array.from({ length: 4 }, (_, step) => ({
    action: {
      tool_name: 'base_readQuery',
      arguments: { sql: `SELECT "id", name FROM orders WHERE day = ${seed}` },
    },
    result: {
      status: 'success',
      metadata: {
        tool_name: 'base_readQuery',
        columns: ['id', 'name', 'amount'],
        row_count: 20,
        took: 0.25 * step,
      },
      results: Array.from({ length: 20 }, (_, row) => ({
        id: row * seed,
        name: proseOf(row, 40),
        amount: row / 7,
        paid: true,
      })),
    },
  }))
}

function proseOf(seed: number, length: number): string {
  const words = [
    'The',
    'orders',
    'of',
    '“November”',
    'are',
    'in',
    '\\u00fcber',
    'table\n',
    'naïve',
    '"quoted"',
    'sales',
  ]
  let text = ''
  for (let index = seed; text.length < length; index += 1) text += `${words[index % words.length]} `
  return text
}

/** A folder of its own for a test; `remove` when done. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'weir-sessions-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Writes `<dir>/<user>/<session>.json`; values that are not text are written as JSON. Answers with the path. */
export function writeSessionFile(dir: string, userId: string, sessionId: string, content: unknown): string {
  mkdirSync(join(dir, userId), { recursive: true })
  const path = join(dir, userId, `${sessionId}.json`)
  const isRaw = typeof content === 'string' || content instanceof Uint8Array
  writeFileSync(path, isRaw ? content : JSON.stringify(content))
  return path
}

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Chance } from './stats.ts'

/** Session files like those of a real platform: the members and sizes it writes, with traces of tool calls that are most of the bytes. */

export interface SessionFilesSpec {
  readonly files: number
  readonly users: number
}

export interface WrittenFiles {
  readonly files: number
  readonly bytes: number
  readonly turns: number
}

/** Median size of what a turn's trace holds; with it a file has about 100 kB on average. */
const TRACE_BYTES_MEDIAN = 8_000
const FIRST_DAY = Date.UTC(2025, 9, 1)
const DAY_MS = 86_400_000
const DAYS = 300

/** Writes `<dir>/<user>/<session>.json`, the same files in every run. */
export function writeSessionFiles(dir: string, spec: SessionFilesSpec): WrittenFiles {
  const chance = new Chance(20_251_001)
  const users = Array.from({ length: spec.users }, () => chance.uuid())
  for (const user of users) mkdirSync(join(dir, user), { recursive: true })
  let bytes = 0
  let turns = 0
  for (let count = 0; count < spec.files; count += 1) {
    const user = users[count % users.length] ?? ''
    const session = sessionOf(chance, user)
    // Indented by nothing but with line breaks, as the platform writes them.
    const text = JSON.stringify(session.content, null, 1)
    bytes += Buffer.byteLength(text)
    turns += session.turns
    writeFileSync(join(dir, user, `${session.id}.json`), text)
  }
  return { files: spec.files, bytes, turns }
}

function sessionOf(chance: Chance, user: string): { id: string; turns: number; content: unknown } {
  const id = chance.uuid()
  const createdAt = FIRST_DAY + Math.floor(chance.next() * DAYS * DAY_MS)
  const turnCount = 1 + chance.below(6)
  const turns = Array.from({ length: turnCount }, (_, index) =>
    turnOf(chance, { id, number: index + 1, createdAt }),
  )
  const sum = (name: 'turn_input_tokens' | 'turn_output_tokens') =>
    turns.reduce((total, turn) => total + (turn[name] ?? 0), 0)
  const history = turns.flatMap((turn) => [
    { role: 'user', content: turn.user_query, turn_number: turn.turn },
    {
      role: 'assistant',
      content: `<div class="answer">\n${prose(chance, 2500)}\n</div>`,
      turn_number: turn.turn,
    },
  ])
  const content = {
    id,
    user_uuid: user,
    system_prompt_template: null,
    charting_intensity: 'medium',
    provider: 'Google',
    model: 'gemini-2.0-flash',
    profile_tag: null,
    profile_tags_used: ['GOGET'],
    models_used: ['Google/gemini-2.0-flash'],
    session_history: history,
    chat_object: [],
    name: prose(chance, 26),
    created_at: new Date(createdAt).toISOString().replace('Z', '087'),
    last_updated: new Date(createdAt + 600_000).toISOString().replace('Z', '054'),
    input_tokens: sum('turn_input_tokens') + chance.below(5000),
    output_tokens: sum('turn_output_tokens') + chance.below(200),
    last_turn_data: { workflow_history: turns },
  }
  return { id, turns: turnCount, content }
}

function turnOf(chance: Chance, turn: { id: string; number: number; createdAt: number }) {
  // As in the files of the platform, older turns have no token counts.
  const isCounted = chance.next() < 0.6
  const at = new Date(turn.createdAt + turn.number * 90_000).toISOString().replace('Z', '147+00:00')
  return {
    turn: turn.number,
    user_query: prose(chance, 50),
    original_plan: null,
    execution_trace: traceOf(chance),
    final_summary: prose(chance, 900),
    timestamp: at,
    provider: 'Google',
    model: 'gemini-2.0-flash',
    profile_tag: 'GOGET',
    task_id: chance.uuid(),
    ...(isCounted
      ? { turn_input_tokens: 2000 + chance.below(12_000), turn_output_tokens: 100 + chance.below(500) }
      : {}),
    session_id: turn.id,
    ...(chance.next() < 0.4
      ? { rag_source_collection_id: chance.below(3), rag_efficiency_gain: chance.below(300) }
      : {}),
    isValid: chance.next() < 0.9,
    case_id: chance.uuid(),
  }
}

function traceOf(chance: Chance): unknown[] {
  // Spread as results of queries are: most are small, some are tables of half a megabyte.
  let left = Math.min(600_000, chance.logNormal(TRACE_BYTES_MEDIAN, 1.2))
  const trace: unknown[] = []
  while (left > 0) {
    const rows = 1 + chance.below(60)
    trace.push({
      action: {
        tool_name: 'base_readQuery',
        arguments: {
          sql: `SELECT "id", name, amount FROM orders WHERE day = ${chance.below(365)} AND note <> 'n/a'`,
        },
      },
      result: {
        status: 'success',
        metadata: {
          tool_name: 'base_readQuery',
          columns: ['id', 'name', 'amount', 'note'],
          row_count: rows,
          took: chance.next(),
        },
        results: Array.from({ length: rows }, () => ({
          id: chance.below(1_000_000),
          name: prose(chance, 40),
          amount: chance.next() * 1000,
          paid: chance.next() < 0.5,
          note: null,
        })),
      },
    })
    left -= 330 + rows * 165
  }
  return trace
}

// With what makes reading JSON slow: quotes, backslashes, line breaks, letters beyond ASCII.
const PROSE =
  'The orders of “November” are in table\nsales; the naïve query counts "late" ones twice — see C:\\reports\\week for für the rest. '.repeat(
    24,
  )

function prose(chance: Chance, length: number): string {
  const from = chance.below(120)
  return PROSE.slice(from, from + length)
}

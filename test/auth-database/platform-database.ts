import { hash } from 'node:crypto'
import BetterSqlite3 from 'better-sqlite3'

/** An auth database as the platform makes it, with rows of our own. */

type Row = Readonly<Record<string, string | number | null>>
export type Tables = Readonly<Record<string, readonly Row[]>>

/** The token of alice, which the platform gave her. */
export const ALICES_TOKEN = 'tda_9f8Zk2mPq4rT6wYxV1bNcD3eGhJ5sLuA'

export function sha256(text: string): string {
  return hash('sha256', text, 'hex')
}

export function turn(members: Row): Row {
  return {
    id: `${members['session_id']}-${members['turn_number']}`,
    user_id: 'alice',
    session_id: 's1',
    turn_number: 1,
    user_query: 'Which tables hold orders?',
    session_name: 'Orders',
    input_tokens: 100,
    output_tokens: 10,
    total_tokens: 110,
    provider: 'Google',
    model: 'gemini-2.0-flash',
    cost_usd_cents: 250_000,
    status: 'success',
    rag_used: 0,
    rag_tokens_saved: 0,
    created_at: '2026-11-10 12:00:00.123456',
    ...members,
  }
}

/** Two users with what belongs to them, a closed month of which the platform has no turns any more, and bad rows. */
export const PLATFORM: Tables = {
  consumption_profiles: [
    {
      id: 1,
      name: 'Team',
      description: 'For teams',
      prompts_per_hour: 60,
      prompts_per_day: 600,
      config_changes_per_hour: 10,
      input_tokens_per_month: 900_000,
      output_tokens_per_month: null,
      is_default: 1,
      is_active: 1,
    },
    { id: 2, name: 'Broken', prompts_per_hour: -1 },
  ],
  users: [
    {
      id: 'alice',
      username: 'Alice A.',
      email: 'alice@example.test',
      password_hash: '$2b$12$secret',
      display_name: 'Alice',
      is_active: 1,
      is_admin: 1,
      consumption_profile_id: 1,
    },
    {
      id: 'bob',
      username: 'bob',
      email: 'bob@example.test',
      password_hash: '$2b$12$secret',
      display_name: null,
      is_active: 0,
      is_admin: 0,
      consumption_profile_id: null,
    },
    { id: '../evil', username: 'evil', email: null, password_hash: 'x', is_active: 1, is_admin: 0 },
  ],
  access_tokens: [
    {
      id: 't1',
      user_id: 'alice',
      token_prefix: 'tda_9f8Z',
      token_hash: sha256(ALICES_TOKEN),
      name: 'Production',
      created_at: '2026-10-01 08:00:00',
      expires_at: null,
      revoked: 0,
    },
    {
      id: 't2',
      user_id: 'bob',
      token_prefix: 'tda_old',
      token_hash: '$2b$12$abcdefgh',
      name: 'Old',
      created_at: '2026-10-01 08:00:00',
      expires_at: null,
      revoked: 0,
    },
    {
      id: 't3',
      user_id: 'bob',
      token_prefix: 'tda_gone',
      token_hash: sha256('gone'),
      name: 'Gone',
      created_at: '2026-10-01 08:00:00',
      expires_at: null,
      revoked: 1,
    },
  ],
  llm_model_costs: [
    {
      id: 'p1',
      provider: 'Friendli',
      model: 'house-model',
      input_cost_per_million: 1.5,
      output_cost_per_million: 4,
      is_manual_entry: 1,
      is_fallback: 0,
      source: 'manual',
    },
    {
      id: 'p2',
      provider: 'Nobody',
      model: 'unheard-of-9b',
      input_cost_per_million: 0.25,
      output_cost_per_million: 0.5,
      is_manual_entry: 0,
      is_fallback: 0,
      source: 'litellm',
    },
    {
      id: 'p3',
      provider: 'any',
      model: 'fallback',
      input_cost_per_million: 10,
      output_cost_per_million: 30,
      is_manual_entry: 0,
      is_fallback: 1,
      source: 'system_default',
    },
  ],
  consumption_turns: [
    turn({}),
    turn({ turn_number: 2, status: 'failure', input_tokens: 60, output_tokens: 0, cost_usd_cents: 0 }),
    turn({ turn_number: 2, id: 'again', status: 'failure', input_tokens: 60, output_tokens: 0 }),
    turn({
      user_id: 'bob',
      session_id: 's2',
      created_at: '2026-10-20 09:00:00',
      rag_used: 1,
      rag_tokens_saved: 7,
    }),
    turn({ user_id: 'bob', session_id: 's2', turn_number: 2, created_at: 'yesterday' }),
  ],
  consumption_periods_archive: [
    {
      id: 'a1',
      user_id: 'alice',
      period: '2026-06',
      total_input_tokens: 5000,
      total_output_tokens: 700,
      total_tokens: 5700,
      successful_turns: 40,
      failed_turns: 2,
      total_turns: 42,
      rag_guided_turns: 9,
      rag_output_tokens_saved: 120,
      champion_cases_created: 3,
      estimated_cost_usd: 1_250_000,
      rag_cost_saved_usd: 40_000,
      total_sessions: 6,
    },
    { id: 'a2', user_id: 'alice', period: 'June' },
  ],
}

/** Writes the tables, each with the columns its rows have. */
export function writePlatformDatabase(file: string, tables: Tables = PLATFORM): string {
  const db = new BetterSqlite3(file)
  db.pragma('journal_mode = WAL')
  for (const [name, rows] of Object.entries(tables)) {
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
    const list = columns.map((column) => `"${column}"`).join(', ')
    db.exec(`CREATE TABLE "${name}" (${list})`)
    const insert = db.prepare(`INSERT INTO "${name}" VALUES (${columns.map(() => '?').join(', ')})`)
    for (const row of rows) insert.run(columns.map((column) => row[column] ?? null))
  }
  db.close()
  return file
}

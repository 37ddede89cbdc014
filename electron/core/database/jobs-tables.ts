import type { Generated, GeneratedAlways } from 'kysely'

/** The tables of the jobs and of retention; units are those of `schema.ts`. */

export interface JobsTable {
  name: string
  schedule: string
  zone: string
  is_enabled: 0 | 1
  next_due_at: number | null
  updated_at: number
}

export interface JobRunsTable {
  id: GeneratedAlways<number>
  job: string
  trigger: 'schedule' | 'catch-up' | 'manual'
  is_dry_run: 0 | 1
  scheduled_at: number | null
  first_scheduled_at: number | null
  instants: number
  attempts: Generated<number>
  started_by: string
  started_at: number
  finished_at: number | null
  status: 'running' | 'done' | 'partial' | 'failed' | 'cancelled' | 'interrupted'
  /** JSON: what was counted, by name. */
  counts: Generated<string>
  failures: Generated<number>
  first_error: string | null
  log_tail: Generated<string>
}

export interface SchedulerClockTable {
  only: 1
  seen_at: number
  suspect_reason: string | null
  suspect_since: number | null
  suspect_ms_left: number
}

/** Figures of the turns retention has removed from the ledger, by session, month and model. */
export type PrunedTurnSumsTable = Record<
  | 'session_key'
  | 'period'
  | 'model_key'
  | 'user_key'
  | 'turns'
  | 'input_tokens'
  | 'output_tokens'
  | 'cached_input_tokens'
  | 'outside_input_tokens'
  | 'outside_output_tokens'
  | 'successful_turns'
  | 'failed_turns'
  | 'partial_turns'
  | 'rag_guided_turns'
  | 'rag_output_tokens_saved'
  | 'rag_output_tokens_lost'
  | 'rag_cost_saved_micro_usd'
  | 'cost_micro_usd'
  | 'fallback_priced_turns'
  | 'dearest_turn_micro_usd'
  | 'last_turn_at',
  number
>

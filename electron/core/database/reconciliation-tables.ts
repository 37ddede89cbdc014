import type { Generated, GeneratedAlways } from 'kysely'

/** The tables of reconciliation; units and truth values as in `schema.ts`. */

type Flag = 0 | 1

export interface ReconciliationRunsTable {
  id: string
  started_at: number
  finished_at: number | null
  status: 'running' | 'done' | 'failed' | 'cancelled'
  started_by: string
  via: string
  sessions_dir: string
  fix: Flag
  threshold_percent: number
  /** `all` or a month as text. */
  period: string
  files_read: Generated<number>
  files_unchanged: Generated<number>
  /** JSON. */
  unreadable: Generated<string>
  safety_copy_id: string | null
  /** JSON. */
  error: string | null
}

export interface ReconciliationUsersTable {
  run_id: string
  user_id: string
  status: 'ok' | 'drift' | 'corrected' | 'manual_review' | 'missing_db_record' | 'missing_files'
  drift_percent: number
}

export interface ReconciliationFindingsTable {
  id: GeneratedAlways<number>
  run_id: string
  user_id: string
  session_id: string
  turn_number: number | null
  field: string
  /** JSON, as is the next. */
  file_value: string
  database_value: string
  cause:
    | 'missing_in_database'
    | 'missing_in_file'
    | 'values_differ'
    | 'outside_turns_differ'
    | 'file_unreadable'
    | 'file_shrank'
    | 'pruned_by_retention'
    | 'changed_while_reading'
    | 'duplicate_session'
  repair: 'add' | 'correct' | 'confirm' | 'restore_file' | 'wait'
  state: 'open' | 'corrected'
}

export interface ReconciledSessionsTable {
  user_id: string
  session_id: string
  size_bytes: number
  modified_at_ms: number
  ledger_digest: string
  is_equal: Flag
  turns_max: number
}

export interface PrunedPeriodsTable {
  user_key: number
  period: number
  pruned_before: number
}

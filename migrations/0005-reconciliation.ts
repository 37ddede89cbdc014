/**
 * What reconciliation remembers: its runs with what they found, the state in which each session was last found equal
 * on both sides, and the months retention has taken turns from. The conventions are those of step 1.
 */

/** The statements of this step, run in one transaction together with the new `user_version`. */
export const statements: readonly string[] = [
  `CREATE TABLE reconciliation_runs (
  id TEXT PRIMARY KEY,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  status TEXT NOT NULL CHECK (status IN ('running', 'done', 'failed', 'cancelled')),
  started_by TEXT NOT NULL,
  via TEXT NOT NULL,
  sessions_dir TEXT NOT NULL,
  fix INTEGER NOT NULL CHECK (fix IN (0, 1)),
  threshold_percent REAL NOT NULL CHECK (threshold_percent >= 0),
  -- 'all' or a month like '2026-11'.
  period TEXT NOT NULL,
  files_read INTEGER NOT NULL DEFAULT 0,
  files_unchanged INTEGER NOT NULL DEFAULT 0,
  unreadable TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(unreadable)),
  safety_copy_id TEXT,
  error TEXT CHECK (error IS NULL OR json_valid(error))
) STRICT`,
  'CREATE INDEX reconciliation_runs_by_time ON reconciliation_runs (started_at)',

  `CREATE TABLE reconciliation_users (
  run_id TEXT NOT NULL REFERENCES reconciliation_runs (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('ok', 'drift', 'corrected', 'manual_review', 'missing_db_record', 'missing_files')),
  drift_percent REAL NOT NULL CHECK (drift_percent >= 0),
  PRIMARY KEY (run_id, user_id)
) STRICT, WITHOUT ROWID`,

  `CREATE TABLE reconciliation_findings (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES reconciliation_runs (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  turn_number INTEGER CHECK (turn_number >= 0),
  field TEXT NOT NULL,
  file_value TEXT NOT NULL CHECK (json_valid(file_value)),
  database_value TEXT NOT NULL CHECK (json_valid(database_value)),
  cause TEXT NOT NULL CHECK (cause IN ('missing_in_database', 'missing_in_file', 'values_differ', 'outside_turns_differ',
    'file_unreadable', 'file_shrank', 'pruned_by_retention', 'changed_while_reading', 'duplicate_session')),
  repair TEXT NOT NULL CHECK (repair IN ('add', 'correct', 'confirm', 'restore_file', 'wait')),
  state TEXT NOT NULL CHECK (state IN ('open', 'corrected'))
) STRICT`,
  'CREATE INDEX reconciliation_findings_by_run ON reconciliation_findings (run_id, user_id)',

  `CREATE TABLE reconciled_sessions (
  user_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  modified_at_ms REAL NOT NULL,
  -- The rows of the ledger in short; with them or the file changed, the session is compared again.
  ledger_digest TEXT NOT NULL,
  is_equal INTEGER NOT NULL CHECK (is_equal IN (0, 1)),
  -- The most turns the file ever had: a shorter one has shrunk.
  turns_max INTEGER NOT NULL,
  PRIMARY KEY (user_id, session_id)
) STRICT, WITHOUT ROWID`,

  // Whoever takes turns out of the ledger because of their age writes this down in the same transaction.
  `CREATE TABLE pruned_periods (
  user_key INTEGER NOT NULL REFERENCES users (key),
  period INTEGER NOT NULL CHECK (period BETWEEN 190001 AND 999912),
  -- Turns of the period from before this instant may be gone.
  pruned_before INTEGER NOT NULL,
  PRIMARY KEY (user_key, period)
) STRICT, WITHOUT ROWID`,
]

/**
 * Jobs with the time each is due next, their runs, and what retention has taken out of the ledger. A turn that is
 * removed leaves its figures in `pruned_turn_sums`, so that sums and roll-ups can still be proved; up to when they are
 * gone is in `pruned_periods` already. The conventions are those of step 1.
 */

const TOTAL_NAMES = [
  'input_tokens',
  'output_tokens',
  'cached_input_tokens',
  'outside_input_tokens',
  'outside_output_tokens',
  'successful_turns',
  'failed_turns',
  'partial_turns',
  'rag_guided_turns',
  'rag_output_tokens_saved',
  'rag_output_tokens_lost',
  'rag_cost_saved_micro_usd',
  'cost_micro_usd',
  'fallback_priced_turns',
] as const

/** The statements of this step, run in one transaction together with the new `user_version`. */
export const statements: readonly string[] = [
  `CREATE TABLE jobs (
  name TEXT PRIMARY KEY CHECK (length(name) > 0),
  schedule TEXT NOT NULL,
  -- The zone next_due_at was worked out in: another one means that it must be worked out again.
  zone TEXT NOT NULL,
  is_enabled INTEGER NOT NULL DEFAULT 1 CHECK (is_enabled IN (0, 1)),
  next_due_at INTEGER,
  updated_at INTEGER NOT NULL,
  CHECK (is_enabled = 1 OR next_due_at IS NULL)
) STRICT, WITHOUT ROWID`,

  `CREATE TABLE job_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job TEXT NOT NULL CHECK (length(job) > 0),
  trigger TEXT NOT NULL CHECK (trigger IN ('schedule', 'catch-up', 'manual')),
  is_dry_run INTEGER NOT NULL DEFAULT 0 CHECK (is_dry_run IN (0, 1)),
  -- The newest instant of the schedule this run is for, the oldest, and how many lie between; null for manual ones.
  scheduled_at INTEGER,
  first_scheduled_at INTEGER,
  instants INTEGER NOT NULL DEFAULT 0 CHECK (instants >= 0),
  attempts INTEGER NOT NULL DEFAULT 1 CHECK (attempts >= 1),
  started_by TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  status TEXT NOT NULL CHECK (status IN ('running', 'done', 'partial', 'failed', 'cancelled', 'interrupted')),
  counts TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(counts)),
  failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
  first_error TEXT,
  log_tail TEXT NOT NULL DEFAULT '',
  CHECK ((trigger = 'manual') = (scheduled_at IS NULL))
) STRICT`,
  // What makes "exactly once" true whatever the code does: an instant of a job has one run.
  'CREATE UNIQUE INDEX job_runs_once ON job_runs (job, scheduled_at) WHERE scheduled_at IS NOT NULL',
  'CREATE INDEX job_runs_by_job ON job_runs (job, id)',

  `CREATE TABLE scheduler_clock (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  seen_at INTEGER NOT NULL,
  -- Why the clock is not believed, and how much time must still pass with it; null when it is believed.
  suspect_reason TEXT,
  suspect_since INTEGER,
  suspect_ms_left INTEGER NOT NULL DEFAULT 0
) STRICT`,

  `CREATE TABLE pruned_turn_sums (
  session_key INTEGER NOT NULL REFERENCES sessions (key),
  period INTEGER NOT NULL CHECK (period BETWEEN 190001 AND 999912),
  model_key INTEGER NOT NULL REFERENCES models (key),
  user_key INTEGER NOT NULL REFERENCES users (key),
  turns INTEGER NOT NULL CHECK (turns >= 0),
  ${TOTAL_NAMES.map((name) => `${name} INTEGER NOT NULL`).join(',\n  ')},
  dearest_turn_micro_usd INTEGER NOT NULL,
  last_turn_at INTEGER NOT NULL,
  PRIMARY KEY (session_key, period, model_key)
) STRICT, WITHOUT ROWID`,

  // When the hourly job has written into the audit log that a grant is over.
  'ALTER TABLE limit_grants ADD COLUMN end_noted_at INTEGER',
]

-- The schema after step 12, as SQLite keeps it. Made by test/database/migrate.test.ts; compared by it too.

CREATE TABLE access_tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token_sha256 BLOB NOT NULL UNIQUE CHECK (length(token_sha256) = 32),
  prefix TEXT NOT NULL,
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('executor', 'user', 'admin')),
  user_key INTEGER REFERENCES users (key),
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  expires_at INTEGER,
  revoked_at INTEGER,
  CHECK (scope <> 'user' OR user_key IS NOT NULL)
) STRICT;

CREATE TABLE admissions (
  id TEXT PRIMARY KEY,
  user_key INTEGER NOT NULL REFERENCES users (key),
  session_id TEXT,
  admitted_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  reserved_input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (reserved_input_tokens >= 0),
  reserved_output_tokens INTEGER NOT NULL DEFAULT 0 CHECK (reserved_output_tokens >= 0),
  state TEXT NOT NULL CHECK (state IN ('open', 'settled', 'expired')),
  settled_at INTEGER
, observed_since INTEGER) STRICT, WITHOUT ROWID;

CREATE TABLE alerts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  raised_at INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (length(kind) > 0),
  -- Within a kind: for what this alert is, so that it is raised once.
  once_key TEXT NOT NULL CHECK (length(once_key) > 0),
  severity TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
  title TEXT NOT NULL,
  detail TEXT NOT NULL,
  link TEXT NOT NULL CHECK (link LIKE '/%'),
  user_id TEXT,
  limit_name TEXT,
  threshold_percent INTEGER CHECK (threshold_percent BETWEEN 1 AND 100),
  resets_at INTEGER,
  acknowledged_at INTEGER,
  notified_at INTEGER,
  UNIQUE (kind, once_key)
) STRICT;

CREATE TABLE audit_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  via TEXT NOT NULL CHECK (via IN ('window', 'browser', 'command-line', 'api', 'job', 'start')),
  action TEXT NOT NULL,
  object_kind TEXT NOT NULL,
  object_id TEXT NOT NULL,
  before TEXT CHECK (before IS NULL OR json_valid(before)),
  after TEXT CHECK (after IS NULL OR json_valid(after))
) STRICT;

CREATE TABLE champion_cases (
  user_key INTEGER NOT NULL REFERENCES users (key),
  -- 'case': the platform's id of the case; 'request': the caller's idempotency key.
  named_by TEXT NOT NULL CHECK (named_by IN ('case', 'request')),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  session_id TEXT,
  turn_number INTEGER CHECK (turn_number >= 1),
  period INTEGER NOT NULL CHECK (period BETWEEN 190001 AND 999912),
  counted_at INTEGER NOT NULL,
  PRIMARY KEY (user_key, named_by, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE collection_subscriptions (
  user_key INTEGER NOT NULL REFERENCES users (key),
  collection_id TEXT NOT NULL CHECK (length(collection_id) BETWEEN 1 AND 255),
  period INTEGER NOT NULL CHECK (period BETWEEN 190001 AND 999912),
  counted_at INTEGER NOT NULL,
  PRIMARY KEY (user_key, collection_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE consumption_periods_archive (
  user_key INTEGER NOT NULL REFERENCES users (key),
  period INTEGER NOT NULL CHECK (period BETWEEN 190001 AND 999912),
  
  input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (input_tokens >= 0),
  output_tokens INTEGER NOT NULL DEFAULT 0 CHECK (output_tokens >= 0),
  cached_input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (cached_input_tokens >= 0),
  outside_input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (outside_input_tokens >= 0),
  outside_output_tokens INTEGER NOT NULL DEFAULT 0 CHECK (outside_output_tokens >= 0),
  successful_turns INTEGER NOT NULL DEFAULT 0 CHECK (successful_turns >= 0),
  failed_turns INTEGER NOT NULL DEFAULT 0 CHECK (failed_turns >= 0),
  partial_turns INTEGER NOT NULL DEFAULT 0 CHECK (partial_turns >= 0),
  rag_guided_turns INTEGER NOT NULL DEFAULT 0 CHECK (rag_guided_turns >= 0),
  rag_output_tokens_saved INTEGER NOT NULL DEFAULT 0 CHECK (rag_output_tokens_saved >= 0),
  rag_output_tokens_lost INTEGER NOT NULL DEFAULT 0 CHECK (rag_output_tokens_lost >= 0),
  rag_cost_saved_micro_usd INTEGER NOT NULL DEFAULT 0,
  cost_micro_usd INTEGER NOT NULL DEFAULT 0 CHECK (cost_micro_usd >= 0),
  fallback_priced_turns INTEGER NOT NULL DEFAULT 0 CHECK (fallback_priced_turns >= 0),
  sessions INTEGER NOT NULL DEFAULT 0 CHECK (sessions >= 0),
  champion_cases_created INTEGER NOT NULL DEFAULT 0,
  collections_subscribed INTEGER NOT NULL DEFAULT 0,
  blocked_requests INTEGER NOT NULL DEFAULT 0,
  peak_requests_per_hour INTEGER NOT NULL DEFAULT 0,
  peak_requests_per_day INTEGER NOT NULL DEFAULT 0,
  models_used TEXT NOT NULL CHECK (json_valid(models_used)),
  providers_used TEXT NOT NULL CHECK (json_valid(providers_used)),
  limits TEXT NOT NULL CHECK (json_valid(limits)),
  period_started_at INTEGER NOT NULL,
  period_ended_at INTEGER NOT NULL,
  archived_at INTEGER NOT NULL,
  PRIMARY KEY (user_key, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE consumption_profiles (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) > 0),
  description TEXT,
  
  prompts_per_hour INTEGER CHECK (prompts_per_hour >= 0),
  prompts_per_day INTEGER CHECK (prompts_per_day >= 0),
  config_changes_per_hour INTEGER CHECK (config_changes_per_hour >= 0),
  input_tokens_per_month INTEGER CHECK (input_tokens_per_month >= 0),
  output_tokens_per_month INTEGER CHECK (output_tokens_per_month >= 0),
  cost_per_month_micro_usd INTEGER CHECK (cost_per_month_micro_usd >= 0),
  is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
  is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK (is_default = 0 OR is_active = 1)
) STRICT;

CREATE TABLE consumption_turns (
  id INTEGER PRIMARY KEY,
  session_key INTEGER NOT NULL REFERENCES sessions (key),
  turn_number INTEGER NOT NULL CHECK (turn_number >= 0),
  user_key INTEGER NOT NULL REFERENCES users (key),
  period INTEGER NOT NULL CHECK (period BETWEEN 190001 AND 999912),
  occurred_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  model_key INTEGER NOT NULL REFERENCES models (key),
  input_tokens INTEGER NOT NULL CHECK (input_tokens BETWEEN 0 AND 1099511627776),
  output_tokens INTEGER NOT NULL CHECK (output_tokens BETWEEN 0 AND 1099511627776),
  cached_input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (cached_input_tokens BETWEEN 0 AND 1099511627776),
  cost_micro_usd INTEGER NOT NULL CHECK (cost_micro_usd >= 0),
  price_source TEXT NOT NULL CHECK (price_source IN ('reported', 'catalogue', 'operator', 'fallback')),
  status TEXT NOT NULL CHECK (status IN ('success', 'failed', 'partial')),
  is_valid INTEGER NOT NULL DEFAULT 1 CHECK (is_valid IN (0, 1)),
  rag_used INTEGER NOT NULL DEFAULT 0 CHECK (rag_used IN (0, 1)),
  rag_tokens_saved INTEGER NOT NULL DEFAULT 0,
  rag_cost_saved_micro_usd INTEGER NOT NULL DEFAULT 0,
  duration_ms INTEGER CHECK (duration_ms >= 0),
  source TEXT NOT NULL CHECK (source IN ('api', 'import', 'repair')),
  user_query TEXT
) STRICT;

CREATE TABLE enforcement_events (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  user_key INTEGER REFERENCES users (key),
  user_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('blocked', 'would_have_blocked', 'bypassed')),
  code TEXT NOT NULL,
  limit_name TEXT,
  limit_value INTEGER,
  used INTEGER,
  reserved INTEGER,
  session_id TEXT
) STRICT;

CREATE TABLE exceeded_reservations (
  session_key INTEGER NOT NULL,
  turn_number INTEGER NOT NULL,
  reserved_input_tokens INTEGER NOT NULL CHECK (reserved_input_tokens >= 0),
  reserved_output_tokens INTEGER NOT NULL CHECK (reserved_output_tokens >= 0),
  PRIMARY KEY (session_key, turn_number),
  FOREIGN KEY (session_key, turn_number) REFERENCES consumption_turns (session_key, turn_number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE import_batches (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  sessions_dir TEXT,
  auth_db TEXT,
  started_by TEXT NOT NULL,
  via TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'cancelled', 'failed', 'interrupted', 'undoing', 'undone')),
  -- What the run wrote, as it was reported.
  totals TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(totals)),
  -- The setting the run has changed to its own folder, as it was before; set_folder says whether it did.
  set_folder INTEGER NOT NULL DEFAULT 0 CHECK (set_folder IN (0, 1)),
  folder_before TEXT,
  undo_by TEXT,
  undo_via TEXT,
  -- What was foreseen when the undoing began, and what came of it.
  undo_before TEXT CHECK (undo_before IS NULL OR json_valid(undo_before)),
  undo_totals TEXT CHECK (undo_totals IS NULL OR json_valid(undo_totals)),
  undone_at INTEGER
) STRICT;

CREATE TABLE import_months (
  batch_key INTEGER NOT NULL REFERENCES import_batches (key),
  user_key INTEGER NOT NULL REFERENCES users (key) ON DELETE CASCADE,
  period INTEGER NOT NULL CHECK (period BETWEEN 190001 AND 999912),
  -- Whether the month had its archive row before the run came to it: then nothing of the run is in it.
  was_closed INTEGER NOT NULL CHECK (was_closed IN (0, 1)),
  PRIMARY KEY (batch_key, user_key, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE import_rows (
  kind TEXT NOT NULL CHECK (kind IN ('user', 'profile', 'token', 'price')),
  name TEXT NOT NULL,
  batch_key INTEGER NOT NULL REFERENCES import_batches (key),
  -- When the row was made: another one of the same name is somebody else's.
  made_at INTEGER NOT NULL,
  PRIMARY KEY (kind, name, batch_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE import_sessions (
  batch_key INTEGER NOT NULL REFERENCES import_batches (key),
  session_key INTEGER NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
  -- Numbers of turns such as 0-17,20; 0 is what was spent outside turns.
  turns TEXT NOT NULL,
  -- Whether also the session is there because of imports alone.
  is_session INTEGER NOT NULL CHECK (is_session IN (0, 1)),
  -- What the run was told of the tokens of the session and of its turns: what is outside follows from it.
  is_books INTEGER NOT NULL CHECK (is_books IN (0, 1)),
  all_input_tokens INTEGER NOT NULL,
  all_output_tokens INTEGER NOT NULL,
  turns_input_tokens INTEGER NOT NULL,
  turns_output_tokens INTEGER NOT NULL,
  told_at INTEGER NOT NULL,
  PRIMARY KEY (batch_key, session_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE job_runs (
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
) STRICT;

CREATE TABLE jobs (
  name TEXT PRIMARY KEY CHECK (length(name) > 0),
  schedule TEXT NOT NULL,
  -- The zone next_due_at was worked out in: another one means that it must be worked out again.
  zone TEXT NOT NULL,
  is_enabled INTEGER NOT NULL DEFAULT 1 CHECK (is_enabled IN (0, 1)),
  next_due_at INTEGER,
  updated_at INTEGER NOT NULL,
  CHECK (is_enabled = 1 OR next_due_at IS NULL)
) STRICT, WITHOUT ROWID;

CREATE TABLE limit_grants (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_key INTEGER NOT NULL REFERENCES users (key),
  limit_name TEXT NOT NULL CHECK (limit_name IN ('prompts_per_hour', 'prompts_per_day', 'input_tokens_per_month',
    'output_tokens_per_month', 'cost_per_month_usd', 'config_changes_per_hour')),
  amount INTEGER NOT NULL CHECK (amount > 0),
  expires_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
, end_noted_at INTEGER) STRICT;

CREATE TABLE "model_prices" (
  id INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  model_pattern TEXT NOT NULL,
  input_micro_usd_per_million INTEGER NOT NULL CHECK (input_micro_usd_per_million >= 0),
  output_micro_usd_per_million INTEGER NOT NULL CHECK (output_micro_usd_per_million >= 0),
  cached_input_micro_usd_per_million INTEGER CHECK (cached_input_micro_usd_per_million >= 0),
  tiers TEXT CHECK (tiers IS NULL OR json_valid(tiers)),
  valid_from INTEGER NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('catalogue', 'imported', 'operator')),
  -- The version of the catalogue, or the name of the file.
  catalogue_version TEXT,
  created_at INTEGER NOT NULL,
  UNIQUE (source, provider, model_pattern, valid_from)
) STRICT;

CREATE TABLE models (
  key INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  UNIQUE (provider, model)
) STRICT;

CREATE TABLE observations (
  user_key INTEGER PRIMARY KEY REFERENCES users (key) ON DELETE CASCADE,
  -- When the observing began that these figures belong to; those of an earlier one count for nothing.
  observed_since INTEGER NOT NULL,
  hour_started_at INTEGER NOT NULL,
  hour_requests INTEGER NOT NULL CHECK (hour_requests >= 0),
  hour_config_changes INTEGER NOT NULL CHECK (hour_config_changes >= 0),
  day_started_at INTEGER NOT NULL,
  day_requests INTEGER NOT NULL CHECK (day_requests >= 0),
  period INTEGER NOT NULL CHECK (period BETWEEN 190001 AND 999912),
  input_tokens INTEGER NOT NULL CHECK (input_tokens >= 0),
  output_tokens INTEGER NOT NULL CHECK (output_tokens >= 0),
  cost_micro_usd INTEGER NOT NULL CHECK (cost_micro_usd >= 0)
) STRICT;

CREATE TABLE pruned_periods (
  user_key INTEGER NOT NULL REFERENCES users (key),
  period INTEGER NOT NULL CHECK (period BETWEEN 190001 AND 999912),
  -- Turns of the period from before this instant may be gone.
  pruned_before INTEGER NOT NULL,
  PRIMARY KEY (user_key, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE pruned_turn_sums (
  session_key INTEGER NOT NULL REFERENCES sessions (key),
  period INTEGER NOT NULL CHECK (period BETWEEN 190001 AND 999912),
  model_key INTEGER NOT NULL REFERENCES models (key),
  user_key INTEGER NOT NULL REFERENCES users (key),
  turns INTEGER NOT NULL CHECK (turns >= 0),
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cached_input_tokens INTEGER NOT NULL,
  outside_input_tokens INTEGER NOT NULL,
  outside_output_tokens INTEGER NOT NULL,
  successful_turns INTEGER NOT NULL,
  failed_turns INTEGER NOT NULL,
  partial_turns INTEGER NOT NULL,
  rag_guided_turns INTEGER NOT NULL,
  rag_output_tokens_saved INTEGER NOT NULL,
  rag_output_tokens_lost INTEGER NOT NULL,
  rag_cost_saved_micro_usd INTEGER NOT NULL,
  cost_micro_usd INTEGER NOT NULL,
  fallback_priced_turns INTEGER NOT NULL,
  dearest_turn_micro_usd INTEGER NOT NULL,
  last_turn_at INTEGER NOT NULL,
  PRIMARY KEY (session_key, period, model_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE reconciled_sessions (
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
) STRICT, WITHOUT ROWID;

CREATE TABLE reconciliation_findings (
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
) STRICT;

CREATE TABLE reconciliation_runs (
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
) STRICT;

CREATE TABLE reconciliation_users (
  run_id TEXT NOT NULL REFERENCES reconciliation_runs (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('ok', 'drift', 'corrected', 'manual_review', 'missing_db_record', 'missing_files')),
  drift_percent REAL NOT NULL CHECK (drift_percent >= 0),
  PRIMARY KEY (run_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE scheduler_clock (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  seen_at INTEGER NOT NULL,
  -- Why the clock is not believed, and how much time must still pass with it; null when it is believed.
  suspect_reason TEXT,
  suspect_since INTEGER,
  suspect_ms_left INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE session_files (
  user_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  modified_at_ms REAL NOT NULL,
  sha256 BLOB CHECK (sha256 IS NULL OR length(sha256) = 32),
  turns INTEGER NOT NULL,
  last_turn_number INTEGER NOT NULL,
  read_at INTEGER NOT NULL,
  problem TEXT,
  PRIMARY KEY (user_id, session_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE session_periods (
  session_key INTEGER NOT NULL REFERENCES sessions (key),
  -- 0 stands for all periods together: the session's whole life.
  period INTEGER NOT NULL CHECK (period = 0 OR period BETWEEN 190001 AND 999912),
  user_key INTEGER NOT NULL REFERENCES users (key),
  
  turns INTEGER NOT NULL DEFAULT 0 CHECK (turns >= 0),
  input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (input_tokens >= 0),
  output_tokens INTEGER NOT NULL DEFAULT 0 CHECK (output_tokens >= 0),
  cost_micro_usd INTEGER NOT NULL DEFAULT 0 CHECK (cost_micro_usd >= 0),
  dearest_turn_micro_usd INTEGER NOT NULL DEFAULT 0 CHECK (dearest_turn_micro_usd >= 0),
  last_turn_at INTEGER NOT NULL,
  PRIMARY KEY (session_key, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  key INTEGER PRIMARY KEY,
  user_key INTEGER NOT NULL REFERENCES users (key),
  id TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 255),
  name TEXT,
  created_at INTEGER NOT NULL,
  last_activity_at INTEGER NOT NULL,
  closed_at INTEGER,
  UNIQUE (user_key, id)
) STRICT;

CREATE TABLE sqlite_sequence(name,seq);

CREATE TABLE system_hours (
  hour_started_at INTEGER PRIMARY KEY,
  
  turns INTEGER NOT NULL DEFAULT 0 CHECK (turns >= 0),
  failed_turns INTEGER NOT NULL DEFAULT 0 CHECK (failed_turns >= 0),
  input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (input_tokens >= 0),
  output_tokens INTEGER NOT NULL DEFAULT 0 CHECK (output_tokens >= 0),
  cost_micro_usd INTEGER NOT NULL DEFAULT 0 CHECK (cost_micro_usd >= 0)
) STRICT;

CREATE TABLE system_period_models (
  period INTEGER NOT NULL CHECK (period BETWEEN 190001 AND 999912),
  model_key INTEGER NOT NULL REFERENCES models (key),
  
  turns INTEGER NOT NULL DEFAULT 0 CHECK (turns >= 0),
  input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (input_tokens >= 0),
  output_tokens INTEGER NOT NULL DEFAULT 0 CHECK (output_tokens >= 0),
  cost_micro_usd INTEGER NOT NULL DEFAULT 0 CHECK (cost_micro_usd >= 0),
  PRIMARY KEY (period, model_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE system_settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL CHECK (json_valid(value)),
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE turn_extensions (
  session_key INTEGER NOT NULL REFERENCES sessions (key),
  turn_number INTEGER NOT NULL CHECK (turn_number >= 1),
  idempotency_key TEXT NOT NULL CHECK (length(idempotency_key) BETWEEN 1 AND 255),
  extended_at INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL CHECK (input_tokens BETWEEN 0 AND 1099511627776),
  output_tokens INTEGER NOT NULL CHECK (output_tokens BETWEEN 0 AND 1099511627776),
  cached_input_tokens INTEGER NOT NULL CHECK (cached_input_tokens BETWEEN 0 AND 1099511627776),
  -- The cost the caller reported, or null; what was really added to the turn stands beside it.
  reported_cost_micro_usd INTEGER CHECK (reported_cost_micro_usd >= 0),
  added_cost_micro_usd INTEGER NOT NULL CHECK (added_cost_micro_usd >= 0),
  reason TEXT,
  PRIMARY KEY (session_key, turn_number, idempotency_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_consumption (
  user_key INTEGER PRIMARY KEY REFERENCES users (key),
  period INTEGER NOT NULL CHECK (period BETWEEN 190001 AND 999912),
  
  input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (input_tokens >= 0),
  output_tokens INTEGER NOT NULL DEFAULT 0 CHECK (output_tokens >= 0),
  cached_input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (cached_input_tokens >= 0),
  outside_input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (outside_input_tokens >= 0),
  outside_output_tokens INTEGER NOT NULL DEFAULT 0 CHECK (outside_output_tokens >= 0),
  successful_turns INTEGER NOT NULL DEFAULT 0 CHECK (successful_turns >= 0),
  failed_turns INTEGER NOT NULL DEFAULT 0 CHECK (failed_turns >= 0),
  partial_turns INTEGER NOT NULL DEFAULT 0 CHECK (partial_turns >= 0),
  rag_guided_turns INTEGER NOT NULL DEFAULT 0 CHECK (rag_guided_turns >= 0),
  rag_output_tokens_saved INTEGER NOT NULL DEFAULT 0 CHECK (rag_output_tokens_saved >= 0),
  rag_output_tokens_lost INTEGER NOT NULL DEFAULT 0 CHECK (rag_output_tokens_lost >= 0),
  rag_cost_saved_micro_usd INTEGER NOT NULL DEFAULT 0,
  cost_micro_usd INTEGER NOT NULL DEFAULT 0 CHECK (cost_micro_usd >= 0),
  fallback_priced_turns INTEGER NOT NULL DEFAULT 0 CHECK (fallback_priced_turns >= 0),
  sessions INTEGER NOT NULL DEFAULT 0 CHECK (sessions >= 0),
  champion_cases_created INTEGER NOT NULL DEFAULT 0 CHECK (champion_cases_created >= 0),
  collections_subscribed INTEGER NOT NULL DEFAULT 0 CHECK (collections_subscribed >= 0),
  reserved_input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (reserved_input_tokens >= 0),
  reserved_output_tokens INTEGER NOT NULL DEFAULT 0 CHECK (reserved_output_tokens >= 0),
  next_reservation_expires_at INTEGER,
  day_started_at INTEGER NOT NULL,
  day_input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (day_input_tokens >= 0),
  day_output_tokens INTEGER NOT NULL DEFAULT 0 CHECK (day_output_tokens >= 0),
  day_cost_micro_usd INTEGER NOT NULL DEFAULT 0 CHECK (day_cost_micro_usd >= 0),
  day_requests INTEGER NOT NULL DEFAULT 0 CHECK (day_requests >= 0),
  hour_started_at INTEGER NOT NULL,
  hour_requests INTEGER NOT NULL DEFAULT 0 CHECK (hour_requests >= 0),
  hour_config_changes INTEGER NOT NULL DEFAULT 0 CHECK (hour_config_changes >= 0),
  blocked_requests INTEGER NOT NULL DEFAULT 0 CHECK (blocked_requests >= 0),
  would_have_blocked_requests INTEGER NOT NULL DEFAULT 0 CHECK (would_have_blocked_requests >= 0),
  bypassed_requests INTEGER NOT NULL DEFAULT 0 CHECK (bypassed_requests >= 0),
  peak_requests_per_hour INTEGER NOT NULL DEFAULT 0 CHECK (peak_requests_per_hour >= 0),
  peak_requests_per_day INTEGER NOT NULL DEFAULT 0 CHECK (peak_requests_per_day >= 0),
  first_usage_at INTEGER,
  last_usage_at INTEGER,
  last_updated_at INTEGER NOT NULL,
  last_reconciled_at INTEGER,
  last_drift_ratio REAL
, alert_marks INTEGER NOT NULL DEFAULT 0 CHECK (alert_marks >= 0)) STRICT;

CREATE TABLE user_hours (
  user_key INTEGER NOT NULL REFERENCES users (key),
  hour_started_at INTEGER NOT NULL,
  
  turns INTEGER NOT NULL DEFAULT 0 CHECK (turns >= 0),
  failed_turns INTEGER NOT NULL DEFAULT 0 CHECK (failed_turns >= 0),
  input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (input_tokens >= 0),
  output_tokens INTEGER NOT NULL DEFAULT 0 CHECK (output_tokens >= 0),
  cost_micro_usd INTEGER NOT NULL DEFAULT 0 CHECK (cost_micro_usd >= 0),
  PRIMARY KEY (user_key, hour_started_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_period_models (
  user_key INTEGER NOT NULL REFERENCES users (key),
  period INTEGER NOT NULL CHECK (period BETWEEN 190001 AND 999912),
  model_key INTEGER NOT NULL REFERENCES models (key),
  
  turns INTEGER NOT NULL DEFAULT 0 CHECK (turns >= 0),
  input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (input_tokens >= 0),
  output_tokens INTEGER NOT NULL DEFAULT 0 CHECK (output_tokens >= 0),
  cost_micro_usd INTEGER NOT NULL DEFAULT 0 CHECK (cost_micro_usd >= 0),
  PRIMARY KEY (user_key, period, model_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_periods (
  user_key INTEGER NOT NULL REFERENCES users (key),
  period INTEGER NOT NULL CHECK (period BETWEEN 190001 AND 999912),
  
  input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (input_tokens >= 0),
  output_tokens INTEGER NOT NULL DEFAULT 0 CHECK (output_tokens >= 0),
  cached_input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (cached_input_tokens >= 0),
  outside_input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (outside_input_tokens >= 0),
  outside_output_tokens INTEGER NOT NULL DEFAULT 0 CHECK (outside_output_tokens >= 0),
  successful_turns INTEGER NOT NULL DEFAULT 0 CHECK (successful_turns >= 0),
  failed_turns INTEGER NOT NULL DEFAULT 0 CHECK (failed_turns >= 0),
  partial_turns INTEGER NOT NULL DEFAULT 0 CHECK (partial_turns >= 0),
  rag_guided_turns INTEGER NOT NULL DEFAULT 0 CHECK (rag_guided_turns >= 0),
  rag_output_tokens_saved INTEGER NOT NULL DEFAULT 0 CHECK (rag_output_tokens_saved >= 0),
  rag_output_tokens_lost INTEGER NOT NULL DEFAULT 0 CHECK (rag_output_tokens_lost >= 0),
  rag_cost_saved_micro_usd INTEGER NOT NULL DEFAULT 0,
  cost_micro_usd INTEGER NOT NULL DEFAULT 0 CHECK (cost_micro_usd >= 0),
  fallback_priced_turns INTEGER NOT NULL DEFAULT 0 CHECK (fallback_priced_turns >= 0),
  sessions INTEGER NOT NULL DEFAULT 0 CHECK (sessions >= 0),
  PRIMARY KEY (user_key, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE CHECK (length(id) BETWEEN 1 AND 128),
  username TEXT NOT NULL CHECK (length(username) > 0),
  email TEXT,
  display_name TEXT,
  is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  is_admin INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
  consumption_profile_id INTEGER REFERENCES consumption_profiles (id),
  source TEXT NOT NULL CHECK (source IN ('operator', 'import', 'auto', 'demo')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
, deleted_at INTEGER) STRICT;

CREATE VIEW consumption_ledger AS
  SELECT t.id, u.id AS user_id, s.id AS session_id, t.turn_number, s.name AS session_name, m.provider, m.model,
    t.input_tokens, t.output_tokens, t.cached_input_tokens, t.cost_micro_usd, t.price_source, t.status, t.is_valid,
    t.rag_used, t.rag_tokens_saved, t.duration_ms, t.source, t.period, t.occurred_at, t.recorded_at, t.user_query
  FROM consumption_turns t
  JOIN sessions s ON s.key = t.session_key
  JOIN users u ON u.key = t.user_key
  JOIN models m ON m.key = t.model_key;

CREATE TRIGGER consumption_periods_archive_is_immutable BEFORE UPDATE ON consumption_periods_archive
BEGIN SELECT RAISE(ABORT, 'a closed month never changes'); END;

CREATE INDEX admissions_open_by_user ON admissions (user_key, expires_at) WHERE state = 'open';

CREATE INDEX alerts_not_notified ON alerts (id) WHERE notified_at IS NULL;

CREATE INDEX alerts_unread ON alerts (id) WHERE acknowledged_at IS NULL;

CREATE INDEX audit_log_by_object ON audit_log (object_kind, object_id);

CREATE UNIQUE INDEX consumption_profiles_one_default ON consumption_profiles (is_default) WHERE is_default = 1;

CREATE INDEX consumption_turns_by_user_and_time ON consumption_turns (user_key, occurred_at);

CREATE UNIQUE INDEX consumption_turns_once ON consumption_turns (session_key, turn_number);

CREATE INDEX enforcement_events_by_time ON enforcement_events (at);

CREATE INDEX enforcement_events_by_user ON enforcement_events (user_id, at);

CREATE INDEX import_months_by_month ON import_months (user_key, period);

CREATE INDEX import_rows_by_batch ON import_rows (batch_key);

CREATE INDEX import_sessions_by_session ON import_sessions (session_key);

CREATE INDEX job_runs_by_job ON job_runs (job, id);

CREATE UNIQUE INDEX job_runs_once ON job_runs (job, scheduled_at) WHERE scheduled_at IS NOT NULL;

CREATE INDEX limit_grants_by_user ON limit_grants (user_key, expires_at);

CREATE INDEX reconciliation_findings_by_run ON reconciliation_findings (run_id, user_id);

CREATE INDEX reconciliation_runs_by_time ON reconciliation_runs (started_at);

CREATE INDEX session_periods_by_cost ON session_periods (period, cost_micro_usd);

CREATE INDEX session_periods_by_dearest_turn ON session_periods (period, dearest_turn_micro_usd);

CREATE INDEX session_periods_by_user ON session_periods (user_key, period);

CREATE INDEX sessions_by_activity ON sessions (last_activity_at);

CREATE INDEX sessions_by_id ON sessions (id);

CREATE INDEX sessions_by_user_and_activity ON sessions (user_key, last_activity_at);

CREATE INDEX users_by_profile ON users (consumption_profile_id);

/**
 * What enforcement let through while it only observed, kept apart from what it would have admitted: limits are then
 * decided as if the refusals had been real. An admission remembers the observation that let it through.
 */

/** The statements of this step, run in one transaction together with the new `user_version`. */
export const statements: readonly string[] = [
  'ALTER TABLE admissions ADD COLUMN observed_since INTEGER',

  `CREATE TABLE observations (
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
) STRICT`,

  'CREATE INDEX enforcement_events_by_user ON enforcement_events (user_id, at)',
]

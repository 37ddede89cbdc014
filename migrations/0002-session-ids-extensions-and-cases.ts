/**
 * Sessions are found by their id alone when a caller leaves the user out. What is added to a turn afterwards and each
 * champion case are kept under the key that makes them count once; the conventions are those of step 1.
 */

/** The statements of this step, run in one transaction together with the new `user_version`. */
export const statements: readonly string[] = [
  'CREATE INDEX sessions_by_id ON sessions (id)',

  `CREATE TABLE turn_extensions (
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
) STRICT, WITHOUT ROWID`,

  `CREATE TABLE champion_cases (
  user_key INTEGER NOT NULL REFERENCES users (key),
  -- 'case': the platform's id of the case; 'request': the caller's idempotency key.
  named_by TEXT NOT NULL CHECK (named_by IN ('case', 'request')),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  session_id TEXT,
  turn_number INTEGER CHECK (turn_number >= 1),
  period INTEGER NOT NULL CHECK (period BETWEEN 190001 AND 999912),
  counted_at INTEGER NOT NULL,
  PRIMARY KEY (user_key, named_by, name)
) STRICT, WITHOUT ROWID`,
]

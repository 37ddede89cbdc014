/**
 * What an import has added can be taken back. The turns themselves carry no mark, which would cost every turn of every
 * installation: each run notes by session, in short, which turns are there because of it. A turn that something else
 * tells of as well is held by no run any more, or by several. docs/decisions/0008 has the reasons.
 */

/** The statements of this step, run in one transaction together with the new `user_version`. */
export const statements: readonly string[] = [
  `CREATE TABLE import_batches (
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
) STRICT`,
  `CREATE TABLE import_sessions (
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
) STRICT, WITHOUT ROWID`,
  'CREATE INDEX import_sessions_by_session ON import_sessions (session_key)',
  `CREATE TABLE import_months (
  batch_key INTEGER NOT NULL REFERENCES import_batches (key),
  user_key INTEGER NOT NULL REFERENCES users (key) ON DELETE CASCADE,
  period INTEGER NOT NULL CHECK (period BETWEEN 190001 AND 999912),
  -- Whether the month had its archive row before the run came to it: then nothing of the run is in it.
  was_closed INTEGER NOT NULL CHECK (was_closed IN (0, 1)),
  PRIMARY KEY (batch_key, user_key, period)
) STRICT, WITHOUT ROWID`,
  'CREATE INDEX import_months_by_month ON import_months (user_key, period)',
  `CREATE TABLE import_rows (
  kind TEXT NOT NULL CHECK (kind IN ('user', 'profile', 'token', 'price')),
  name TEXT NOT NULL,
  batch_key INTEGER NOT NULL REFERENCES import_batches (key),
  -- When the row was made: another one of the same name is somebody else's.
  made_at INTEGER NOT NULL,
  PRIMARY KEY (kind, name, batch_key)
) STRICT, WITHOUT ROWID`,
  'CREATE INDEX import_rows_by_batch ON import_rows (batch_key)',
]

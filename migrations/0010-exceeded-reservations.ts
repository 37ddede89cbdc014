/**
 * Turns that used more than they had reserved. A table of its own, because nearly no turn does: the others cost nothing.
 * A row goes with its turn.
 */

/** The statements of this step, run in one transaction together with the new `user_version`. */
export const statements: readonly string[] = [
  `CREATE TABLE exceeded_reservations (
  session_key INTEGER NOT NULL,
  turn_number INTEGER NOT NULL,
  reserved_input_tokens INTEGER NOT NULL CHECK (reserved_input_tokens >= 0),
  reserved_output_tokens INTEGER NOT NULL CHECK (reserved_output_tokens >= 0),
  PRIMARY KEY (session_key, turn_number),
  FOREIGN KEY (session_key, turn_number) REFERENCES consumption_turns (session_key, turn_number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID`,
]

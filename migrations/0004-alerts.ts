/**
 * Alerts, each kept once: the unique key says for what. Which thresholds a user has reached in the running hour, day and
 * month stands in their row, two bits a limit, so that a check compares integers and writes an alert only when one is due.
 */

/** The statements of this step, run in one transaction together with the new `user_version`. */
export const statements: readonly string[] = [
  'ALTER TABLE user_consumption ADD COLUMN alert_marks INTEGER NOT NULL DEFAULT 0 CHECK (alert_marks >= 0)',

  `CREATE TABLE alerts (
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
) STRICT`,
  'CREATE INDEX alerts_unread ON alerts (id) WHERE acknowledged_at IS NULL',
  'CREATE INDEX alerts_not_notified ON alerts (id) WHERE notified_at IS NULL',
]

/** Each subscription of a collection is kept, so that it counts once however often it is told. */

/** The statements of this step, run in one transaction together with the new `user_version`. */
export const statements: readonly string[] = [
  `CREATE TABLE collection_subscriptions (
  user_key INTEGER NOT NULL REFERENCES users (key),
  collection_id TEXT NOT NULL CHECK (length(collection_id) BETWEEN 1 AND 255),
  period INTEGER NOT NULL CHECK (period BETWEEN 190001 AND 999912),
  counted_at INTEGER NOT NULL,
  PRIMARY KEY (user_key, collection_id)
) STRICT, WITHOUT ROWID`,
]

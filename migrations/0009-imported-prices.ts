/**
 * Prices from a file of the operator's stand apart from the catalogue, which a new Weir replaces, and from the operator's
 * own prices, which go before both. SQLite cannot change a CHECK: the table is made again with the same rows.
 */

/** The statements of this step, run in one transaction together with the new `user_version`. */
export const statements: readonly string[] = [
  `CREATE TABLE model_prices_new (
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
) STRICT`,
  `INSERT INTO model_prices_new SELECT id, provider, model_pattern, input_micro_usd_per_million,
    output_micro_usd_per_million, cached_input_micro_usd_per_million, tiers, valid_from, source, catalogue_version, created_at
  FROM model_prices`,
  'DROP TABLE model_prices',
  'ALTER TABLE model_prices_new RENAME TO model_prices',
]

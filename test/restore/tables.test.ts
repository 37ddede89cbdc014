import { expect, test } from 'vitest'
import { openTestDatabase } from '../support/database.ts'

/**
 * What a restore does with each table: a new one is in no list, and whoever adds it has to decide
 * (docs/decisions/0007) and to write it into `electron/core/restore`.
 */
const DECIDED: Readonly<
  Record<string, 'backup, with what was added since' | 'backup' | 'now' | 'both' | 'added up again'>
> = {
  consumption_profiles: 'backup, with what was added since',
  users: 'backup, with what was added since',
  limit_grants: 'backup, with what was added since',
  access_tokens: 'backup, with what was added since',
  model_prices: 'backup, with what was added since',
  system_settings: 'backup, with what was added since',
  sessions: 'both',
  models: 'both',
  consumption_turns: 'both',
  turn_extensions: 'both',
  exceeded_reservations: 'both',
  champion_cases: 'both',
  collection_subscriptions: 'both',
  consumption_periods_archive: 'both',
  audit_log: 'both',
  alerts: 'both',
  enforcement_events: 'both',
  job_runs: 'both',
  reconciliation_runs: 'both',
  reconciliation_users: 'both',
  reconciliation_findings: 'both',
  pruned_periods: 'now',
  pruned_turn_sums: 'now',
  user_consumption: 'now',
  observations: 'now',
  admissions: 'now',
  jobs: 'now',
  scheduler_clock: 'now',
  session_files: 'now',
  import_batches: 'backup',
  import_sessions: 'backup',
  import_months: 'backup',
  import_rows: 'backup',
  reconciled_sessions: 'added up again',
  user_periods: 'added up again',
  user_period_models: 'added up again',
  system_period_models: 'added up again',
  session_periods: 'added up again',
  user_hours: 'added up again',
  system_hours: 'added up again',
}

test('what a restore does with every table is decided', async () => {
  const opened = await openTestDatabase()
  try {
    const tables = await opened.database.reader.introspection.getTables()
    const names = tables.filter((table) => !table.isView).map((table) => table.name)
    expect(names.sort()).toEqual(Object.keys(DECIDED).sort())
  } finally {
    await opened.close()
  }
})

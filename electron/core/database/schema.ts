import type { Generated, GeneratedAlways } from 'kysely'
import type { AdmissionsTable, EnforcementEventsTable, ObservationsTable } from './admission-tables.ts'
import type {
  ImportBatchesTable,
  ImportMonthsTable,
  ImportRowsTable,
  ImportSessionsTable,
} from './import-tables.ts'
import type { JobRunsTable, JobsTable, PrunedTurnSumsTable, SchedulerClockTable } from './jobs-tables.ts'
import type {
  PrunedPeriodsTable,
  ReconciledSessionsTable,
  ReconciliationFindingsTable,
  ReconciliationRunsTable,
  ReconciliationUsersTable,
} from './reconciliation-tables.ts'

/**
 * The tables as TypeScript sees them. Units are those of the migrations: epoch milliseconds, micro-dollars,
 * token counts, periods as numbers (202611), truth values as 0 and 1.
 */

type Flag = 0 | 1

export interface LimitColumns {
  prompts_per_hour: number | null
  prompts_per_day: number | null
  config_changes_per_hour: number | null
  input_tokens_per_month: number | null
  output_tokens_per_month: number | null
  cost_per_month_micro_usd: number | null
}

export interface TotalColumns {
  input_tokens: Generated<number>
  output_tokens: Generated<number>
  cached_input_tokens: Generated<number>
  outside_input_tokens: Generated<number>
  outside_output_tokens: Generated<number>
  successful_turns: Generated<number>
  failed_turns: Generated<number>
  partial_turns: Generated<number>
  rag_guided_turns: Generated<number>
  rag_output_tokens_saved: Generated<number>
  rag_output_tokens_lost: Generated<number>
  rag_cost_saved_micro_usd: Generated<number>
  cost_micro_usd: Generated<number>
  fallback_priced_turns: Generated<number>
}

export interface HourColumns {
  turns: Generated<number>
  failed_turns: Generated<number>
  input_tokens: Generated<number>
  output_tokens: Generated<number>
  cost_micro_usd: Generated<number>
}

export interface ModelColumns {
  turns: Generated<number>
  input_tokens: Generated<number>
  output_tokens: Generated<number>
  cost_micro_usd: Generated<number>
}

export interface ConsumptionProfilesTable extends LimitColumns {
  id: Generated<number>
  name: string
  description: string | null
  is_default: Flag
  is_active: Flag
  created_at: number
  updated_at: number
}

export interface UsersTable {
  key: GeneratedAlways<number>
  id: string
  username: string
  email: string | null
  display_name: string | null
  is_active: Generated<Flag>
  is_admin: Generated<Flag>
  consumption_profile_id: number | null
  source: 'operator' | 'import' | 'auto' | 'demo'
  created_at: number
  updated_at: number
  /** Set when the user was deleted and the turns were kept. */
  deleted_at: Generated<number | null>
}

export interface AccessTokensTable {
  id: GeneratedAlways<number>
  token_sha256: Uint8Array
  prefix: string
  name: string
  scope: 'executor' | 'user' | 'admin'
  user_key: number | null
  created_at: number
  last_used_at: number | null
  expires_at: number | null
  revoked_at: number | null
}

export interface LimitGrantsTable {
  id: GeneratedAlways<number>
  user_key: number
  limit_name: string
  amount: number
  expires_at: number
  reason: string
  created_by: string
  created_at: number
  revoked_at: number | null
  /** When its end was written into the audit log. */
  end_noted_at: Generated<number | null>
}

export interface SystemSettingsTable {
  name: string
  /** JSON. */
  value: string
  updated_at: number
}

export interface AuditLogTable {
  id: GeneratedAlways<number>
  at: number
  actor: string
  via: 'window' | 'browser' | 'command-line' | 'api' | 'job' | 'start'
  action: string
  object_kind: string
  object_id: string
  before: string | null
  after: string | null
}

export interface ModelsTable {
  key: GeneratedAlways<number>
  provider: string
  model: string
}

export interface ModelPricesTable {
  id: GeneratedAlways<number>
  provider: string
  model_pattern: string
  input_micro_usd_per_million: number
  output_micro_usd_per_million: number
  cached_input_micro_usd_per_million: number | null
  /** JSON; see pricing. */
  tiers: string | null
  valid_from: number
  source: 'catalogue' | 'imported' | 'operator'
  catalogue_version: string | null
  created_at: number
}

export interface UserConsumptionTable extends TotalColumns {
  user_key: number
  period: number
  sessions: Generated<number>
  champion_cases_created: Generated<number>
  collections_subscribed: Generated<number>
  reserved_input_tokens: Generated<number>
  reserved_output_tokens: Generated<number>
  next_reservation_expires_at: number | null
  day_started_at: number
  day_input_tokens: Generated<number>
  day_output_tokens: Generated<number>
  day_cost_micro_usd: Generated<number>
  day_requests: Generated<number>
  hour_started_at: number
  hour_requests: Generated<number>
  hour_config_changes: Generated<number>
  blocked_requests: Generated<number>
  would_have_blocked_requests: Generated<number>
  bypassed_requests: Generated<number>
  peak_requests_per_hour: Generated<number>
  peak_requests_per_day: Generated<number>
  first_usage_at: number | null
  last_usage_at: number | null
  last_updated_at: number
  last_reconciled_at: number | null
  last_drift_ratio: number | null
  alert_marks: Generated<number>
}

export interface SessionsTable {
  key: GeneratedAlways<number>
  user_key: number
  id: string
  name: string | null
  created_at: number
  last_activity_at: number
  closed_at: number | null
}

export interface ConsumptionTurnsTable {
  id: GeneratedAlways<number>
  session_key: number
  turn_number: number
  user_key: number
  period: number
  occurred_at: number
  recorded_at: number
  model_key: number
  input_tokens: number
  output_tokens: number
  cached_input_tokens: number
  cost_micro_usd: number
  price_source: 'reported' | 'catalogue' | 'operator' | 'fallback'
  status: 'success' | 'failed' | 'partial'
  is_valid: Flag
  rag_used: Flag
  rag_tokens_saved: number
  rag_cost_saved_micro_usd: number
  duration_ms: number | null
  source: 'api' | 'import' | 'repair'
  user_query: string | null
}

export interface UserHoursTable extends HourColumns {
  user_key: number
  hour_started_at: number
}

export interface SystemHoursTable extends HourColumns {
  hour_started_at: number
}

export interface UserPeriodsTable extends TotalColumns {
  user_key: number
  period: number
  sessions: Generated<number>
}

export interface UserPeriodModelsTable extends ModelColumns {
  user_key: number
  period: number
  model_key: number
}

export interface SystemPeriodModelsTable extends ModelColumns {
  period: number
  model_key: number
}

export interface SessionPeriodsTable extends ModelColumns {
  session_key: number
  period: number
  user_key: number
  dearest_turn_micro_usd: number
  last_turn_at: number
}

export interface ConsumptionPeriodsArchiveTable extends TotalColumns {
  user_key: number
  period: number
  sessions: number
  champion_cases_created: number
  collections_subscribed: number
  blocked_requests: number
  peak_requests_per_hour: number
  peak_requests_per_day: number
  /** JSON arrays of names. */
  models_used: string
  providers_used: string
  /** JSON: the limits that were in force when the month was closed. */
  limits: string
  period_started_at: number
  period_ended_at: number
  archived_at: number
}

export interface SessionFilesTable {
  user_id: string
  session_id: string
  path: string
  size_bytes: number
  modified_at_ms: number
  sha256: Uint8Array | null
  turns: number
  last_turn_number: number
  read_at: number
  problem: string | null
}

export interface TurnExtensionsTable {
  session_key: number
  turn_number: number
  idempotency_key: string
  extended_at: number
  input_tokens: number
  output_tokens: number
  cached_input_tokens: number
  reported_cost_micro_usd: number | null
  added_cost_micro_usd: number
  reason: string | null
}

export interface ChampionCasesTable {
  user_key: number
  named_by: 'case' | 'request'
  name: string
  session_id: string | null
  turn_number: number | null
  period: number
  counted_at: number
}

export interface CollectionSubscriptionsTable {
  user_key: number
  collection_id: string
  period: number
  counted_at: number
}

export interface AlertsTable {
  id: GeneratedAlways<number>
  raised_at: number
  kind: string
  once_key: string
  severity: 'info' | 'warning' | 'critical'
  title: string
  detail: string
  link: string
  user_id: string | null
  limit_name: string | null
  threshold_percent: number | null
  resets_at: number | null
  acknowledged_at: number | null
  notified_at: number | null
}

export interface ExceededReservationsTable {
  session_key: number
  turn_number: number
  reserved_input_tokens: number
  reserved_output_tokens: number
}

/** All tables of the database. */
export interface Schema {
  consumption_profiles: ConsumptionProfilesTable
  users: UsersTable
  access_tokens: AccessTokensTable
  limit_grants: LimitGrantsTable
  system_settings: SystemSettingsTable
  audit_log: AuditLogTable
  models: ModelsTable
  model_prices: ModelPricesTable
  user_consumption: UserConsumptionTable
  sessions: SessionsTable
  consumption_turns: ConsumptionTurnsTable
  user_hours: UserHoursTable
  system_hours: SystemHoursTable
  user_periods: UserPeriodsTable
  user_period_models: UserPeriodModelsTable
  system_period_models: SystemPeriodModelsTable
  session_periods: SessionPeriodsTable
  consumption_periods_archive: ConsumptionPeriodsArchiveTable
  admissions: AdmissionsTable
  observations: ObservationsTable
  enforcement_events: EnforcementEventsTable
  session_files: SessionFilesTable
  turn_extensions: TurnExtensionsTable
  champion_cases: ChampionCasesTable
  collection_subscriptions: CollectionSubscriptionsTable
  alerts: AlertsTable
  reconciliation_runs: ReconciliationRunsTable
  reconciliation_users: ReconciliationUsersTable
  reconciliation_findings: ReconciliationFindingsTable
  reconciled_sessions: ReconciledSessionsTable
  pruned_periods: PrunedPeriodsTable
  jobs: JobsTable
  job_runs: JobRunsTable
  scheduler_clock: SchedulerClockTable
  pruned_turn_sums: PrunedTurnSumsTable
  exceeded_reservations: ExceededReservationsTable
  import_batches: ImportBatchesTable
  import_sessions: ImportSessionsTable
  import_months: ImportMonthsTable
  import_rows: ImportRowsTable
}

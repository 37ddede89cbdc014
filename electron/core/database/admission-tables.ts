import type { GeneratedAlways } from 'kysely'

/** The tables of what was asked and decided; units are those of `schema.ts`. */

export interface AdmissionsTable {
  id: string
  user_key: number
  session_id: string | null
  admitted_at: number
  expires_at: number
  reserved_input_tokens: number
  reserved_output_tokens: number
  state: 'open' | 'settled' | 'expired'
  settled_at: number | null
  observed_since: number | null
}

export interface ObservationsTable {
  user_key: number
  observed_since: number
  hour_started_at: number
  hour_requests: number
  hour_config_changes: number
  day_started_at: number
  day_requests: number
  period: number
  input_tokens: number
  output_tokens: number
  cost_micro_usd: number
}

export interface EnforcementEventsTable {
  id: GeneratedAlways<number>
  at: number
  user_key: number | null
  user_id: string
  kind: 'blocked' | 'would_have_blocked' | 'bypassed'
  code: string
  limit_name: string | null
  limit_value: number | null
  used: number | null
  reserved: number | null
  session_id: string | null
}

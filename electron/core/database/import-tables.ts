import type { ColumnType, GeneratedAlways } from 'kysely'

/** The tables of what imports have added, as TypeScript sees them. */

export interface ImportBatchesTable {
  key: GeneratedAlways<number>
  id: string
  started_at: number
  finished_at: number | null
  sessions_dir: string | null
  auth_db: string | null
  started_by: string
  via: string
  state: 'running' | 'done' | 'cancelled' | 'failed' | 'interrupted' | 'undoing' | 'undone'
  totals: ColumnType<string, string | undefined, string>
  set_folder: ColumnType<0 | 1, 0 | 1 | undefined, 0 | 1>
  folder_before: string | null
  undo_by: string | null
  undo_via: string | null
  undo_before: string | null
  undo_totals: string | null
  undone_at: number | null
}

export interface ImportSessionsTable {
  batch_key: number
  session_key: number
  turns: string
  is_session: 0 | 1
  is_books: 0 | 1
  all_input_tokens: number
  all_output_tokens: number
  turns_input_tokens: number
  turns_output_tokens: number
  told_at: number
}

export interface ImportMonthsTable {
  batch_key: number
  user_key: number
  period: number
  was_closed: 0 | 1
}

export interface ImportRowsTable {
  kind: 'user' | 'profile' | 'token' | 'price'
  name: string
  batch_key: number
  made_at: number
}

import type { EpochMs, MicroUsd } from '../../../shared/units.ts'
import type { SessionReading } from '../sessions/session-reading.ts'

/** What an existing auth database of the platform can bring, as plain data that can be sent between threads. */

/** What is brought, by the name of the platform's table. */
export const AUTH_TABLES = [
  'consumption_profiles',
  'users',
  'access_tokens',
  'llm_model_costs',
  'consumption_turns',
  'consumption_periods_archive',
] as const

export type AuthTable = (typeof AUTH_TABLES)[number]

export interface AuthProfile {
  readonly name: string
  readonly description: string | null
  readonly prompts_per_hour: number | null
  readonly prompts_per_day: number | null
  readonly config_changes_per_hour: number | null
  readonly input_tokens_per_month: number | null
  readonly output_tokens_per_month: number | null
  readonly isActive: boolean
}

export interface AuthUser {
  readonly id: string
  readonly username: string
  readonly email: string | null
  readonly displayName: string | null
  readonly isActive: boolean
  readonly isAdmin: boolean
  /** By name: the numbers of the two databases have nothing to do with each other. Null where the platform has no default one either. */
  readonly profileName: string | null
}

export interface AuthToken {
  readonly sha256: Uint8Array
  readonly userId: string
  readonly prefix: string
  readonly name: string
  readonly createdAt: EpochMs | null
  readonly lastUsedAt: EpochMs | null
  readonly expiresAt: EpochMs | null
}

export interface AuthPrice {
  readonly provider: string
  readonly model: string
  readonly inputMicroUsdPerMillion: number
  readonly outputMicroUsdPerMillion: number
  /** Typed by a person; the others are the platform's copy of a public list. */
  readonly isManual: boolean
}

/** The sums of a closed month. */
export interface AuthMonth {
  readonly userId: string
  /** 202511. */
  readonly period: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly successfulTurns: number
  readonly failedTurns: number
  readonly partialTurns: number
  readonly ragGuidedTurns: number
  readonly ragTokensSaved: number
  readonly ragCostSavedMicroUsd: MicroUsd
  readonly costMicroUsd: MicroUsd
  readonly sessions: number
  readonly championCases: number
}

/** One thing to bring; `row` names it to a person. Turns come by session, or by parts of a long one. */
export type AuthItem = { readonly row: string } & (
  | { readonly table: 'consumption_profiles'; readonly profile: AuthProfile }
  | { readonly table: 'users'; readonly user: AuthUser }
  | { readonly table: 'access_tokens'; readonly token: AuthToken }
  | { readonly table: 'llm_model_costs'; readonly price: AuthPrice }
  | { readonly table: 'consumption_turns'; readonly session: SessionReading }
  | { readonly table: 'consumption_periods_archive'; readonly month: AuthMonth }
)

/** A row that is not taken, or that Weir has otherwise, and why. */
export interface LeftOut {
  readonly table: string
  readonly row: string
  readonly reason: string
}

/** Part of what was read; `rows` are those looked at since the last message, rejected ones included. */
export interface AuthBatch {
  readonly table: AuthTable
  readonly rows: number
  readonly items: readonly AuthItem[]
  readonly rejects: readonly LeftOut[]
}

/** What is in the file, table by table, without reading the rows. */
export interface AuthLook {
  readonly tables: readonly { readonly table: AuthTable; readonly rows: number }[]
  /** What is there and is not brought, or not there and would be needed. */
  readonly notTaken: readonly { readonly table: string; readonly rows: number; readonly reason: string }[]
}

/** What people and prices are needed before the first turn is booked; turns come before the months they belong to. */
export type AuthPart = 'people' | 'ledger'

/** What was written of an item: rows, or why it could not be. */
export interface AuthWritten {
  readonly imported: number
  readonly refused: string | null
}

/** What is there of an item: rows that are equal, rows that are not there, and what is otherwise. */
export interface AuthCompared {
  readonly same: number
  readonly missing: number
  readonly conflicts: readonly LeftOut[]
  /** Of a session: which of its turns are there, and which are not; the others are there with other figures. */
  readonly turns?: { readonly same: readonly number[]; readonly missing: readonly number[] }
}

/** What importing asks of the auth database and of what it goes into. */
export interface AuthDatabase {
  /** Errors: `auth_database_unreadable`. */
  look(file: string): Promise<AuthLook>
  /** The next batch comes when `onBatch` has settled. Errors: `auth_database_unreadable`, and what `onBatch` throws. */
  read(file: string, part: AuthPart, onBatch: (batch: AuthBatch) => Promise<void>): Promise<void>
  /** Writes what is not there, in one transaction; one by one where a row cannot be held. What is there is left as it is. */
  write(items: readonly AuthItem[], batch: number | null): Promise<readonly AuthWritten[]>
  /** What of it is there. Writes nothing. */
  compare(items: readonly AuthItem[]): Promise<readonly AuthCompared[]>
  /** Lets prices and tokens that were written count. */
  take(): Promise<void>
}

import { period, userId } from '../../../shared/contract/fields.ts'
import { TOKENS_MAX } from '../../../shared/units.ts'
import { periodNumber } from '../consumption/windows.ts'
import type { AuthMonth, AuthPrice, AuthProfile, AuthToken, AuthUser } from '../import/auth-port.ts'
import { looksLikePattern } from '../pricing/model-pattern.ts'
import type { TurnReading, TurnStatus } from '../sessions/session-reading.ts'
import { type AuthRow, BadRow, countOf, flagOf, microUsdOf, priceOf, textOf, timeOf } from './auth-values.ts'

/**
 * The rows of the platform's tables as Weir understands them. What a column would say that is not there is left open;
 * what cannot be understood throws `BadRow`. Pure.
 */

const PROMPTS = ['prompts_per_hour', 'prompts_per_day', 'config_changes_per_hour'] as const
const TOKENS = ['input_tokens_per_month', 'output_tokens_per_month'] as const

export function profileOf(row: AuthRow): AuthProfile {
  const limits = [...PROMPTS, ...TOKENS].map((name) => [name, countOf(row, name)] as const)
  return {
    name: named(row, 'name'),
    description: textOf(row, 'description'),
    ...(Object.fromEntries(limits) as Record<(typeof limits)[number][0], number | null>),
    isActive: flagOf(row, 'is_active', true),
  }
}

/** The platform's profiles as its users name them; `byId` has null for one that is not taken. */
export interface ProfileNames {
  readonly byId: ReadonlyMap<string, string | null>
  /** The number of the profile of users without one of their own; null where there is none. */
  readonly defaultId: string | null
}

export function profileNamesOf(rows: Iterable<AuthRow>): ProfileNames {
  const byId = new Map<string, string | null>()
  let defaultId: string | null = null
  for (const row of rows) {
    const id = textOf(row, 'id')
    if (id === null) continue
    byId.set(id, takenName(row))
    if (flagOf(row, 'is_default', false)) defaultId ??= id
  }
  return { byId, defaultId }
}

function takenName(row: AuthRow): string | null {
  try {
    return profileOf(row).name
  } catch (error) {
    if (error instanceof BadRow) return null
    throw error
  }
}

/** A user whose limits are not known is not taken: without a profile of theirs they would be without limits. */
export function userOf(row: AuthRow, profiles: ProfileNames): AuthUser {
  const id = idOf(row, 'id')
  const profile = textOf(row, 'consumption_profile_id') ?? profiles.defaultId
  const name = profile === null ? null : profiles.byId.get(profile)
  if (name === undefined) throw new BadRow(`Its profile, number ${profile}, is not in the database.`)
  if (profile !== null && name === null) throw new BadRow(`Its profile, number ${profile}, is not taken.`)
  return {
    id,
    username: textOf(row, 'username') ?? id,
    email: textOf(row, 'email'),
    displayName: textOf(row, 'display_name') ?? textOf(row, 'full_name'),
    isActive: flagOf(row, 'is_active', true),
    isAdmin: flagOf(row, 'is_admin', false),
    profileName: name,
  }
}

/** Why what a user has used is left out. */
export const USER_NOT_TAKEN = 'Its user is not taken; the row of the user says why.'

const SHA_256 = /^[0-9a-f]{64}$/i

/** A token whose hash is the SHA-256 of it works on; of another hash nobody can say which token it is of. */
export function tokenOf(row: AuthRow, users: ReadonlySet<string>, now: number): AuthToken {
  const hash = textOf(row, 'token_hash')
  if (hash === null || !SHA_256.test(hash))
    throw new BadRow('Its hash is no SHA-256, by which Weir knows tokens. Make a new token for its user.')
  if (flagOf(row, 'revoked', false) || textOf(row, 'revoked_at') !== null) throw new BadRow('It was revoked.')
  const expiresAt = timeOf(row, 'expires_at')
  if (expiresAt !== null && expiresAt <= now) throw new BadRow('It has expired.')
  const user = idOf(row, 'user_id')
  if (!users.has(user)) throw new BadRow(`Its user ${user} is not in the database.`)
  return {
    sha256: Buffer.from(hash, 'hex'),
    userId: user,
    prefix: textOf(row, 'token_prefix')?.slice(0, PREFIX_CHARACTERS_MAX) ?? '…',
    name: textOf(row, 'name') ?? 'Token of the platform',
    createdAt: timeOf(row, 'created_at'),
    lastUsedAt: timeOf(row, 'last_used_at'),
    expiresAt,
  }
}

// What is shown of a token to know it again must stay far from the whole of it.
const PREFIX_CHARACTERS_MAX = 10

export function modelPriceOf(row: AuthRow): AuthPrice {
  if (flagOf(row, 'is_fallback', false))
    throw new BadRow('It is the price for unknown models. Weir has its own; set it under Costs & prices.')
  const source = textOf(row, 'source')
  const model = named(row, 'model')
  // The platform means that very name; Weir would take it for a pattern.
  if (looksLikePattern(model))
    throw new BadRow('Its model is no name of a model: one has no * in it and begins with no slash.')
  return {
    provider: named(row, 'provider'),
    model,
    inputMicroUsdPerMillion: priceOf(row, 'input_cost_per_million'),
    outputMicroUsdPerMillion: priceOf(row, 'output_cost_per_million'),
    isManual: flagOf(row, 'is_manual_entry', false) || source === 'manual',
  }
}

export interface TurnKey {
  readonly userId: string
  readonly sessionId: string
}

export function turnKeyOf(row: AuthRow): TurnKey {
  return { userId: idOf(row, 'user_id'), sessionId: idOf(row, 'session_id') }
}

export function turnOf(row: AuthRow): TurnReading {
  const turnNumber = countOf(row, 'turn_number')
  if (turnNumber === null || turnNumber === 0) throw new BadRow('turn_number is no number from 1 on.')
  const occurredAt = timeOf(row, 'created_at')
  if (occurredAt === null) throw new BadRow('It has no time.')
  const ragUsed = flagOf(row, 'rag_used', false)
  return {
    turnNumber,
    occurredAt,
    provider: textOf(row, 'provider') ?? 'unknown',
    model: textOf(row, 'model') ?? 'unknown',
    inputTokens: countOf(row, 'input_tokens') ?? 0,
    outputTokens: countOf(row, 'output_tokens') ?? 0,
    cachedInputTokens: 0,
    status: statusOf(textOf(row, 'status')),
    isValid: true,
    ragUsed,
    ragTokensSaved: ragUsed ? savedOf(row) : 0,
    // Named after cents, and kept in micro-dollars.
    costMicroUsd: microUsdOf(row, 'cost_usd_cents'),
    userQuery: textOf(row, 'user_query'),
    durationMs: null,
  }
}

/** Negative where retrieval has cost tokens. */
function savedOf(row: AuthRow): number {
  const value = row['rag_tokens_saved']
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= TOKENS_MAX ? value : 0
}

const STATUSES: Readonly<Record<string, TurnStatus>> = {
  failed: 'failed',
  failure: 'failed',
  error: 'failed',
  cancelled: 'partial',
  canceled: 'partial',
  partial: 'partial',
}

function statusOf(word: string | null): TurnStatus {
  return STATUSES[word?.toLowerCase() ?? ''] ?? 'success'
}

/** The earliest month Weir keeps; nobody used a platform before. */
const EARLIEST_MONTH = '1901-01'

export function monthOf(
  row: AuthRow,
  users: ReadonlySet<string>,
  refusedUsers: ReadonlySet<string>,
): AuthMonth {
  const told = period.safeParse(row['period'])
  if (!told.success || told.data < EARLIEST_MONTH) throw new BadRow('period is no month like 2025-11.')
  const user = idOf(row, 'user_id')
  if (!users.has(user)) throw new BadRow(`Its user ${user} is not in the database.`)
  if (refusedUsers.has(user)) throw new BadRow(USER_NOT_TAKEN)
  const count = (column: string): number => countOf(row, column) ?? 0
  const successfulTurns = count('successful_turns')
  const failedTurns = count('failed_turns')
  return {
    userId: user,
    period: periodNumber(told.data),
    inputTokens: count('total_input_tokens'),
    outputTokens: count('total_output_tokens'),
    successfulTurns,
    failedTurns,
    // The platform counts them among all turns only.
    partialTurns: Math.max(0, count('total_turns') - successfulTurns - failedTurns),
    ragGuidedTurns: count('rag_guided_turns'),
    ragTokensSaved: count('rag_output_tokens_saved'),
    // Named after dollars, and kept in micro-dollars.
    ragCostSavedMicroUsd: microUsdOf(row, 'rag_cost_saved_usd') ?? 0,
    costMicroUsd: microUsdOf(row, 'estimated_cost_usd') ?? 0,
    sessions: count('total_sessions'),
    championCases: count('champion_cases_created'),
  }
}

function named(row: AuthRow, column: string): string {
  const value = textOf(row, column)
  if (value === null) throw new BadRow(`${column} is empty.`)
  return value
}

function idOf(row: AuthRow, column: string): string {
  const value = textOf(row, column)
  if (value === null || !userId.safeParse(value).success)
    throw new BadRow(`${column} is nothing Weir can use as an id.`)
  return value
}

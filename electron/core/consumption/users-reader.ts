import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { MICRO_USD_PER_USD, microUsdToUsd, percentOf, toIsoOrNull } from '../../../shared/units.ts'
import type { Reader } from '../database/database.ts'
import { overrideInForce } from '../settings/settings.ts'
import { limitStates, usedPercent } from './admission.ts'
import { allUserStates, deletedUserIds, type UserAccount } from './consumption-store.ts'
import { decideFor, type Moment } from './context.ts'
import { type Profiles, profileOf, readAllGrants, readProfiles } from './limit-rules-store.ts'
import { type Grant, LIMIT_NAMES, type LimitDecision } from './limits.ts'
import { judgedBy } from './observation.ts'
import { allObservations } from './observation-store.ts'
import { asOf } from './rollover.ts'
import type { Usage } from './usage.ts'
import { statusOf } from './user-status.ts'
import { periodText } from './windows.ts'

type Query = ParsedInput<'consumption.users'>
export type UserRow = OperationOutput<'consumption.users'>['users'][number]
type SortKey = NonNullable<Query['sort']>

// A page that fits a screen when the caller does not say.
const PAGE_SIZE = 50

/**
 * The users with what they used, filtered, sorted and cut to a page. The rows are worked out by the very functions
 * that enforce, in memory: a copy of those rules in SQL would be a second opinion on who is blocked.
 */
export async function readUsers(
  db: Reader,
  query: Query,
  moment: Moment,
): Promise<OperationOutput<'consumption.users'>> {
  const limit = query.limit ?? PAGE_SIZE
  const offset = query.offset ?? 0
  const all = await userRows(db, moment)
  const deleted = await deletedUserIds(db)
  const rows = all.filter((row) => !deleted.has(row.user_id) && matches(row, query))
  const page = sorted(rows, query).slice(offset, offset + limit)
  return {
    users: page,
    total_count: rows.length,
    limit,
    offset,
    everybody: everybodyOf(all, deleted.size, moment),
  }
}

// Where an operator starts to look (UX 4, user consumption).
const ATTENTION_PERCENT = 80

/** How many users are close to a limit or at one. */
export function countNearLimit(rows: readonly UserRow[]): number {
  return rows.filter((row) => (row.usage_percent ?? 0) >= ATTENTION_PERCENT).length
}

// As many as an operator acts on at a time; the users screen has them all.
const NEAREST_USERS = 5

/** The users nearest to a limit, of those an operator should look at. */
export function nearestLimit(rows: readonly UserRow[]) {
  return rows
    .flatMap(({ user_id, username, usage_percent, usage_limit, status }) =>
      usage_percent !== null && usage_percent >= ATTENTION_PERCENT
        ? [{ user_id, username, usage_percent, usage_limit, status }]
        : [],
    )
    .sort((one, other) => other.usage_percent - one.usage_percent || (one.user_id < other.user_id ? -1 : 1))
    .slice(0, NEAREST_USERS)
}

/** The sums hold what deleted users consumed, too; the count of users does not. */
function everybodyOf(
  rows: readonly UserRow[],
  deletedUsers: number,
  moment: Moment,
): OperationOutput<'consumption.users'>['everybody'] {
  const sum = (figure: (row: UserRow) => number) => rows.reduce((total, row) => total + figure(row), 0)
  return {
    current_period: periodText(moment.windows.period),
    total_users: rows.length - deletedUsers,
    active_users: rows.filter((row) => row.total_turns > 0).length,
    users_at_or_over_80_percent: countNearLimit(rows),
    total_input_tokens: sum((row) => row.total_input_tokens),
    total_output_tokens: sum((row) => row.total_output_tokens),
    estimated_cost_usd:
      Math.round(sum((row) => row.estimated_cost_usd) * MICRO_USD_PER_USD) / MICRO_USD_PER_USD,
  }
}

/** Every user's row, unsorted. */
export async function userRows(db: Reader, moment: Moment): Promise<UserRow[]> {
  const profiles = await readProfiles(db)
  const grants = await readAllGrants(db, moment.now)
  const lifetime = await lifetimeByUser(db)
  const observations = await allObservations(db, moment)
  const rows: UserRow[] = []
  for (const { account, usage } of await allUserStates(db)) {
    const own = grants.get(account.key) ?? []
    const decision = decideFor(account, profiles, own, moment)
    const current = await asOf(db, usage, moment.windows)
    rows.push({
      ...userRow(account, current, judgedBy(current, observations.get(account.key) ?? null), {
        decision,
        profiles,
        grants: own,
        moment,
      }),
      ...(lifetime.get(account.key) ?? NO_LIFETIME),
    })
  }
  return rows
}

const NO_LIFETIME = { lifetime_tokens: 0, lifetime_cost_usd: 0 }

async function lifetimeByUser(db: Reader) {
  const rows = await db
    .selectFrom('user_periods')
    .select('user_key')
    .select((eb) => [
      eb.fn.sum<number>(eb('input_tokens', '+', eb.ref('output_tokens'))).as('tokens'),
      eb.fn.sum<number>('cost_micro_usd').as('cost'),
    ])
    .groupBy('user_key')
    .execute()
  return new Map(
    rows.map((row) => [
      row.user_key,
      { lifetime_tokens: row.tokens, lifetime_cost_usd: microUsdToUsd(row.cost) },
    ]),
  )
}

/** What a row's limits are worked out from. */
interface Rules {
  readonly decision: LimitDecision
  readonly profiles: Profiles
  readonly grants: readonly Grant[]
  readonly moment: Moment
}

function userRow(
  account: UserAccount,
  usage: Usage,
  judged: Usage,
  rules: Rules,
): Omit<UserRow, keyof typeof NO_LIFETIME> {
  const { decision, profiles, moment } = rules
  const states = limitStates(judged, decision.limits, moment.windows)
  const percents = new Map(states.map((one) => [one.name, usedPercent(one)]))
  const status = statusOf(decision, states)
  const turns = usage.successful_turns + usage.failed_turns + usage.partial_turns
  return {
    user_id: account.id,
    username: account.username,
    email: account.email,
    display_name: account.displayName,
    is_active: account.isActive,
    is_admin: account.isAdmin,
    profile_name: profileOf(profiles, account.profileId)?.name ?? null,
    consumption_profile_id: account.profileId,
    current_period: periodText(usage.period),
    total_input_tokens: usage.input_tokens,
    total_output_tokens: usage.output_tokens,
    total_tokens: usage.input_tokens + usage.output_tokens,
    input_tokens_limit: decision.limits.input_tokens_per_month.value,
    output_tokens_limit: decision.limits.output_tokens_per_month.value,
    input_percent: percents.get('input_tokens_per_month') ?? null,
    output_percent: percents.get('output_tokens_per_month') ?? null,
    requests_this_hour: usage.hour_requests,
    requests_today: usage.day_requests,
    prompts_per_hour_limit: decision.limits.prompts_per_hour.value,
    prompts_per_day_limit: decision.limits.prompts_per_day.value,
    hour_percent: percents.get('prompts_per_hour') ?? null,
    day_percent: percents.get('prompts_per_day') ?? null,
    cost_limit_usd: dollarsOf(decision.limits.cost_per_month_usd.value),
    cost_percent: percents.get('cost_per_month_usd') ?? null,
    prompts_per_hour_limit_source: decision.limits.prompts_per_hour.source,
    prompts_per_day_limit_source: decision.limits.prompts_per_day.source,
    input_tokens_limit_source: decision.limits.input_tokens_per_month.source,
    output_tokens_limit_source: decision.limits.output_tokens_per_month.source,
    cost_limit_source: decision.limits.cost_per_month_usd.source,
    limits_from: kindsOf(account, rules),
    usage_percent: status.fullest?.percent ?? null,
    usage_limit: status.fullest?.name ?? null,
    status: status.status,
    estimated_cost_usd: microUsdToUsd(usage.cost_micro_usd),
    total_turns: turns,
    successful_turns: usage.successful_turns,
    failed_turns: usage.failed_turns,
    success_rate_percent: percentOf(usage.successful_turns, turns),
    rag_guided_turns: usage.rag_guided_turns,
    blocked_requests: usage.blocked_requests,
    total_sessions: usage.sessions,
    last_usage_at: toIsoOrNull(usage.last_usage_at),
  }
}

function dollarsOf(microUsd: number | null): number | null {
  return microUsd === null ? null : microUsdToUsd(microUsd)
}

/** The kinds of rules that hold for somebody, in the order in which they are asked. */
function kindsOf(
  account: UserAccount,
  { decision, profiles, grants, moment }: Rules,
): UserRow['limits_from'] {
  const own = account.profileId === null ? null : profileOf(profiles, account.profileId)
  const base = own !== null ? 'profile' : profiles.default !== null ? 'default_profile' : 'built_in'
  // A grant on top of what is unlimited changes nothing.
  const isGranted = LIMIT_NAMES.some(
    (name) => decision.limits[name].value !== null && grants.some((grant) => grant.limitName === name),
  )
  return [
    ...(overrideInForce(moment.settings, moment.now) === null ? [] : (['override'] as const)),
    base,
    ...(isGranted ? (['grants'] as const) : []),
  ]
}

function matches(row: UserRow, query: Query): boolean {
  if (query.threshold !== undefined && (row.usage_percent ?? 0) < query.threshold) return false
  if (query.status !== undefined && row.status !== query.status) return false
  if (query.profile !== undefined && !isProfile(row, query.profile)) return false
  const words = query.search?.trim().toLowerCase() ?? ''
  if (words === '') return true
  return [row.user_id, row.username, row.email, row.display_name].some(
    (text) => text?.toLowerCase().includes(words) ?? false,
  )
}

/** A profile is named by its id or its name; `none` are the users without one. */
function isProfile(row: UserRow, profile: string): boolean {
  if (profile === 'none') return row.consumption_profile_id === null
  return (
    String(row.consumption_profile_id) === profile ||
    row.profile_name?.toLowerCase() === profile.toLowerCase()
  )
}

const STATUS_ORDER: Readonly<Record<UserRow['status'], number>> = {
  unlimited: 0,
  good: 1,
  moderate: 2,
  warning: 3,
  critical: 4,
  blocked: 5,
  inactive: 6,
}

const byText = new Intl.Collator('en', { sensitivity: 'base', numeric: true })

function sorted<Row extends UserRow>(rows: readonly Row[], query: Query): Row[] {
  const key: SortKey = query.sort ?? 'username'
  const direction = query.order === 'desc' ? -1 : 1
  return [...rows].sort((a, b) => compare(a, b, key, direction) || (a.user_id < b.user_id ? -1 : 1))
}

/** What has no value comes last in both directions: nobody looks for it at the top. */
function compare(a: UserRow, b: UserRow, key: SortKey, direction: 1 | -1): number {
  const left = key === 'status' ? STATUS_ORDER[a.status] : a[key]
  const right = key === 'status' ? STATUS_ORDER[b.status] : b[key]
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1
  if (typeof left === 'number' && typeof right === 'number') return direction * (left - right)
  return direction * byText.compare(String(left), String(right))
}

import type { Selectable } from 'kysely'
import { limitName } from '../../../shared/contract/fields.ts'
import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { type EpochMs, microUsdToUsd, toIso } from '../../../shared/units.ts'
import type { LimitState } from '../consumption/admission.ts'
import { configSentenceOf, sentenceOf, switchedOffSentence } from '../consumption/refusal.ts'
import { type Windows, windowsAt } from '../consumption/windows.ts'
import type { EnforcementEventsTable } from '../database/admission-tables.ts'
import type { Reader } from '../database/database.ts'

type Query = ParsedInput<'enforcement.events'>

// A page a person reads through; whoever wants more says so.
const PAGE_SIZE = 100

/** One page of what was blocked, would have been, or was let through unasked, newest first. */
export async function readEvents(
  db: Reader,
  query: Query,
  zone: string,
): Promise<OperationOutput<'enforcement.events'>> {
  const limit = query.limit ?? PAGE_SIZE
  const offset = query.offset ?? 0
  const rows = await matching(db, query)
    .selectAll()
    .orderBy('at', 'desc')
    // Several in one millisecond come in the order they were decided in.
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute()
  const { count } = await matching(db, query)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  const names = await usernames(db, new Set(rows.map((row) => row.user_id)))
  const events = rows.map((row) => ({ ...onWire(row, names), told: toldOf(row, zone) }))
  return { events, counts: await countsOf(db, query), total_count: Number(count), limit, offset }
}

function matching(db: Reader, query: Query) {
  let rows = inRange(db, query)
  if (query.kind !== undefined) rows = rows.where('kind', '=', query.kind)
  if (query.code !== undefined) rows = rows.where('code', '=', query.code)
  return rows
}

function inRange(db: Reader, query: Query) {
  let rows = db.selectFrom('enforcement_events')
  if (query.user_id !== undefined) rows = rows.where('user_id', '=', query.user_id)
  if (query.policy !== undefined) rows = rows.where('limit_name', '=', query.policy)
  if (query.since !== undefined) rows = rows.where('at', '>=', Date.parse(query.since))
  if (query.until !== undefined) rows = rows.where('at', '<', Date.parse(query.until))
  return rows
}

async function countsOf(db: Reader, query: Query) {
  const rows = await inRange(db, query)
    .select(['kind', 'code'])
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .groupBy(['kind', 'code'])
    .execute()
  return rows.sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1))
}

/** The sentence the caller was answered with, made again from the figures it was decided by. Pure. */
export function toldOf(row: Omit<Selectable<EnforcementEventsTable>, 'id'>, zone: string): string {
  if (row.kind === 'bypassed')
    return 'Let through without asking, because the limits could not be worked out.'
  const sentence = noOf(row, zone)
  return row.kind === 'blocked' ? sentence : `Let through. Enforced, it would have been told: ${sentence}`
}

function noOf(row: Omit<Selectable<EnforcementEventsTable>, 'id'>, zone: string): string {
  const name = limitName.safeParse(row.limit_name).data
  if (name === undefined) return switchedOffSentence(row.code === 'user_inactive')
  const windows = windowsAt(zone, row.at)
  const state: LimitState = {
    name,
    limit: row.limit_value,
    used: row.used ?? 0,
    reserved: row.reserved ?? 0,
    source: '',
    resetsAt: resetIn(name, windows),
  }
  return name === 'config_changes_per_hour' ? configSentenceOf(state) : sentenceOf(state)
}

function resetIn(name: LimitState['name'], windows: Windows): EpochMs {
  if (name === 'prompts_per_day') return windows.day.endsAt
  if (name === 'prompts_per_hour' || name === 'config_changes_per_hour') return windows.hour.endsAt
  return windows.month.endsAt
}

async function usernames(db: Reader, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
  if (ids.size === 0) return new Map()
  const users = await db
    .selectFrom('users')
    .select(['id', 'username'])
    .where('id', 'in', [...ids])
    .execute()
  return new Map(users.map((user) => [user.id, user.username]))
}

function onWire(
  row: Readonly<Selectable<EnforcementEventsTable>>,
  names: ReadonlyMap<string, string>,
): Omit<OperationOutput<'enforcement.events'>['events'][number], 'told'> {
  const inUnit = (value: number | null) =>
    value !== null && row.limit_name === 'cost_per_month_usd' ? microUsdToUsd(value) : value
  return {
    id: row.id,
    at: toIso(row.at),
    kind: row.kind,
    user_id: row.user_id,
    username: names.get(row.user_id) ?? null,
    code: row.code,
    policy: row.limit_name,
    limit: inUnit(row.limit_value),
    used: inUnit(row.used),
    reserved: inUnit(row.reserved),
    session_id: row.session_id,
  }
}

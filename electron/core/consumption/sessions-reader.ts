import { sql } from 'kysely'
import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { HOUR_MS, microUsdToUsd, toIso, toIsoOrNull } from '../../../shared/units.ts'
import type { Reader } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { findUserKey } from './consumption-store.ts'
import type { Moment } from './context.ts'
import { ALL_PERIODS } from './roll-up-store.ts'
import { periodNumber } from './windows.ts'

type Query = ParsedInput<'sessions.list'>
export type SessionRow = OperationOutput<'sessions.list'>['sessions'][number]

// A page that fits a screen when the caller does not say.
const PAGE_SIZE = 50
// The dashboards take a session without a turn for an hour to be over as well.
const ACTIVE_MS = HOUR_MS

/** A page of sessions from the roll-up per session. Errors: `user_unknown`. */
export async function readSessions(
  db: Reader,
  query: Query,
  moment: Moment,
): Promise<OperationOutput<'sessions.list'>> {
  const limit = query.limit ?? PAGE_SIZE
  const offset = query.offset ?? 0
  const period = query.period === undefined ? ALL_PERIODS : periodNumber(query.period)
  const matching = matchingSessions(db, await keyOfUser(db, query.user_id), query, period, moment)
  const { count } = await matching
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  const order = query.order ?? 'desc'
  const rows = await selectFigures(matching)
    .orderBy(sortedBy(query.sort ?? 'last_used_at'), order)
    .orderBy('s.key')
    .limit(limit)
    .offset(offset)
    .execute()
  return { sessions: await onWire(db, rows, period, moment), total_count: count, limit, offset }
}

/** One session by its id, with its roll-up of all periods. Errors: `user_unknown`, `session_unknown`. */
export async function readSessionRow(
  db: Reader,
  id: string,
  userId: string | undefined,
  moment: Moment,
): Promise<{ readonly key: number; readonly row: SessionRow }> {
  const userKey = await keyOfUser(db, userId)
  const rows = await selectFigures(matchingSessions(db, userKey, {}, ALL_PERIODS, moment))
    .where('s.id', '=', id)
    .limit(2)
    .execute()
  const [found, other] = rows
  const [row] = await onWire(db, rows.slice(0, 1), ALL_PERIODS, moment)
  if (found === undefined || row === undefined) {
    throw new WeirError('session_unknown', `There is no session ${id}.`, { details: { session_id: id } })
  }
  if (other !== undefined) {
    throw new WeirError(
      'session_unknown',
      `Several users have a session ${id}. Say whose it is: add user_id.`,
      { details: { session_id: id } },
    )
  }
  return { key: found.key, row }
}

async function keyOfUser(db: Reader, userId: string | undefined): Promise<number | null> {
  if (userId === undefined) return null
  const key = await findUserKey(db, userId)
  if (key !== undefined) return key
  throw new WeirError('user_unknown', `There is no user ${userId}.`, { details: { user_id: userId } })
}

/** Sessions with their roll-up of one period (or of all): those that fit the filter. */
function matchingSessions(db: Reader, userKey: number | null, query: Query, period: number, moment: Moment) {
  const activeSince = moment.now - ACTIVE_MS
  let matching = db
    .selectFrom('sessions as s')
    .innerJoin('users as u', 'u.key', 's.user_key')
    .leftJoin('session_periods as r', (join) =>
      join.onRef('r.session_key', '=', 's.key').on('r.period', '=', period),
    )
  if (userKey !== null) matching = matching.where('s.user_key', '=', userKey)
  // A month lists who did something in it; without one also sessions that were only opened.
  if (period !== ALL_PERIODS) matching = matching.where('r.session_key', 'is not', null)
  if (query.search !== undefined && query.search !== '') {
    const words = query.search.toLowerCase()
    // No pattern: what is searched for may hold % and _.
    matching = matching.where((eb) =>
      eb.or([
        eb(sql<number>`instr(lower(s.id), ${words})`, '>', 0),
        eb(sql<number>`instr(lower(coalesce(s.name, '')), ${words})`, '>', 0),
      ]),
    )
  }
  if (query.status === 'closed') matching = matching.where('s.closed_at', 'is not', null)
  else if (query.status !== undefined) {
    matching = matching
      .where('s.closed_at', 'is', null)
      .where('s.last_activity_at', query.status === 'active' ? '>=' : '<', activeSince)
  }
  if (query.outside === true) {
    matching = matching.where((eb) =>
      eb.exists(
        eb
          .selectFrom('consumption_turns as o')
          .select('o.session_key')
          .whereRef('o.session_key', '=', 's.key')
          .where('o.turn_number', '=', 0),
      ),
    )
  }
  return matching
}

function selectFigures(matching: ReturnType<typeof matchingSessions>) {
  return matching
    .select(['s.key', 's.id', 's.name', 's.created_at', 's.last_activity_at', 's.closed_at'])
    .select([
      'u.id as user_id',
      'u.username',
      'r.turns',
      'r.input_tokens',
      'r.output_tokens',
      'r.cost_micro_usd',
    ])
}

function sortedBy(key: NonNullable<Query['sort']>) {
  switch (key) {
    case 'session_name':
      return sql`lower(coalesce(s.name, s.id))`
    case 'username':
      return sql`lower(u.username)`
    case 'turns':
      return sql`coalesce(r.turns, 0)`
    case 'total_tokens':
      return sql`coalesce(r.input_tokens + r.output_tokens, 0)`
    case 'estimated_cost_usd':
      return sql`coalesce(r.cost_micro_usd, 0)`
    case 'first_used_at':
      return sql`s.created_at`
    case 'last_used_at':
      return sql`s.last_activity_at`
  }
}

type FiguresRow = Awaited<ReturnType<ReturnType<typeof selectFigures>['execute']>>[number]

async function onWire(
  db: Reader,
  rows: readonly FiguresRow[],
  period: number,
  moment: Moment,
): Promise<SessionRow[]> {
  const parts = await partsOf(
    db,
    rows.map((row) => row.key),
    period,
  )
  return rows.map((row) => {
    const { outside, sources, models, failed } = parts.get(row.key) ?? NO_PARTS
    const input = row.input_tokens ?? 0
    const output = row.output_tokens ?? 0
    const [source = null, ...others] = sources
    return {
      user_id: row.user_id,
      username: row.username,
      session_id: row.id,
      session_name: row.name,
      status:
        row.closed_at !== null
          ? 'closed'
          : row.last_activity_at >= moment.now - ACTIVE_MS
            ? 'active'
            : 'idle',
      source: others.length > 0 ? 'mixed' : source,
      models: [...models],
      turns: row.turns ?? 0,
      failed_turns: failed,
      total_input_tokens: input,
      total_output_tokens: output,
      total_tokens: input + output,
      outside_turns_tokens: outside,
      estimated_cost_usd: microUsdToUsd(row.cost_micro_usd ?? 0),
      first_used_at: toIso(row.created_at),
      last_used_at: toIso(row.last_activity_at),
      closed_at: toIsoOrNull(row.closed_at),
    }
  })
}

interface Parts {
  outside: number
  failed: number
  readonly sources: Set<'api' | 'import' | 'repair'>
  readonly models: Set<string>
}

const NO_PARTS: Parts = { outside: 0, failed: 0, sources: new Set(), models: new Set() }

/** What the roll-up does not hold, from the turns of the sessions of one page: never of all. */
async function partsOf(db: Reader, keys: readonly number[], period: number): Promise<Map<number, Parts>> {
  const parts = new Map<number, Parts>(
    keys.map((key) => [key, { outside: 0, failed: 0, sources: new Set(), models: new Set() }]),
  )
  if (keys.length === 0) return parts
  let query = db
    .selectFrom('consumption_turns as t')
    .innerJoin('models as m', 'm.key', 't.model_key')
    .select(['t.session_key', 't.source', 'm.model'])
    .select([
      sql<number>`sum(t.turn_number > 0)`.as('turns'),
      sql<number>`sum(t.turn_number > 0 and t.status = 'failed')`.as('failed'),
      sql<number>`sum(case when t.turn_number = 0 then t.input_tokens + t.output_tokens else 0 end)`.as(
        'outside',
      ),
    ])
    .where('t.session_key', 'in', keys)
    .groupBy(['t.session_key', 't.source', 'm.model'])
  if (period !== ALL_PERIODS) query = query.where('t.period', '=', period)
  for (const row of await query.execute()) {
    const part = parts.get(row.session_key)
    if (part === undefined) continue
    part.outside += row.outside
    part.failed += row.failed
    part.sources.add(row.source)
    if (row.turns > 0) part.models.add(row.model)
  }
  return parts
}

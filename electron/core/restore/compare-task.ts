import type BetterSqlite3 from 'better-sqlite3'
import type { z } from 'zod'
import type { RESTORE_SUBJECTS, restoreChange, restoreCount } from '../../../shared/contract/restore.ts'
import type { Manifest } from '../backup/manifest.ts'
import { scanSessions } from '../sessions/scan-sessions.ts'
import { makeMaps } from './carry-rows.ts'
import { type Carried, type CarryInput, carryInto } from './restore-task.ts'
import { removeSet, type StageInput, stageBackup, withStaged } from './staged-database.ts'

/**
 * What a restore would change, found out by doing it to a copy that is thrown away: the plan cannot promise what the
 * restore would not do.
 */

type Subject = (typeof RESTORE_SUBJECTS)[number]
type Count = z.output<typeof restoreCount>
type Change = z.output<typeof restoreChange>

/** What a comparison needs. */
export interface CompareInput extends StageInput {
  readonly live: string | null
  readonly now: number
  /** The session files; null where no folder is known. */
  readonly sessionsDir: string | null
}

/** What it found. */
export interface Comparison {
  readonly manifest: Manifest
  readonly carried: Carried
  readonly counts: readonly Count[]
  readonly changes: readonly Change[]
  readonly changesTotal: number
  readonly files: { readonly turns: number; readonly missing: number; readonly unreadable: number } | null
  /** Usable tokens of the backup that will not be usable. */
  readonly tokensShut: number
}

/** A list on a screen: more is for the audit log, which names every change that was ever made. */
const CHANGES_MAX = 200

const COUNTS: Readonly<Record<Subject, string>> = {
  turns: 'select count(*) from $.consumption_turns where turn_number > 0',
  sessions: 'select count(*) from $.sessions',
  users: 'select count(*) from $.users where deleted_at is null',
  profiles: 'select count(*) from $.consumption_profiles',
  tokens: 'select count(*) from $.access_tokens where revoked_at is null and coalesce(expires_at, ?) >= ?',
  grants: 'select count(*) from $.limit_grants where revoked_at is null and expires_at > ?',
  closed_months: 'select count(*) from $.consumption_periods_archive',
}

/** Compares. Errors: `backup_damaged`, `database_newer`, `folder_unreadable` never: an unreadable folder is no folder. */
export function* compareBackup(
  input: CompareInput,
): Generator<{ readonly done: number; readonly total: number }, Comparison> {
  try {
    const manifest = yield* stageBackup(input)
    const backupMadeAt = Date.parse(manifest.created_at)
    const carry: CarryInput = { ...input, staged: input.target, backupMadeAt }
    return withStaged(input.target, input.sqliteBinding, (handle) => {
      const before = countAll(handle, 'main', input.now)
      const carried = carryInto(handle, carry)
      const after = countAll(handle, 'main', input.now)
      const isRead = input.live !== null && carried.unread.length === 0
      const compared = isRead
        ? withLive(handle, input.live, () => ({
            now: countAll(handle, 'live', input.now),
            changes: changesOf(handle),
          }))
        : null
      const now = compared?.now
      const changes = compared?.changes ?? []
      return {
        manifest,
        carried,
        counts: (Object.keys(COUNTS) as Subject[]).map((subject) => ({
          subject,
          now: now?.[subject] ?? null,
          in_backup: before[subject],
          kept: Math.max(0, after[subject] - before[subject]),
          comes_back: Math.max(0, after[subject] - (now?.[subject] ?? 0)),
          after: after[subject],
        })),
        changes: changes.slice(0, CHANGES_MAX),
        changesTotal: changes.length,
        files: input.sessionsDir === null ? null : missingInFiles(handle, input.sessionsDir),
        tokensShut: carried.tokensRevoked,
      }
    })
  } finally {
    removeSet(input.target)
  }
}

function withLive<Result>(
  handle: BetterSqlite3.Database,
  live: string | null,
  work: () => Result,
): Result | null {
  if (live === null) return null
  handle.prepare('attach database ? as live').run(live)
  try {
    return work()
  } finally {
    handle.exec('detach database live')
  }
}

function countAll(
  handle: BetterSqlite3.Database,
  schema: 'main' | 'live',
  now: number,
): Record<Subject, number> {
  const counts = Object.entries(COUNTS).map(([subject, sql]) => {
    const places = sql.split('?').length - 1
    const value = handle
      .prepare(sql.replace('$', schema))
      .pluck()
      .get(...Array(places).fill(now))
    return [subject, Number(value)]
  })
  return Object.fromEntries(counts) as Record<Subject, number>
}

const PROFILE_FIELDS = [
  'name',
  'prompts_per_hour',
  'prompts_per_day',
  'config_changes_per_hour',
  'input_tokens_per_month',
  'output_tokens_per_month',
  'cost_per_month_micro_usd',
  'is_default',
  'is_active',
]

/** Rows as (kind, subject, field, now, after); null where there is none. */
function changesOf(handle: BetterSqlite3.Database): Change[] {
  makeMaps(handle)
  handle.exec(`insert into temp.profile_map select l.id, m.id from live.consumption_profiles l
      join main.consumption_profiles m on m.id = l.id and m.created_at = l.created_at;
    insert or ignore into temp.profile_map select l.id, m.id from live.consumption_profiles l
      join main.consumption_profiles m on m.name = l.name`)
  const profile = PROFILE_FIELDS.map(
    (
      field,
    ) => `select 'profile' as kind, m.name as subject, '${field}' as field, cast(l.${field} as text) as now,
      cast(m.${field} as text) as after from live.consumption_profiles l join temp.profile_map p on p.live = l.id
      join main.consumption_profiles m on m.id = p.here where l.${field} is not m.${field}`,
  )
  const user = `select 'user', m.id, 'consumption_profile', lp.name, mp.name from live.users l join main.users m on m.id = l.id
      left join live.consumption_profiles lp on lp.id = l.consumption_profile_id
      left join main.consumption_profiles mp on mp.id = m.consumption_profile_id
      where m.consumption_profile_id is not (select here from temp.profile_map where live = l.consumption_profile_id)`
  const [comes, goes] = [
    `select 'profile', m.name, 'exists', null, m.name from main.consumption_profiles m
      where m.id not in (select here from temp.profile_map)`,
    `select 'profile', l.name, 'exists', l.name, null from live.consumption_profiles l
      where l.id not in (select live from temp.profile_map)`,
  ]
  const shut = `select 'user', m.id, 'is_active', cast(l.is_active as text), cast(m.is_active as text)
      from live.users l join main.users m on m.id = l.id where l.is_active is not m.is_active`
  const back = `select 'user', m.id, 'exists', null, iif(m.is_active, 'active', 'inactive') from main.users m
      where m.id not in (select id from live.users)`
  const setting = `select 'setting', coalesce(m.name, l.name), 'value', l.value, m.value
      from live.system_settings l full join main.system_settings m on m.name = l.name
      where l.value is not m.value and coalesce(m.name, l.name) <> 'restored_as'`
  const price = `select 'price', coalesce(m.model_pattern, l.model_pattern), 'price_per_million', ${pricePair('l')}, ${pricePair('m')}
      from (select * from live.model_prices where source = 'operator') l
      full join (select * from main.model_prices where source = 'operator') m
        on m.provider = l.provider and m.model_pattern = l.model_pattern and m.valid_from = l.valid_from
      where ${pricePair('l')} is not ${pricePair('m')}`
  return [...profile, comes, goes, user, shut, back, setting, price].flatMap((sql) =>
    handle
      .prepare<[], Change>(`select kind, subject, field, now, after from (${withNames(sql ?? '')})`)
      .all(),
  )
}

/** The members of a union are named by its first row; each of ours stands alone. */
function withNames(sql: string): string {
  return `select null as kind, null as subject, null as field, null as now, null as after where false union all ${sql}`
}

function pricePair(alias: string): string {
  return `(${alias}.input_micro_usd_per_million / 1000000.0 || ' / ' || ${alias}.output_micro_usd_per_million / 1000000.0)`
}

/** Turns of the files that the copy has not, even after everything of now was carried into it. */
function missingInFiles(handle: BetterSqlite3.Database, sessionsDir: string): Comparison['files'] {
  const known = handle
    .prepare(
      `select t.turn_number from consumption_turns t join sessions s on s.key = t.session_key
         join users u on u.key = s.user_key where u.id = ? and s.id = ? and t.turn_number > 0`,
    )
    .pluck()
  const gone = handle.prepare<[string], { pruned_before: number }>(
    `select max(p.pruned_before) as pruned_before from pruned_periods p join users u on u.key = p.user_key where u.id = ?`,
  )
  let turns = 0
  let missing = 0
  let unreadable = 0
  try {
    for (const message of scanSessions({ sessionsDir, known: new Map(), hashContents: false })) {
      if (message.kind === 'listed') continue
      unreadable += message.unreadable.length
      for (const { session } of message.pieces) {
        const held = new Set(known.all(session.userId, session.sessionId))
        const before = gone.get(session.userId)?.pruned_before ?? 0
        turns += session.turns.length
        missing += session.turns.filter(
          (turn) => !held.has(turn.turnNumber) && turn.occurredAt >= before,
        ).length
      }
    }
  } catch (error) {
    // A folder that cannot be read has nothing to add; the restore itself says so in its steps.
    if (error instanceof Error && 'code' in error && error.code === 'folder_unreadable') return null
    throw error
  }
  return { turns, missing, unreadable }
}

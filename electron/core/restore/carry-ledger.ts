import type BetterSqlite3 from 'better-sqlite3'
import { IS_PRUNED } from '../verify/verify-task.ts'
import { carryList, carryRows, freeNumber, sharedColumns, translated } from './carry-rows.ts'

/**
 * What was consumed: everything the database of now has is kept, with its figures, and the backup only adds what is no
 * longer there. Doing it twice changes nothing the second time.
 */

/** What was carried. */
export interface CarriedLedger {
  readonly turns: number
  readonly corrected: number
  readonly sessions: number
  readonly closedMonths: number
}

const OF_KNOWN_USER = 'l.user_key in (select live from temp.user_map)'
const OF_KNOWN_SESSION = 'l.session_key in (select live from temp.session_map)'
const OF_KNOWN_TURN = `exists (select 1 from temp.session_map s join main.consumption_turns t
  on t.session_key = s.here and t.turn_number = l.turn_number where s.live = l.session_key)`

/** Carries sessions, turns, closed months and counters. The users MUST have been carried before, or only mapped. */
export function carryLedger(handle: BetterSqlite3.Database, areUsersCarried: boolean): CarriedLedger {
  const sessions = carrySessions(handle)
  carryPruned(handle)
  const turns = carryTurns(handle)
  const corrected = correctTurns(handle)
  carryRows(handle, { table: 'turn_extensions', existing: 'stays', where: OF_KNOWN_SESSION })
  carryRows(handle, { table: 'exceeded_reservations', existing: 'replaced', where: OF_KNOWN_TURN })
  for (const table of ['champion_cases', 'collection_subscriptions'])
    carryRows(handle, { table, existing: 'stays', where: OF_KNOWN_USER })
  const closedMonths = carryRows(handle, {
    table: 'consumption_periods_archive',
    existing: 'stays',
    where: OF_KNOWN_USER,
  })
  // Requests of this hour and day are in no turn: with those of the backup everybody could ask again.
  for (const table of ['user_consumption', 'observations'])
    carryRows(handle, { table, existing: 'replaced', where: OF_KNOWN_USER })
  carryRows(handle, {
    table: 'admissions',
    existing: 'replaced',
    where: `l.state = 'open' and ${OF_KNOWN_USER}`,
  })
  // With the turns they stand for: where those cannot be read, their files must be read again.
  carryRows(handle, {
    table: 'session_files',
    existing: 'replaced',
    ...(areUsersCarried ? {} : { where: 'l.user_id in (select id from main.users)' }),
  })
  return { turns, corrected, sessions, closedMonths }
}

function carrySessions(handle: BetterSqlite3.Database): number {
  handle.exec(`insert or ignore into main.models (provider, model) select provider, model from live.models;
    delete from temp.model_map; insert into temp.model_map select l.key, m.key from live.models l
      join main.models m on m.provider = l.provider and m.model = l.model`)
  handle.exec(`update main.sessions as m set name = coalesce(l.name, m.name), closed_at = l.closed_at,
      last_activity_at = max(m.last_activity_at, l.last_activity_at)
    from live.sessions l join temp.user_map u on u.live = l.user_key where m.user_key = u.here and m.id = l.id`)
  const columns = sharedColumns(handle, 'sessions', ['key'])
  const { changes } = handle
    .prepare(
      `insert into main.sessions (key, ${columns.join(', ')})
       select ${freeNumber('sessions', 'key')},
         ${columns.map((column) => translated(column)).join(', ')}
       from live.sessions l join temp.user_map u on u.live = l.user_key
       where not exists (select 1 from main.sessions m where m.user_key = u.here and m.id = l.id)`,
    )
    .run()
  handle.exec(`delete from temp.session_map; insert into temp.session_map select l.key, m.key from live.sessions l
    join temp.user_map u on u.live = l.user_key join main.sessions m on m.user_key = u.here and m.id = l.id`)
  return changes
}

/** What retention removed since is removed here too, and its sums come instead: both together would count it twice. */
function carryPruned(handle: BetterSqlite3.Database): void {
  const further = `p.user_key = m.user_key and p.period = m.period`
  handle.exec(`create temp table if not exists pruned_here (user_key INTEGER, period INTEGER, pruned_before INTEGER,
      PRIMARY KEY (user_key, period));
    delete from temp.pruned_here;
    insert into temp.pruned_here select u.here, l.period, l.pruned_before from live.pruned_periods l
      join temp.user_map u on u.live = l.user_key
      left join main.pruned_periods m on m.user_key = u.here and m.period = l.period
      where coalesce(m.pruned_before, 0) <= l.pruned_before;
    delete from main.exceeded_reservations as m where exists (select 1 from main.consumption_turns t
      join temp.pruned_here p on p.user_key = t.user_key and p.period = t.period
      where t.session_key = m.session_key and t.turn_number = m.turn_number and t.occurred_at < p.pruned_before);
    delete from main.turn_extensions as m where exists (select 1 from main.consumption_turns t
      join temp.pruned_here p on p.user_key = t.user_key and p.period = t.period
      where t.session_key = m.session_key and t.turn_number = m.turn_number and t.occurred_at < p.pruned_before);
    delete from main.consumption_turns as m where exists (
      select 1 from temp.pruned_here p where ${further} and m.occurred_at < p.pruned_before);
    delete from main.pruned_turn_sums as m where exists (select 1 from temp.pruned_here p where ${further});
    insert or replace into main.pruned_periods select user_key, period, pruned_before from temp.pruned_here`)
  const isHere = `exists (select 1 from temp.pruned_here p join temp.user_map u on u.here = p.user_key
    where u.live = l.user_key and p.period = l.period)`
  carryRows(handle, {
    table: 'pruned_turn_sums',
    existing: 'stays',
    where: `${OF_KNOWN_SESSION} and ${isHere}`,
  })
  handle.exec(`insert or replace into main.user_hours
    select u.here, l.hour_started_at, ${HOUR_COLUMNS} from live.user_hours l
    join temp.user_map u on u.live = l.user_key
    where ${IS_PRUNED.replaceAll('user_hours.', 'l.').replace('pruned_periods', 'live.pruned_periods')}`)
}

const HOUR_COLUMNS = 'l.turns, l.failed_turns, l.input_tokens, l.output_tokens, l.cost_micro_usd'

function carryTurns(handle: BetterSqlite3.Database): number {
  const columns = sharedColumns(handle, 'consumption_turns', ['id'])
  return handle
    .prepare(
      `insert into main.consumption_turns (id, ${columns.join(', ')})
       select ${freeNumber('consumption_turns')},
         ${columns.map((column) => translated(column)).join(', ')}
       from live.consumption_turns l join temp.session_map s on s.live = l.session_key
       where not exists (select 1 from main.consumption_turns m
           where m.session_key = s.here and m.turn_number = l.turn_number)
         and not exists (select 1 from main.pruned_periods p where p.user_key = ${translated('user_key')}
           and p.period = l.period and l.occurred_at < p.pruned_before)`,
    )
    .run().changes
}

/** Extensions and repairs since the backup; only rows that differ are written. */
function correctTurns(handle: BetterSqlite3.Database): number {
  const columns = sharedColumns(handle, 'consumption_turns', ['id', 'session_key', 'turn_number', 'user_key'])
  const differs = columns.map((column) => `m.${column} is not ${translated(column)}`)
  return handle
    .prepare(
      `update main.consumption_turns as m set ${columns.map((column) => `${column} = ${translated(column)}`).join(', ')}
       from live.consumption_turns l join temp.session_map s on s.live = l.session_key
       where m.session_key = s.here and m.turn_number = l.turn_number and (${differs.join(' or ')})`,
    )
    .run().changes
}

/** The logs, the jobs with what they have done, and what was read of files. Answers how many lines of logs. */
export function carryRecords(handle: BetterSqlite3.Database): number {
  forgetUnfinished(handle)
  let lines = carryList(handle, 'audit_log', 'at')
  lines += carryList(handle, 'enforcement_events', 'at', {
    where: `l.user_key is null or ${OF_KNOWN_USER}`,
  })
  lines += carryList(handle, 'job_runs', 'started_at')
  lines += carryRows(handle, { table: 'alerts', existing: 'stays', set: { id: freeNumber('alerts') } })
  // What is read or put away now was read and put away; an alert told once is not told again.
  handle.exec(`update main.alerts as m set acknowledged_at = coalesce(l.acknowledged_at, m.acknowledged_at),
      notified_at = coalesce(l.notified_at, m.notified_at)
    from live.alerts l where l.kind = m.kind and l.once_key = m.once_key`)
  // A job that has run has run: with the times of the backup all of them would seem missed.
  for (const table of ['jobs', 'scheduler_clock']) carryRows(handle, { table, existing: 'replaced' })
  carryReconciliations(handle)
  return lines
}

/**
 * A backup made by a run holds that run as unfinished. How it ended is known now; left as it is, the next start would
 * take it for interrupted and do its work again.
 */
function forgetUnfinished(handle: BetterSqlite3.Database): void {
  handle.exec(`delete from main.job_runs as m where m.status in ('running', 'interrupted') and exists (
      select 1 from live.job_runs l where l.job = m.job and l.scheduled_at is m.scheduled_at
        and (m.scheduled_at is not null or l.started_at = m.started_at));
    delete from main.reconciliation_findings where run_id in (${UNFINISHED});
    delete from main.reconciliation_users where run_id in (${UNFINISHED});
    delete from main.reconciliation_runs where id in (${UNFINISHED})`)
}

const UNFINISHED = `select m.id from main.reconciliation_runs m join live.reconciliation_runs l on l.id = m.id
  where m.status = 'running'`

function carryReconciliations(handle: BetterSqlite3.Database): void {
  const isNew = 'l.run_id not in (select id from main.reconciliation_runs)'
  const findings = sharedColumns(handle, 'reconciliation_findings', ['id'])
  handle.exec(`create temp table if not exists new_runs (id TEXT PRIMARY KEY); delete from temp.new_runs;
    insert into temp.new_runs select id from live.reconciliation_runs l where ${isNew.replace('l.run_id', 'l.id')}`)
  carryRows(handle, { table: 'reconciliation_runs', existing: 'stays' })
  const ofNew = 'l.run_id in (select id from temp.new_runs)'
  carryRows(handle, { table: 'reconciliation_users', existing: 'stays', where: ofNew })
  handle.exec(`insert into main.reconciliation_findings (${findings.join(', ')})
    select ${findings.map((column) => `l.${column}`).join(', ')} from live.reconciliation_findings l where ${ofNew}`)
  // Short forms of ledger rows that are others now; the next reconciliation compares everything again.
  handle.exec('delete from main.reconciled_sessions')
}

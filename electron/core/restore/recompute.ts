import type BetterSqlite3 from 'better-sqlite3'
import { dayWindow } from '../../../shared/time-window.ts'
import {
  added,
  addWindowFunctions,
  billingZone,
  HOUR,
  HOUR_SQL,
  IS_PRUNED,
  MODEL,
  MODEL_SQL,
  SESSION,
  SESSION_SQL,
  TOTALS,
  TOTALS_SQL,
} from '../verify/verify-task.ts'

/**
 * Adds every counter and roll-up up again from the turns, by the same sums that prove them, and ends all reservations:
 * what they were held for is recorded, or was refused while the databases changed places.
 */
export function recompute(handle: BetterSqlite3.Database, now: number): void {
  const zone = billingZone(handle)
  addWindowFunctions(handle, zone)
  handle.function('day_ends_at', { deterministic: true }, (at) => dayWindow(zone, Number(at)).endsAt)
  handle.exec(periods())
  handle.exec(models())
  handle.exec(sessions())
  handle.exec(hours())
  handle.prepare(`update admissions set state = 'expired', settled_at = ? where state = 'open'`).run(now)
  handle.exec(counters())
}

function periods(): string {
  const zeros = TOTALS.map((name) => `0 as ${name}`).join(', ')
  const names = [...TOTALS, 'sessions']
  return `delete from user_periods;
    insert into user_periods (user_key, period, ${names.join(', ')})
    select user_key, period, ${added(names)} from (
      select user_key, period, ${TOTALS_SQL}, 0 as sessions from consumption_turns group by 1, 2
      union all select user_key, period, ${TOTALS.join(', ')}, 0 as sessions from pruned_turn_sums
      union all select user_key, cast(period_at(created_at) as integer), ${zeros}, 1 as sessions from sessions)
    group by 1, 2`
}

function models(): string {
  return `delete from user_period_models; delete from system_period_models;
    insert into user_period_models (user_key, period, model_key, ${MODEL.join(', ')})
    select user_key, period, model_key, ${added(MODEL)} from (
      select user_key, period, model_key, ${MODEL_SQL} from consumption_turns group by 1, 2, 3
      union all select user_key, period, model_key, ${MODEL.join(', ')} from pruned_turn_sums)
    group by 1, 2, 3;
    insert into system_period_models (period, model_key, ${MODEL.join(', ')})
    select period, model_key, ${added(MODEL)} from user_period_models group by 1, 2`
}

function sessions(): string {
  return `delete from session_periods;
    insert into session_periods (session_key, user_key, period, ${SESSION.join(', ')})
    select session_key, user_key, period, ${added(SESSION)} from (
      select session_key, user_key, period, ${SESSION_SQL} from consumption_turns group by 1, 3
      union all select session_key, user_key, period, ${SESSION.join(', ')} from pruned_turn_sums)
    group by 1, 3;
    insert into session_periods (session_key, user_key, period, ${SESSION.join(', ')})
    select session_key, user_key, 0, ${added(SESSION)} from session_periods group by 1`
}

function hours(): string {
  // Hours whose turns retention removed are all there is of them: they stay as they are.
  return `delete from user_hours where not ${IS_PRUNED};
    insert into user_hours (user_key, hour_started_at, ${HOUR.join(', ')})
    select user_key, cast(hour_at(occurred_at) as integer), ${HOUR_SQL} from consumption_turns group by 1, 2;
    delete from system_hours;
    insert into system_hours (hour_started_at, ${HOUR.join(', ')})
    select hour_started_at, ${added(HOUR)} from user_hours group by 1`
}

function counters(): string {
  const names = [...TOTALS, 'sessions']
  const sums = names.map((name) => `coalesce(p.${name}, 0)`).join(', ')
  const ofDay = `from consumption_turns t where t.user_key = c.user_key
    and t.occurred_at >= c.day_started_at and t.occurred_at < day_ends_at(c.day_started_at)`
  const day = (column: string) => `(select coalesce(sum(t.${column}), 0) ${ofDay})`
  return `update user_consumption set (${names.join(', ')}) = (select ${sums} from (select 1) left join user_periods p
      on p.user_key = user_consumption.user_key and p.period = user_consumption.period);
    update user_consumption as c set reserved_input_tokens = 0, reserved_output_tokens = 0,
      next_reservation_expires_at = null, day_input_tokens = ${day('input_tokens')},
      day_output_tokens = ${day('output_tokens')}, day_cost_micro_usd = ${day('cost_micro_usd')}`
}

import { sql } from 'kysely'
import { closeMonths } from '../../electron/core/consumption/close-months.ts'
import { momentOf } from '../../electron/core/consumption/context.ts'
import { DAY_MS } from '../../shared/units.ts'
import type { TestConsumption } from './consumption.ts'

/** The books of two installations, to be compared. */

/** Closes every month that is over. */
export async function closeAll(weir: TestConsumption) {
  const users = await weir.database.reader.selectFrom('users').select('key').execute()
  const keys = users.map((user) => user.key)
  await weir.database.write((trx) => closeMonths(trx, keys, momentOf(weir.context)))
}

const SUMS = 'input_tokens, output_tokens, cost_micro_usd'

/** What the books say, without keys and without when it was written. */
export async function digest(weir: TestConsumption) {
  await closeAll(weir)
  // A day nobody has come to since is over, whatever the row still says.
  const today = weir.clock.now() - (weir.clock.now() % DAY_MS)
  const rows = async (query: string) =>
    (await sql.raw<Record<string, unknown>>(query).execute(weir.database.reader)).rows
  const totals = `${SUMS}, cached_input_tokens, outside_input_tokens, outside_output_tokens, successful_turns, failed_turns, partial_turns, sessions`
  return {
    users: await rows('select id from users order by id'),
    turns: await rows(`select user_id, session_id, turn_number, ${SUMS}, status, period, occurred_at
      from consumption_ledger order by 1, 2, 3`),
    counters:
      await rows(`select u.id, period, ${totals}, iif(day_started_at = ${today}, day_input_tokens, 0) as day_input,
      iif(day_started_at = ${today}, day_output_tokens, 0) as day_output,
      iif(day_started_at = ${today}, day_cost_micro_usd, 0) as day_cost,
      first_usage_at, last_usage_at from user_consumption join users u on u.key = user_key order by 1`),
    months: await rows(
      `select u.id, period, ${totals} from user_periods join users u on u.key = user_key order by 1, 2`,
    ),
    archive: await rows(`select u.id, period, ${totals}, models_used from consumption_periods_archive
      join users u on u.key = user_key order by 1, 2`),
    hours: await rows(`select u.id, hour_started_at, turns, failed_turns, ${SUMS} from user_hours
      join users u on u.key = user_key order by 1, 2`),
    models: await rows(`select u.id, period, m.model, turns, ${SUMS} from user_period_models
      join users u on u.key = user_key join models m on m.key = model_key order by 1, 2, 3`),
    everybody: await rows(`select hour_started_at, turns, ${SUMS} from system_hours order by 1`),
    everybodysModels: await rows(`select period, turns, ${SUMS} from system_period_models order by 1`),
    sessions:
      await rows(`select u.id, s.id as session, period, turns, ${SUMS}, dearest_turn_micro_usd, last_turn_at
      from session_periods p join sessions s on s.key = p.session_key join users u on u.key = s.user_key order by 1, 2, 3`),
  }
}

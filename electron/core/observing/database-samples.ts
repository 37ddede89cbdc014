import { MICRO_USD_PER_USD } from '../../../shared/units.ts'
import type { Database } from '../database/database.ts'
import type { Sample } from '../kernel/metrics.ts'
import { sizeOf } from './machine-checks.ts'

/** What the roll-ups and the files of the database say, for `/metrics`. Read from sums that are there already. */
export async function databaseSamples(database: Database, databaseFile: string): Promise<readonly Sample[]> {
  return [
    ...(await consumed(database)),
    ...(await bypassed(database)),
    ...(await drifted(database)),
    {
      name: 'weir_database_size_bytes',
      help: 'Size of the database file',
      type: 'gauge',
      value: sizeOf(databaseFile),
    },
    {
      name: 'weir_database_wal_size_bytes',
      help: 'Changes that wait to be folded into the database file',
      type: 'gauge',
      value: sizeOf(`${databaseFile}-wal`),
    },
  ]
}

async function consumed({ reader }: Database): Promise<readonly Sample[]> {
  const rows = await reader
    .selectFrom('system_period_models as s')
    .innerJoin('models as m', 'm.key', 's.model_key')
    .select((eb) => [
      'm.provider',
      eb.fn.sum<number>('s.turns').as('turns'),
      eb.fn.sum<number>('s.input_tokens').as('input_tokens'),
      eb.fn.sum<number>('s.output_tokens').as('output_tokens'),
      eb.fn.sum<number>('s.cost_micro_usd').as('cost_micro_usd'),
    ])
    .groupBy('m.provider')
    .execute()
  return rows.flatMap(({ provider, turns, input_tokens, output_tokens, cost_micro_usd }): Sample[] => [
    counter('weir_turns_total', 'Turns in the ledger', turns, { provider }),
    counter('weir_tokens_total', 'Tokens in the ledger', input_tokens, { provider, direction: 'input' }),
    counter('weir_tokens_total', 'Tokens in the ledger', output_tokens, { provider, direction: 'output' }),
    counter('weir_cost_usd_total', 'Cost of the ledger in US dollars', cost_micro_usd / MICRO_USD_PER_USD, {
      provider,
    }),
  ])
}

async function bypassed({ reader }: Database): Promise<readonly Sample[]> {
  const { month } = await reader
    .selectFrom('user_consumption')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('bypassed_requests'), eb.lit(0)).as('month'))
    .executeTakeFirstOrThrow()
  return [
    {
      name: 'weir_bypasses_this_month',
      help: 'Turns of the running month that were let through because the answer could not be worked out',
      type: 'gauge',
      value: month,
    },
  ]
}

/** What the last reconciliation of each user said. */
async function drifted({ reader }: Database): Promise<readonly Sample[]> {
  const { users, largest } = await reader
    .selectFrom('user_consumption')
    .select((eb) => [
      eb.fn.countAll<number>().as('users'),
      eb.fn.coalesce(eb.fn.max('last_drift_ratio'), eb.lit(0)).as('largest'),
    ])
    .where('last_drift_ratio', '>', 0)
    .executeTakeFirstOrThrow()
  return [
    {
      name: 'weir_users_with_drift',
      help: 'Users whose files and ledger differed when they were compared last',
      type: 'gauge',
      value: users,
    },
    {
      name: 'weir_drift_ratio_max',
      help: 'The largest difference of a user as a share of what their files say, when they were compared last',
      type: 'gauge',
      value: largest,
    },
  ]
}

function counter(name: string, help: string, value: number, labels: Sample['labels'] & object): Sample {
  return { name, help, type: 'counter', value, labels }
}

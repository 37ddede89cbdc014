import type { OperationOutput } from '../../../shared/contract/index.ts'
import { type EpochMs, microUsdToUsd, percentOf } from '../../../shared/units.ts'
import { modelRows, months, rangeTotals } from '../consumption/period-reader.ts'
import { type Range, rangeOf, rangeText } from '../consumption/summary-parts.ts'
import { periodText } from '../consumption/windows.ts'
import type { Reader } from '../database/database.ts'
import type { PriceBook } from '../pricing/price-book.ts'

// The dearest users answer the question; everybody is on the users screen.
const USERS_MAX = 50

/** Sums as the roll-ups have them. */
interface Sums {
  readonly turns: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cost_micro_usd: number
}

/** What was spent in a range, from the roll-ups: no turn is read. */
export async function readCosts(
  db: Reader,
  rangeName: string,
  context: { readonly book: PriceBook; readonly now: EpochMs; readonly period: number },
): Promise<OperationOutput<'costs.summary'>> {
  const range = rangeOf(rangeName, context.period)
  const totals = await rangeTotals(db, null, range)
  const turns = totals.successful_turns + totals.failed_turns + totals.partial_turns
  const models = await modelRows(db, null, range)
  const users = await userSums(db, range)
  return {
    range: rangeText(range),
    current_period: periodText(context.period),
    periods: (await months(db, null)).map((month) => periodText(month.period)),
    totals: {
      ...costsOnWire({ ...totals, turns }),
      sessions: totals.sessions,
      cached_input_tokens: totals.cached_input_tokens,
      cached_input_percent: percentOf(totals.cached_input_tokens, totals.input_tokens),
      cost_per_turn_usd: perOne(totals.cost_micro_usd, turns),
      cost_per_session_usd: perOne(totals.cost_micro_usd, totals.sessions),
      fallback_priced_turns: totals.fallback_priced_turns,
    },
    providers: byProvider(models),
    models: [...models].sort(byCost).map((row) => ({
      provider: row.provider,
      model: row.model,
      ...costsOnWire(row),
      price_source: context.book.priceOf(row.provider, row.model, context.now)?.source ?? 'fallback',
    })),
    users: await named(db, users.slice(0, USERS_MAX)),
    users_count: users.length,
  }
}

function costsOnWire(sums: Sums) {
  return {
    turns: sums.turns,
    input_tokens: sums.input_tokens,
    output_tokens: sums.output_tokens,
    cost_usd: microUsdToUsd(sums.cost_micro_usd),
  }
}

/** The average in dollars, rounded half up to the micro-dollar; 0 where there is nothing to share. */
function perOne(costMicroUsd: number, count: number): number {
  return count === 0 ? 0 : microUsdToUsd(Math.floor(costMicroUsd / count + 0.5))
}

function byCost(one: Sums, other: Sums): number {
  return other.cost_micro_usd - one.cost_micro_usd || other.turns - one.turns
}

function byProvider(models: readonly (Sums & { readonly provider: string })[]) {
  const sums = new Map<string, Sums>()
  for (const row of models) {
    const held = sums.get(row.provider) ?? { turns: 0, input_tokens: 0, output_tokens: 0, cost_micro_usd: 0 }
    sums.set(row.provider, {
      turns: held.turns + row.turns,
      input_tokens: held.input_tokens + row.input_tokens,
      output_tokens: held.output_tokens + row.output_tokens,
      cost_micro_usd: held.cost_micro_usd + row.cost_micro_usd,
    })
  }
  return [...sums]
    .sort(([, one], [, other]) => byCost(one, other))
    .map(([provider, sum]) => ({ provider, ...costsOnWire(sum) }))
}

async function userSums(db: Reader, range: Range): Promise<(Sums & { readonly user_key: number })[]> {
  let query = db
    .selectFrom('user_periods')
    .select('user_key')
    .select((eb) => [
      eb.fn
        .sum<number>(eb('successful_turns', '+', eb('failed_turns', '+', eb.ref('partial_turns'))))
        .as('turns'),
      eb.fn.sum<number>('input_tokens').as('input_tokens'),
      eb.fn.sum<number>('output_tokens').as('output_tokens'),
      eb.fn.sum<number>('cost_micro_usd').as('cost_micro_usd'),
    ])
    .groupBy('user_key')
    .orderBy('cost_micro_usd', 'desc')
    .orderBy('user_key')
  if (range.kind === 'period') query = query.where('period', '=', range.period)
  return query.execute()
}

async function named(db: Reader, rows: readonly (Sums & { readonly user_key: number })[]) {
  const users = await db
    .selectFrom('users')
    .select(['key', 'id', 'username'])
    .where('key', 'in', [-1, ...rows.map((row) => row.user_key)])
    .execute()
  const byKey = new Map(users.map((user) => [user.key, user]))
  return rows.flatMap((row) => {
    const user = byKey.get(row.user_key)
    return user === undefined ? [] : [{ user_id: user.id, username: user.username, ...costsOnWire(row) }]
  })
}

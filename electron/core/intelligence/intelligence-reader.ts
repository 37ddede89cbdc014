import type { OperationOutput } from '../../../shared/contract/index.ts'
import { DAY_MS, type EpochMs, microUsdToUsd, toIso } from '../../../shared/units.ts'
import { periodText } from '../consumption/windows.ts'
import type { Reader } from '../database/database.ts'
import type { GuidedSums, RetrievalMeasurement } from './measure-retrieval.ts'

type Intelligence = OperationOutput<'intelligence.summary'>

// As many as a person looks at.
const NEWEST_CASES = 10
const WEEK_MS = 7 * DAY_MS
const MILLION = 1_000_000

/** Cases that were reported one by one: how many in the last week, and the newest. */
export async function readCases(db: Reader, userKey: number | null, now: EpochMs) {
  let recent = db
    .selectFrom('champion_cases')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('counted_at', '>=', now - WEEK_MS)
  let newest = db
    .selectFrom('champion_cases as c')
    .innerJoin('users as u', 'u.key', 'c.user_key')
    .select(['u.id', 'u.username', 'c.named_by', 'c.name', 'c.session_id', 'c.turn_number', 'c.counted_at'])
    .orderBy('c.counted_at', 'desc')
    .orderBy('c.name')
    .limit(NEWEST_CASES)
  if (userKey !== null) {
    recent = recent.where('user_key', '=', userKey)
    newest = newest.where('c.user_key', '=', userKey)
  }
  return {
    created_last_7_days: (await recent.executeTakeFirstOrThrow()).count,
    newest: (await newest.execute()).map((row) => ({
      user_id: row.id,
      username: row.username,
      case_id: row.named_by === 'case' ? row.name : null,
      session_id: row.session_id,
      turn_number: row.turn_number,
      counted_at: toIso(row.counted_at),
    })),
  }
}

/** Guided turns by month, from the roll-ups. */
export async function guidedByMonth(db: Reader, userKey: number | null): Promise<Map<string, GuidedSums>> {
  let query = db
    .selectFrom('user_periods')
    .select('period')
    .select((eb) => [
      eb.fn.sum<number>('rag_guided_turns').as('guidedTurns'),
      eb.fn.sum<number>('rag_output_tokens_saved').as('tokensSaved'),
      eb.fn.sum<number>('rag_output_tokens_lost').as('tokensLost'),
    ])
    .groupBy('period')
  if (userKey !== null) query = query.where('user_key', '=', userKey)
  const rows = await query.execute()
  return new Map(
    rows.map(({ period, ...sums }) => [
      periodText(period),
      { ...sums, costSavedMicroUsd: 0, costLostMicroUsd: 0 },
    ]),
  )
}

/** Where tokens were saved and lost, the most first, with the price they were reckoned at. */
export async function modelsOnWire(
  db: Reader,
  models: RetrievalMeasurement['models'],
): Promise<Intelligence['models']> {
  const names = await db
    .selectFrom('models')
    .select(['key', 'provider', 'model'])
    .where('key', 'in', [-1, ...models.map(({ modelKey }) => modelKey)])
    .execute()
  const byKey = new Map(names.map((name) => [name.key, name]))
  return models
    .map((sums) => ({
      provider: byKey.get(sums.modelKey)?.provider ?? 'unknown',
      model: byKey.get(sums.modelKey)?.model ?? 'unknown',
      rag_guided_turns: sums.guidedTurns,
      tokens_saved: sums.tokensSaved,
      tokens_lost: sums.tokensLost,
      cost_saved_usd: microUsdToUsd(sums.costSavedMicroUsd),
      cost_lost_usd: microUsdToUsd(sums.costLostMicroUsd),
      usd_per_million: priceOf(sums),
    }))
    .sort((one, other) => other.tokens_saved - one.tokens_saved || (one.model < other.model ? -1 : 1))
}

/** Prices change and have steps, so the one that was used is worked out from what was booked, not looked up. */
function priceOf(sums: GuidedSums): number | null {
  const tokens = sums.tokensSaved + sums.tokensLost
  if (tokens === 0) return null
  const microUsd = ((sums.costSavedMicroUsd + sums.costLostMicroUsd) * MILLION) / tokens
  return microUsdToUsd(Math.floor(microUsd + 0.5))
}

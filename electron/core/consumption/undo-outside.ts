import { periodOf } from '../../../shared/time-window.ts'
import type { Writer } from '../database/database.ts'
import { priceTurn } from '../pricing/price-turn.ts'
import { findUserStateByKey, saveUsage } from './consumption-store.ts'
import type { ConsumptionContext, Moment } from './context.ts'
import { type SessionHold, saveHold } from './import-holds-store.ts'
import { findTurn, insertTurn, type TurnRow } from './ledger-store.ts'
import { outsideAfterUndo } from './outside-after-undo.ts'
import type { Tokens } from './outside-turns.ts'
import { rollUpTurns } from './roll-up-store.ts'
import { takeTurns } from './take-turns.ts'
import { totalsOf } from './turn-effect.ts'
import { numbersOf, numbersText } from './turn-numbers.ts'
import { mendCounters } from './undo-counters.ts'
import type { SortedSession } from './undo-sorting.ts'
import { addTotals } from './usage.ts'
import { periodNumber } from './windows.ts'

/** The row for what a session spent outside its turns, when an import is undone and others tell of the session too. */

/** Brings the row to what the other imports make of it. */
export async function mendOutside(
  trx: Writer,
  row: TurnRow,
  left: readonly TurnRow[],
  others: readonly SessionHold[],
  context: ConsumptionContext,
  moment: Moment,
): Promise<void> {
  const tokens = outsideAfterUndo(row, left, others)
  if (tokens !== null && tokens.input === row.input_tokens && tokens.output === row.output_tokens) return
  const zone = moment.settings.time_zone
  const named = await findTurn(trx, row.session_key, 0)
  if (named === undefined) throw new Error('the row that is mended is in the ledger')
  await takeTurns(trx, row.user_key, { turns: [row], sessions: [] }, zone)
  if (tokens === null) {
    await trx.deleteFrom('consumption_turns').where('id', '=', row.id).execute()
    await mendCounters(trx, row.user_key, [row], zone, moment)
    return
  }
  const after = {
    ...row,
    ...priceOf(context, named, tokens),
    input_tokens: tokens.input,
    output_tokens: tokens.output,
  }
  const { input_tokens, output_tokens, cost_micro_usd, price_source } = after
  await trx
    .updateTable('consumption_turns')
    .set({ input_tokens, output_tokens, cost_micro_usd, price_source })
    .where('id', '=', row.id)
    .execute()
  await count(trx, after, zone, moment)
}

/**
 * Adds the row where the other imports would have written it: turns that have gone, or that would have come later, held
 * its tokens. Answers its month, or null.
 */
export async function addOutside(
  trx: Writer,
  { session, others, turns, going, handedOver }: SortedSession,
  left: readonly TurnRow[],
  context: ConsumptionContext,
  moment: Moment,
): Promise<number | null> {
  const like = turns[0]
  if (like === undefined || going.length + handedOver.length === 0) return null
  const zone = moment.settings.time_zone
  const period = periodNumber(periodOf(zone, session.created_at))
  const tokens = outsideAfterUndo({ period }, left, others)
  if (tokens === null) return null
  const models = await findTurn(trx, like.session_key, like.turn_number)
  const model =
    models ??
    (await trx.selectFrom('models').selectAll().where('key', '=', like.model_key).executeTakeFirstOrThrow())
  const at = session.created_at
  const price = priceOf(context, { ...model, occurred_at: at, cached_input_tokens: 0 }, tokens)
  const { id: _id, ...row } = like
  const added = await insertTurn(trx, {
    ...row,
    ...NO_TURN,
    ...price,
    period,
    occurred_at: at,
    input_tokens: tokens.input,
    output_tokens: tokens.output,
  })
  for (const hold of others.filter((one) => one.is_books === 0))
    await saveHold(trx, { ...hold, turns: numbersText([0, ...numbersOf(hold.turns)]) })
  await count(trx, added, zone, moment)
  return period
}

const NO_TURN = {
  turn_number: 0,
  cached_input_tokens: 0,
  status: 'success',
  is_valid: 1,
  rag_used: 0,
  rag_tokens_saved: 0,
  rag_cost_saved_micro_usd: 0,
  duration_ms: null,
  source: 'import',
  user_query: null,
} as const

async function count(trx: Writer, row: TurnRow, zone: string, moment: Moment): Promise<void> {
  await rollUpTurns(trx, [row], zone)
  const state = await findUserStateByKey(trx, row.user_key)
  if (state !== undefined && state.usage.period === row.period)
    await saveUsage(trx, { ...state.usage, ...addTotals(state.usage, totalsOf(row)) })
  await mendCounters(trx, row.user_key, [row], zone, moment)
}

function priceOf(
  context: ConsumptionContext,
  row: Pick<TurnRow, 'occurred_at' | 'cached_input_tokens'> & {
    readonly provider: string
    readonly model: string
  },
  tokens: Tokens,
): Pick<TurnRow, 'cost_micro_usd' | 'price_source'> {
  const { provider, model, occurred_at: occurredAt, cached_input_tokens: cachedInputTokens } = row
  const price = priceTurn(context.prices(), {
    provider,
    model,
    occurredAt,
    cachedInputTokens,
    inputTokens: tokens.input,
    outputTokens: tokens.output,
  })
  return { cost_micro_usd: price.costMicroUsd, price_source: price.source }
}

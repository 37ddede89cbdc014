import type { PriceBook } from '../pricing/price-book.ts'
import { priceTurn, savedCost } from '../pricing/price-turn.ts'
import type { TurnWithModel } from './ledger-store.ts'

/** What a recorded turn costs by another book of prices. Pure: the plan and the change ask the same function. */

/** What was added to a turn after it was recorded. */
export interface Added {
  /** Input tokens of all that was added. */
  readonly inputTokens: number
  /** The part of it whose cost was reported. */
  readonly reportedInputTokens: number
  readonly reportedOutputTokens: number
  readonly reportedCachedInputTokens: number
  readonly reportedCostMicroUsd: number
}

/** Nothing was added, as to most turns. */
export const NOTHING_ADDED: Added = {
  inputTokens: 0,
  reportedInputTokens: 0,
  reportedOutputTokens: 0,
  reportedCachedInputTokens: 0,
  reportedCostMicroUsd: 0,
}

/** The columns of a turn that prices decide. */
export type Priced = Pick<TurnWithModel, 'cost_micro_usd' | 'price_source' | 'rag_cost_saved_micro_usd'>

/** What pricing asks of a turn. */
export type Priceable = Priced &
  Pick<
    TurnWithModel,
    | 'provider'
    | 'model'
    | 'occurred_at'
    | 'input_tokens'
    | 'output_tokens'
    | 'cached_input_tokens'
    | 'rag_tokens_saved'
  >

/**
 * The turn's cost and savings at its own time by the book, or null when they are what they were. A reported cost is a
 * fact and stays, also the reported part of a turn that was added to.
 */
export function repriced(turn: Priceable, added: Added, book: PriceBook): Priced | null {
  if (turn.price_source === 'reported') return null
  const at = { provider: turn.provider, model: turn.model, occurredAt: turn.occurred_at }
  // A repair may have left the turn fewer tokens than were once added to it.
  const own = {
    inputTokens: Math.max(0, turn.input_tokens - added.reportedInputTokens),
    outputTokens: Math.max(0, turn.output_tokens - added.reportedOutputTokens),
    cachedInputTokens: Math.max(0, turn.cached_input_tokens - added.reportedCachedInputTokens),
  }
  const price = priceTurn(book, { ...at, ...own })
  const recorded = { ...at, inputTokens: Math.max(0, turn.input_tokens - added.inputTokens) }
  const after: Priced = {
    cost_micro_usd: price.costMicroUsd + added.reportedCostMicroUsd,
    price_source: price.source,
    rag_cost_saved_micro_usd: savedCost(book, recorded, turn.rag_tokens_saved),
  }
  const isSame =
    after.cost_micro_usd === turn.cost_micro_usd &&
    after.price_source === turn.price_source &&
    after.rag_cost_saved_micro_usd === turn.rag_cost_saved_micro_usd
  return isSame ? null : after
}

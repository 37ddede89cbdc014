import type { EpochMs, MicroUsd } from '../../../shared/units.ts'
import type { PriceBook } from './price-book.ts'
import { costOf, priceInForce, type TokenCounts } from './token-price.ts'

/** Which model answered, and when. */
export interface ModelAt {
  readonly provider: string
  readonly model: string
  /** The price of that instant counts, also when the turn arrives late. */
  readonly occurredAt: EpochMs
}

/** What the price of a turn depends on. */
export interface PricedTurn extends ModelAt, TokenCounts {}

export interface TurnPrice {
  readonly costMicroUsd: MicroUsd
  /** A price from a file is one of the catalogue's to the ledger: the operator did not name it. */
  readonly source: 'catalogue' | 'operator' | 'fallback'
}

/**
 * What a turn costs, and whose price that is. Price turns one by one, never their sum: a sum may fall into the
 * dearer tier of a long prompt. Fees by request, search, image or second of audio are not in it: a turn reports tokens.
 */
export function priceTurn(book: PriceBook, turn: PricedTurn): TurnPrice {
  const price = book.priceOf(turn.provider, turn.model, turn.occurredAt)
  if (price === undefined) return { costMicroUsd: costOf(book.fallback, turn), source: 'fallback' }
  return {
    costMicroUsd: costOf(priceInForce(price, turn.inputTokens, turn.occurredAt), turn),
    source: price.source === 'operator' ? 'operator' : 'catalogue',
  }
}

/**
 * What the output tokens that retrieval saved would have cost at the turn's price of output. Negative when tokens were
 * lost instead: losing and saving the same number cancel each other out to the micro-dollar. Without `inputTokens`
 * the price is that of a short prompt.
 */
export function savedCost(
  book: PriceBook,
  turn: ModelAt & Partial<Pick<TokenCounts, 'inputTokens'>>,
  savedOutputTokens: number,
): MicroUsd {
  if (savedOutputTokens === 0) return 0
  const found = book.priceOf(turn.provider, turn.model, turn.occurredAt)
  const price =
    found === undefined ? book.fallback : priceInForce(found, turn.inputTokens ?? 0, turn.occurredAt)
  const tokens = { inputTokens: 0, cachedInputTokens: 0, outputTokens: Math.abs(savedOutputTokens) }
  const saved = costOf(price, tokens)
  // Never minus zero: SQLite would store it, but a comparison of figures would tell the two zeros apart.
  return savedOutputTokens < 0 && saved > 0 ? -saved : saved
}

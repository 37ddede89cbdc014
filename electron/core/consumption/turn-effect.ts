import type { NewTurn } from './ledger-store.ts'
import { NO_TOTALS, type Totals } from './usage.ts'

/** What one ledger row adds to every sum it belongs to: counters, roll-ups and archive all come from this. Pure. */
export function totalsOf(turn: Omit<NewTurn, 'recorded_at'>): Totals {
  const isOutside = turn.turn_number === 0
  const saved = turn.rag_used === 1 ? turn.rag_tokens_saved : 0
  return {
    ...NO_TOTALS,
    input_tokens: turn.input_tokens,
    output_tokens: turn.output_tokens,
    cached_input_tokens: turn.cached_input_tokens,
    outside_input_tokens: isOutside ? turn.input_tokens : 0,
    outside_output_tokens: isOutside ? turn.output_tokens : 0,
    successful_turns: !isOutside && turn.status === 'success' ? 1 : 0,
    failed_turns: !isOutside && turn.status === 'failed' ? 1 : 0,
    partial_turns: !isOutside && turn.status === 'partial' ? 1 : 0,
    rag_guided_turns: !isOutside && turn.rag_used === 1 ? 1 : 0,
    rag_output_tokens_saved: Math.max(0, saved),
    rag_output_tokens_lost: Math.max(0, -saved),
    rag_cost_saved_micro_usd: turn.rag_cost_saved_micro_usd,
    cost_micro_usd: turn.cost_micro_usd,
    fallback_priced_turns: !isOutside && turn.price_source === 'fallback' ? 1 : 0,
  }
}

/** Turns a ledger row counts as: one, or none for the tokens a session spent outside its turns. */
export function turnCount(turn: Pick<NewTurn, 'turn_number'>): 0 | 1 {
  return turn.turn_number === 0 ? 0 : 1
}

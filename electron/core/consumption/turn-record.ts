import type { z } from 'zod'
import type { turnRecord } from '../../../shared/contract/consumption-shapes.ts'
import { microUsdToUsd, toIso } from '../../../shared/units.ts'
import type { Reserved } from './exceeded-reservation-store.ts'
import type { TurnWithModel } from './ledger-store.ts'
import { periodText } from './windows.ts'

/** A ledger row as it stands on the wire. */
export function toTurnRecord(
  row: TurnWithModel,
  names: { readonly userId: string; readonly sessionId: string; readonly sessionName: string | null },
  exceeded: Reserved | null,
): z.output<typeof turnRecord> {
  return {
    id: row.id,
    user_id: names.userId,
    session_id: names.sessionId,
    turn_number: row.turn_number,
    user_query: row.user_query,
    session_name: names.sessionName,
    input_tokens: row.input_tokens,
    output_tokens: row.output_tokens,
    cached_input_tokens: row.cached_input_tokens,
    total_tokens: row.input_tokens + row.output_tokens,
    provider: row.provider,
    model: row.model,
    cost_usd: microUsdToUsd(row.cost_micro_usd),
    price_source: row.price_source,
    status: row.status,
    is_valid: row.is_valid === 1,
    rag_used: row.rag_used === 1,
    rag_tokens_saved: row.rag_tokens_saved,
    duration_ms: row.duration_ms,
    exceeded_reservation: exceeded,
    source: row.source,
    period: periodText(row.period),
    occurred_at: toIso(row.occurred_at),
    created_at: toIso(row.recorded_at),
  }
}

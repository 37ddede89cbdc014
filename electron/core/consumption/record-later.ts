import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { usdToMicroUsd } from '../../../shared/units.ts'
import type { Writer } from '../database/database.ts'
import { priceTurn } from '../pricing/price-turn.ts'
import { findUserKey } from './consumption-store.ts'
import { type ConsumptionContext, momentOf } from './context.ts'
import { unknownUser } from './current-usage.ts'
import { findSession, findTurn } from './ledger-store.ts'
import { keptQuery, pastInstant, periodAt, refusePruned } from './record-turn.ts'
import { toTurnRecord } from './turn-record.ts'

/** Recording in two steps: what can be said of a turn before it is in the ledger. */

type Turn = ParsedInput<'turns.record'>

/**
 * Whether a turn is recorded already, in a transaction that writes nothing. Errors, as recording it would give them:
 * `user_unknown`, `turn_conflict` (of a time that was removed), `invalid_request`.
 */
export async function lookBeforeRecording(
  trx: Writer,
  turn: Turn,
  context: ConsumptionContext,
): Promise<'new' | 'known'> {
  const moment = momentOf(context)
  const userKey = await findUserKey(trx, turn.user_id)
  if (userKey === undefined) {
    if (moment.settings.auto_provision_users) return 'new'
    throw unknownUser(turn.user_id)
  }
  const session = await findSession(trx, userKey, turn.session_id)
  if (session !== undefined && (await findTurn(trx, session.key, turn.turn_number)) !== undefined)
    return 'known'
  await refusePruned(trx, userKey, pastInstant(turn.occurred_at, 'occurred_at', moment), moment)
  return 'new'
}

/** The answer for a turn that is on disk in its session file while the database does not answer; it has no number yet. */
export function pendingAnswer(
  turn: Turn & { readonly occurred_at: string },
  context: ConsumptionContext,
): OperationOutput<'turns.record'> {
  const moment = momentOf(context)
  const occurredAt = Date.parse(turn.occurred_at)
  const price = priceTurn(context.prices(), {
    provider: turn.provider,
    model: turn.model,
    occurredAt,
    inputTokens: turn.input_tokens,
    outputTokens: turn.output_tokens,
    cachedInputTokens: turn.cached_input_tokens ?? 0,
  })
  const isGuided = turn.rag_used ?? false
  const row = {
    id: 0,
    session_key: 0,
    turn_number: turn.turn_number,
    user_key: 0,
    period: periodAt(moment, occurredAt),
    occurred_at: occurredAt,
    recorded_at: moment.now,
    model_key: 0,
    provider: turn.provider,
    model: turn.model,
    input_tokens: turn.input_tokens,
    output_tokens: turn.output_tokens,
    cached_input_tokens: turn.cached_input_tokens ?? 0,
    cost_micro_usd: turn.cost_usd === undefined ? price.costMicroUsd : usdToMicroUsd(turn.cost_usd),
    price_source: turn.cost_usd === undefined ? price.source : 'reported',
    status: turn.status ?? 'success',
    is_valid: 1,
    rag_used: isGuided ? 1 : 0,
    rag_tokens_saved: isGuided ? (turn.rag_tokens_saved ?? 0) : 0,
    rag_cost_saved_micro_usd: 0,
    duration_ms: turn.duration_ms ?? null,
    source: 'api',
    user_query: keptQuery(turn.user_query ?? null, moment.settings),
  } as const
  const names = { userId: turn.user_id, sessionId: turn.session_id, sessionName: turn.session_name ?? null }
  // Which admission it settles, and whether it used more than that reserved, is known once the database is told.
  const record = toTurnRecord(row, names, null)
  return { replayed: false, pending: true, settled_admission_id: null, turn: record }
}

import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { TOKENS_MAX, usdToMicroUsd } from '../../../shared/units.ts'
import type { Writer } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { PriceBook } from '../pricing/price-book.ts'
import { priceTurn } from '../pricing/price-turn.ts'
import { saveUsage } from './consumption-store.ts'
import { type ConsumptionContext, momentOf } from './context.ts'
import { currentUsage } from './current-usage.ts'
import { growthOf, rollUpGrowth, withGrowth } from './extension-roll-up.ts'
import { findTurn, type TurnWithModel } from './ledger-store.ts'
import { withLimitAlerts } from './limit-alerts.ts'
import { readProfiles } from './limit-rules-store.ts'
import { findOwnedSession, type OwnedSession } from './session-store.ts'
import { type ExtensionRow, extensionsOf, insertExtension, saveExtendedTurn } from './turn-extension-store.ts'
import { toTurnRecord } from './turn-record.ts'

type Input = ParsedInput<'turns.extend'>
type Answer = OperationOutput<'turns.extend'>

/** What an extension says it consumed. `reportedCost` is null when nobody knows. */
interface Addition {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedInputTokens: number
  readonly reportedCost: number | null
}

/**
 * Adds what an extension consumed to a recorded turn: ledger, counters and roll-ups in the transaction it is given, in
 * the turn's own month. A key that is there already changes nothing.
 * Errors: `turn_unknown`, `turn_conflict`, `user_unknown`, `invalid_request`.
 */
export async function extendTurn(trx: Writer, input: Input, context: ConsumptionContext): Promise<Answer> {
  const moment = momentOf(context)
  const found = await findOwnedSession(trx, input.session_id, input.user_id)
  const before = found === undefined ? undefined : await findTurn(trx, found.session.key, input.turn_number)
  if (found === undefined || before === undefined) throw unknownTurn(input)
  const addition = additionOf(input)
  const earlier = await extensionsOf(trx, before)
  const same = earlier.find((one) => one.idempotency_key === input.idempotency_key)
  if (same !== undefined) {
    refuseOther(input, addition, same)
    return { replayed: true, turn: recordOf(before, found) }
  }
  const after = grown(before, addition, earlier, context.prices())
  const { usage, decision } = await currentUsage(trx, found.state, await readProfiles(trx), moment)
  await saveExtendedTurn(trx, after)
  await rollUpGrowth(trx, before, after, moment.settings.time_zone)
  const grownUsage = withGrowth(usage, before, growthOf(before, after), moment.windows)
  const alerted = await withLimitAlerts(trx, found.state.account, grownUsage, decision.limits, moment)
  await saveUsage(trx, { ...alerted, last_updated_at: moment.now })
  await insertExtension(trx, {
    session_key: before.session_key,
    turn_number: before.turn_number,
    idempotency_key: input.idempotency_key,
    extended_at: moment.now,
    input_tokens: addition.inputTokens,
    output_tokens: addition.outputTokens,
    cached_input_tokens: addition.cachedInputTokens,
    reported_cost_micro_usd: addition.reportedCost,
    added_cost_micro_usd: after.cost_micro_usd - before.cost_micro_usd,
    reason: input.reason ?? null,
  })
  return { replayed: false, turn: recordOf(after, found) }
}

function unknownTurn(input: Input): WeirError {
  return new WeirError(
    'turn_unknown',
    `There is no turn ${input.turn_number} of session ${input.session_id}. Record it before adding to it.`,
    { details: { session_id: input.session_id, turn_number: input.turn_number } },
  )
}

function additionOf(input: Input): Addition {
  return {
    inputTokens: input.input_tokens ?? 0,
    outputTokens: input.output_tokens ?? 0,
    cachedInputTokens: input.cached_input_tokens ?? 0,
    reportedCost: input.cost_usd === undefined ? null : usdToMicroUsd(input.cost_usd),
  }
}

/** The same key with the same figures is a repetition; with others it is a mistake of the caller. */
function refuseOther(input: Input, addition: Addition, held: ExtensionRow): void {
  const pairs: readonly (readonly [string, number | null, number | null])[] = [
    ['input_tokens', addition.inputTokens, held.input_tokens],
    ['output_tokens', addition.outputTokens, held.output_tokens],
    ['cached_input_tokens', addition.cachedInputTokens, held.cached_input_tokens],
    ['cost_usd', addition.reportedCost, held.reported_cost_micro_usd],
  ]
  const differing = pairs.filter(([, given, had]) => given !== had).map(([name]) => name)
  if (differing.length === 0) return
  throw new WeirError(
    'turn_conflict',
    `This Idempotency-Key was used for turn ${input.turn_number} of session ${input.session_id} with other figures (${differing.join(', ')}). Nothing was changed; use a new key for another extension.`,
    { details: { differing } },
  )
}

function grown(
  before: TurnWithModel,
  addition: Addition,
  earlier: readonly ExtensionRow[],
  prices: PriceBook,
): TurnWithModel {
  const tokens = {
    input_tokens: before.input_tokens + addition.inputTokens,
    output_tokens: before.output_tokens + addition.outputTokens,
    cached_input_tokens: before.cached_input_tokens + addition.cachedInputTokens,
  }
  for (const [path, value] of Object.entries(tokens)) {
    if (value <= TOKENS_MAX) continue
    throw new WeirError(
      'invalid_request',
      `With this ${path} the turn would have more than one turn can have.`,
      {
        details: { errors: [{ path, message: `would make the turn's total more than ${TOKENS_MAX}` }] },
      },
    )
  }
  return { ...before, ...tokens, ...grownCost(before, addition, earlier, prices) }
}

type Cost = Pick<TurnWithModel, 'cost_micro_usd' | 'price_source'>

/**
 * The cost of a grown turn. A reported cost is added. Else the turn is priced anew at its own time with all tokens
 * nobody reported a cost for, because prices may have steps; a turn of reported cost, and one that new prices would
 * make cheaper than it is booked, gets the added tokens' own price on top.
 */
function grownCost(
  before: TurnWithModel,
  addition: Addition,
  earlier: readonly ExtensionRow[],
  prices: PriceBook,
): Cost {
  const { cost_micro_usd: booked, price_source: source } = before
  if (addition.reportedCost !== null)
    return { cost_micro_usd: booked + addition.reportedCost, price_source: source }
  const at = { provider: before.provider, model: before.model, occurredAt: before.occurred_at }
  const onTop: Cost = {
    cost_micro_usd: booked + priceTurn(prices, { ...at, ...addition }).costMicroUsd,
    price_source: source,
  }
  if (source === 'reported') return onTop
  const own = {
    inputTokens: before.input_tokens + addition.inputTokens,
    outputTokens: before.output_tokens + addition.outputTokens,
    cachedInputTokens: before.cached_input_tokens + addition.cachedInputTokens,
  }
  let reported = 0
  for (const one of earlier) {
    if (one.reported_cost_micro_usd === null) continue
    own.inputTokens -= one.input_tokens
    own.outputTokens -= one.output_tokens
    own.cachedInputTokens -= one.cached_input_tokens
    reported += one.reported_cost_micro_usd
  }
  const anew = priceTurn(prices, { ...at, ...own })
  const total = anew.costMicroUsd + reported
  return total < booked ? onTop : { cost_micro_usd: total, price_source: anew.source }
}

function recordOf(turn: TurnWithModel, { session, state }: OwnedSession): Answer['turn'] {
  return toTurnRecord(turn, { userId: state.account.id, sessionId: session.id, sessionName: session.name })
}

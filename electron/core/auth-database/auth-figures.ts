import { carryMonth, findMonth } from '../consumption/carried-month.ts'
import type { ConsumptionContext } from '../consumption/context.ts'
import { archiveClosedPeriods } from '../consumption/ledger-import.ts'
import { NO_TOTALS, type Totals } from '../consumption/usage.ts'
import type { Reader, Writer } from '../database/database.ts'
import type { AuthMonth, AuthPrice } from '../import/auth-port.ts'
import { monthDifference } from '../import/month-difference.ts'
import { saveOperatorPrice } from '../prices/operator-price-store.ts'
import { listPricesOf, saveImported } from '../pricing/price-store.ts'
import { canonicalProvider } from '../pricing/provider-names.ts'
import type { ModelPrice } from '../pricing/token-price.ts'
import { differing, type Look, MISSING, SAME } from './look.ts'

/** Prices and closed months of the platform beside those of Weir. What Weir has is left as it is. */

/** From the beginning: the platform keeps one price of a model for all times. */
const ALWAYS = 0

/** What the prices came from, where one asks. */
const LABEL = 'auth database'

/** A price a person has typed goes before every list; of the others only those of models no list of Weir's has. */
export async function lookAtPrice(
  db: Reader | Writer,
  price: AuthPrice,
  context: ConsumptionContext,
): Promise<Look> {
  const source = price.isManual ? 'operator' : 'imported'
  const provider = canonicalProvider(price.provider)
  const own = (await listPricesOf(db, { source, modelPattern: price.model })).find(
    (one) => canonicalProvider(one.provider) === provider,
  )
  if (own !== undefined && isSamePrice(own, price)) return SAME
  if (own !== undefined) return differing('Weir has another price of this model. It is left as it is.')
  if (price.isManual) return MISSING
  return context.prices().priceOf(price.provider, price.model, context.clock.now()) === undefined
    ? MISSING
    : SAME
}

function isSamePrice(one: ModelPrice, price: AuthPrice): boolean {
  return (
    one.inputMicroUsdPerMillion === price.inputMicroUsdPerMillion &&
    one.outputMicroUsdPerMillion === price.outputMicroUsdPerMillion
  )
}

export async function addPrice(trx: Writer, price: AuthPrice, { clock }: ConsumptionContext): Promise<void> {
  const key = { provider: canonicalProvider(price.provider), modelPattern: price.model, validFrom: ALWAYS }
  const figures = {
    inputMicroUsdPerMillion: price.inputMicroUsdPerMillion,
    outputMicroUsdPerMillion: price.outputMicroUsdPerMillion,
    cachedInputMicroUsdPerMillion: null,
  }
  if (price.isManual) await saveOperatorPrice(trx, key, figures, clock.now())
  else await saveImported(trx, [{ ...key, ...figures, steps: [], source: 'imported' }], LABEL, clock.now())
}

export async function lookAtMonth(
  db: Reader | Writer,
  month: AuthMonth,
  context: ConsumptionContext,
): Promise<Look> {
  const held = await findMonth(db, month, context)
  if (held.isOpen) return differing('It is not over yet in the time zone of Weir.')
  const { archived } = held
  // A month of which the ledger has turns is closed from them.
  if (archived === null) return MISSING
  const difference = monthDifference(month, {
    inputTokens: archived.input_tokens,
    outputTokens: archived.output_tokens,
    successfulTurns: archived.successful_turns,
    failedTurns: archived.failed_turns,
    partialTurns: archived.partial_turns,
  })
  return difference === null ? SAME : differing(`Weir has closed this month by its turns: ${difference}.`)
}

/** Takes the month as sums, unless the ledger has turns of it: then it is closed from those. */
export async function addMonth(
  trx: Writer,
  month: AuthMonth,
  context: ConsumptionContext,
  batch: number | null,
): Promise<void> {
  await archiveClosedPeriods(trx, month.userId, context, batch)
  const held = await findMonth(trx, month, context)
  if (held.archived !== null || held.hasTurns || held.isOpen) return
  const { userId, period, sessions, championCases } = month
  await carryMonth(trx, { userId, period, sessions, championCases, totals: totalsOf(month) }, context, batch)
}

function totalsOf(month: AuthMonth): Totals {
  return {
    ...NO_TOTALS,
    input_tokens: month.inputTokens,
    output_tokens: month.outputTokens,
    successful_turns: month.successfulTurns,
    failed_turns: month.failedTurns,
    partial_turns: month.partialTurns,
    rag_guided_turns: month.ragGuidedTurns,
    rag_output_tokens_saved: month.ragTokensSaved,
    rag_cost_saved_micro_usd: month.ragCostSavedMicroUsd,
    cost_micro_usd: month.costMicroUsd,
  }
}

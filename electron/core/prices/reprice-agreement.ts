import { type EpochMs, usdToMicroUsd } from '../../../shared/units.ts'
import { type ConsumptionContext, momentOf } from '../consumption/context.ts'
import { periodText } from '../consumption/windows.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { PriceBook } from '../pricing/price-book.ts'
import type { RepricePlan } from './reprice-plan.ts'

/** What a run of pricing again goes by from its beginning to its end: what the operator saw and agreed to is what is done. */
export interface Agreement {
  /** The prices. Another book, even one of equal prices, was not what was counted with. */
  readonly book: PriceBook
  /** The month as the database has it, and where it begins in the billing zone. */
  readonly period: number
  readonly startsAt: EpochMs
}

/** The prices and the month of now. It MUST be taken before the plan is worked out: what changes meanwhile is then seen. */
export function agreementOf(context: ConsumptionContext): Agreement {
  const { period, month } = momentOf(context).windows
  return { book: context.prices(), period, startsAt: month.startsAt }
}

/** Errors: `confirmation_needed` when the plan says something else than the operator saw. */
export function refuseSurprise(plan: RepricePlan, expectedMicroUsd: number, agreed: Agreement): void {
  const change = usdToMicroUsd(plan.open.change_usd)
  if (change === expectedMicroUsd && plan.period === periodText(agreed.period)) return
  throw new WeirError(
    'confirmation_needed',
    `Prices or turns have changed since you looked: the month would change by ${plan.open.change_usd} dollars now. Look at it again; nothing was changed.`,
    { details: { change_usd: plan.open.change_usd } },
  )
}

/**
 * Errors: `confirmation_needed` when the prices or the month are no longer those that were agreed on.
 *
 * @param changedTurns how many turns the run has changed so far
 */
export function refuseOther(context: ConsumptionContext, agreed: Agreement, changedTurns: number): void {
  const now = agreementOf(context)
  const isMonth = now.period === agreed.period && now.startsAt === agreed.startsAt
  if (isMonth && now.book === agreed.book) return
  const why = isMonth ? 'The prices were changed' : 'Another month began'
  const done =
    changedTurns === 0 ? 'nothing was changed' : `${changedTurns} turns were priced again until then`
  throw new WeirError(
    'confirmation_needed',
    `${why} while the month was priced again. Look at it again; ${done}.`,
    { details: { changed_turns: changedTurns } },
  )
}
